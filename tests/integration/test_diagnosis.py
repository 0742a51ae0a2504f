# SPDX-License-Identifier: GPL-2.0-or-later
"""Trying a connection step by step, and trusting a certificate, against the real servers."""

from __future__ import annotations

import dataclasses
import hashlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator

import pytest

from cog_browser.storage import diagnosis
from cog_browser.storage.certificates import (
    ServerCertificate,
    distrust,
    fetch_certificate,
    trust,
    trusting_context,
)
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import Diagnosis, account_options, diagnose
from cog_browser.storage.errors import AuthenticationError, ConfigurationError, TransportError
from cog_browser.storage.http import HttpClient
from tests.integration.test_sign_in_modes import passcode
from tests.support.faults import Fault

PASSWORD = Credentials(password="demopw")
ALL = ["reach", "tls", "sign_in", "catalogue", "containers"]


def demo(stack, **changes):
    connection, _ = Connection.from_environment(stack.environment("demo"))
    return dataclasses.replace(connection, **changes)


def names(steps):
    return [step.name for step in steps]


@pytest.fixture
def container(stack):
    name = stack.unique_name()
    stack.connection().put_container(name)
    return name


def test_a_connection_that_works_passes_every_step(stack, container):
    steps = list(diagnose(demo(stack), PASSWORD))
    assert names(steps) == ALL
    assert all(step.ok and 0 <= step.seconds < 30 for step in steps)
    reach, _, sign_in, catalogue, containers = steps
    assert reach.detail in stack.auth_url
    assert sign_in.detail == "demo › demo"
    assert catalogue.detail == stack.storage_url()
    assert containers.count >= 1
    assert containers.detail == ""


def test_every_mode_signs_in_once_and_passes_its_steps(stack, container):
    stack.connection().post_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    token, _ = stack.sign_in("demo")
    app = stack.application_credentials["demo-app"]
    region = stack.regions["RegionOne"]
    cases = [
        (demo(stack, auth_mode="keystone_token"), Credentials(token=token), ALL, 1),
        (
            demo(stack, auth_mode="application_credential", application_credential_id=app["id"]),
            Credentials(application_credential_secret=app["secret"]),
            ALL,
            1,
        ),
        (
            demo(stack, auth_mode="totp", user_name="mfa"),
            Credentials(password="mfapw", passcode=passcode()),
            ALL,
            1,
        ),
        (
            Connection("t", auth_mode="token", storage_url=stack.storage_url()),
            Credentials(token=token),
            ["reach", "tls", "containers"],
            0,
        ),
        (
            Connection("v1", auth_mode="v1", auth_url=region.v1_auth_url, user_name="test:tester"),
            Credentials(password="testing"),
            ["reach", "tls", "sign_in", "containers"],
            0,
        ),
        (
            Connection(
                "a", auth_mode="anonymous", storage_url=stack.storage_url(), containers=(container,)
            ),
            Credentials(),
            ["reach", "tls", "containers"],
            0,
        ),
    ]
    for connection, credentials, wanted, posts in cases:
        mark = stack.mark()
        run = Diagnosis(connection, credentials)
        steps = list(run.steps())
        assert names(steps) == wanted, connection.auth_mode
        assert steps[-1].ok, steps[-1].detail
        run.options()
        sent = [r for r in stack.keystone_requests(since=mark) if r.method == "POST"]
        assert len(sent) == posts, connection.auth_mode


def test_a_wrong_password_fails_the_sign_in_and_is_not_sent_for_the_lists(stack):
    run = Diagnosis(demo(stack), Credentials(password="wrong"))
    steps = list(run.steps())
    assert names(steps) == ALL[:3]
    assert [step.ok for step in steps] == [True, True, False]
    assert "refuses to sign you in" in steps[-1].detail
    mark = stack.mark()
    assert run.options() == diagnosis.AccountOptions()
    assert stack.keystone_requests(since=mark) == []


def test_a_server_that_is_away_fails_the_first_step(unused_port):
    away = Connection("x", auth_url=f"http://127.0.0.1:{unused_port}/v3", user_name="x")
    (step,) = diagnose(away, PASSWORD)
    assert (step.name, step.ok) == ("reach", False)
    assert "refused the connection" in step.detail


