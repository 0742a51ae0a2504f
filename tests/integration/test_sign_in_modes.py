# SPDX-License-Identifier: GPL-2.0-or-later
"""Every way to sign in, against the real Keystone and Swift."""

from __future__ import annotations

import base64
import copyreg
import dataclasses
import hashlib
import hmac
import http.server
import json
import struct
import threading
import time

import pytest
import requests
from tblib.pickling_support import pickle_exception

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    ServerError,
    TransportError,
)
from cog_browser.storage.http import HttpClient
from cog_browser.storage.sign_in.application_credentials import (
    TokenRights,
    create_application_credential,
    rights_of,
)
from cog_browser.storage.sign_in.keystone import Keystone
from cog_browser.storage.stores import open_store
from tests.support.faults import Fault
from tests.support.patience import let_tokens_end_soon, wait_until
from tests.support.stack.settings import TOTP_KEY


def passcode() -> str:
    """What an authenticator app shows (RFC 6238), with some seconds left to use it."""
    if time.time() % 30 > 26:
        time.sleep(30.1 - time.time() % 30)
    counter = struct.pack(">Q", int(time.time() // 30))
    digest = hmac.new(base64.b32decode(TOTP_KEY), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def demo(stack, **changes):
    connection, _ = Connection.from_environment(stack.environment("demo"))
    return dataclasses.replace(connection, **changes)


PASSWORD = Credentials(password="demopw")


def listed(connection, credentials):
    return [c.name for c in open_store(connection, credentials).list_containers()]


@pytest.fixture
def container(stack):
    name = stack.unique_name()
    stack.connection().put_container(name)
    return name


def test_users_domains_and_projects_are_named_or_numbered(stack, container):
    user, project = stack.users["demo"]["id"], stack.projects["demo"]
    default = {"user_domain_id": "default", "user_domain_name": ""}
    forms = [
        {"user_name": "demo", "user_domain_id": "", "user_domain_name": "Default"},
        {"user_name": "demo", **default},
        {"user_name": "", "user_id": user, "user_domain_id": "", "user_domain_name": ""},
    ]
    scopes = [
        {"project_name": "demo", "project_id": "", "project_domain_id": "default"},
        {
            "project_name": "demo",
            "project_id": "",
            "project_domain_id": "",
            "project_domain_name": "Default",
        },
        {"project_name": "", "project_id": project},
        {"project_name": "", "project_id": ""},  # the user's default project
    ]
    for form in forms:
        for scope in scopes:
            assert container in listed(demo(stack, **form, **scope), PASSWORD)


def test_without_a_project_those_to_choose_from_are_named(stack):
    connection = demo(stack, user_name="homeless", project_name="", project_id="")
    with pytest.raises(ConfigurationError, match="Choose one: calibration, demo") as found:
        listed(connection, Credentials(password="homelesspw"))
    assert found.value.projects == ("calibration", "demo")


@pytest.mark.parametrize(
    ("password", "projects"), [("demopw", ("calibration", "demo")), ("wrong", None)]
)
def test_a_refusal_says_which_projects_there_are_once_the_password_is_right(
    stack, password, projects
):
    connection = demo(stack, project_name="nope", project_id="")
    with pytest.raises(AuthenticationError) as found:
        listed(connection, Credentials(password=password))
    assert ("knows no project “nope”" in str(found.value)) is bool(projects)
    http = HttpClient.for_connection(connection)
    with pytest.raises(AuthenticationError) as found:
        Keystone(connection, Credentials(password=password), http).sign_in()
    assert found.value.projects == projects


def test_an_application_credential_is_found_by_its_name_and_user(stack, container):
    secret = stack.application_credentials["demo-app"]["secret"]
    credentials = Credentials(application_credential_secret=secret)
    by_name = demo(
        stack, auth_mode="application_credential", application_credential_name="demo-app"
    )
    assert container in listed(by_name, credentials)
    by_user_id = dataclasses.replace(by_name, user_name="", user_id=stack.users["demo"]["id"])
    assert container in listed(by_user_id, credentials)


def test_a_keystone_token_is_re_scoped(stack):
    token, _ = stack.sign_in("demo")
    connection = demo(stack, auth_mode="keystone_token", project_id=stack.projects["calibration"])
    store = open_store(connection, Credentials(token=token))
    assert store.storage_url == stack.storage_url("calibration")
    assert not store.renews
    assert 0 < store.signed_in_for <= 3600


def test_where_re_scoping_is_refused_the_token_is_used_as_it_is(faulty_store, stack):
    token, _ = stack.sign_in("demo")
    faulty_store.keystone.add(Fault(status=403), method="POST", path="/auth/tokens")
    connection, _ = Connection.from_environment(faulty_store.environment("demo"))
    connection = dataclasses.replace(connection, auth_mode="keystone_token")
    store = open_store(connection, Credentials(token=token))
    assert store.storage_url == faulty_store.storage_url()
    assert isinstance(list(store.list_containers()), list)


def test_password_and_passcode_sign_in_once(stack):
    connection = demo(stack, auth_mode="totp", user_name="mfa")
    store = open_store(connection, Credentials(password="mfapw", passcode=passcode()))
    assert isinstance(list(store.list_containers()), list)
    assert not store.renews
    # another process gets the token, since the passcode is spent
    recipe = store.recipe
    assert recipe.connection.auth_mode == "token"
    assert recipe.credentials.passcode is None
    assert isinstance(listed(recipe.connection, recipe.credentials), list)


def test_a_password_alone_is_told_that_a_passcode_is_wanted(stack):
    connection = demo(stack, user_name="mfa")
    with pytest.raises(ConfigurationError, match="second factor"):
        listed(connection, Credentials(password="mfapw"))


def test_a_receipt_for_the_password_is_completed_by_the_passcode(stack):
    connection = demo(stack, user_name="mfa")
    credentials = Credentials(password="mfapw", passcode=passcode())
    mark = stack.mark()
    try:
        listed(connection, credentials)
    except AuthenticationError:
        pytest.fail("the passcode was refused")
    assert len(stack.keystone_requests(since=mark)) == 2


def test_a_wrong_passcode_is_said(stack):
    connection = demo(stack, auth_mode="totp", user_name="mfa")
    with pytest.raises(AuthenticationError, match="passcode"):
        listed(connection, Credentials(password="mfapw", passcode="000000"))


def test_version_1_signs_in_and_its_key_is_not_repeated(stack):
    v1 = Connection(
        "v1",
        auth_mode="v1",
        auth_url=stack.regions["RegionOne"].v1_auth_url,
        user_name="test:tester",
    )
    store = open_store(v1, Credentials(password="testing"))
    store.create_container("v1-container")
    assert "v1-container" in [c.name for c in store.list_containers()]
    assert store.renews
    wrong = open_store(v1, Credentials(password="wrong"))
    for _ in range(3):
        with pytest.raises(AuthenticationError, match="or key is wrong"):
            list(wrong.list_containers())


def test_a_version_1_token_is_renewed(make_stack, monkeypatch):
    let_tokens_end_soon(monkeypatch)
    stack = make_stack(token_seconds=4, token_cache_time=-1)
    v1 = Connection(
        "v1",
        auth_mode="v1",
        auth_url=stack.regions["RegionOne"].v1_auth_url,
        user_name="test:tester",
    )
    store = open_store(v1, Credentials(password="testing"))
    store.create_container("c")
    give_up = time.monotonic() + 6
    while time.monotonic() < give_up:
        assert "c" in [c.name for c in store.list_containers()]
        time.sleep(0.2)


def test_anybody_reads_a_public_container_by_its_name(stack, container):
    swift = stack.connection()
    swift.post_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    swift.put_object(container, "a/b.tif", b"0123456789")
    public = Connection("public", auth_mode="anonymous", storage_url=stack.storage_url())
    with pytest.raises(PermissionDeniedError, match="Enter the names"):
        listed(public, Credentials())
    named = dataclasses.replace(public, containers=(container,))
    store = open_store(named, Credentials())
    assert [c.name for c in store.list_containers()] == [container]
    assert [p.prefixes for p in store.list_objects(container) if p.prefixes] == [("a/",)]
    assert store.read_range(container, "a/b.tif", 2, 5) == b"234"
    with pytest.raises(AuthenticationError, match="not public"):
        store.delete_object(container, "a/b.tif")


def test_another_projects_container_is_read_by_its_account_url(stack, container):
    swift = stack.connection()
    swift.post_container(container, {"X-Container-Read": f"*:{stack.users['other']['id']}"})
    swift.put_object(container, "x", b"0123456789")
    connection, credentials = Connection.from_environment(stack.environment("other"))
    guest = dataclasses.replace(connection, storage_url=stack.storage_url("demo"))
    with pytest.raises(PermissionDeniedError, match="Enter the names"):
        listed(guest, credentials)
    store = open_store(dataclasses.replace(guest, containers=(container,)), credentials)
    assert [c.name for c in store.list_containers()] == [container]
    assert store.read_range(container, "x", 0, 3) == b"012"


def test_keystone_is_found_without_its_version_and_behind_a_path(stack):
    root = stack.auth_url.removesuffix("/v3")
    assert isinstance(listed(demo(stack, auth_url=root + "/"), PASSWORD), list)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), UnderIdentity)
    server.daemon_threads = True
    server.root = root
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/identity"
        assert isinstance(listed(demo(stack, auth_url=url), PASSWORD), list)
    finally:
        server.shutdown()
        server.server_close()


class UnderIdentity(http.server.BaseHTTPRequestHandler):
    """A reverse proxy that has Keystone under /identity, as devstack does."""

    def do_GET(self):
        own = f"http://127.0.0.1:{self.server.server_address[1]}/identity"
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = requests.request(
            self.command,
            self.server.root + self.path.removeprefix("/identity"),
            data=body,
            headers={"Content-Type": "application/json"},
            proxies={"http": None},
            timeout=10,
        )
        content = answer.content.replace(self.server.root.encode(), own.encode())
        self.send_response(answer.status_code)
        if token := answer.headers.get("X-Subject-Token"):
            self.send_header("X-Subject-Token", token)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args):
        pass


