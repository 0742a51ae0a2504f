# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Uploads that were killed, cut off or cancelled go on where they stopped."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from email.utils import formatdate
from pathlib import Path

import pytest

from cog_browser.storage.errors import (
    AuthenticationError,
    Cancelled,
    ConfigurationError,
    QuotaExceededError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.sign_in import auth
from cog_browser.storage.swift.unfinished_uploads import clean_up, resume, unfinished_uploads
from cog_browser.storage.swift.upload_journal import UploadJournal, journals
from cog_browser.storage.transfers import job
from cog_browser.storage.transfers.control import TransferControl
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    SEGMENT,
    SIZE,
    RandomFaults,
    behind,
    container,
    file,
    journals_in,
    keys,
    md5,
    open_with,
    settings_for,
    store,
    through,
)
from tests.support.faults import Fault
from tests.support.patience import let_tokens_end_soon

ROOT = Path(__file__).resolve().parents[2]
_UPLOAD = """
import sys
from pathlib import Path
from tests.integration.transfer_fixtures import open_with
from cog_browser.storage.transfers import job
from cog_browser.storage.transfers.control import TransferControl
import os
path, container, key, folder, segment, bandwidth = sys.argv[1:]
size = int(segment)
store = open_with(os.environ, Path(folder), threshold=size, segment_size=size)
print("READY", flush=True)
control = TransferControl(float(bandwidth) or None)
print(store.upload(path, container, key, control=control).etag, flush=True)
"""


def start_upload(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", _UPLOAD, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def break_off(faulty_store, through, container, file, number=3):
    """An upload that fails at one segment, after others are safe."""
    rule = faulty_store.swift.add(
        Fault(refuse=True), method="PUT", path=f"/{number:08d}$", times=None
    )
    with pytest.raises(TransportError):
        through.upload(file, container, "a/k")
    assert rule.hits
    faulty_store.clear()


def test_ten_kills_of_a_large_upload_lose_nothing_and_leave_nothing(
    stack, store, behind, container, tmp_path
):
    size, segment = 60_000_000, 4 << 20
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(size))
    moments = random.Random(20)
    mark = stack.mark()
    arguments = (path, container, "a b/big.tif", tmp_path, segment)
    kills = 0
    for _ in range(10):
        process = start_upload(stack.environment("demo"), *arguments, 12e6)
        assert process.stdout.readline() == "READY\n"
        time.sleep(moments.uniform(0.05, 0.8))
        process.kill()
        process.communicate()
        kills += process.returncode == -9
        assert keys(behind, container) == []
    last = start_upload(stack.environment("demo"), *arguments, 0)
    assert last.communicate(timeout=300)[0].startswith("READY\n")
    assert last.returncode == 0
    assert kills == 10
    assert keys(behind, container) == ["a b/big.tif"]
    digest = hashlib.md5()
    for chunk in behind.get_object(container, "a b/big.tif", resp_chunk_size=1 << 20)[1]:
        digest.update(chunk)
    assert digest.hexdigest() == md5(path)
    time.sleep(0.5)  # a killed upload's last segment may be listed late
    assert len(keys(behind, f"{container}_segments")) == 15
    assert journals_in(tmp_path) == []
    requests = stack.swift_requests(since=mark, within=container)
    sent = Counter(r.path for r in requests if r.method == "PUT" and "_segments/" in r.path
                   and r.status == 201)  # fmt: skip
    assert len(sent) == 15
    assert max(sent.values()) == 1, sent  # no segment that had arrived was sent again


