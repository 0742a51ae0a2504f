# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pickle

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

PASSWORD = {
    "OS_AUTH_URL": "https://auth.example.net/v3/",
    "OS_USERNAME": "demo",
    "OS_PASSWORD": "s3cr3t-word",
    "OS_PROJECT_NAME": "archive",
    "OS_REGION_NAME": "GRA",
    "OS_INTERFACE": "internalURL",
}


def test_a_password_environment_becomes_a_connection_and_its_secret():
    connection, credentials = Connection.from_environment(PASSWORD)
    assert connection.auth_mode == "password"
    assert connection.auth_url == "https://auth.example.net/v3"
    assert (connection.region, connection.interface) == ("GRA", "internal")
    assert (connection.user_domain_id, connection.project_domain_id) == ("default", "default")
    assert credentials.password == "s3cr3t-word"


def test_the_environment_has_one_identity_as_long_as_it_says_the_same():
    first, second = (Connection.from_environment(PASSWORD)[0] for _ in range(2))
    other, _ = Connection.from_environment({**PASSWORD, "OS_REGION_NAME": "SBG"})
    assert first == second
    assert first.id != other.id


def test_an_application_credential_environment_is_recognised():
    connection, credentials = Connection.from_environment(
        {
            "OS_AUTH_TYPE": "v3applicationcredential",
            "OS_AUTH_URL": "https://auth.example.net/v3",
            "OS_APPLICATION_CREDENTIAL_ID": "abc",
            "OS_APPLICATION_CREDENTIAL_SECRET": "s3cr3t",
        }
    )
    assert connection.auth_mode == "application_credential"
    assert credentials.application_credential_secret == "s3cr3t"
    assert credentials.password is None


def test_gdals_two_variables_are_a_ready_token():
    connection, credentials = Connection.from_environment(
        {"SWIFT_STORAGE_URL": "https://s.example.net/v1/AUTH_x", "SWIFT_AUTH_TOKEN": "gAAA"}
    )
    assert (connection.auth_mode, connection.storage_url) == (
        "token",
        "https://s.example.net/v1/AUTH_x",
    )
    assert credentials.token == "gAAA"


def test_an_environment_without_an_account_says_what_to_do():
    with pytest.raises(ConfigurationError, match=r"Source your openrc\.sh"):
        Connection.from_environment({"HOME": "/root"})


def test_keystone_v2_is_refused_with_a_reason():
    with pytest.raises(ConfigurationError, match="Keystone v2"):
        Connection.from_environment({**PASSWORD, "OS_IDENTITY_API_VERSION": "2"})


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example.net", "https://", "https://u:p@x.example.net/v3", "https://x\\y/v3", "a b"],
)
def test_unusable_urls_are_refused(url):
    with pytest.raises(ConfigurationError):
        Connection("x", auth_url=url)


def test_a_connection_survives_the_round_trip_through_its_dictionary():
    connection, _ = Connection.from_environment(PASSWORD)
    assert Connection.from_dict({**connection.to_dict(), "field_of_the_future": "1"}) == connection


def test_no_representation_shows_a_secret():
    connection, credentials = Connection.from_environment(PASSWORD)
    for text in (repr(connection), repr(credentials), str(credentials), f"{connection.to_dict()}"):
        assert "s3cr3t-word" not in text
    assert repr(credentials) == "Credentials(password=***)"


def test_credentials_survive_the_round_trip_to_a_secret_store():
    credentials = Credentials(password="s3cr3t-word")
    assert Credentials.from_json(credentials.to_json()) == credentials
    assert not Credentials()


def test_connections_can_be_sent_to_another_process():
    connection, _ = Connection.from_environment(PASSWORD)
    assert pickle.loads(pickle.dumps(connection)) == connection


def test_clouds_yaml_of_the_stack_form_is_read(tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_text(
        "clouds:\n  prod:\n    auth:\n      auth_url: https://a.example.net/v3\n"
        "      username: demo\n      password: s3cr3t-word\n      project_name: archive\n"
        "    region_name: GRA\n"
    )
    connection, credentials = Connection.from_clouds_yaml(path, "prod")
    assert (connection.name, connection.region) == ("prod", "GRA")
    assert credentials.password == "s3cr3t-word"
    with pytest.raises(ConfigurationError, match="It has: prod"):
        Connection.from_clouds_yaml(path, "dev")


def test_broken_yaml_is_refused_without_quoting_it(tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_text("clouds:\n  prod: {password: s3cr3t-word\n")
    with pytest.raises(ConfigurationError, match="not valid YAML") as caught:
        Connection.from_clouds_yaml(path, "prod")
    assert "s3cr3t" not in str(caught.value)
