# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Projects whose layers can't be read yet: they open at once, wait, and come alive."""

from __future__ import annotations

import dataclasses
import re
import socket
import threading
import time

import pytest
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsContrastEnhancement,
    QgsCoordinateReferenceSystem,
    QgsDateTimeRange,
    QgsLayerDefinition,
    QgsMultiBandColorRenderer,
    QgsProject,
    QgsRasterRange,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QDateTime
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters import gateway_start, path_translation
from cog_browser.adapters import revive as revive_module
from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.ownership import owner_of
from cog_browser.adapters.path_translation import to_running_form, to_saved_form
from cog_browser.adapters.pending import placeholder, saved_source_of_placeholder
from cog_browser.gui.layers.actions import LayerActions
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.vsi import gateway_url
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    container,
    file,
    in_worker,
    session,
)
from tests.support.faults import Fault
from tests.support.rasters import checksums, make_cog


@pytest.fixture
def project(session, account, container, tmp_path):
    """A project with one layer of a saved connection, written by an earlier QGIS."""
    session.sessions.repository.save(account[0])
    layer = session.add(session.sign_in(*account), container, KEY)
    set_all(layer)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    return path


def forget_headers(tmp_path):
    for header in (tmp_path / "headers").glob("*.header"):
        header.unlink()


def set_all(layer):
    """Everything that a user sets, other than QGIS would."""
    renderer = QgsMultiBandColorRenderer(None, 5, 3, 2)
    stretch = QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum
    for setter in (
        renderer.setRedContrastEnhancement,
        renderer.setGreenContrastEnhancement,
        renderer.setBlueContrastEnhancement,
    ):
        enhancement = QgsContrastEnhancement(layer.dataProvider().dataType(1))
        enhancement.setMinimumValue(123)
        enhancement.setMaximumValue(4567)
        enhancement.setContrastEnhancementAlgorithm(stretch)
        setter(enhancement)
    renderer.setOpacity(0.5)
    layer.setRenderer(renderer)
    layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    layer.setCustomProperty("mine", 5)
    layer.setName("My name")
    times = layer.temporalProperties()
    times.setIsActive(True)
    times.setFixedTemporalRange(
        QgsDateTimeRange(QDateTime(2020, 1, 1, 0, 0), QDateTime(2021, 1, 1, 0, 0))
    )
    layer.dataProvider().setUserNoDataValue(2, [QgsRasterRange(10, 20)])
    layer.dataProvider().setUseSourceNoDataValue(3, False)
    metadata = layer.metadata()
    metadata.setTitle("My title")
    layer.setMetadata(metadata)
    layer.styleManager().addStyleFromLayer("second")


def all_set(layer):
    """What is left of `set_all`."""
    renderer, provider = layer.renderer(), layer.dataProvider()
    red = renderer.redContrastEnhancement()
    return {
        "bands": (renderer.redBand(), renderer.greenBand(), renderer.blueBand()),
        "stretch": (red.minimumValue(), red.maximumValue()),
        "opacity": renderer.opacity(),
        "blending": layer.blendMode(),
        "crs": layer.crs().authid(),
        "property": layer.customProperty("mine"),
        "connection": bool(layer.customProperty(CONNECTION_PROPERTY)),
        "name": layer.name(),
        "from": layer.temporalProperties().fixedTemporalRange().begin().date().year(),
        "is temporal": layer.temporalProperties().isActive(),
        "nodata": [(r.min(), r.max()) for r in provider.userNoDataValues(2)],
        "source nodata": provider.useSourceNoDataValue(3),
        "title": layer.metadata().title(),
        "styles": layer.styleManager().styles(),
    }


ALL_SET = {
    "bands": (5, 3, 2),
    "stretch": (123, 4567),
    "opacity": 0.5,
    "blending": QPainter.CompositionMode.CompositionMode_Multiply,
    "crs": "EPSG:3857",
    "property": 5,
    "connection": True,
    "name": "My name",
    "from": 2020,
    "is temporal": True,
    "nodata": [(10, 20)],
    "source nodata": False,
    "title": "My title",
    "styles": ["default", "second"],
}