def test_a_failed_upload_goes_on_in_the_same_call_again(
    faulty_store, through, behind, container, file, tmp_path
):
    break_off(faulty_store, through, container, file)
    assert keys(behind, container) == []
    [path] = journals_in(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    entry = through.upload(file, container, "a/k")
    assert entry.size == SIZE
    sent = [r.target for r in faulty_store.swift.requests if r.method == "PUT"]
    assert 1 <= len([t for t in sent if "_segments/" in t]) <= 2
    assert hashlib.md5(behind.get_object(container, "a/k")[1]).hexdigest() == md5(file)
    assert journals_in(tmp_path) == []


def test_no_secret_is_in_a_journal(stack, faulty_store, through, container, file, tmp_path):
    break_off(faulty_store, through, container, file)
    [path] = journals_in(tmp_path)
    text = path.read_text()
    assert str(file) in text
    assert not [s for s in [*stack.secrets(), through.token()] if s in text]


def test_the_list_of_unfinished_uploads_and_their_end(
    faulty_store, through, store, behind, container, file, tmp_path
):
    break_off(faulty_store, through, container, file)
    [found] = unfinished_uploads(through, container)
    assert (found.container, found.key, found.path) == (container, "a/k", str(file))
    assert found.size == SIZE
    assert SEGMENT <= found.sent < SIZE
    assert 0 <= found.age < 60
    assert found.is_resumable
    assert list(unfinished_uploads(through, "other")) == []
    seen = []
    entry = resume(through, found, progress=lambda done, total: seen.append(done) is None)
    assert entry.size == SIZE
    assert seen[0] >= SEGMENT  # what was sent before counts
    assert seen[-1] == SIZE
    assert list(unfinished_uploads(through, container)) == []
    with pytest.raises(ConfigurationError, match="is not waiting"):
        resume(through, found)


def test_cleaning_up_leaves_nothing(faulty_store, through, behind, container, file, tmp_path):
    break_off(faulty_store, through, container, file)
    assert keys(behind, f"{container}_segments")
    [found] = unfinished_uploads(through, container)
    clean_up(through, found)
    assert keys(behind, f"{container}_segments") == []
    assert journals_in(tmp_path) == []
    assert list(unfinished_uploads(through, container)) == []


def test_a_file_that_was_changed_is_not_mixed(faulty_store, through, behind, container, file):
    break_off(faulty_store, through, container, file)
    [found] = unfinished_uploads(through, container)
    file.write_bytes(os.urandom(SIZE))
    with pytest.raises(ConfigurationError, match="has been changed since its upload"):
        resume(through, found)
    with file.open("ab") as longer:
        longer.write(b"x")
    with pytest.raises(ConfigurationError, match="has been changed since its upload"):
        resume(through, found)
    file.unlink()
    with pytest.raises(ConfigurationError, match="can't be read"):
        resume(through, found)
    assert keys(behind, container) == []


def test_other_bytes_of_the_same_size_and_time_are_noticed(
    faulty_store, through, behind, container, file
):
    break_off(faulty_store, through, container, file)
    [found] = unfinished_uploads(through, container)
    before = file.stat()
    file.write_bytes(os.urandom(SIZE))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ConfigurationError, match="holds other bytes"):
        resume(through, found)
    assert keys(behind, container) == []


def test_a_file_that_changes_during_its_upload_is_refused(store, behind, container, file, tmp_path):
    def meddle(done, total):
        if done >= 2 * SEGMENT and file.stat().st_mtime_ns != 1:
            os.utime(file, ns=(1, 1))
        return True

    with pytest.raises(ConfigurationError, match="changed since its upload began"):
        store.upload(file, container, "k", progress=meddle, control=TransferControl(4 * SEGMENT))
    assert keys(behind, container) == keys(behind, f"{container}_segments") == []
    assert journals_in(tmp_path) == []


def test_another_machines_upload_is_spared_unless_confirmed(
    stack, faulty_store, through, behind, container, file, tmp_path
):
    break_off(faulty_store, through, container, file)
    elsewhere = open_with(stack.environment("demo"), tmp_path / "elsewhere")
    [found] = unfinished_uploads(elsewhere, container)
    assert (found.path, found.size, found.journal) == ("", None, None)
    assert not found.is_resumable
    with pytest.raises(ConfigurationError, match="less than a week ago"):
        clean_up(elsewhere, found)
    with pytest.raises(ConfigurationError, match="is not waiting"):
        resume(elsewhere, found)
    assert keys(behind, f"{container}_segments")
    old = dataclasses.replace(found, age=7 * 86400.0)
    clean_up(elsewhere, old)
    assert keys(behind, f"{container}_segments") == []


def test_ages_are_by_the_stores_clock(
    faulty_store, through, behind, container, file, tmp_path, stack
):
    break_off(faulty_store, through, container, file)
    elsewhere = open_with(faulty_store.environment("demo"), tmp_path / "elsewhere")
    later = formatdate(time.time() + 8 * 86400, usegmt=True)
    faulty_store.swift.add(
        Fault(headers={"Date": later}), method="HEAD", path="_segments$", times=None
    )
    [found] = unfinished_uploads(elsewhere, container)
    assert 7.9 * 86400 < found.age < 8.1 * 86400
    clean_up(elsewhere, found)
    assert keys(behind, f"{container}_segments") == []


