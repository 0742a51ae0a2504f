# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers whose store is away for a while."""

from __future__ import annotations

import dataclasses

import pytest
from osgeo import gdal
from qgis.core import (
    QgsProject,
)

from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway.process import shared_gateway
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    alive,
    container,
    file,
    forget_headers,
    pixels_of,
    project,
    session,
)
from tests.support.faults import Fault
from tests.support.gdal_exceptions import use_exceptions
from tests.support.rasters import checksums, make_cog


def test_a_black_holed_host_holds_up_nobody_and_its_layer_comes_alive_later(
    session, faulty_store, account, stack, file, tmp_path, container
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = dataclasses.replace(connection, name="Far", connect_timeout=10, read_timeout=10)
    session.sessions.repository.save(connection)
    store = session.sign_in(connection, credentials)
    layer = session.add(store, container, KEY)
    path = tmp_path / "far.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    forget_headers(tmp_path)
    hole = Fault(delay_s=60)
    faulty_store.keystone.add(hole, times=None)
    faulty_store.swift.add(hole, times=None)
    session.sessions.secrets.remember(connection.id, credentials)
    [layer] = session.open(path)
    assert session.state(layer) == "pending"
    session.wait(lambda: "127.0.0.1" in session.reason(layer))
    assert "answer" in session.reason(layer)
    faulty_store.clear()
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))


def test_ten_layers_of_three_connections_open_at_once_though_one_host_is_lost(
    session, faulty_store, account, stack, container, tmp_path
):
    far, credentials = Connection.from_environment(faulty_store.environment())
    far = dataclasses.replace(far, name="Far", connect_timeout=10, read_timeout=10)
    other, others = Connection.from_environment(stack.environment("calibration"))
    other = dataclasses.replace(other, name="Other")
    known = {account[0]: account[1], other: others, far: credentials}
    for connection in known:
        session.sessions.repository.save(connection)
    stores = [session.sign_in(*pair) for pair in known.items()]
    theirs = stores[1].create_container(stack.unique_name()).name
    path = make_cog(tmp_path / "small.tif", 300, 200)
    stores[1].upload(path, theirs, "small.tif")
    places = [(container, KEY), (theirs, "small.tif"), (container, KEY)]
    for number in range(10):
        session.add(stores[number % 3], *places[number % 3])
    project = tmp_path / "ten.qgs"
    assert QgsProject.instance().write(str(project))
    session.restart()
    for header in list((tmp_path / "headers").glob("*.header"))[1:]:
        header.unlink()
    for connection, secret in known.items():
        session.sessions.secrets.remember(connection.id, secret)
    for proxy in (faulty_store.keystone, faulty_store.swift):
        proxy.add(Fault(delay_s=60), times=None)
    layers = session.open(project)
    assert len(layers) == 10
    session.wait(lambda: sum(alive(session, layer) for layer in layers) == 7)
    faulty_store.clear()
    session.wait(lambda: all(alive(session, layer) for layer in layers))
    assert all(x.dataProvider().block(1, x.extent(), 50, 40).isValid() for x in layers)


def test_a_failed_read_repaints_by_itself_when_the_server_is_back(session, faulty_store, container):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    layer = session.add(session.sign_in(connection, credentials), container, KEY)
    painted = []
    layer.repaintRequested.connect(lambda *_: painted.append(True))
    faulty_store.swift.add(Fault(status=503), method="GET", times=None)
    session.sessions.store(connection)
    provider = layer.dataProvider()
    provider.block(1, layer.extent(), 900, 700)
    session.wait(lambda: session.state(layer) == "failing")
    faulty_store.clear()
    session.wait(lambda: session.state(layer) == "reading" and bool(painted))
    assert provider.block(1, layer.extent(), 900, 700).isValid()


@pytest.mark.parametrize("exceptions", [False, True])
def test_failures_are_recovered_from_with_gdals_exceptions_on_and_off(
    session, faulty_store, container, exceptions
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    layer = session.add(session.sign_in(connection, credentials), container, KEY)
    use_exceptions(exceptions)
    faulty_store.swift.add(Fault(status=503), method="GET", times=None)
    layer.dataProvider().block(1, layer.extent(), 900, 700)
    session.wait(lambda: session.state(layer) == "failing")
    faulty_store.clear()
    session.wait(lambda: session.state(layer) == "reading")
    assert layer.dataProvider().block(1, layer.extent(), 900, 700).isValid()


def test_an_object_seen_in_this_session_opens_again_without_its_server(
    session, faulty_store, account, container, tmp_path
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    session.sessions.repository.save(dataclasses.replace(connection, name="Far"))
    session.add(session.sign_in(connection, credentials), container, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    QgsProject.instance().clear()
    shared_gateway().configure(0, tmp_path / "headers")  # its blocks are forgotten
    shared_gateway().configure(1 << 28, tmp_path / "headers")
    gdal.VSICurlClearCache()
    faulty_store.swift.add(Fault(delay_s=60), times=None)
    [layer] = session.open(path)
    assert (layer.width(), layer.height(), session.state(layer)) == (900, 700, "reading")