def alive(session, layer):
    return session.state(layer) == "reading" and gateway_url(layer.source()) is not None


def pixels_of(layer):
    return checksums(gdal.Open(layer.source()))


def test_a_layer_with_a_kept_header_opens_without_any_request_and_waits(
    project, session, stack, account, file
):
    mark = stack.mark()
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "waiting")
    assert (layer.width(), layer.height(), layer.bandCount()) == (900, 700, 5)
    assert all_set(layer) == ALL_SET
    assert stack.swift_requests(since=mark) == []
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    assert all_set(layer) == ALL_SET


def test_a_layer_never_seen_here_gets_a_placeholder_and_comes_alive_after_a_sign_in(
    project, session, stack, account, file, tmp_path
):
    forget_headers(tmp_path)
    mark = stack.mark()
    [layer] = session.open(project)
    assert layer.isValid()
    assert session.state(layer) == "pending"
    assert "sign-in to “Demo”" in session.reason(layer)
    assert stack.swift_requests(since=mark) == []
    assert all_set(layer) == ALL_SET
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    assert all_set(layer) == ALL_SET


def test_a_project_saved_while_a_layer_waits_is_as_good_as_before(
    project, session, account, tmp_path, container
):
    forget_headers(tmp_path)
    session.open(project)
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    text = again.read_text()
    assert "vsimem" not in text
    assert "/vsicurl?" not in text
    assert saved_source(again) == saved_source(project)
    session.restart()
    [layer] = session.open(again)
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))
    assert all_set(layer) == ALL_SET


def saved_source(project):
    [found] = re.findall("<datasource>(/vsi.*)</datasource>", project.read_text())
    return found


def test_a_saved_secret_brings_layers_to_life_by_itself(
    project, session, account, tmp_path, monkeypatch
):
    forget_headers(tmp_path)
    monkeypatch.setattr(
        type(session.sessions.secrets),
        "load",
        lambda _self, _id, may_prompt=True: None if may_prompt else account[1],
    )
    [layer] = session.open(project)
    session.wait(lambda: alive(session, layer))


def test_an_unknown_account_waits_for_a_connection_and_then_comes_alive(
    project, session, account, stack, tmp_path, file
):
    forget_headers(tmp_path)
    session.sessions.repository.remove(account[0].id)
    session.restart()
    mark = stack.mark()
    [layer] = session.open(project)
    assert session.state(layer) == "pending"
    assert session.reason(layer).startswith("It belongs to an account that isn't set up here: ")
    host, project_id = stack.storage_url().split("/")[2], stack.storage_url().split("AUTH_")[1]
    assert f"{host}, project {project_id}" in session.reason(layer)
    assert stack.swift_requests(since=mark) == []
    mine = dataclasses.replace(account[0], id="another id", name="Mine")
    session.sessions.repository.save(mine)
    session.sign_in(mine, account[1])
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    assert all_set(layer) == ALL_SET


def test_a_public_url_that_is_not_ours_is_left_to_qgis(project, session):
    swift = "https://swift.example.org/v1/AUTH_0/public"
    for source in (
        "/vsicurl/https://example.org/a.tif",
        "/vsicurl/https://example.org/v1/AUTH_0/a.tif",  # no container
        f"/vsicurl/{swift}/a.jp2",  # the gateway reads TIFF only
        f"/vsicurl/{swift}/a.tif?temp_url_sig=0",
        f"/vsicurl/{swift}/a b.tif",  # not as we would write it
        f"/vsicurl/{swift}/x/../a.tif",
        f"/vsicurl?url={swift}/a.tif",
        f"/vsizip//vsicurl/{swift}/a.zip/a.tif",
        "/vsicurl/https://user@swift.example.org/v1/AUTH_0/public/a.tif",
        "./a.tif",
    ):
        assert to_running_form(source) == source
    ours = f"/vsicurl/{swift}/a.tif"
    assert to_running_form(ours) == to_running_form(placeholder(ours)) == placeholder(ours)


