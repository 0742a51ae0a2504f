# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of benchmarks/listing.py that runs in a QGIS of its own; that file says what it shows.

    benchmarks/listing_panel.py OBJECTS

The account is what the environment describes, as after `source openrc.sh`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication  # noqa: E402
from qgis.gui import QgsMessageBar  # noqa: E402
from qgis.PyQt.QtCore import QEventLoop, QItemSelection, Qt, QTimer  # noqa: E402

from cog_browser.adapters.sessions import sessions  # noqa: E402
from cog_browser.adapters.workers import Workers  # noqa: E402
from cog_browser.gui.controller import BrowserController  # noqa: E402
from cog_browser.gui.dock import CogBrowserDock  # noqa: E402
from cog_browser.gui.find.query import Query  # noqa: E402
from cog_browser.gui.place import Place  # noqa: E402
from cog_browser.gui.tree_model import NodeState  # noqa: E402
from cog_browser.storage.connection import Connection  # noqa: E402

CONTAINER, FOLDERS = "million", "folders"
PAUSE = 0.02  # seconds between two things that a busy person does
ORDERS = (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder)


class Panel:
    """The panel in a QGIS without a window, and what a person does with it."""

    def __init__(self, application: QgsApplication, count: int) -> None:
        self._application, self._count = application, count
        known = sessions()
        found, credentials = Connection.from_environment(os.environ)
        connection = replace(found, name="demo")
        known.repository.save(connection)
        known.secrets.save(connection.id, credentials, "session")
        self._account = Place(connection.id)
        self._workers = Workers()
        self.dock = CogBrowserDock()
        self._bar = QgsMessageBar()
        self.controller = BrowserController(self.dock, known, self._workers, self._bar)
        self.dock.resize(420, 760)
        self.dock.show()
        self._last = self._longest = self._worst = 0.0
        self._last_own = self._longest_own = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(1)
        self._wait(0.5)

    def run(self) -> None:
        """Each step holds the panel against what must be shown then."""
        self._step("nothing: the machine alone", None, self._for(2))
        worst_alone, self._worst = self._worst, 0.0
        self._step("sign in, list containers", lambda: self._go(self._account), self._is_ready)
        before = memory("VmRSS")
        self._list()
        held = memory("VmRSS") - before
        self._sort()
        self._filter()
        self._select()
        self._search_and_leave()
        self._many_folders()
        print(f"longest hold-up {self._worst * 1000:.0f} ms; {worst_alone * 1000:.0f} ms alone")
        print(f"memory {before:.0f} MB before, {held:.0f} MB for the rows,", end=" ")
        print(f"{memory('VmHWM'):.0f} MB at most", flush=True)
        self.controller.stop()

    def _list(self) -> None:
        begun = time.perf_counter()
        model, root = self.dock.objects_model, self._root
        self._step("first page", lambda: self._go(root), lambda: model.rowCount() > 0)
        self._step("the rest, while scrolling", None, self._is_ready, self._scroll)
        self._check(self._top + 1)
        speed = self._count / (time.perf_counter() - begun)
        print(f"{'':36}{speed:8,.0f} objects/s in the panel", flush=True)
        self._step("scroll", None, self._for(1.5), self._scroll)

    def _sort(self) -> None:
        for column, label in ((1, "size"), (2, "date"), (0, "name")):
            for order in ORDERS:
                self._step(f"sort by {label}", self._sorting(column, order), self._is_sorted)

    def _filter(self) -> None:
        line = self.dock.find.line
        for text in ("77", "*77*.tif"):
            self._step(f"filter {text}", lambda t=text: line.setText(t), self._is_filtered)
            if not 0 < self.dock.objects_model.rowCount() < self._top:
                sys.exit("the filter does nothing")
        self._step("no filter", line.clear, self._is_filtered)
        self._check(self._top + 1)

    def _select(self) -> None:
        dock, by_size, by_name = self.dock, self._sorting(1, ORDERS[1]), self._sorting(0, ORDERS[1])
        self._step("select all", dock.table.selectAll, self._for(1))
        self._step("sort by size, all selected", by_size, self._is_sorted)
        self._check_selected(self._top)
        self._step("sort by name, all selected", by_name, self._is_sorted)
        self._step("select half", self._select_half, self._for(1))
        half = dock.selected_count
        refresh = dock.refresh_action.trigger
        self._step("refresh, half selected", refresh, self._is_idle, self._scroll)
        self._check(self._top + 1)
        self._check_selected(half)
        self._step("sort by size, half selected", by_size, self._is_sorted)
        self._step("sort by name", by_name, self._is_sorted)

    def _search_and_leave(self) -> None:
        search = Query("*99.tif")
        self._step(
            "search *99.tif below",
            lambda: self.dock.find.search_requested.emit(search),
            self._is_ready,
            self._scroll,
        )
        self._check(self._count // 100)
        self._step("back to the listing", lambda: self._go(self._root), self._is_ready)
        other = Place(self._account.connection_id, "other")
        self._step("leave it", lambda: self._go(other), self._is_ready)
        folder = Place(self._account.connection_id, CONTAINER, "folder/")
        self._step("a tenth, in a folder", lambda: self._go(folder), self._is_ready, self._scroll)
        self._check(self._count // 10)

    def _many_folders(self) -> None:
        """A tenth as many folders, each with one object, side by side in the table and the tree."""
        place, dock = Place(self._account.connection_id, FOLDERS), self.dock
        count, by_name = self._count // 10, self._sorting(0, ORDERS[0])

        def open_it() -> None:
            self._go(place)
            dock.expand(place)

        self._step("folders, also in the tree", open_it, self._is_ready, self._scroll)
        self._check(count)
        self._step("scroll the tree", None, self._for(1), self._scroll_tree)
        self._step("select all folders", dock.table.selectAll, self._for(1))
        self._step("sort them by name", by_name, self._is_sorted)
        self._step("refresh", dock.refresh_action.trigger, self._is_idle, self._scroll_tree)
        self._check(count)
        if not dock.is_expanded(place) or len(dock.selection.ranges()) != 1:
            sys.exit("the refresh has closed the tree or lost the selection")
        inside = Place(place.connection_id, FOLDERS, f"folder-{count - 2:06}/")
        self._step("open a late one", lambda: self._go(inside), self._is_ready)
        self._step("up again", dock.up_action.trigger, self._is_ready, self._scroll)
        self._step("close the tree", dock.tree.collapseAll, self._for(1))

    # What a person does

    @property
    def _root(self) -> Place:
        return Place(self._account.connection_id, CONTAINER)

    @property
    def _top(self) -> int:
        """Objects beside the folder."""
        return self._count - self._count // 10

    def _go(self, place: Place) -> None:
        self.dock.select(place)

    def _scroll(self) -> None:
        bar = self.dock.table.verticalScrollBar()
        bar.setValue((bar.value() + bar.maximum() // 37 + 11) % max(1, bar.maximum()))

    def _scroll_tree(self) -> None:
        bar = self.dock.tree.verticalScrollBar()
        bar.setValue((bar.value() + bar.maximum() // 37 + 11) % max(1, bar.maximum()))

    def _sorting(self, column: int, order: Qt.SortOrder) -> Callable[[], None]:
        return lambda: self.dock.table.horizontalHeader().setSortIndicator(column, order)

    def _select_half(self) -> None:
        selection, model = self.dock.table.selectionModel(), self.dock.objects_model
        half = QItemSelection(model.index(10, 0), model.index(model.rowCount() // 2, 2))
        selection.select(half, selection.SelectionFlag.ClearAndSelect)

    # What is measured

    def _step(
        self,
        label: str,
        act: Callable[[], Any] | None,
        is_over: Callable[[], bool],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._last = begun = time.perf_counter()
        self._longest, self._longest_own, self._last_own = 0.0, 0.0, time.thread_time()
        if act is not None:
            act()
        while not is_over():
            meanwhile()
            self._wait(PAUSE)
        ended = time.perf_counter()
        self._wait(0.1)
        self._worst = max(self._worst, self._longest)
        held_up = f"{self._longest * 1000:8.0f} ms held up{self._longest_own * 1000:6.0f} ms own"
        print(f"{label:36}{ended - begun:8.2f} s{held_up}{memory('VmRSS'):8.0f} MB", flush=True)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest, self._last = max(self._longest, now - self._last), now
        own = time.thread_time()
        self._longest_own, self._last_own = max(self._longest_own, own - self._last_own), own

    def _wait(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def _for(self, seconds: float) -> Callable[[], bool]:
        until: list[float] = []

        def is_over() -> bool:
            until.append(time.perf_counter() + seconds)
            return time.perf_counter() > until[0]

        return is_over

    def _is_ready(self) -> bool:
        if self.dock.state is NodeState.FAILED:
            sys.exit(self.dock.notice.text.text())
        return self.dock.state is NodeState.READY

    def _is_idle(self) -> bool:
        return self._is_ready() and not self._workers.is_running(("dock", "view"))

    def _is_sorted(self) -> bool:
        self._scroll()
        return not self._workers.is_running(("dock", "sort"))

    def _is_filtered(self) -> bool:
        """The filter follows when the typing has rested."""
        self._scroll()
        is_resting = self.dock.find._rest.isActive()  # noqa: SLF001
        return not is_resting and self._is_sorted()

    def _check(self, rows: int) -> None:
        found = self.dock.objects_model.rowCount()
        if found != rows:
            sys.exit(f"{found} rows instead of {rows}")

    def _check_selected(self, count: int) -> None:
        if self.dock.selected_count != count:
            sys.exit(f"{self.dock.selected_count} objects are selected instead of {count}")


def memory(field: str) -> float:
    """Megabytes of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(field)]
    return int(line.split()[1]) / 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as profile:
        os.environ["QGIS_CUSTOM_CONFIG_PATH"] = profile  # not the user's own
        application = QgsApplication([], True)
        application.initQgis()
        Panel(application, int(sys.argv[1])).run()
    os._exit(0)


if __name__ == "__main__":
    main()