def test_a_host_that_does_not_exist_fails_the_first_step():
    unknown = Connection("x", auth_url="https://no-such-host.invalid/v3", user_name="x")
    (step,) = diagnose(unknown, PASSWORD)
    assert (step.name, step.ok) == ("reach", False)
    assert "no-such-host.invalid" in step.detail


def test_an_unknown_certificate_authority_fails_the_tls_step(make_stack):
    stack = make_stack(tls=True)
    steps = list(diagnose(demo(stack, ca_bundle=""), PASSWORD))
    assert names(steps) == ["reach", "tls"]
    assert not steps[-1].ok
    assert "certificate" in steps[-1].detail
    assert "OpenSSL: self-signed certificate" in steps[-1].detail
    assert steps[-1].untrusted_url == stack.auth_url


def test_with_its_ca_bundle_the_same_server_passes(make_stack):
    steps = list(diagnose(demo(make_stack(tls=True)), PASSWORD))
    assert names(steps) == ALL
    assert steps[-1].ok


def test_an_account_that_lists_no_containers_passes_and_says_enter_names(stack, container):
    connection, credentials = Connection.from_environment(stack.environment("other"))
    guest = dataclasses.replace(connection, storage_url=stack.storage_url("demo"))
    last = list(diagnose(guest, credentials))[-1]
    assert (last.name, last.ok, last.count) == ("containers", True, 0)
    assert "Enter the names" in last.detail


def test_names_entered_by_hand_are_tried(stack, container):
    stack.connection().post_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    public = Connection("p", auth_mode="anonymous", storage_url=stack.storage_url())
    last = list(diagnose(dataclasses.replace(public, containers=(container,)), Credentials()))[-1]
    assert (last.ok, last.count) == (True, 1)
    wrong = dataclasses.replace(public, containers=(container, "no-such"))
    last = list(diagnose(wrong, Credentials()))[-1]
    assert not last.ok
    assert "no-such" in last.detail


def test_a_region_that_is_not_there_fails_the_catalogue_and_the_lists_are_offered(stack):
    run = Diagnosis(demo(stack, region="Atlantis"), PASSWORD)
    steps = list(run.steps())
    assert (steps[-1].name, steps[-1].ok) == ("catalogue", False)
    assert "no region “Atlantis”" in steps[-1].detail
    assert run.options().regions == ("RegionOne", "RegionTwo")


@pytest.mark.parametrize("project", ["", "no-such"])
def test_without_a_right_project_those_to_choose_from_are_offered(stack, project):
    user = "homeless" if not project else "demo"
    connection = demo(
        stack,
        user_name=user,
        project_name=project,
        project_id="",
        project_domain_id="default",
    )
    credentials = Credentials(password=f"{user}pw")
    run = Diagnosis(connection, credentials)
    steps = list(run.steps())
    assert (steps[-1].name, steps[-1].ok) == ("sign_in", False)
    found = run.options().projects
    assert [p.name for p in found] == ["calibration", "demo"]
    assert found[1].id == stack.projects["demo"]
    assert found[1].domain_id == "default"


def test_an_account_offers_its_projects_regions_and_interfaces(stack):
    found = account_options(demo(stack), PASSWORD)
    assert [p.name for p in found.projects] == ["calibration", "demo"]
    assert found.regions == ("RegionOne", "RegionTwo")
    assert "public" in found.interfaces
    with pytest.raises(AuthenticationError):
        account_options(demo(stack), Credentials(password="wrong"))


def test_a_store_that_refuses_a_fresh_token_is_said_to(faulty_store, stack):
    connection, credentials = Connection.from_environment(faulty_store.environment("demo"))
    for proxy in (
        faulty_store.swift.values()
        if isinstance(faulty_store.swift, dict)
        else [faulty_store.swift]
    ):
        proxy.add(Fault(status=401), times=None)
    last = list(diagnose(connection, credentials))[-1]
    assert (last.name, last.ok) == ("containers", False)
    assert "refuses the token that you have just got" in last.detail


# Certificates


