# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel is as the user left it, and asks nobody for that without need."""

from __future__ import annotations

import json

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt

from cog_browser.adapters.panel_settings import save_returns_to_last_place
from cog_browser.gui import listing
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.options_page import OptionsPage
from cog_browser.gui.panel_state import PanelState
from cog_browser.gui.place import Place
from cog_browser.gui.sorting import SIZE
from tests.support.patience import WAIT

GROUP = "plugins/cog_browser/panel"


@pytest.fixture(autouse=True)
def nothing_kept(qgis_app):
    QgsSettings().remove(GROUP)
    yield
    QgsSettings().remove(GROUP)


@pytest.fixture
def session(sessions, workers, message_bar, qtbot):
    """Starts the plugin's panel as a session of QGIS does; called again, the next one."""
    running = []

    def end():
        for dock, controller, state in running:
            state.stop()
            controller.stop()
            dock.close()
        running.clear()

    def start(is_visible=True):
        end()
        dock = CogBrowserDock()
        qtbot.addWidget(dock)
        dock.resize(380, 720)
        controller = BrowserController(dock, sessions, workers, message_bar)
        running.append((dock, controller, PanelState(dock, sessions, workers)))
        if is_visible:
            dock.show()
        return dock

    yield start
    end()


@pytest.fixture
def asked(monkeypatch):
    """The places that were listed."""
    found = []
    original = listing.pages
    monkeypatch.setattr(
        listing, "pages", lambda store, place: found.append(place) or original(store, place)
    )
    return found


def open_there(dock, place, qtbot):
    dock.select(place)
    qtbot.waitUntil(lambda: dock.objects_model.rowCount() > 0, timeout=WAIT)


def test_the_last_folder_is_open_again(session, saved, container, put, qtbot):
    put("2024/a.tif")
    place = Place(saved.id, container, "2024/")
    open_there(session(), place, qtbot)
    dock = session()
    qtbot.waitUntil(lambda: dock.current_place == place, timeout=WAIT)
    qtbot.waitUntil(lambda: dock.objects_model.rowCount() == 1, timeout=WAIT)
    assert dock.is_expanded(Place(saved.id))
    top = Place(saved.id, container)
    qtbot.waitUntil(lambda: dock.tree_model.state(top) is not None, timeout=WAIT)
    assert dock.current_place == place  # the tree's own listing takes nothing away
    assert dock.objects_model.rowCount() == 1


def test_a_hidden_panel_asks_nobody_until_it_is_seen(session, saved, container, put, asked, qtbot):
    put("a.tif")
    place = Place(saved.id, container)
    open_there(session(), place, qtbot)
    asked.clear()
    dock = session(is_visible=False)
    qtbot.wait(300)
    assert asked == []
    dock.show()
    qtbot.waitUntil(lambda: dock.objects_model.rowCount() == 1, timeout=WAIT)


def test_without_a_kept_secret_nobody_is_asked(session, sessions, saved, asked, qtbot, monkeypatch):
    QgsSettings().setValue(f"{GROUP}/place", json.dumps([saved.id, "rasters", ""]))
    sessions.secrets.remove(saved.id)
    prompts = []
    load = type(sessions.secrets).load
    monkeypatch.setattr(
        type(sessions.secrets),
        "load",
        lambda self, one, may_prompt=True: (
            prompts.append(may_prompt) or load(self, one, may_prompt)
        ),
    )
    dock = session()
    qtbot.waitUntil(lambda: prompts != [], timeout=WAIT)
    qtbot.wait(200)
    assert prompts == [False]
    assert asked == []
    assert dock.current_place is None


def test_it_can_be_switched_off(session, saved, container, asked, workers, qtbot):
    QgsSettings().setValue(f"{GROUP}/place", json.dumps([saved.id, container, ""]))
    page = OptionsPage(workers)
    qtbot.addWidget(page)
    assert page.returns.isChecked()
    page.returns.setChecked(False)
    page.apply()
    try:
        dock = session()
        qtbot.wait(300)
        assert (asked, dock.current_place) == ([], None)
    finally:
        save_returns_to_last_place(True)


@pytest.mark.parametrize("kept", ["nonsense", "[1, 2]", '["gone", "c", ""]', "{}", "null"])
def test_what_is_gone_or_damaged_does_no_harm(session, saved, asked, kept, qtbot):
    for name in ("place", "split", "widths", "sort", "rasters_only", "search_options"):
        QgsSettings().setValue(f"{GROUP}/{name}", kept)
    dock = session()
    qtbot.wait(200)
    assert (asked, dock.current_place) == ([], None)


def test_widths_order_parts_and_filters_stay(session, saved, container, put, qtbot):
    put("small.tif", b"x")
    put("large.txt", b"x" * 100)
    first = session()
    open_there(first, Place(saved.id, container), qtbot)
    first.find.rasters.click()
    first.find.more.click()
    first.table.horizontalHeader().setSortIndicator(SIZE, Qt.SortOrder.DescendingOrder)
    first.table.set_widths([111, 77, 0])
    first.splitter.setSizes([500, 100])
    first.splitter.splitterMoved.emit(0, 0)
    share = first.splitter.sizes()[0] / sum(first.splitter.sizes())
    dock = session()
    assert dock.find.rasters.isChecked()
    assert not dock.find.options.isHidden()
    assert dock.table.widths[:2] == [111, 77]
    columns = dock.table.horizontalHeader()
    assert columns.sortIndicatorSection() == SIZE
    assert columns.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    sizes = dock.splitter.sizes()
    assert abs(sizes[0] / sum(sizes) - share) < 0.05
    qtbot.waitUntil(lambda: dock.objects_model.rowCount() == 1, timeout=WAIT)
    dock.find.rasters.click()
    model = dock.objects_model
    names = [model.data(model.index(row, 0)) for row in range(model.rowCount())]
    assert names == ["large.txt", "small.tif"]  # by size, the largest first
