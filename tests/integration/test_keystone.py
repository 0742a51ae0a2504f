# SPDX-License-Identifier: GPL-2.0-or-later
"""Signing in to a real Keystone."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections import Counter

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    ProtocolError,
    TransportError,
)
from cog_browser.storage.http import HttpClient
from cog_browser.storage.sign_in.catalog import storage_endpoint
from cog_browser.storage.sign_in.keystone import KeystoneAuth
from cog_browser.storage.stores import open_store
from tests.support.faults import Fault
from tests.support.patience import let_tokens_end_soon


def account(stack, name="demo"):
    return Connection.from_environment(stack.environment(name))


def names(connection, credentials):
    return [c.name for c in open_store(connection, credentials).list_containers()]


@pytest.mark.parametrize(
    "name",
    ["demo", "calibration", "operator", "app-cred-demo-app", "app-cred-demo-unrestricted"],
)
def test_every_mode_of_the_environment_signs_in(stack, name):
    store = open_store(*account(stack, name))
    project = "calibration" if name == "calibration" else "demo"
    assert store.storage_url == stack.storage_url(project)
    assert isinstance(list(store.list_containers()), list)


def test_an_openrc_file_and_a_clouds_yaml_lead_to_the_same_account(stack):
    from_openrc = open_store(*Connection.from_openrc(stack.openrc("demo")))
    from_yaml = open_store(*Connection.from_clouds_yaml(stack.clouds_yaml, "demo-RegionOne"))
    assert from_openrc.storage_url == from_yaml.storage_url == stack.storage_url()


def test_one_user_sees_two_projects_and_two_regions_at_once(stack):
    urls = set()
    for name in ("demo", "calibration"):
        for region in stack.regions:
            connection, credentials = account(stack, name)
            store = open_store(dataclasses.replace(connection, region=region), credentials)
            assert store.storage_url == stack.storage_url(name, region)
            store.create_container(f"only-{name}-{region.lower()}")
            urls.add(store.storage_url)
            found = [c.name for c in store.list_containers() if c.name.startswith("only-")]
            assert found == [f"only-{name}-{region.lower()}"]
    assert len(urls) == 4


def test_a_ready_token_needs_no_keystone(stack):
    token, _ = stack.sign_in("demo")
    mark = stack.mark()
    connection, credentials = Connection.from_environment(
        {"SWIFT_STORAGE_URL": stack.storage_url(), "SWIFT_AUTH_TOKEN": token}
    )
    names(connection, credentials)
    assert stack.keystone_requests(since=mark) == []


def test_a_ready_token_that_ended_says_what_to_do(stack):
    connection, _ = Connection.from_environment(
        {"SWIFT_STORAGE_URL": stack.storage_url(), "SWIFT_AUTH_TOKEN": "gAAAAA-not-a-token"}
    )
    with pytest.raises(AuthenticationError, match="openstack token issue"):
        names(connection, Credentials(token="gAAAAA-not-a-token"))


def test_an_auth_url_without_its_version_works(stack):
    connection, credentials = account(stack)
    bare = dataclasses.replace(connection, auth_url=connection.auth_url.removesuffix("/v3"))
    assert open_store(bare, credentials).storage_url == stack.storage_url()


def test_a_wrong_password_is_sent_twice_at_most_and_never_again(stack):
    connection, _ = account(stack)
    store = open_store(connection, Credentials(password="wrong"))
    mark = stack.mark()
    for _ in range(3):
        with pytest.raises(AuthenticationError, match="which of user, user domain and password"):
            list(store.list_containers())
    # once with the project, once without: only so a wrong project is told from a wrong password
    assert len(stack.keystone_requests(since=mark)) == 2


def test_a_wrong_project_names_those_that_are_available(stack):
    connection, credentials = account(stack)
    wrong = dataclasses.replace(connection, project_name="nonsense", project_id="")
    with pytest.raises(AuthenticationError, match=r"“nonsense”.*calibration, demo"):
        names(wrong, credentials)


def test_a_wrong_application_credential_says_so_after_one_request(stack):
    connection, _ = account(stack, "app-cred-demo-app")
    mark = stack.mark()
    with pytest.raises(AuthenticationError, match="application credential"):
        names(connection, Credentials(application_credential_secret="wrong"))
    assert len(stack.keystone_requests(since=mark)) == 1


def test_an_unknown_region_names_the_regions(stack):
    connection, credentials = account(stack)
    with pytest.raises(ConfigurationError, match=r"“Nowhere”.*RegionOne, RegionTwo"):
        names(dataclasses.replace(connection, region="Nowhere"), credentials)


def test_several_regions_and_none_chosen_is_asked_back(stack):
    connection, credentials = account(stack)
    with pytest.raises(ConfigurationError, match="choose one: RegionOne, RegionTwo"):
        names(dataclasses.replace(connection, region=""), credentials)


def test_an_unreachable_keystone_is_one_sentence(stack, unused_port):
    connection, credentials = account(stack)
    gone = dataclasses.replace(connection, auth_url=f"http://127.0.0.1:{unused_port}/v3")
    with pytest.raises(TransportError, match="refused the connection"):
        names(gone, credentials)


def test_something_else_than_keystone_is_recognised(stack, fault_proxy):
    page = fault_proxy(None, answer=Fault(status=200, body=b"<html>It works!</html>"))
    connection, credentials = account(stack)
    with pytest.raises(ProtocolError, match="Is the URL right"):
        names(dataclasses.replace(connection, auth_url=page.url + "/v3"), credentials)


def test_fifty_threads_that_need_a_token_cause_one_request(stack):
    connection, credentials = account(stack)
    auth = KeystoneAuth(connection, credentials, HttpClient())
    mark = stack.mark()
    tokens = []
    threads = [
        threading.Thread(target=lambda: tokens.append(auth.access().token)) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tokens)) == 1
    assert len(tokens) == 50
    assert len(stack.keystone_requests(since=mark)) == 1


def test_reading_goes_on_across_the_end_of_many_tokens(make_stack, tmp_path, monkeypatch):
    let_tokens_end_soon(monkeypatch)
    stack = make_stack(token_seconds=4, token_cache_time=-1)
    store = open_store(*account(stack))
    container = store.create_container(stack.unique_name()).name
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    store.upload(path, container, "k")
    mark, began, took = stack.mark(), time.monotonic(), []
    while len(stack.keystone_requests(since=mark)) < 3:
        start = time.monotonic()
        assert store.read_range(container, "k", 2, 5) == b"234"
        took.append(time.monotonic() - start)
        time.sleep(0.05)
    statuses = Counter(r.status for r in stack.swift_requests(since=mark, within=container))
    assert set(statuses) <= {206, 401}
    # renewed before the end: not even one 401, unless a busy machine holds a request up
    assert statuses[401] <= sum(seconds > 1 for seconds in took)
    assert len(took) > 3
    assert time.monotonic() - began > 4


def test_a_revoked_token_is_renewed_on_401(make_stack):
    stack = make_stack(token_cache_time=-1)
    connection, credentials = account(stack)
    store = open_store(connection, credentials)
    list(store.list_containers())
    token = store._auth.access().token
    answer = stack.session().delete(
        f"{stack.auth_url}/auth/tokens",
        headers={"X-Auth-Token": token, "X-Subject-Token": token},
        timeout=10,
    )
    assert answer.status_code == 204
    list(store.list_containers())
    assert store._auth.access().token != token


def test_a_store_that_refuses_every_token_is_asked_twice_and_no_more(faulty_store):
    store = open_store(*Connection.from_environment(faulty_store.environment()))
    faulty_store.swift.add(Fault(status=401), times=None)
    with pytest.raises(AuthenticationError, match="even a fresh token"):
        list(store.list_containers())
    assert len(faulty_store.swift.requests) == 2
    assert len(faulty_store.keystone.requests) == 2


@pytest.mark.parametrize(
    ("away", "said"),
    [
        ("http://storage.example.net/v1/AUTH_x", "without TLS"),
        ("https://storage.evil.org/v1/AUTH_x", "another site"),
        ("https://demo:pw@storage.example.net/v1/AUTH_x", "no usable URL"),
        ("file:///etc/passwd", "no usable URL"),
    ],
)
def test_a_catalogue_that_leads_astray_is_refused(away, said):
    connection = Connection("x", auth_url="https://auth.example.net/v3", region="R")
    catalog = [
        {
            "type": "object-store",
            "endpoints": [{"interface": "public", "region_id": "R", "url": away}],
        }
    ]
    with pytest.raises(ConfigurationError, match=said):
        storage_endpoint(catalog, connection)
    trusted = dataclasses.replace(connection, storage_url="https://storage.evil.org/v1/AUTH_x")
    assert storage_endpoint(catalog, trusted) == "https://storage.evil.org/v1/AUTH_x"


def test_no_token_reaches_the_host_a_catalogue_was_turned_to(faulty_store, fault_proxy):
    foreign = fault_proxy(None, answer=Fault(status=200, body=b"[]"))
    catalogue = {
        "token": {
            "project": {"id": "p"},
            "catalog": [
                {
                    "type": "object-store",
                    "endpoints": [
                        {
                            "interface": "public",
                            "region_id": "RegionOne",
                            "url": foreign.url.replace("127.0.0.1", "foreign.example.org"),
                        }
                    ],
                }
            ],
        }
    }
    faulty_store.keystone.add(
        Fault(
            status=201,
            headers={"X-Subject-Token": "gAAAA-token"},
            body=json.dumps(catalogue).encode(),
        )
    )
    store = open_store(*Connection.from_environment(faulty_store.environment()))
    with pytest.raises(ConfigurationError, match="another site"):
        list(store.list_containers())
    assert foreign.requests == []


def test_tls_is_verified_and_a_ca_bundle_makes_it_pass(make_stack):
    stack = make_stack(tls=True)
    connection, credentials = account(stack)
    assert connection.ca_bundle == str(stack.ca_file)
    assert isinstance(names(connection, credentials), list)
    with pytest.raises(TransportError, match="TLS certificate"):
        names(dataclasses.replace(connection, ca_bundle=""), credentials)


def test_no_message_of_a_failed_sign_in_shows_a_secret(stack, caplog):
    connection, credentials = account(stack)
    secret = credentials.password
    failures = [
        (dataclasses.replace(connection, project_name="no", project_id=""), credentials),
        (connection, Credentials(password="another-s3cr3t")),
        (dataclasses.replace(connection, auth_url="http://127.0.0.1:9/v3"), credentials),
    ]
    with caplog.at_level("DEBUG"):
        for failing, given in failures:
            with pytest.raises(Exception) as caught:
                names(failing, given)
            import traceback

            text = "".join(traceback.format_exception(caught.value))
            assert secret not in text
            assert "another-s3cr3t" not in text
    assert secret not in caplog.text
    assert "another-s3cr3t" not in caplog.text