def test_a_certificate_is_shown_with_what_openssl_says_of_it(make_stack):
    stack = make_stack(tls=True)
    found = fetch_certificate(stack.auth_url)
    file = stack.folder / "tls" / "server.pem"
    said = subprocess.run(
        ["openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256", "-dates"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert f"={found.fingerprint}\n" in said
    assert f"notAfter={found.valid_until}\n" in said
    assert (found.subject, found.issuer) == ("localhost", "stack test CA")
    assert found.names == ("localhost", "127.0.0.1")
    assert found.problem == ""


def test_nothing_is_sent_to_a_server_whose_certificate_is_fetched(make_stack):
    stack = make_stack(tls=True)
    mark = stack.mark()
    fetch_certificate(stack.auth_url)
    assert stack.keystone_requests(since=mark) == []


def test_a_trusted_certificate_is_trusted_by_what_signs_in(make_stack, tmp_path):
    stack = make_stack(tls=True)
    assert "self-signed certificate" in distrust(stack.auth_url)
    bundle = trust(fetch_certificate(stack.auth_url), tmp_path / "certificates")
    assert distrust(stack.auth_url, str(bundle)) == ""
    assert bundle.parent == tmp_path / "certificates"


def test_with_a_trusted_certificate_the_account_opens(make_stack, tmp_path):
    stack = make_stack(tls=True)
    bundle = trust(fetch_certificate(stack.auth_url), tmp_path)
    steps = list(diagnose(demo(stack, ca_bundle=str(bundle)), PASSWORD))
    assert names(steps) == ALL
    assert steps[-1].ok


def test_trusting_one_more_keeps_what_was_trusted_and_changes_no_file(make_stack, tmp_path):
    stack = make_stack(tls=True)
    certificate = fetch_certificate(stack.auth_url)
    first = trust(certificate, tmp_path)
    before = first.read_bytes()
    other = dataclasses.replace(certificate, pem=stack.ca_file.read_text())
    second = trust(other, tmp_path, str(first))
    assert second != first
    assert first.read_bytes() == before
    assert second.read_text().count("BEGIN CERTIFICATE") == 2
    assert trust(certificate, tmp_path, str(first)).read_bytes() == before
    with pytest.raises(ConfigurationError, match="can't be read"):
        trust(certificate, tmp_path, str(tmp_path / "missing.pem"))


@pytest.fixture
def foreign_server(tmp_path) -> Iterator[tuple[str, bytes]]:
    """A TLS server for another host's name: its URL, and what it was sent."""
    key, pem = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", pem, "-days", "2", "-subj", "/CN=other.example.org",
         "-addext", "subjectAltName=DNS:other.example.org"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    received = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                    with context.wrap_socket(connection, server_side=True) as client:
                        received.extend(client.recv(1 << 16))
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}", received
        server.shutdown(socket.SHUT_RDWR)


def test_a_certificate_for_another_host_is_shown_but_would_not_help(foreign_server, tmp_path):
    url, received = foreign_server
    found = fetch_certificate(url)
    assert "is not for 127.0.0.1" in found.problem
    der = ssl.PEM_cert_to_DER_cert(found.pem)
    assert found.fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    bundle = trust(found, tmp_path)
    assert "mismatch" in distrust(url, str(bundle))
    assert bytes(received) == b""


def test_trusting_one_certificate_trusts_no_other(make_stack, foreign_server, tmp_path):
    stack, (url, _) = make_stack(tls=True), foreign_server
    bundle = trust(fetch_certificate(stack.auth_url), tmp_path)
    assert distrust(url, str(bundle)) != ""


def test_only_https_has_a_certificate(stack, unused_port):
    with pytest.raises(ConfigurationError, match="Only https"):
        fetch_certificate(stack.auth_url)
    with pytest.raises(TransportError, match="shows no certificate"):
        fetch_certificate(f"https://127.0.0.1:{unused_port}")
    with pytest.raises(TransportError, match="shows no certificate"):
        fetch_certificate(stack.auth_url.replace("http://", "https://"))


def test_the_certificate_s_text_is_not_in_its_representation():
    shown = repr(ServerCertificate("h", "-----BEGIN", "AB"))
    assert "BEGIN" not in shown


def test_the_context_verifies():
    context = trusting_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert HttpClient("").verify is True
