# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers that QGIS reads by itself, and how a connection takes them over."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.adapters.foreign_layers import adopt, foreign_address, foreign_layers
from cog_browser.adapters.gdal_forms import is_orphan
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.layers.foreign_offer import ForeignOffer
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    container,
    file,
    session,
)
from tests.support.rasters import checksums


@pytest.fixture
def orphan(session, container, file, tmp_path):
    """An opened project with a layer on /vsiswift/ whose variables are gone."""
    path = tmp_path / "old.qgs"
    layer = QgsRasterLayer(str(file), "old", "gdal")
    layer.setOpacity(0.4)
    QgsProject.instance().addMapLayer(layer)
    assert QgsProject.instance().write(str(path))
    QgsProject.instance().clear()
    source = f"/vsiswift/{container}/{KEY}"
    written = path.read_text()
    start = written.index("<datasource>", written.index("<projectlayers>")) + len("<datasource>")
    end = written.index("</datasource>", start)
    path.write_text(written[:start] + source + written[end:])
    [found] = session.open(path)
    assert to_saved_form(found.source()) == source
    return found


def test_a_vsiswift_layer_without_its_variables_waits_and_a_connection_takes_it_over(
    orphan,
    session,
    account,
    container,
    file,
):
    assert session.state(orphan) == "pending"
    assert "choose" in session.reason(orphan)
    assert foreign_layers(QgsProject.instance()) == [orphan]
    assert foreign_address(orphan) == ("swift", container, KEY)
    store, told = session.sign_in(*account), []
    adopt(orphan, store, session.workers, told.append)
    session.wait(lambda: told == [None])
    assert session.state(orphan) == "reading"
    assert checksums(gdal.Open(orphan.source())) == checksums(gdal.Open(str(file)))
    assert orphan.opacity() == 0.4
    assert to_saved_form(orphan.source()) == store.source(container, KEY)
    assert orphan.customProperty("cog_browser/connection") == account[0].id
    assert foreign_layers(QgsProject.instance()) == []


def test_a_source_with_a_credential_in_clear_is_found_by_its_account(
    session,
    account,
    container,
):
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    source = store.source(container, KEY)
    plain = QgsRasterLayer(f"{source}|credential:GDAL_HTTP_HEADERS=X-Auth-Token: t", "x", "gdal")
    assert foreign_address(plain) == ("swift", container, KEY)
    other = source.replace("127.0.0.1", "127.0.0.2")
    unknown = QgsRasterLayer(f"{other}|credential:A=b", "x", "gdal")
    assert foreign_address(unknown) == ("swift", container, KEY)
    assert foreign_address(QgsRasterLayer("/vsis3/b/k.tif|credential:A=b", "x", "gdal")) is None
    assert foreign_address(layer) is None


def test_vsiswift_with_its_variables_is_left_to_gdal(qgis_app):
    assert is_orphan("/vsiswift/c/k.tif")
    gdal.SetConfigOption("SWIFT_STORAGE_URL", "https://swift.example.org/v1/AUTH_0")
    try:
        assert not is_orphan("/vsiswift/c/k.tif")
    finally:
        gdal.SetConfigOption("SWIFT_STORAGE_URL", None)


def test_the_offer_names_the_connections_and_one_click_takes_over(
    orphan,
    session,
    account,
    qtbot,
):
    bar = QgsMessageBar()
    qtbot.addWidget(bar)
    session.sign_in(*account)
    session.sessions.repository.save(account[0])
    accounts = Accounts(session.sessions, session.workers, bar, bar)
    offer = ForeignOffer(session.sessions, session.workers, bar, accounts)
    session.wait(lambda: len(bar.items()) == 1)
    [item] = bar.items()
    assert "“old”" in item.text()
    [button] = item.findChildren(QPushButton)
    assert button.text() == "Read with “Demo”"
    button.click()
    session.wait(lambda: session.state(orphan) == "reading")
    assert bar.items() == []
    offer.stop()
    accounts.stop()
