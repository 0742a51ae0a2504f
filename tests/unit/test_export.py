# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cog_browser.storage.config_files.clouds import parse_clouds
from cog_browser.storage.config_files.export import to_clouds_yaml, to_openrc
from cog_browser.storage.config_files.imports import find_candidates
from cog_browser.storage.config_files.openrc import parse_openrc
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import AUTH_MODES
from cog_browser.storage.errors import ConfigurationError

#: What a field may hold, the worst included.
TEXT = st.one_of(
    st.text(min_size=1, max_size=12).filter(lambda t: "\0" not in t),
    st.sampled_from(
        [
            *("it's", 'a "b" $c `d` $(id)', "two\nlines", "a\\", "\r\n", "é ü", "#", "~", "NO"),
            *("'; touch hacked; '", "${OS_A:-x}", "!history", "*", "-n", "null", "{a: b}", "0123"),
        ]
    ),
)
MAYBE = st.just("") | TEXT
URL = st.sampled_from(["https://a.example.net/v3", "http://127.0.0.1:5000/identity/a'b", ""])
ACCOUNT = st.sampled_from(["https://s.example.net/v1/AUTH_x", "https://s.example.net/v1/a$b"])
DOMAIN = st.tuples(TEXT, MAYBE) | st.tuples(MAYBE, TEXT)
CONTAINERS = st.lists(TEXT.filter(lambda t: "/" not in t), max_size=3).map(tuple)


@st.composite
def connections(draw, mode):
    """Connections as the form makes them: fields that the mode has no use for are empty."""
    values = {
        "name": draw(TEXT),
        "auth_mode": mode,
        "ca_bundle": draw(MAYBE.map(lambda t: t and "/etc/" + t)),
        "containers": draw(CONTAINERS),
        "interface": draw(st.sampled_from(["public", "internal", "admin"])),
        "region": draw(MAYBE),
    }
    has_account = mode in ("token", "anonymous")
    values["storage_url"] = draw(ACCOUNT if has_account else st.just("") | ACCOUNT)
    if not has_account:
        values["auth_url"] = draw(URL.filter(bool))
    if mode in ("password", "totp", "v1", "oidc_password"):
        values["user_name"] = draw(TEXT)
    if mode in ("password", "totp", "application_credential"):
        values["user_id"] = draw(MAYBE)
    if not has_account and mode != "v1":
        domains = {"user": draw(DOMAIN), "project": draw(DOMAIN)}
        if mode not in ("password", "totp", "application_credential", "oidc_password"):
            domains["user"] = ("default", "")
        if mode == "application_credential":
            domains["project"] = ("default", "")
        for who, (domain_id, domain_name) in domains.items():
            values[f"{who}_domain_id"] = domain_id
            values[f"{who}_domain_name"] = domain_name
        if mode != "application_credential":
            values["project_name"], values["project_id"] = draw(MAYBE), draw(MAYBE)
    if mode == "application_credential":
        values["application_credential_id"] = draw(TEXT)
        values["application_credential_name"] = draw(MAYBE)
    if mode.startswith("oidc"):
        for name in ("identity_provider", "protocol", "discovery_endpoint", "client_id"):
            values[name] = draw(MAYBE)
    return Connection(**values)


ANY = st.sampled_from(AUTH_MODES).flatmap(connections)


def same(left: Connection, right: Connection) -> bool:
    assert dataclasses.replace(left, id=right.id) == right
    return True


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_a_connection_survives_the_way_through_an_openrc(connection):
    imported, credentials = Connection.from_openrc_text(to_openrc(connection), connection.name)
    assert same(imported, connection)
    assert not credentials


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY, max_size=3, unique_by=lambda c: c.name))
def test_connections_survive_the_way_through_a_clouds_yaml(exported):
    text = to_clouds_yaml(exported)
    found = {c.title: c.values for c in parse_clouds(text)}
    assert list(found) == [c.name for c in exported]
    for connection in exported:
        imported, credentials = Connection.from_variables(found[connection.name], connection.name)
        assert same(imported, connection)
        assert not credentials


def typed(connection: Connection) -> tuple[dict[str, str], str]:
    """The variables after bash has sourced the export and somebody has typed the secrets."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "openrc.sh")
        file.write_text(to_openrc(connection), newline="")
        done = subprocess.run(
            ["/usr/bin/bash", "--norc", "-c", "set -eu; . ./openrc.sh >&2; exec /usr/bin/env -0"],
            cwd=folder,
            env={"PATH": "/nonexistent", "LC_ALL": "C.UTF-8"},
            input=b"typed-1\ntyped-2\n",
            capture_output=True,
            timeout=20,
            check=True,
        )
        assert [p.name for p in Path(folder).iterdir()] == ["openrc.sh"]
    entries = done.stdout.decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry), done.stderr.decode()


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_bash_sources_what_is_exported_and_asks_for_the_secrets(connection):
    variables, _ = typed(connection)
    for name, value in parse_openrc(to_openrc(connection)).items():
        assert variables[name] == value
    imported, credentials = Connection.from_variables(variables, connection.name)
    assert same(imported, connection)
    assert bool(credentials) == (connection.auth_mode != "anonymous")


PASSWORD = Connection(
    "prod",
    auth_url="https://a.example.net/v3",
    user_name="demo",
    user_domain_name="Default",
    project_name="archive",
    project_domain_name="Default",
    region="GRA",
)


def test_an_exported_openrc_prompts_as_horizons_does():
    text = to_openrc(PASSWORD)
    assert "read -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD=$OS_PASSWORD_INPUT\n" in text
    assert "OS_AUTH_TYPE" not in text
    variables, shown = typed(PASSWORD)
    assert variables["OS_PASSWORD"] == "typed-1"
    assert shown == "Please enter your OpenStack password: \n"


def test_both_secrets_of_two_factors_are_asked_for():
    variables, _ = typed(dataclasses.replace(PASSWORD, auth_mode="totp"))
    assert (variables["OS_PASSWORD"], variables["OS_PASSCODE"]) == ("typed-1", "typed-2")


def test_an_exported_clouds_yaml_is_what_openstack_documents():
    assert yaml.safe_load(to_clouds_yaml([PASSWORD])) == {
        "clouds": {
            "prod": {
                "auth_type": "password",
                "auth": {
                    "auth_url": "https://a.example.net/v3",
                    "username": "demo",
                    "user_domain_name": "Default",
                    "project_name": "archive",
                    "project_domain_name": "Default",
                },
                "region_name": "GRA",
                "interface": "public",
                "identity_api_version": "3",
            }
        }
    }


def test_the_project_stays_out_of_an_application_credential():
    connection = dataclasses.replace(
        PASSWORD, auth_mode="application_credential", application_credential_id="i"
    )
    assert "OS_PROJECT" not in to_openrc(connection)
    assert "project_name" not in to_clouds_yaml([connection])


def test_every_file_is_recognised_by_the_import():
    for text in (to_openrc(PASSWORD), to_clouds_yaml([PASSWORD])):
        (candidate,) = find_candidates(text)
        assert candidate.problem is None


def test_what_cannot_be_written_says_why():
    with pytest.raises(ConfigurationError, match="Two connections are called “prod”"):
        to_clouds_yaml([PASSWORD, dataclasses.replace(PASSWORD, region="SBG")])
    for write in (to_openrc, lambda c: to_clouds_yaml([c])):
        with pytest.raises(ConfigurationError, match="“bucket” is a connection of kind s3"):
            write(Connection("bucket", kind="s3"))
    with pytest.raises(ConfigurationError, match="NUL"):
        to_openrc(dataclasses.replace(PASSWORD, user_name="a\0b"))
