# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""What surrounds a transfer: clocks, quotas, tokens, rivals, and the user's wish for less."""

from __future__ import annotations

import os
import threading
import time
from email.utils import formatdate

import pytest

from cog_browser.storage.errors import Cancelled, ProtocolError, QuotaExceededError
from cog_browser.storage.transfers.control import TransferControl
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    SEGMENT,
    SIZE,
    behind,
    container,
    file,
    journals_in,
    keys,
    open_with,
    store,
    through,
)
from tests.support.faults import Fault
from tests.support.patience import let_tokens_end_soon


def test_when_an_object_ends_is_counted_by_the_stores_clock(
    faulty_store, through, behind, container, file
):
    """This computer's clock may be hours off."""
    later = formatdate(time.time() + 7200, usegmt=True)
    rule = faulty_store.swift.add(
        Fault(headers={"Date": later}), method="HEAD", path=f"/{container}$", times=None
    )
    through.upload(file, container, "k", delete_after=3600)
    home = f"{container}_segments"
    ends = {behind.head_object(home, n)["x-delete-at"] for n in keys(behind, home)}
    ends.add(behind.head_object(container, "k")["x-delete-at"])
    assert rule.hits
    assert len(ends) == 1
    assert abs(int(ends.pop()) - time.time() - 7200 - 3600) < 60


@pytest.mark.parametrize("size", [17, SIZE])
def test_the_last_look_asks_all_servers_for_the_newest(
    faulty_store, through, container, tmp_path, size
):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(size))
    through.upload(path, container, "k")
    target = f"/{container}/k"
    about = [r for r in faulty_store.swift.requests if r.target.partition("?")[0].endswith(target)]
    assert about[-1].method == "HEAD"
    assert about[-1].header("X-Newest") == "true"
    assert about[-2].method == "PUT"
    assert about[-2].header("If-None-Match") == "*"


def test_a_large_upload_that_lost_to_somebody_else_is_an_error_and_leaves_nothing(
    faulty_store, through, behind, container, file, tmp_path
):
    rule = faulty_store.swift.add(
        Fault(delay_s=1), method="HEAD", path=f"/{container}/k$", header=("X-Newest", "true")
    )

    def theirs(done, total):
        if done == total:
            threading.Timer(0.5, lambda: behind.put_object(container, "k", b"theirs")).start()
        return True

    with pytest.raises(ProtocolError, match="another object under this key"):
        through.upload(file, container, "k", progress=theirs)
    assert rule.hits == 1
    assert behind.get_object(container, "k")[1] == b"theirs"
    assert keys(behind, f"{container}_segments") == []
    assert journals_in(tmp_path) == []


def test_a_quota_that_ends_between_segments_is_said_and_nothing_is_visible(
    stack, behind, container, file, tmp_path
):
    store = open_with(stack.environment("demo"), tmp_path, parallel=1)
    home = f"{container}_segments"
    behind.put_container(home, {"X-Container-Meta-Quota-Bytes": str(2 * SEGMENT)})
    slow = TransferControl(SEGMENT)  # Swift counts a container anew each second
    with pytest.raises(QuotaExceededError, match="quota is used up"):
        store.upload(file, container, "k", control=slow)
    assert keys(behind, home)
    assert keys(behind, container) == []


def test_a_token_that_ends_during_a_download_is_renewed(make_stack, tmp_path, monkeypatch):
    let_tokens_end_soon(monkeypatch)
    stack = make_stack(token_seconds=4, token_cache_time=-1)
    store = open_with(stack.environment("demo"), tmp_path)
    container = store.create_container("renewed-down").name
    path = tmp_path / "x"
    path.write_bytes(os.urandom(SIZE))
    store.upload(path, container, "k")
    store.download(container, "k", tmp_path / "back", control=TransferControl(SIZE / 6))
    assert (tmp_path / "back").read_bytes() == path.read_bytes()


def test_a_download_is_slowed_paused_and_cancelled(store, container, file, tmp_path):
    store.upload(file, container, "k")
    back = tmp_path / "back"
    started = time.monotonic()
    store.download(container, "k", back, control=TransferControl(2 * SEGMENT))
    assert 1.5 < time.monotonic() - started < 60
    back.unlink()
    control = TransferControl()
    control.pause()
    threading.Timer(0.7, control.proceed).start()
    started = time.monotonic()
    store.download(container, "k", back, control=control)
    assert time.monotonic() - started > 0.6
    back.unlink()
    control.pause()
    until = time.monotonic() + 0.4
    with pytest.raises(Cancelled):
        store.download(
            container, "k", back, control=control, progress=lambda *_: time.monotonic() < until
        )
    assert time.monotonic() - until < 10
    assert not [p for p in tmp_path.iterdir() if "back" in p.name]
