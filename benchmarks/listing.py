# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a million objects of one real Swift container, in one run: our client, others, the panel.

    .venv/bin/python benchmarks/listing.py [--objects N] [--tools FOLDER]

The rows are put straight into the container's database: a tenth of them in one folder, the rest
beside it. First objects per second of our listing, `rclone lsf` and `swift list` (FOLDER is the
`bin` of an environment with requirements/bench.txt), each twice, the better one counts. Then the
panel in a QGIS of its own: for each thing that a person does, how long it took, the longest time
that the event loop was held up, as a timer of 1 ms in the GUI thread sees it, and the memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.many_rows import fill  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

CONTAINER = "million"
PAUSE = 0.02  # seconds between two things that a busy person does
_OURS = """
import sys
from cog_browser import api
[store, container] = api.open_store(sys.argv[1]), sys.argv[2]
print(sum(len(page.objects) for page in store.list_objects(container, delimiter="")))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--tools", type=Path, default=ROOT / ".venv-bench" / "bin")
    parser.add_argument("--panel", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.panel:
        Panel(given.objects).run()
        return
    with Stack(regions="RegionOne") as stack:
        with closing(stack.connection("demo")) as connection:
            for name in (CONTAINER, "other"):
                connection.put_container(name)
            connection.put_object("other", "small.txt", b"x")
        fill(stack, CONTAINER, keys(given.objects))
        print(f"{given.objects:,} objects in one container", flush=True)
        compare(stack, given.objects, given.tools)
        panel = [sys.executable, __file__, "--panel", "--objects", str(given.objects)]
        subprocess.run(panel, env={**os.environ, **stack.environment("demo")}, check=True)


def keys(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"folder/scene-{number:07}.tif" if number % 10 == 0 else f"scene-{number:07}.tif"


def compare(stack: Stack, count: int, tools: Path) -> None:
    ways = {
        "our client, Swift": ([sys.executable, "-c", _OURS, "env:swift", CONTAINER], "demo"),
        "our client, S3": ([sys.executable, "-c", _OURS, "env:s3", CONTAINER], "aws-demo"),
        "rclone lsf": (
            [str(tools / "rclone"), "--config", str(stack.rclone_conf), "lsf", "-R"]
            + ["--fast-list", "--files-only", f"swift:{CONTAINER}"],
            "demo",
        ),
        "swift list": ([str(tools / "swift"), "list", CONTAINER], "demo"),
    }
    first = 0.0
    for label, (command, account) in ways.items():
        if not Path(command[0]).exists():
            print(f"{label}: {command[0]} is not installed")
            continue
        seconds = min(timed(command, stack.environment(account), count) for _ in range(2))
        first = first or seconds
        speed = f"{count / seconds:12,.0f} objects/s"
        print(f"{label:24}{seconds:8.1f} s{speed}{first / seconds:8.2f} x", flush=True)


def timed(command: list[str], environment: dict[str, str], count: int) -> float:
    begun = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True, cwd=ROOT
    )
    seconds = time.perf_counter() - begun
    lines = done.stdout.splitlines()
    found = int(lines[0]) if len(lines) == 1 else len(lines)
    if found != count:
        sys.exit(f"{command}: {found} objects instead of {count}")
    return seconds


class Panel:
    """The panel in a QGIS without a window, and what a person does with it."""

    def __init__(self, count: int) -> None:
        self._count, self._folder = count, tempfile.TemporaryDirectory()
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from qgis.core import QgsApplication
        from qgis.gui import QgsMessageBar

        self._application = QgsApplication([], True, self._folder.name)
        self._application.initQgis()
        from qgis.PyQt.QtCore import QTimer

        from cog_browser.adapters.sessions import sessions
        from cog_browser.adapters.workers import Workers
        from cog_browser.gui.controller import BrowserController
        from cog_browser.gui.dock import CogBrowserDock
        from cog_browser.storage.connection import Connection

        known = sessions()
        found, credentials = Connection.from_environment(os.environ)
        connection = replace(found, name="demo")
        known.repository.save(connection)
        known.secrets.save(connection.id, credentials, "session")
        self._connection_id = connection.id
        self._workers = Workers()
        self.dock = CogBrowserDock()
        self._bar = QgsMessageBar()
        self.controller = BrowserController(self.dock, known, self._workers, self._bar)
        self.dock.resize(420, 760)
        self.dock.show()
        self._last = self._longest = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(1)
        self._wait(0.5)

    def run(self) -> None:
        from qgis.PyQt.QtCore import Qt

        from cog_browser.gui.find.query import Query
        from cog_browser.gui.place import Place

        dock, table, model = self.dock, self.dock.table, self.dock.objects_model
        root = Place(self._connection_id, CONTAINER)
        objects = self._count - self._count // 10
        self._step("nothing: the machine alone", None, self._for(2))
        self._step("sign in, list containers", lambda: dock.select(root.parent), self._is_ready)
        before = memory("VmRSS")
        print(f"{'memory before':44}{before:8.0f} MB", flush=True)
        begun = time.perf_counter()

        def has_first() -> bool:
            return model.rowCount() > 0

        self._step("first page", lambda: dock.select(root), has_first)
        self._step("the rest, while scrolling", None, self._is_ready, self._scroll)
        self._check(objects + 1)
        seconds = time.perf_counter() - begun
        print(f"{'listing in the panel':44}{objects / seconds:8.0f} objects/s", flush=True)
        print(f"{'memory of the rows':44}{memory('VmRSS') - before:8.0f} MB", flush=True)
        self._step("scroll", None, self._for(1.5), self._scroll)
        header = table.horizontalHeader()
        for column, label in ((1, "size"), (2, "date"), (0, "name")):
            for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
                self._step(
                    f"sort by {label}",
                    lambda c=column, o=order: header.setSortIndicator(c, o),
                    self._is_idle,
                    self._scroll,
                )
        line = dock.find.line
        self._step("filter", lambda: line.setText("77"), self._for(0.3), self._scroll)
        self._step("  its worker", None, self._is_idle, self._scroll)
        self._check_less(objects)
        self._step("filter again", lambda: line.setText("77*"), self._for(0.3), self._scroll)
        self._step("  its worker", None, self._is_idle, self._scroll)
        self._step("no filter", line.clear, self._for(0.3))
        self._step("  its worker", None, self._is_idle)
        self._check(objects + 1)
        self._step("select all", table.selectAll, self._for(1))
        self._step("sort with all selected", lambda: header.setSortIndicator(1, Qt.SortOrder.AscendingOrder), self._is_idle)  # fmt: skip
        self._step("sort by name", lambda: header.setSortIndicator(0, Qt.SortOrder.AscendingOrder), self._is_idle)  # fmt: skip
        self._step("select half", self._select_half, self._for(1))
        self._step("sort with half selected", lambda: header.setSortIndicator(1, Qt.SortOrder.AscendingOrder), self._is_idle)  # fmt: skip
        self._step("sort by name", lambda: header.setSortIndicator(0, Qt.SortOrder.AscendingOrder), self._is_idle)  # fmt: skip
        print("selected", dock.selected_count)
        self._step("refresh", dock.refresh_action.trigger, self._is_idle, self._scroll)
        self._check(objects + 1)
        print("selected", dock.selected_count)
        self._step("search *99.tif below", lambda: dock.find.search_requested.emit(Query("*99.tif")), self._is_ready, self._scroll)  # fmt: skip
        self._check(self._count // 100)
        print("rows", model.rowCount())
        self._step("back to the listing", lambda: dock.select(root), self._is_ready)
        self._step("leave it", lambda: dock.select(Place(root.connection_id, "other")), self._is_ready)  # fmt: skip
        self._wait(2)
        folder = Place(root.connection_id, CONTAINER, "folder/")
        self._step("open the folder", lambda: dock.select(folder), self._is_ready, self._scroll)
        self._check(self._count // 10)
        print(f"{'memory at most':44}{memory('VmHWM'):8.0f} MB", flush=True)
        self.controller.stop()
        os._exit(0)

    def _step(
        self,
        label: str,
        act: Callable[[], Any] | None,
        is_over: Callable[[], bool],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._last = begun = time.perf_counter()
        self._longest = 0.0
        if act is not None:
            act()
            self._application.processEvents()
        while not is_over():
            meanwhile()
            self._wait(PAUSE)
        self._wait(0.1)
        seconds = time.perf_counter() - begun - 0.1
        text = f"{label:36}{seconds:8.2f} s{self._longest * 1000:8.0f} ms held up"
        print(f"{text}{memory('VmRSS'):8.0f} MB", flush=True)

    def _scroll(self) -> None:
        bar = self.dock.table.verticalScrollBar()
        bar.setValue((bar.value() + bar.maximum() // 37 + 11) % max(1, bar.maximum()))

    def _select_half(self) -> None:
        from qgis.PyQt.QtCore import QItemSelection

        table, model = self.dock.table, self.dock.objects_model
        flag = table.selectionModel().SelectionFlag
        half = QItemSelection(model.index(10, 0), model.index(model.rowCount() // 2, 2))
        table.selectionModel().select(half, flag.ClearAndSelect)

    def _is_ready(self) -> bool:
        from cog_browser.gui.tree_model import NodeState

        if self.dock.state is NodeState.FAILED:
            sys.exit(self.dock.notice.text.text())
        return self.dock.state is NodeState.READY and self._is_idle()

    def _is_idle(self) -> bool:
        return not self._workers._running

    def _for(self, seconds: float) -> Callable[[], bool]:
        until = time.perf_counter() + seconds
        return lambda: time.perf_counter() > until

    def _wait(self, seconds: float) -> None:
        from qgis.PyQt.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest, self._last = max(self._longest, now - self._last), now

    def _check(self, rows: int) -> None:
        found = self.dock.objects_model.rowCount()
        if found != rows:
            sys.exit(f"{found} rows instead of {rows}")

    def _check_less(self, rows: int) -> None:
        if not 0 < self.dock.objects_model.rowCount() < rows:
            sys.exit("the filter does nothing")


def memory(field: str) -> float:
    """Megabytes of this process."""
    [line] = [line for line in Path("/proc/self/status").open() if line.startswith(field)]
    return int(line.split()[1]) / 1000


if __name__ == "__main__":
    main()
