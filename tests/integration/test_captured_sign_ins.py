# SPDX-License-Identifier: GPL-2.0-or-later
"""What each sign-in sends, field by field, beside what OpenStack's own clients send.

The oracles are keystoneauth1 and, for version 1, python-swiftclient. Federated sign-in goes through
keystoneauth1 itself.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json

import pytest
import swiftclient
from keystoneauth1 import exceptions as oracle_errors
from keystoneauth1 import session as oracle_session
from keystoneauth1.identity import v3 as oracle

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import StoreError
from cog_browser.storage.stores import open_store

#: Headers that may carry a proof of who signs in, or say how the body is to be read.
_TELLING = ("Content-Type", "X-Auth-", "X-Subject-", "Openstack-", "Authorization", "Cookie")


def captured(proxy, act):
    """Method, target, telling headers and body of each request that ``act`` sends."""
    proxy.clear()
    # a passcode that is refused was sent all the same
    with contextlib.suppress(StoreError, oracle_errors.ClientException):
        act()
    requests = proxy.requests
    assert requests
    return [
        (
            r.method,
            r.target,
            {n.title(): v for n, v in r.headers if n.title().startswith(_TELLING)},
            json.loads(r.body) if r.body else None,
        )
        for r in requests
    ]


def ours(connection, credentials):
    return lambda: open_store(connection, credentials).storage_url


def password(stack, base, auth_url):
    connection = dataclasses.replace(
        base, project_id="", project_name="demo", project_domain_id="default"
    )
    theirs = oracle.Password(
        auth_url,
        username="demo",
        password="demopw",
        user_domain_name="Default",
        project_name="demo",
        project_domain_id="default",
    )
    return connection, Credentials(password="demopw"), theirs


def password_with_ids(stack, base, auth_url):
    user = stack.users["demo"]["id"]
    connection = dataclasses.replace(base, user_name="", user_id=user)
    theirs = oracle.Password(
        auth_url, user_id=user, password="demopw", project_id=stack.projects["demo"]
    )
    return connection, Credentials(password="demopw"), theirs


def password_with_domain_names(stack, base, auth_url):
    connection = dataclasses.replace(
        base,
        user_domain_id="default",
        user_domain_name="",
        project_id="",
        project_name="demo",
        project_domain_id="",
        project_domain_name="Default",
    )
    theirs = oracle.Password(
        auth_url,
        username="demo",
        password="demopw",
        user_domain_id="default",
        project_name="demo",
        project_domain_name="Default",
    )
    return connection, Credentials(password="demopw"), theirs


def credential_by_id(stack, base, auth_url):
    made = stack.application_credentials["demo-app"]
    connection = dataclasses.replace(
        base, auth_mode="application_credential", application_credential_id=made["id"]
    )
    theirs = oracle.ApplicationCredential(
        auth_url,
        application_credential_id=made["id"],
        application_credential_secret=made["secret"],
    )
    return connection, Credentials(application_credential_secret=made["secret"]), theirs


def credential_by_name_and_user(stack, base, auth_url):
    secret = stack.application_credentials["demo-app"]["secret"]
    connection = dataclasses.replace(
        base,
        auth_mode="application_credential",
        application_credential_name="demo-app",
        user_name="demo",
        user_domain_id="",
        user_domain_name="Default",
    )
    theirs = oracle.ApplicationCredential(
        auth_url,
        application_credential_name="demo-app",
        application_credential_secret=secret,
        username="demo",
        user_domain_name="Default",
    )
    return connection, Credentials(application_credential_secret=secret), theirs


def credential_by_name_and_user_id(stack, base, auth_url):
    secret, user = stack.application_credentials["demo-app"]["secret"], stack.users["demo"]["id"]
    connection = dataclasses.replace(
        base,
        auth_mode="application_credential",
        application_credential_name="demo-app",
        user_name="",
        user_id=user,
    )
    theirs = oracle.ApplicationCredential(
        auth_url,
        application_credential_name="demo-app",
        application_credential_secret=secret,
        user_id=user,
    )
    return connection, Credentials(application_credential_secret=secret), theirs


def keystone_token(stack, base, auth_url):
    token, _ = stack.sign_in("demo")
    connection = dataclasses.replace(base, auth_mode="keystone_token")
    theirs = oracle.Token(auth_url, token, project_id=stack.projects["demo"])
    return connection, Credentials(token=token), theirs


def password_and_passcode(stack, base, auth_url):
    connection = dataclasses.replace(base, auth_mode="totp", user_name="mfa")
    theirs = oracle.MultiFactor(
        auth_url,
        auth_methods=["v3password", "v3totp"],
        username="mfa",
        password="mfapw",
        passcode="123456",
        user_domain_name="Default",
        project_id=stack.projects["demo"],
    )
    return connection, Credentials(password="mfapw", passcode="123456"), theirs


KEYSTONE = (
    password,
    password_with_ids,
    password_with_domain_names,
    credential_by_id,
    credential_by_name_and_user,
    credential_by_name_and_user_id,
    keystone_token,
    password_and_passcode,
)


@pytest.mark.parametrize("mode", KEYSTONE, ids=lambda mode: mode.__name__)
def test_keystone_is_sent_what_keystoneauth1_sends(faulty_store, stack, mode):
    base, _ = Connection.from_environment(faulty_store.environment("demo"))
    connection, credentials, theirs = mode(stack, base, faulty_store.auth_url)
    sent = captured(faulty_store.keystone, ours(connection, credentials))
    expected = captured(faulty_store.keystone, lambda: theirs.get_access(oracle_session.Session()))
    assert sent == expected
    assert len(sent) == 1


def test_a_receipt_is_answered_as_keystoneauth1_answers_it(faulty_store, stack):
    """The password first; Keystone's receipt and the passcode, and nothing else, second."""
    auth_url, project_id = faulty_store.auth_url, stack.projects["demo"]
    base, _ = Connection.from_environment(faulty_store.environment("demo"))
    connection = dataclasses.replace(base, user_name="mfa")
    credentials = Credentials(password="mfapw", passcode="123456")

    def two_steps():
        user = {"username": "mfa", "user_domain_name": "Default"}
        first = oracle.Password(auth_url, password="mfapw", project_id=project_id, **user)
        with pytest.raises(oracle_errors.MissingAuthMethods) as missing:
            first.get_access(oracle_session.Session())
        methods = [
            oracle.ReceiptMethod(receipt=missing.value.receipt),
            oracle.TOTPMethod(passcode="123456", **user),
        ]
        second = oracle.Auth(auth_url, methods, project_id=project_id)
        second.get_access(oracle_session.Session())

    sent = captured(faulty_store.keystone, ours(connection, credentials))
    expected = captured(faulty_store.keystone, two_steps)
    receipts = [steps[1][2].pop("Openstack-Auth-Receipt") for steps in (sent, expected)]
    assert all(r.startswith("gAAAA") for r in receipts)  # Keystone's: each time another one
    assert sent[:2] == expected