def test_the_placeholder_is_never_taken_for_pixels(qgis_app):
    path = placeholder("/vsicurl/https://swift.example.org/v1/AUTH_0/c/a%20b.tif")
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset = gdal.Open(path)
        assert dataset.RasterCount == 256
        try:
            assert dataset.GetRasterBand(1).ReadRaster() is None
            said = gdal.GetLastErrorMsg()
        except RuntimeError as error:  # Processing has switched GDAL's exceptions on
            said = str(error)
        assert "“a b.tif” waits for a sign-in" in said
    finally:
        gdal.PopErrorHandler()
    saved = "/vsicurl/https://swift.example.org/v1/AUTH_0/c/a%20b.tif"
    assert saved_source_of_placeholder(path) == saved
    assert to_saved_form(path) == saved


def test_translation_is_idempotent(project, session, tmp_path):
    forget_headers(tmp_path)
    once = to_running_form(saved_source(project))
    assert to_running_form(once) == once
    assert to_saved_form(once) == saved_source(project)


def test_the_root_of_an_account_outlives_qgis_and_goes_with_the_connection(
    project, session, account, stack
):
    connection = account[0]
    root = f"/vsicurl/{stack.storage_url()}/"
    assert (root, connection.id) in session.sessions.accounts()
    session.sessions.repository.save(dataclasses.replace(connection, name="Other name"))
    assert (root, connection.id) in session.sessions.accounts()
    session.sessions.repository.save(dataclasses.replace(connection, region="Elsewhere"))
    assert session.sessions.accounts() == []
    session.sessions.repository.save(connection)
    session.sessions.repository.save_root(connection.id, root)
    assert session.sessions.repository.roots() == {connection.id: root}
    session.sessions.repository.remove(connection.id)
    assert session.sessions.accounts() == []


def test_of_two_connections_to_an_account_the_signed_in_one_reads(
    project, session, account, tmp_path
):
    second = dataclasses.replace(account[0], id="0 second", name="Second")
    session.sessions.repository.save(second)
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "waiting")
    session.sign_in(second, account[1])
    session.wait(lambda: alive(session, layer))
    assert owner_of(saved_source(project)).connection_id == second.id


def test_layer_definitions_duplicates_and_copied_styles_work_while_pending(
    project, session, account, tmp_path
):
    forget_headers(tmp_path)
    [layer] = session.open(project)
    root, definition = QgsProject.instance().layerTreeRoot(), tmp_path / "layer.qlr"
    written, error = QgsLayerDefinition.exportLayerDefinition(
        str(definition), [root.findLayer(layer)]
    )
    assert (written, error) == (True, "")
    assert "vsimem" not in definition.read_text()
    assert saved_source(project) in definition.read_text()
    loaded, error = QgsLayerDefinition.loadLayerDefinition(
        str(definition), QgsProject.instance(), root
    )
    assert (loaded, error) == (True, "")
    clone = layer.clone()
    QgsProject.instance().addMapLayer(clone)
    layers = list(QgsProject.instance().mapLayers().values())
    assert [session.state(x) for x in layers] == ["pending"] * 3
    assert layer.saveNamedStyle(str(tmp_path / "style.qml"))[1]
    session.sign_in(*account)
    session.wait(lambda: all(alive(session, x) for x in layers))
    assert [all_set(x)["bands"] for x in layers] == [(5, 3, 2)] * 3
    assert layers[0].loadNamedStyle(str(tmp_path / "style.qml"))[1]
    assert all_set(layers[0])["stretch"] == (123, 4567)


