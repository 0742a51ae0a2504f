# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers whose object is another one by now, or gone."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.layer_swap import revive
from cog_browser.gui.layers.actions import LayerActions
from cog_browser.storage.gateway.process import shared_gateway
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    alive,
    all_set,
    container,
    file,
    forget_headers,
    in_worker,
    pixels_of,
    project,
    session,
    set_all,
)
from tests.support.rasters import checksums, make_cog


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