def test_a_finished_object_and_what_expires_are_no_unfinished_uploads(
    stack, store, container, file, tmp_path
):
    store.upload(file, container, "k")
    store.upload(file, container, "k", overwrite=True)
    elsewhere = open_with(stack.environment("demo"), tmp_path / "elsewhere")
    assert list(unfinished_uploads(store, container)) == []
    assert list(unfinished_uploads(elsewhere, container)) == []


def test_cleaning_up_never_takes_an_objects_segments(
    stack, store, behind, container, file, tmp_path
):
    """Not even when a killed process has left its journal after the manifest was put."""
    kept = []

    def copy_journal(done, total):
        if done == total and not kept:
            kept.append(journals_in(tmp_path)[0].read_bytes())
        return True

    store.upload(file, container, "k", progress=copy_journal)
    plan = json.loads(kept[0].splitlines()[0])
    (tmp_path / "journals" / f"{plan['upload_id']}.upload").write_bytes(kept[0])
    [found] = unfinished_uploads(store, container)
    clean_up(store, found)
    assert behind.get_object(container, "k")[1] == file.read_bytes()
    # continued instead, it finds its own object and is content
    (tmp_path / "journals" / f"{plan['upload_id']}.upload").write_bytes(kept[0])
    assert store.upload(file, container, "k").size == SIZE
    assert behind.get_object(container, "k")[1] == file.read_bytes()


def test_a_running_upload_is_not_listed_and_cannot_be_taken(store, container, file, tmp_path):
    seen = []

    def look(done, total):
        if done >= SEGMENT and not seen:
            seen.append(list(unfinished_uploads(store, container)))
            [(path, _)] = journals(tmp_path / "journals", store.storage_url)
            seen.append(UploadJournal.open(path))
        return True

    store.upload(file, container, "k", progress=look, control=TransferControl(4 * SEGMENT))
    assert seen == [[], None]


@pytest.mark.parametrize(
    "change",
    [
        {"key": "../../other"},
        {"container": "a/b"},
        {"segments": "x/y"},
        {"upload_id": "cogb-1"},
        {"size": -1},
        {"segment_size": 0},
        {"segment_size": True},
        {"path": "relative"},
        {"path": "/a\0b"},
        {"content_type": "a\r\nX-Evil: 1"},
        {"delete_at": "soon"},
        {"unknown": 1},
        {"format": 2},
        {"key": 7},
    ],
    ids=str,
)
def test_a_journal_that_was_tampered_with_is_not_used(
    faulty_store, through, container, file, tmp_path, change
):
    break_off(faulty_store, through, container, file)
    [path] = journals_in(tmp_path)
    lines = path.read_bytes().splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), **change}).encode()
    path.write_bytes(b"\n".join(lines))
    assert [u.journal for u in unfinished_uploads(through, container)] == [None]
    with pytest.raises(ConfigurationError):
        UploadJournal.open(path)


@pytest.mark.parametrize(
    "tail", [b'{"done": 1, "md', b"\xff\xfe", b'{"done": 99, "md5": "0"}', b"7"]
)
def test_a_journals_torn_end_costs_nothing(
    faulty_store, through, behind, container, file, tmp_path, tail
):
    break_off(faulty_store, through, container, file)
    [path] = journals_in(tmp_path)
    path.write_bytes(path.read_bytes() + tail)
    through.upload(file, container, "a/k")
    assert hashlib.md5(behind.get_object(container, "a/k")[1]).hexdigest() == md5(file)


def test_a_journal_of_another_account_is_left_alone(
    stack, faulty_store, through, container, file, tmp_path
):
    break_off(faulty_store, through, container, file)
    other = open_with(stack.environment("other"), tmp_path)
    assert list(unfinished_uploads(other, container)) == []
    assert len(journals_in(tmp_path)) == 1


def test_a_folder_for_journals_that_cannot_be_written_is_said(stack, container, file, tmp_path):
    (tmp_path / "journals").write_text("a file")
    store = open_with(stack.environment("demo"), tmp_path)
    with pytest.raises(ConfigurationError, match="Choose another folder for its journal"):
        store.upload(file, container, "k")