def test_a_zipped_project_keeps_order_and_groups(session, account, container, tmp_path):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    root = QgsProject.instance().layerTreeRoot()
    for number in range(3):
        layer = session.add(store, container, KEY)
        layer.setName(f"Layer {number}")
    group = root.addGroup("Group")
    node = root.findLayer(layer)
    group.addChildNode(node.clone())
    root.removeChildNode(node)
    path = tmp_path / "project.qgz"
    assert QgsProject.instance().write(str(path))
    session.restart()
    forget_headers(tmp_path)
    layers = session.open(path)
    before = [(n.name(), n.parent().name()) for n in root.findLayers()]
    session.sign_in(*account)
    session.wait(lambda: all(alive(session, x) for x in layers))
    assert [(n.name(), n.parent().name()) for n in root.findLayers()] == before
    assert ("Layer 2", "Group") in before


def test_a_layer_removed_meanwhile_is_ignored(project, session, account, tmp_path):
    forget_headers(tmp_path)
    [layer] = session.open(project)
    session.sign_in(*account)
    QgsProject.instance().clear()
    session.wait(lambda: session.sessions.store_of(account[0].id) is not None)
    assert QgsProject.instance().mapLayers() == {}
    [layer] = session.open(project)
    session.wait(lambda: alive(session, layer))


def test_a_replaced_object_is_shown_anew(session, account, container, tmp_path, file):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    set_all(layer)
    before = layer.source()
    other = make_cog(tmp_path / "other.tif", 640, 480, bands=5)
    store.upload(other, container, KEY, overwrite=True)
    session.wait(lambda: layer.source() != before and alive(session, layer))
    assert (layer.width(), layer.height()) == (640, 480)
    assert pixels_of(layer) == checksums(gdal.Open(str(other)))
    assert all_set(layer)["stretch"] == (123, 4567)


def test_a_deleted_object_fails_with_the_reason(session, account, container):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    store.delete_object(container, KEY)
    session.wait(lambda: session.state(layer) == "failing")
    assert "scène 1.tif" in session.reason(layer)


def test_a_black_holed_host_holds_up_nobody_and_its_layer_comes_alive_later(
    session, faulty_store, account, stack, file, tmp_path, container
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = dataclasses.replace(connection, name="Far", connect_timeout=2, read_timeout=2)
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
    session.wait(lambda: "127.0.0.1" in session.reason(layer), 30_000)
    assert "answer" in session.reason(layer)
    faulty_store.clear()
    session.wait(lambda: alive(session, layer), 60_000)
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))


def test_ten_layers_of_three_connections_open_at_once_though_one_host_is_lost(
    session, faulty_store, account, stack, container, tmp_path
):
    far, credentials = Connection.from_environment(faulty_store.environment())
    far = dataclasses.replace(far, name="Far", connect_timeout=2, read_timeout=2)
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
    session.wait(lambda: all(alive(session, layer) for layer in layers), 60_000)
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


def test_an_ended_token_leaves_the_layer_waiting_with_the_stores_reason(
    project, session, account, stack, tmp_path
):
    connection = dataclasses.replace(
        account[0], auth_mode="token", auth_url="", storage_url=stack.storage_url()
    )
    session.sessions.repository.save(connection)
    session.sessions.secrets.remember(connection.id, Credentials(token="ended"))
    forget_headers(tmp_path)
    mark = stack.mark()
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "failing")
    assert session.reason(layer).startswith("The token has expired or been revoked")
    qgis_events(session, 3)
    assert len(stack.swift_requests(since=mark)) <= 4  # nobody goes on asking
    session.sessions.repository.save(account[0])
    session.sessions.sign_out(connection.id)
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))


def qgis_events(session, seconds):
    end = time.monotonic() + seconds
    session.wait(lambda: time.monotonic() > end)


def test_a_refused_secret_is_not_sent_again(project, session, account, stack, tmp_path):
    session.sessions.secrets.remember(account[0].id, Credentials(password="wrong"))
    forget_headers(tmp_path)
    [layer] = session.open(project)
    session.wait(lambda: "refuses" in session.reason(layer))
    tries = []
    opened = type(session.sessions).find_credentials
    session.sessions.find_credentials = lambda *a, **k: tries.append(a) or opened(*a, **k)
    QgsProject.instance().addMapLayer(layer.clone())
    qgis_events(session, 3)
    assert tries == []
    assert session.state(layer) == "pending"


