# SPDX-License-Identifier: GPL-2.0-or-later
"""No secret of a text is left in what is shown of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cog_browser.storage.config_files.imports import find_candidates
from cog_browser.storage.config_files.masking import MASK, hide_secrets
from tests.support.stack_client import Stack


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("export OS_PASSWORD=planted", f"export OS_PASSWORD={MASK}"),
        ("OS_USERNAME=me OS_PASSWORD='a planted'", f"OS_USERNAME=me OS_PASSWORD={MASK}"),
        ("export OS_TOKEN='planted'  # note", f"export OS_TOKEN={MASK}"),
        ("ST_KEY=planted", f"ST_KEY={MASK}"),
        ("# my password: planted", f"# my password: {MASK}"),
        ('      "password": "planted",', f'      "password": {MASK}'),
        ("  application_credential_secret: planted", f"  application_credential_secret: {MASK}"),
        ("  password: |\n    planted\n  region: x", f"  password: {MASK}\n{MASK}\n  region: x"),
        ("export OS_PASSWORD='one\nplanted'", f"export OS_PASSWORD={MASK}\n{MASK}"),
        ("[mine]\nkey = planted\nuser = me", f"[mine]\nkey = {MASK}\nuser = me"),
        ("OS_CACERT=https://me:planted@host/x", f"OS_CACERT=https://{MASK}@host/x"),
        ("planted", MASK),
    ],
)
def test_a_secret_is_hidden_in_every_form(text: str, shown: str) -> None:
    assert hide_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "#!/usr/bin/env bash",
        "export OS_AUTH_URL=https://keystone.example.org:5000/v3",
        'export OS_REGION_NAME="RegionOne"\n\nif [ -z "$OS_REGION_NAME" ]; then unset X; fi',
        'echo "Please enter your OpenStack Password for $OS_USERNAME"\nread -sr OS_PASSWORD_INPUT',
        "clouds:\n  mine:\n    auth:\n      auth_url: https://k.example.org/v3",
        "[mine]\ntype = swift\nenv_auth = false",
    ],
)
def test_what_is_no_secret_can_be_read(text: str) -> None:
    assert hide_secrets(text) == text


def test_no_secret_of_a_real_file_is_shown(stack: Stack) -> None:
    files: list[Path] = [stack.clouds_yaml, stack.rclone_conf, *stack.folder.glob("*openrc.sh")]
    assert len(files) > 3
    for file in files:
        text = file.read_text()
        shown = hide_secrets(text)
        assert shown.count("\n") == len(text.splitlines()) - 1
        secrets = [
            secret
            for candidate in find_candidates(file)
            for secret in vars(candidate.credentials).values()
            if secret
        ]
        assert not [secret for secret in secrets if secret in shown]