def test_one_request_in_five_fails_and_no_object_is_wrong(
    stack, faulty_store, behind, container, tmp_path, monkeypatch
):
    for module in (auth, job):  # how long a token that was refused is not asked for again
        monkeypatch.setattr(module, "FRESH", 0.1)
    faults = [
        Fault(refuse=True),
        Fault(reset_upload_after=50_000),
        Fault(lose_answer=True),
        Fault(truncate_after=10),
        Fault(status=401),
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=498),
        Fault(status=500),
        Fault(status=503),
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(drip=(20_000, 0.01)),
    ]
    store = open_with(faulty_store.environment("demo"), tmp_path, attempts=12)
    rule = RandomFaults(faults, seed=6)
    right, failed = {}, 0
    with faulty_store.swift._lock:
        faulty_store.swift._rules.append(rule)
    for number in range(40):
        path = tmp_path / f"{number}"
        path.write_bytes(os.urandom(SIZE if number % 4 == 0 else 90_000 + number))
        right[f"k{number}"] = hashlib.md5(path.read_bytes()).hexdigest()
        for _ in range(6):  # as the user would
            try:
                store.upload(path, container, f"k{number}", overwrite=True)
                break
            except (TransportError, ServerError, ThrottledError, AuthenticationError):
                failed += 1
        else:
            raise AssertionError(f"{number} never went through")
    back = tmp_path / "back"
    for key, digest in right.items():
        for _ in range(6):
            try:
                store.download(container, key, back)
                break
            except (TransportError, ServerError, ThrottledError, AuthenticationError):
                failed += 1
        assert md5(back) == digest
    assert rule.hits > 60
    faulty_store.clear()
    found = {key: hashlib.md5(behind.get_object(container, key)[1]).hexdigest() for key in right}
    assert found == right
    assert len(keys(behind, f"{container}_segments")) == 10 * 5
    assert journals_in(tmp_path) == []


def test_a_busy_server_gets_fewer_at_once_and_the_wait_it_asks_for(
    faulty_store, through, container, file
):
    faulty_store.swift.add(
        Fault(status=429, headers={"Retry-After": "1"}), method="PUT", path="_segments/.", times=2
    )
    started = time.monotonic()
    through.upload(file, container, "k")
    assert 1 <= time.monotonic() - started < 60


def test_a_cancelled_upload_ends_within_a_second_though_the_server_is_silent(
    faulty_store, through, behind, container, file
):
    faulty_store.swift.add(Fault(delay_s=30), method="PUT", path="/00000002$", times=None)
    cancelled = []

    def stop(done, total):
        if done >= 3 * SEGMENT and not cancelled:
            cancelled.append(time.monotonic())
        return not cancelled

    with pytest.raises(Cancelled):
        through.upload(file, container, "k", progress=stop)
    assert time.monotonic() - cancelled[0] < 10
    faulty_store.clear()
    [found] = unfinished_uploads(through, container)
    assert resume(through, found).size == SIZE
    assert behind.get_object(container, "k")[1] == file.read_bytes()


def test_bandwidth_pause_rate_and_time_left(store, container, file):
    control = TransferControl(2 * SEGMENT)
    seen = []

    def watch(done, total):
        seen.append((control.rate, control.seconds_left))
        return True

    started = time.monotonic()
    store.upload(file, container, "k", progress=watch, control=control)
    took = time.monotonic() - started
    assert 1.5 < took < 60
    rates = [rate for rate, left in seen if left]
    assert SEGMENT < rates[-1] < 4 * SEGMENT
    control = TransferControl()
    control.pause()
    assert control.is_paused
    threading.Timer(0.7, control.proceed).start()
    started = time.monotonic()
    store.upload(file, container, "k2", control=control)
    assert time.monotonic() - started > 0.6


def test_a_paused_upload_can_be_cancelled(store, container, file):
    control = TransferControl()
    control.pause()
    until = time.monotonic() + 0.4
    with pytest.raises(Cancelled):
        store.upload(
            file, container, "k", control=control, progress=lambda *_: time.monotonic() < until
        )
    assert time.monotonic() - until < 10


