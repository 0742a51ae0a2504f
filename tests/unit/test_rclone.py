# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cog_browser.storage.config_files.imports import find_candidates
from cog_browser.storage.config_files.rclone import parse_rclone
from cog_browser.storage.errors import ConfigurationError


def remote(lines: str):
    (candidate,) = find_candidates("[r]\ntype = swift\n" + lines)
    assert candidate.problem is None, candidate.problem
    return candidate.connection, candidate.credentials


def test_a_remote_with_a_password_becomes_a_connection():
    connection, credentials = remote(
        "env_auth = false\nuser = demo\nkey = s3cr3t #word; \nauth = https://a.example.net/v3\n"
        "domain = People\ntenant = archive\ntenant_id = 123\ntenant_domain = Projects\n"
        "region = GRA\nendpoint_type = internal\nauth_version = 3\nstorage_policy = x\n"
    )
    assert (connection.name, connection.auth_mode) == ("r", "password")
    assert (connection.user_name, connection.user_domain_name) == ("demo", "People")
    assert (connection.project_name, connection.project_id) == ("archive", "123")
    assert connection.project_domain_name == "Projects"
    assert (connection.region, connection.interface) == ("GRA", "internal")
    assert credentials.password == "s3cr3t #word;"


def test_a_project_is_in_the_users_domain_unless_another_is_named():
    connection, _ = remote(
        "user = demo\nkey = k\nauth = https://a.example.net/v3\ndomain = People\ntenant = t\n"
    )
    assert connection.project_domain_name == "People"


V3 = "auth = https://a.example.net/v3\n"
CREDENTIAL = "application_credential_secret = s\napplication_credential_"
ACCOUNT = "storage_url = https://s.example.net/v1/AUTH_x\n"


@pytest.mark.parametrize(
    ("lines", "mode", "secret"),
    [
        (f"{V3}{CREDENTIAL}id = i", "application_credential", "application_credential_secret"),
        (
            f"{V3}{CREDENTIAL}name = n\nuser = u\nauth_version = 3",
            "application_credential",
            "application_credential_secret",
        ),
        ("auth = https://a.example.net/auth/v1.0\nuser = t:u\nkey = k", "v1", "password"),
        ("auth = https://a.example.net\nuser = u\nkey = k\nauth_version = 1", "v1", "password"),
        (f"{ACCOUNT}auth_token = t", "token", "token"),
        (f"{V3}key = t\ntenant = p", "keystone_token", "token"),
        (f"{V3}user_id = u\nkey = k\nauth_version = 0", "password", "password"),
        (f"{V3}{ACCOUNT}user = u\nkey = k\nauth_token = t", "password", "password"),
    ],
)
def test_each_way_to_sign_in_is_recognised(lines, mode, secret):
    connection, credentials = remote(lines + "\n")
    assert connection.auth_mode == mode
    assert getattr(credentials, secret)
    assert repr(credentials) == f"Credentials({secret}=***)"


def test_quotes_that_rclone_writes_and_odd_characters_are_kept_apart():
    for written, meant in [
        ("`s3`", "s3"), ('"""a`b"""', "a`b"), ('"s3"', '"s3"'), ("a=b:c", "a=b:c"),
        ("%(x)s ${y}", "%(x)s ${y}"), ("`", "`"),
    ]:  # fmt: skip
        _, credentials = remote(f"auth = https://a.example.net/v3\nuser = u\nkey = {written}\n")
        assert credentials.password == meant


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("type = s3\nsecret_access_key = s3cr3t-word", "of type “s3”; only swift remotes"),
        ("user = u", "of type “”; only swift remotes"),
        ("type = swift\nenv_auth = true", "from environment variables"),
        ("type = swift\nauth = https://a.example.net/v2.0\nkey = s3cr3t-word", "Keystone v2"),
        ("type = swift\nauth = https://a.example.net\nauth_version = 2", "Keystone v2"),
        ("type = swift\nuser = u\nkey = s3cr3t-word", "authentication URL is missing"),
        ("type = swift\nauth = ftp://s3cr3t-word\nuser = u", "must look like https"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_reason(lines, sentence):
    good = "[good]\ntype = swift\nauth = https://a.example.net/v3\nuser = u\nkey = k\n"
    odd, usable = find_candidates(f"[odd one]\n{lines}\n\n{good}")
    assert (odd.name, usable.name, usable.problem) == ("odd one", "good", None)
    assert sentence in odd.problem
    assert "s3cr3t" not in f"{odd}"


@pytest.mark.parametrize("comment", ["", "# Encrypted rclone configuration File\n\n"])
def test_an_encrypted_file_is_refused_with_what_to_do(comment):
    (candidate,) = find_candidates(f"{comment}RCLONE_ENCRYPT_V0:\nbase64text==\n")
    assert "rclone.conf is encrypted" in candidate.problem
    assert "rclone config show" in candidate.problem


def test_a_broken_line_is_reported_by_its_number_and_not_quoted():
    with pytest.raises(ConfigurationError, match="Line 3: ") as caught:
        parse_rclone("[r]\ntype = swift\ns3cr3t-word\n")
    assert "s3cr3t" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="Line 1: "):
        parse_rclone("s3cr3t-word = x\n[r]\n")


def test_repeated_remotes_and_an_indented_file_are_read_as_rclone_does():
    text = "  [r]\n  type = swift\n    user = a\n  user = b\n[r]\n\tkey = k\n"
    (found,) = parse_rclone(text.replace("\n", "\r\n"))
    assert found.values["OS_USERNAME"] == "b"


@settings(max_examples=500, deadline=None)
@given(st.text("[]=:#;\n\r\t \"'`%$\0éDEFAULTtypeswift", max_size=100))
def test_no_text_makes_the_reader_stumble(text):
    for prefix in ("", "[r]\ntype = swift\n"):
        try:
            parse_rclone(prefix + text)
        except ConfigurationError as error:
            assert str(error)