def test_open_layers_and_placeholders_are_saved_well_after_the_plugin_is_unloaded(
    project, session, tmp_path
):
    forget_headers(tmp_path)
    session.open(project)
    path_translation.uninstall()
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    assert saved_source(again) == saved_source(project)


@pytest.mark.parametrize("exceptions", [False, True])
def test_failures_are_recovered_from_with_gdals_exceptions_on_and_off(
    session, faulty_store, container, exceptions
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    layer = session.add(session.sign_in(connection, credentials), container, KEY)
    used_before = gdal.GetUseExceptions()
    switch_exceptions(exceptions)
    try:
        faulty_store.swift.add(Fault(status=503), method="GET", times=None)
        layer.dataProvider().block(1, layer.extent(), 900, 700)
        session.wait(lambda: session.state(layer) == "failing")
        faulty_store.clear()
        session.wait(lambda: session.state(layer) == "reading")
        assert layer.dataProvider().block(1, layer.extent(), 900, 700).isValid()
    finally:
        switch_exceptions(used_before)


def switch_exceptions(on):
    for module in (osr, ogr, gdal):  # GDAL wants to be last
        module.UseExceptions() if on else module.DontUseExceptions()


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


def test_a_gateway_that_is_slow_to_start_holds_up_nobody(
    project, session, account, tmp_path, monkeypatch
):
    session.leave()
    start = gateway_start.shared_gateway
    monkeypatch.setattr(gateway_start, "shared_gateway", lambda: time.sleep(4) or start())
    session.enter(is_ready=False)
    [layer] = session.open(project)
    assert session.state(layer) == "pending"
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))


def renew(session, store, container, layer, tmp_path, width):
    """Replace the object, and return it when the layer shows it."""
    other = make_cog(tmp_path / f"{width}.tif", width, 480, bands=5)
    store.upload(other, container, KEY, overwrite=True)
    session.wait(lambda: alive(session, layer) and layer.width() == width)


def test_a_layer_that_the_user_reloads_is_still_renewed_by_itself_later(
    session, account, container, tmp_path
):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    session.reviver._revive(layer)
    revive(layer, session.workers, anew=True)  # cancels the former, which so never ends
    renew(session, store, container, layer, tmp_path, 640)
    renew(session, store, container, layer, tmp_path, 320)


@pytest.mark.parametrize("is_known", [True, False])
def test_retry_opens_an_object_that_was_deleted_and_is_there_again(
    project, session, account, container, file, tmp_path, is_known, message_bar, qtbot
):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    if is_known:
        layer = session.add(store, container, KEY)
        store.delete_object(container, KEY)
    else:
        in_worker(lambda: shared_gateway().drop_blocks(""))
        forget_headers(tmp_path)
        store.delete_object(container, KEY)
        [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "failing")
    store.upload(file, container, KEY)
    window = QWidget()
    qtbot.addWidget(window)
    actions = LayerActions(
        session.states, None, None, session.workers, message_bar, QgsMapCanvas(window), window
    )
    actions.retry([layer])
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    actions.stop()


def test_a_sign_in_brings_back_a_layer_whose_new_object_was_refused(session, account, container):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    data = in_worker(lambda: store.read_range(container, KEY, 0, 10))
    assert data
    session.sessions.sign_out(account[0].id)  # so it can't be opened anew
    session.sessions.secrets.remove(account[0].id)
    shared_gateway().forget(account[0].id, container, KEY)
    session.wait(lambda: session.state(layer) == "failing")
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))


def test_two_reasons_to_try_an_account_again_are_one_try(session, account, monkeypatch, capsys):
    monkeypatch.setattr(revive_module, "FIRST", 0.01)
    session.reviver._try_again("a connection")
    session.reviver._try_again("a connection")
    qgis_events(session, 0.3)
    assert session.reviver._timers == {}
    assert "KeyError" not in capsys.readouterr().err
