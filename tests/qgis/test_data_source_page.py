# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""The page in QGIS's Data Source Manager: addresses, rows, and what is left of it afterwards."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from qgis.core import QgsProject, QgsProviderRegistry
from qgis.gui import QgsGui
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QItemSelectionModel, Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox

from cog_browser.gui.data_source.provider import DataSourceProvider
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY
from cog_browser.gui.place import ObjectAddress, Place
from tests.qgis.qgis_browser_fixtures import browser  # noqa: F401 (fixtures)
from tests.support.patience import WAIT

KEY = "2024/<i>a #?%&é.tif"


@pytest.fixture()
def provider(browser):
    made = DataSourceProvider.register(browser)
    yield made
    made.unregister()


@pytest.fixture()
def page(provider, qtbot):
    """The page as QGIS's registry gives it."""
    widget = QgsGui.sourceSelectProviderRegistry().createSelectionWidget(
        PROVIDER_KEY, None, Qt.WindowType.Widget, QgsProviderRegistry.WidgetMode.Embedded
    )
    widget.show()
    return widget


def _add(page):
    buttons = page.findChild(QDialogButtonBox)
    return buttons.button(QDialogButtonBox.StandardButton.Apply)


def _open(page, qtbot, *names):
    """The index of a row below the connections; each on the way is opened."""
    model, found = page.view.model(), page.view.model().index(0, 0)
    for name in names:
        page.view.expand(found)
        parent = found
        rows = lambda parent=parent: {  # noqa: E731
            model.index(row, 0, parent).data(): model.index(row, 0, parent)
            for row in range(model.rowCount(parent))
        }
        qtbot.waitUntil(lambda name=name, rows=rows: name in rows(), timeout=WAIT)
        found = rows()[name]
    return found


def _layers():
    return [layer.name() for layer in QgsProject.instance().mapLayers().values()]


def test_the_entry_says_what_it_is(provider):
    registry = QgsGui.sourceSelectProviderRegistry()
    [found] = [one for one in registry.providers() if one.name() == PROVIDER_KEY]
    assert found.text() == "COG Browser"
    assert found.toolTip() == "Add rasters from an object store"
    assert not found.icon().isNull()


def test_an_address_is_understood_and_added(
    page, controller, saved, container, put, cog, stack, qtbot
):
    put(KEY, cog.read_bytes(), "image/tiff")
    assert not _add(page).isEnabled()
    assert "az://" in page.address.placeholderText()
    page.address.setText(f"swift://{container}/{KEY}")
    assert page.note.text() == f"“{KEY}” in container “{container}” of “demo”."
    assert page.note.textFormat() == Qt.TextFormat.PlainText
    assert _add(page).isEnabled()
    _add(page).click()
    qtbot.waitUntil(lambda: _layers() == ["<i>a #?%&é.tif"], timeout=WAIT)
    page.address.setText(f"/vsiswift/{container}/{KEY}")
    assert page.wanted() == (ObjectAddress(saved.id, container, KEY),)


def test_a_url_belongs_to_the_account_it_names(page, controller, saved, container, stack, put):
    assert page.isVisible()
    controller.accounts.with_store(saved.id, lambda store: None)
    url = f"{stack.storage_url()}/{container}/{quote(KEY)}"
    saved_root = f"/vsicurl/{stack.storage_url()}/"
    page._browser.sessions.repository.save_root(saved.id, saved_root)
    page._browser.sessions._refresh_saved_roots()
    page.address.setText(url)
    assert page.wanted() == (ObjectAddress(saved.id, container, KEY),)
    page.address.setText(url.replace("//", "//evil@", 1))
    assert page.wanted() == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("munich.tif", "This is no address of an object."),
        ("s3://bucket/a.tif", "No saved connection is for s3://bucket. Add one"),
        ("https://example.org/a.tif", "No saved connection is for https://example.org. Add one"),
        ("https://example.org/a\\b", "This is no address of an object."),
        ("swift://container/folder/", "This is no object, but a place in “demo”. Open it"),
    ],
)
def test_an_address_that_leads_to_no_object_says_why(page, saved, text, said):
    page.address.setText(text)
    assert page.note.text().startswith(said)
    assert not _add(page).isEnabled()
    page.addButtonClicked()
    assert page.wanted() == ()
    page.address.clear()
    assert page.note.text() == ""


def test_objects_are_chosen_among_the_rows(page, controller, saved, container, put, cog, qtbot):
    for name in ("a.tif", "b.tif", "c.tif"):
        put(name, cog.read_bytes(), "image/tiff")
    model = page.view.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["COG Browser"]
    flags = QItemSelectionModel.SelectionFlag
    page.view.setCurrentIndex(_open(page, qtbot, "demo", container))
    assert not _add(page).isEnabled()
    selection = page.view.selectionModel()
    selection.select(_open(page, qtbot, "demo", container, "a.tif"), flags.ClearAndSelect)
    selection.select(_open(page, qtbot, "demo", container, "c.tif"), flags.Select)
    assert _add(page).isEnabled()
    _add(page).click()
    qtbot.waitUntil(lambda: sorted(_layers()) == ["a.tif", "c.tif"], timeout=WAIT)
    page.view.doubleClicked.emit(_open(page, qtbot, "demo", container, "b.tif"))
    qtbot.waitUntil(lambda: sorted(_layers()) == ["a.tif", "b.tif", "c.tif"], timeout=WAIT)


def test_the_panel_opens_at_the_address(page, dock, saved, container, put, qtbot):
    put("2024/a.tif")
    dock.hide()
    page.panel_button.click()
    assert dock.isVisible()
    assert dock.current_place is None
    page.address.setText(f"swift://{container}/2024/a.tif")
    page.panel_button.click()
    assert dock.current_place == Place(saved.id, container, "2024/")
    wanted = (ObjectAddress(saved.id, container, "2024/a.tif"),)
    qtbot.waitUntil(lambda: dock.selected_addresses() == wanted, timeout=WAIT)


def test_nothing_is_left_of_it(browser, qtbot):
    registry = QgsGui.sourceSelectProviderRegistry()
    before = [one.name() for one in registry.providers()]
    for _ in range(5):
        provider = DataSourceProvider.register(browser)
        page = registry.createSelectionWidget(
            PROVIDER_KEY, None, Qt.WindowType.Widget, QgsProviderRegistry.WidgetMode.Embedded
        )
        page.show()
        provider.unregister()
        assert [one.name() for one in registry.providers()] == before
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert sip.isdeleted(page)
        assert sip.isdeleted(provider)