@pytest.mark.parametrize("key", ["testing", "wrong", "p%C3 %20:\\", "pässwort €"])
def test_version_1_is_sent_what_swiftclient_sends(faulty_store, stack, key):
    region = stack.regions["RegionOne"]
    url = region.v1_auth_url.replace(region.url, faulty_store.swift.url)
    connection = Connection("v1", auth_mode="v1", auth_url=url, user_name="test:tester")

    def theirs():
        try:
            swiftclient.client.get_auth_1_0(url, "test:tester", key)
        except swiftclient.ClientException:
            assert key != "testing"

    sent = captured(faulty_store.swift, ours(connection, Credentials(password=key)))
    assert sent == captured(faulty_store.swift, theirs)
    as_sent = {"X-Auth-User": "test:tester", "X-Auth-Key": key.encode().decode("latin-1")}
    assert sent == [("GET", "/auth/v1.0", as_sent, None)]


def test_a_ready_token_needs_no_sign_in(faulty_store, stack):
    token, _ = stack.sign_in("demo")
    url = faulty_store.storage_url()
    connection = Connection("ready", auth_mode="token", storage_url=url)
    store = open_store(connection, Credentials(token=token))
    assert store.storage_url == url
    assert faulty_store.swift.requests == []
    [sent] = captured(faulty_store.swift, lambda: next(store.list_containers(), None))
    theirs = swiftclient.Connection(preauthurl=url, preauthtoken=token)
    [expected] = captured(faulty_store.swift, theirs.get_account)
    assert (sent[0], sent[1].split("?")[0], sent[2]) == (
        expected[0], expected[1].split("?")[0], expected[2],
    )  # fmt: skip
    assert sent[2] == {"X-Auth-Token": token}
    assert faulty_store.keystone.requests == []


def test_anonymous_access_sends_no_token_and_no_sign_in(faulty_store, stack):
    container = stack.unique_name()
    stack.connection().put_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    connection = Connection("public", auth_mode="anonymous", storage_url=faulty_store.storage_url())
    store = open_store(connection, Credentials())
    [sent] = captured(faulty_store.swift, lambda: list(store.list_objects(container)))
    assert sent[2] == {}
    assert faulty_store.keystone.requests == []