def test_a_token_that_ends_during_an_upload_is_renewed(make_stack, tmp_path, monkeypatch):
    let_tokens_end_soon(monkeypatch)
    stack = make_stack(token_seconds=4, token_cache_time=-1)
    store = open_with(stack.environment("demo"), tmp_path)
    container = store.create_container("renewed").name
    path = tmp_path / "x"
    path.write_bytes(os.urandom(SIZE))
    store.upload(path, container, "k", control=TransferControl(SIZE / 6))
    assert store.head_object(container, "k").size == SIZE


def test_a_server_that_says_413_and_hangs_up_is_heard(stack, store, tmp_path, container):
    """It reads nothing of the body, and closes with a reset."""
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    answers = [b"HTTP/1.1 413 Too Large\r\nContent-Length: 21\r\n\r\nUpload exceeds quota."]

    def serve():
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            head = sock.recv(65536)
            if head.startswith(b"PUT"):
                sock.sendall(answers[0])
                time.sleep(0.2)
            else:
                sock.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            sock.close()

    threading.Thread(target=serve, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/a"
    environment = {"SWIFT_STORAGE_URL": url, "SWIFT_AUTH_TOKEN": "t"}
    refused = open_with(environment, tmp_path, threshold=1 << 30)
    refused._known.add("c")
    path = tmp_path / "x"
    path.write_bytes(bytes(30 << 20))
    refused.check_upload = lambda *a, **k: None
    try:
        with pytest.raises(QuotaExceededError, match="quota is used up"):
            refused.upload(path, "c", "k")
    finally:
        listener.close()


def test_a_file_that_was_moved_goes_on_and_another_is_refused(
    faulty_store, through, behind, container, file, tmp_path
):
    break_off(faulty_store, through, container, file)
    [found] = through.unfinished_uploads(container)
    moved = tmp_path / "elsewhere" / "copy.bin"
    moved.parent.mkdir()
    moved.write_bytes(file.read_bytes())  # with a time of its own
    other = tmp_path / "other.bin"
    other.write_bytes(os.urandom(SIZE))
    file.unlink()
    with pytest.raises(ConfigurationError, match="holds other bytes"):
        through.resume_upload(found, path=other)
    faulty_store.swift.add(Fault(status=403), method="PUT", path="_segments/", times=None)
    with pytest.raises(StoreError):
        through.resume_upload(found, path=moved)
    faulty_store.swift.clear()
    [again] = through.unfinished_uploads(container)
    assert again.path == str(moved)  # it is remembered
    through.resume_upload(again)
    assert behind.get_object(container, "a/k")[1] == moved.read_bytes()


def test_the_whole_account_is_searched_and_the_journals_alone_ask_nothing(
    stack, faulty_store, through, container, file, tmp_path
):
    break_off(faulty_store, through, container, file)
    mark = stack.mark()
    [own] = through.own_unfinished_uploads()
    assert stack.swift_requests(since=mark) == []
    assert (own.container, own.key, own.is_of_this_computer) == (container, "a/k", True)
    assert own.sent >= SEGMENT
    assert 0 <= own.age < 60
    elsewhere = open_with(stack.environment("demo"), tmp_path / "elsewhere")
    assert elsewhere.own_unfinished_uploads() == []
    [found] = [u for u in elsewhere.unfinished_uploads() if u.container == container]
    assert found.may_still_run
    with pytest.raises(ConfigurationError, match="Confirm"):
        elsewhere.clean_up_upload(found)
    done = []
    elsewhere.clean_up_upload(
        found, confirmed=True, progress=lambda n, total: done.append((n, total)) is None
    )
    assert done[-1][0] == done[-1][1] > 0
    assert [u for u in elsewhere.unfinished_uploads() if u.container == container] == []


def test_clean_up_reads_the_container_once(stack, faulty_store, through, container, file):
    break_off(faulty_store, through, container, file)
    [found] = through.unfinished_uploads(container)
    mark = stack.mark()
    through.clean_up_upload(found)
    listings = [
        r
        for r in stack.swift_requests(since=mark, within=container)
        if r.method == "GET" and "_segments" not in r.path
    ]
    assert len(listings) <= 4, listings


def test_containers_of_segments_are_marked(stack, store, behind, container, file):
    lonely = f"{stack.unique_name()}_segments"
    behind.put_container(lonely)
    store.upload(file, container, "k")
    marks = {c.name: c.holds_parts for c in store.list_containers()}
    assert marks[f"{container}_segments"]
    assert not marks[container]
    assert not marks[lonely]  # nobody's: the user may have named it so
