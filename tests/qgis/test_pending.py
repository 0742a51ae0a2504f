# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Projects whose layers can't be read yet: they open at once, wait, and come alive."""

from __future__ import annotations

import socket
import threading

from osgeo import gdal
from qgis.core import (
    QgsProject,
)

from cog_browser.adapters import gateway_start
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    ALL_SET,
    account,
    alive,
    all_set,
    container,
    file,
    forget_headers,
    pixels_of,
    project,
    session,
)
from tests.support.rasters import checksums


def test_a_layer_with_a_kept_header_opens_without_any_request_and_waits(
    project, session, stack, container, account, file
):
    mark = stack.mark()
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "waiting")
    assert (layer.width(), layer.height(), layer.bandCount()) == (900, 700, 5)
    assert all_set(layer) == ALL_SET
    assert stack.swift_requests(since=mark, within=container) == []
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    assert all_set(layer) == ALL_SET


def test_a_layer_never_seen_here_gets_a_placeholder_and_comes_alive_after_a_sign_in(
    project, session, stack, container, account, file, tmp_path
):
    forget_headers(tmp_path)
    mark = stack.mark()
    [layer] = session.open(project)
    assert layer.isValid()
    assert session.state(layer) == "pending"
    assert "sign-in to “Demo”" in session.reason(layer)
    assert stack.swift_requests(since=mark, within=container) == []
    assert all_set(layer) == ALL_SET
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    assert all_set(layer) == ALL_SET


def test_a_layer_removed_meanwhile_is_ignored(project, session, account, tmp_path):
    forget_headers(tmp_path)
    [layer] = session.open(project)
    session.sign_in(*account)
    QgsProject.instance().clear()
    session.wait(lambda: session.sessions.store_of(account[0].id) is not None)
    assert QgsProject.instance().mapLayers() == {}
    [layer] = session.open(project)
    session.wait(lambda: alive(session, layer))


def test_the_main_thread_opens_no_connection_to_a_store(project, session, account, stack, tmp_path):
    forget_headers(tmp_path)
    main, called = threading.main_thread(), []
    original = socket.socket.connect

    def connect(self, address):
        if threading.current_thread() is main:
            called.append(address)
        return original(self, address)

    socket.socket.connect = connect
    try:
        [layer] = session.open(project)
        session.sign_in(*account)
        session.wait(lambda: alive(session, layer))
    finally:
        socket.socket.connect = original
    assert called == []


def test_a_gateway_that_is_slow_to_start_holds_up_nobody(
    project, session, account, tmp_path, monkeypatch
):
    session.leave()
    start, may_start = gateway_start.shared_gateway, threading.Event()
    monkeypatch.setattr(
        gateway_start, "shared_gateway", lambda: start() if may_start.wait(60) else None
    )
    session.enter(is_ready=False)
    [layer] = session.open(project)
    assert session.state(layer) == "pending"
    session.sign_in(*account)
    may_start.set()
    session.wait(lambda: alive(session, layer))