def test_a_version_document_that_points_elsewhere_is_not_believed(stack, fault_proxy):
    foreign = fault_proxy(None, answer=Fault(status=200, body=b"{}"))
    links = [{"rel": "self", "href": foreign.url + "/v3/"}]
    lying = {"versions": {"values": [{"id": "v3.14", "links": links}]}}
    home = fault_proxy(None)
    home.add(Fault(status=300, body=json.dumps(lying).encode()), method="GET")
    with pytest.raises(Exception, match="Keystone"):
        listed(demo(stack, auth_url=home.url), PASSWORD)
    assert foreign.requests == []


def test_while_keystone_is_down_the_token_is_used_to_its_end(faulty_store, monkeypatch):
    store = open_store(*Connection.from_environment(faulty_store.environment()))
    list(store.list_containers())
    auth = store._auth
    auth._access = dataclasses.replace(auth._access, renew_at=time.monotonic() - 1)
    faulty_store.keystone.add(Fault(status=500), times=None)
    monkeypatch.setattr(auth, "_pause", 60.0)
    before = len(faulty_store.keystone.requests)
    for _ in range(20):
        list(store.list_containers())
    wait_until(lambda: len(faulty_store.keystone.requests) > before and not auth._renewing)
    list(store.list_containers())
    # tried in the background, then not again before the pause is over
    assert len(faulty_store.keystone.requests) - before == 1
    auth._access = dataclasses.replace(auth._access, ends_at=time.monotonic() - 1)
    with pytest.raises(ServerError):
        list(store.list_containers())


