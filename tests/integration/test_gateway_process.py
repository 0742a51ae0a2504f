# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway's own process, on a real Swift."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    NotFoundError,
    TransportError,
)
from cog_browser.storage.gateway import child as gateway_child
from cog_browser.storage.gateway import launch as gateway_launch
from cog_browser.storage.gateway import process as gateway_process
from cog_browser.storage.gateway.gateway import Gateway
from cog_browser.storage.gateway.process import GatewayProcess
from cog_browser.storage.stores import open_store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def gateway():
    gateway = GatewayProcess()
    yield gateway
    gateway.stop()


@pytest.fixture
def store(stack):
    return open_store(*Connection.from_environment(stack.environment("demo")))


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture
def shared_file(store, container, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"II*\x00" + os.urandom(700_000))
    store.upload(path, container, "a b.bin")
    return path.read_bytes()


def share(gateway, store, container, key="a b.bin"):
    return gateway.url(store, container, key, store.source(container, key))


def opened(gateway, store, container, key="a b.bin"):
    return gateway.open(store, container, key, store.source(container, key))


def fetch(url, start, stop):
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-{stop - 1}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return answer.read()


def test_an_object_is_served_from_another_process(gateway, store, container, shared_file):
    url = share(gateway, store, container)
    assert fetch(url, 100, 600_000) == shared_file[100:600_000]
    assert opened(gateway, store, container) == (url, shared_file[:16])
    assert gateway.saved_source(url) == store.source(container, "a b.bin")
    meter = gateway.meter(url)
    assert (meter.failures, meter.bytes_served) == (0, 599_900 + 16 + 4)
    assert meter.bytes_fetched >= 600_000


def test_errors_cross_the_border_with_their_type_and_sentence(gateway, store, container):
    url = share(gateway, store, container, "missing")
    with pytest.raises(NotFoundError, match="“missing” in container") as caught:
        opened(gateway, store, container, "missing")
    assert caught.value.status == 404
    assert gateway.meter(url).failures == 1


def test_a_new_sign_in_replaces_a_rejected_one(gateway, stack, store, container, shared_file):
    wrong = open_store(store.connection, Credentials(password="wrong"))
    saved = store.source(container, "a b.bin")
    with pytest.raises(AuthenticationError):
        gateway.open(wrong, container, "a b.bin", saved)
    assert opened(gateway, store, container)[1] == shared_file[:16]


def test_a_replaced_object_is_read_anew_after_forget(
    gateway, store, container, shared_file, tmp_path
):
    url = share(gateway, store, container)
    assert fetch(url, 0, 10) == shared_file[:10]
    (tmp_path / "new").write_bytes(b"MM\x00*" + b"0123456789" * 10)
    store.upload(tmp_path / "new", container, "a b.bin", overwrite=True)
    gateway.forget(store.connection.id, container, "a b.bin")
    with pytest.raises(urllib.error.HTTPError):  # never old and new bytes under one URL
        fetch(url, 0, 10)
    assert fetch(share(gateway, store, container), 0, 10) == b"MM\x00*012345"


def test_no_secret_is_on_the_command_line_or_in_the_environment(
    gateway, stack, store, container, shared_file
):
    assert fetch(share(gateway, store, container), 0, 1)
    process = Path("/proc") / str(gateway._process.pid)
    told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    for secret in stack.secrets():
        assert secret.encode() not in told.replace(str(ROOT).encode(), b"")


