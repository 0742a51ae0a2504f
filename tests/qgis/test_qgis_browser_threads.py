# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""QGIS's Browser panel while listings run: a busy window, rows that go, an unloaded plugin."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest
from qgis.core import QgsApplication
from qgis.gui import QgsGui
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QRunnable, QThreadPool

from cog_browser.gui import listing
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY
from cog_browser.gui.qgis_browser import items
from cog_browser.gui.qgis_browser.browser import QgisBrowser
from tests.qgis.qgis_browser_fixtures import Panel, browser, panel  # noqa: F401 (fixtures)
from tests.support.patience import WAIT


@pytest.fixture()
def gate(monkeypatch):
    """Listings wait in their worker while it is closed."""

    class Gate:
        def __init__(self) -> None:
            self.is_open, self.waiting, self.over = threading.Event(), 0, 0
            self.is_open.set()

    made, pages = Gate(), listing.pages

    def gated(*arguments):
        made.waiting += 1
        made.is_open.wait(60)
        made.over += 1
        yield from pages(*arguments)

    monkeypatch.setattr(listing, "pages", gated)
    yield made
    made.is_open.set()


def _providers():
    found = QgsApplication.dataItemProviderRegistry().providers()
    return [one.name() for one in found if one.name().startswith(PROVIDER_KEY)]


def _delete_later():
    """What QGIS deletes later is deleted now, and what nobody holds is gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()


def _start(panel, gate, *names):
    gate.is_open.clear()
    before = gate.waiting
    panel.expand(*names)
    panel.wait(lambda: gate.waiting > before)
    assert panel.state(*names) == "Populating"


def test_a_busy_window_gets_all_rows_when_it_is_free(panel, gate, saved, container, put):
    for number in range(30):
        put(f"{number:02}.tif")
    panel.open("demo")
    _start(panel, gate, "demo", container)
    gate.is_open.set()
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:  # Python's lock is held, and no event is handled
        panel.rows("demo", container)
    assert panel.rows("demo", container) == []
    panel.wait(lambda: panel.state("demo", container) == "Populated")
    assert panel.rows("demo", container) == [f"{number:02}.tif" for number in range(30)]


def test_a_refresh_while_it_lists_gives_each_row_once(panel, gate, saved, container, put):
    put("a.tif")
    panel.open("demo")
    _start(panel, gate, "demo", container)
    item = panel.item("demo", container)
    item.refresh()
    item.refresh()
    panel.model.refresh(panel.proxy.mapToSource(panel.index("demo", container)))
    gate.is_open.set()
    panel.wait(lambda: panel.state("demo", container) == "Populated")
    assert panel.rows("demo", container) == ["a.tif"]


@pytest.mark.parametrize("how", ["removed", "signed out", "edited", "model", "unloaded"])
def test_rows_that_go_while_they_list(
    panel, browser, gate, sessions, controller, saved, container, put, how
):
    put("a.tif")
    panel.open("demo")
    _start(panel, gate, "demo", container)
    item = panel.item("demo", container)
    if how == "removed":
        sessions.repository.remove(saved.id)
    elif how == "signed out":
        controller.accounts.sign_out(saved.id)
    elif how == "edited":
        sessions.repository.save(type(saved)(**{**saved.to_dict(), "name": "other"}))
    elif how == "model":
        panel.view.setModel(None)
        sip.delete(panel.proxy)
        sip.delete(panel.model)
    else:
        browser.stop()
    _delete_later()
    assert sip.isdeleted(item)
    gate.is_open.set()
    panel.wait(lambda: gate.over == gate.waiting)
    panel.wait(lambda: not panel_is_listing(browser))
    if how == "edited":  # a row of another name, of which nothing is known
        panel.open("other", container)
        assert panel.rows("other", container) == ["a.tif"]


def panel_is_listing(browser):
    return bool(browser._workers._running)


def test_a_provider_stays_while_a_thread_may_ask_it(browser, qtbot, saved):
    panel = Panel(qtbot, browser)
    panel.open("demo")
    held, is_over = threading.Event(), threading.Event()

    class Listing(QRunnable):  # as QGIS lists a folder of the disk
        def run(self):
            held.set()
            is_over.wait(60)

    job = Listing()
    QThreadPool.globalInstance().start(job)
    assert held.wait(60)
    [provider] = [
        one
        for one in QgsApplication.dataItemProviderRegistry().providers()
        if one.name() == PROVIDER_KEY
    ]
    try:
        browser.stop()
        assert panel.proxy.rowCount() == 0
        qtbot.wait(250)
        assert not sip.isdeleted(provider)
        assert provider.createDataItem("", None) is None
        assert _providers() == [f"{PROVIDER_KEY} (removed)"]
    finally:
        is_over.set()
    panel.wait(lambda: sip.isdeleted(provider))
    assert _providers() == []


def test_reloading_leaves_nothing_behind(
    dock, controller, sessions, workers, saved, container, put, qtbot, monkeypatch
):
    put("a.tif")
    rows, make = [], items._Branch.__init__

    def init(self, *arguments):
        make(self, *arguments)
        rows.append(weakref.ref(self))

    monkeypatch.setattr(items._Branch, "__init__", init)
    menus = QgsGui.dataItemGuiProviderRegistry()
    before = len(menus.providers())
    for _ in range(5):
        loaded = QgisBrowser(dock, controller, sessions, workers)
        panel = Panel(qtbot, loaded)
        panel.open("demo", container)
        assert panel.rows("demo", container) == ["a.tif"]
        panel.item("demo", container).refresh()
        loaded.stop()
        assert panel.proxy.rowCount() == 0
        panel.wait(lambda: _providers() == [])
        assert len(menus.providers()) == before
        del loaded, panel
    assert len(rows) >= 15
    earlier = rows[: len(rows) * 4 // 5]  # a worker may still hold the last thing that it did
    qtbot.waitUntil(lambda: _delete_later() or not any(row() for row in earlier), timeout=WAIT)


def test_rows_outlive_pythons_garbage_collector(panel, saved, container, put):
    """PyQGIS's `children()` would make Python the owner of the rows, and delete them."""
    put("a.tif")
    panel.open("demo", container)
    for _ in range(3):
        gc.collect()
        panel.item("demo").refresh()
        panel.wait(lambda: panel.state("demo") == "Populated")
    assert panel.rows("demo", container) == ["a.tif"]
    assert not sip.ispyowned(panel.item("demo", container, "a.tif"))