def test_an_application_credential_is_made_for_this_machine(stack, container):
    connection = demo(stack, auth_mode="totp", user_name="mfa")
    store = open_store(connection, Credentials(password="mfapw", passcode=passcode()))
    list(store.list_containers())
    assert rights_of(connection, store.token()) == TokenRights("demo", ("member", "reader"))
    made, secret = create_application_credential(
        connection, store.token(), stack.unique_name("machine"), days=7
    )
    assert (made.auth_mode, made.id) == ("application_credential", connection.id)
    own = open_store(made, secret)
    assert container in [c.name for c in own.list_containers()]
    assert own.renews
    # restricted: it can't beget another
    with pytest.raises(PermissionDeniedError, match="comes from another such credential"):
        create_application_credential(made, own.token(), "another")


def test_a_credential_needs_a_project_and_says_so(stack):
    connection = demo(stack, auth_mode="keystone_token", project_name="", project_id="")
    unscoped = Keystone(
        demo(stack), PASSWORD, HttpClient.for_connection(connection)
    ).sign_in_unscoped()
    with pytest.raises(ConfigurationError, match="belongs to no project"):
        rights_of(connection, unscoped.token)


def test_a_failure_that_is_told_again_does_not_grow(faulty_store, monkeypatch):
    """Not even where dask.distributed, once imported, lets copies keep their traceback."""
    monkeypatch.setitem(copyreg.dispatch_table, TransportError, pickle_exception)
    store = open_store(*Connection.from_environment(faulty_store.environment()))
    monkeypatch.setattr(store._auth, "_pause", 60.0)
    faulty_store.keystone.add(Fault(refuse=True), times=None)
    lengths = []
    for _ in range(3):
        with pytest.raises(TransportError) as caught:
            list(store.list_containers())
        lengths.append(len(caught.traceback))
    assert len(faulty_store.keystone.requests) == 1
    assert lengths[0] > lengths[1] == lengths[2]