def test_the_child_ends_with_its_parent_however_that_ends(stack):
    program = (
        "from cog_browser.storage.gateway.process import shared_gateway\n"
        "import time\n"
        "print(shared_gateway()._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    give_up = time.monotonic() + 60
    while Path(f"/proc/{child}").exists():
        state = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z":
            break  # dead; whoever adopted it has not looked yet
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_dead_child_is_an_error_and_the_next_call_starts_another(monkeypatch, store, container):
    monkeypatch.setattr(gateway_process, "_shared", None)
    first = gateway_process.shared_gateway()
    assert gateway_process.shared_gateway() is first
    first._process.kill()
    first._process.wait()
    with pytest.raises(TransportError, match="gateway"):
        share(first, store, container)
    second = gateway_process.shared_gateway()
    assert second is not first
    second.stop()
    first.stop()


def test_saved_forms_outlive_a_reload_of_the_plugin(gateway, store, container, shared_file):
    url = share(gateway, store, container)
    gateway_process_again = GatewayProcess()  # as a freshly imported module would make it
    try:
        assert gateway_process_again.saved_source(url) == store.source(container, "a b.bin")
        assert fetch(url, 0, 4) == shared_file[:4]
    finally:
        gateway_process_again.stop()


def test_without_an_interpreter_it_runs_in_this_process_and_says_so(monkeypatch, caplog):
    monkeypatch.setattr(gateway_process, "_shared", None)

    def none_found():
        raise CogBrowserError("No Python interpreter was found beside QGIS.")

    monkeypatch.setattr(gateway_launch, "interpreter", none_found)
    with caplog.at_level(logging.WARNING):
        gateway = gateway_process.shared_gateway()
    assert isinstance(gateway, Gateway)
    assert "runs inside QGIS" in caplog.text


def test_failures_reach_the_log_of_this_process(gateway, store, container, caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(NotFoundError):
        opened(gateway, store, container, "missing")
    give_up = time.monotonic() + 60
    while "“missing”" not in caplog.text and time.monotonic() < give_up:
        time.sleep(0.01)
    assert "“missing”" in caplog.text


def test_nothing_is_started_just_to_forget(monkeypatch):
    monkeypatch.setattr(gateway_process, "_shared", None)
    gateway_process.forget_object("x", "c", "k")
    assert gateway_process._shared is None


def test_a_finished_upload_succeeds_although_the_gateway_has_died(
    monkeypatch, store, container, tmp_path
):
    monkeypatch.setattr(gateway_process, "_shared", None)
    gateway = gateway_process.shared_gateway()
    gateway._process.kill()
    gateway._process.wait()
    (tmp_path / "new").write_bytes(b"x")
    assert store.upload(tmp_path / "new", container, "k").size == 1
    store.delete_object(container, "k")
    gateway.stop()


def test_files_in_the_working_folder_are_not_run(tmp_path):
    for name in ("secrets.py", "requests.py", "json.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n")
    program = (
        f"import sys; sys.path.pop(0); sys.path.append({str(ROOT)!r})\n"
        "from cog_browser.storage.gateway.process import GatewayProcess\n"
        "GatewayProcess().stop()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=30)
    assert not (tmp_path / "ran").exists()


def test_many_threads_that_share_objects_at_once_all_succeed(gateway, store):
    failures = []

    def share_one(fresh, number):
        try:
            gateway.url(fresh, "c", f"{number}.tif", f"/vsicurl/http://x/{number}.tif")
        except CogBrowserError as error:
            failures.append(error)

    for _ in range(20):
        fresh = open_store(store.recipe.connection, store.recipe.credentials)
        threads = [threading.Thread(target=share_one, args=(fresh, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_open_layers_read_on_with_a_new_token_after_a_new_sign_in(
    gateway, stack, container, shared_file
):
    def ready(token):
        connection = Connection("t", id="ready", auth_mode="token", storage_url=stack.storage_url())
        return open_store(connection, Credentials(token=token))

    ended = ready("gAAAA-ended")
    url = share(gateway, ended, container)
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(url, 0, 10)
    assert caught.value.code == 401
    token, _ = stack.sign_in("demo")
    gateway.adopt(ready(token))
    assert fetch(url, 0, 10) == shared_file[:10]


def test_a_connection_that_was_edited_to_another_account_is_not_adopted(
    gateway, stack, store, container, shared_file
):
    url = share(gateway, store, container)
    connection, credentials = Connection.from_environment(stack.environment("calibration"))
    edited = open_store(dataclasses.replace(connection, id=store.connection.id), credentials)
    edited.create_container(container)
    gateway.adopt(edited)
    assert fetch(url, 0, 10) == shared_file[:10]


def test_a_child_that_stands_still_holds_up_the_main_thread_once_and_not_for_long(
    gateway, store, container
):
    os.kill(gateway._process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for number in range(40):
            with pytest.raises(TransportError, match="does not answer"):
                gateway.expect("id", container, f"{number}.tif", "/vsicurl/https://x/v1/a/c/k")
        assert time.monotonic() - began < 10  # forty times a second would be more
    finally:
        os.kill(gateway._process.pid, signal.SIGCONT)
    assert gateway.meter("http://127.0.0.1:1/") is None  # it answers again
    assert gateway.expect("id", container, "k", "/vsicurl/https://x/v1/a/c/k") is None


def test_a_parent_that_takes_no_news_holds_up_no_reader():
    """As when Python code in QGIS holds the interpreter's lock while it reads a layer."""
    unread, output = os.pipe()
    child = gateway_child._Child(os.fdopen(output, "wb"), None)

    def tell_much():
        for _ in range(5000):
            child._notify("http://127.0.0.1:1/" + "x" * 60, "failing", "reason " * 10)

    readers = threading.Thread(target=tell_much, daemon=True)
    readers.start()
    readers.join(60)
    assert not readers.is_alive()
    os.close(unread)
