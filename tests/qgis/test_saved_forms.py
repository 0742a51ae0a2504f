# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""What files hold of layers that can't be read yet."""

from __future__ import annotations

import dataclasses

from osgeo import gdal
from qgis.core import (
    QgsLayerDefinition,
    QgsProject,
)

from cog_browser.adapters import path_translation
from cog_browser.adapters.path_translation import to_running_form, to_saved_form
from cog_browser.adapters.pending import placeholder, saved_source_of_placeholder
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    ALL_SET,
    KEY,
    account,
    alive,
    all_set,
    container,
    file,
    forget_headers,
    project,
    saved_source,
    session,
)


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


def test_open_layers_and_placeholders_are_saved_well_after_the_plugin_is_unloaded(
    project, session, tmp_path
):
    forget_headers(tmp_path)
    session.open(project)
    path_translation.uninstall()
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    assert saved_source(again) == saved_source(project)
