# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays a story inside QGIS: a generator of steps, each a condition to wait for.

A story is a generator function. It does something with QGIS, yields what must come true of it
(a function without arguments), and goes on when it is true. `play` runs it in QGIS's event loop,
so nothing is blocked, and writes a report when it is over or when a condition stays false.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QGuiApplication, QImage
from qgis.PyQt.QtWidgets import QApplication

Condition = Callable[[], object]
Story = Callable[[dict[str, Any]], Iterator[Condition]]
_STEP_SECONDS = 30.0
_QUIET_SECONDS = 0.3


def parameters() -> dict[str, Any]:
    """What the program that started QGIS wants the story to know."""
    given: dict[str, Any] = json.loads(Path(os.environ["COG_BROWSER_STORY"]).read_text())
    return given


class Player(QObject):
    """Goes on with the story as soon as what it waits for is true."""

    def __init__(
        self,
        story: Callable[[dict[str, Any]], Iterator[Condition]],
        report: Path,
        facts: dict[str, Any],
    ) -> None:
        super().__init__()
        self._facts = facts
        self._report = report
        self._story = story(facts)
        self._condition: Condition = lambda: True
        self._since = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def _go_on(self) -> None:
        self._timer.stop()  # a condition may run an event loop
        try:
            if self._condition():
                self._condition = next(self._story)
                self._since = time.monotonic()
            elif time.monotonic() - self._since > _STEP_SECONDS:
                raise TimeoutError(f"{_line(self._story)} waits in vain; windows: {_windows()}")
        except StopIteration:
            self._finish(None)
        except Exception:  # whatever it is belongs into the report
            self._finish(traceback.format_exc())
        else:
            self._timer.start()

    def _finish(self, error: str | None) -> None:
        temporary = self._report.with_suffix(".part")
        temporary.write_text(json.dumps({"error": error, **self._facts}))
        temporary.rename(self._report)


_players: list[Player] = []  # PyQt keeps no Python object alive for its C++ parent's sake


def play(story: Story) -> None:
    """Start the story; it is given a dictionary for the facts that the report will hold."""
    _players.append(Player(story, Path(parameters()["report"]), {}))


def pause(seconds: float) -> Condition:
    """A condition that comes true by itself."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def quiet(canvas: QgsMapCanvas) -> Condition:
    """True when the canvas has drawn all it wanted to, and wants no more for a moment."""
    state = {"since": time.monotonic()}

    def is_quiet() -> bool:
        if canvas.isDrawing():
            state["since"] = time.monotonic()
        return time.monotonic() - state["since"] > _QUIET_SECONDS

    return is_quiet


def drawn(canvas: QgsMapCanvas) -> QImage:
    """What the canvas shows now."""
    return canvas.viewport().grab().toImage()  # without the frame


def color_count(image: QImage) -> int:
    """How many colours a grid of 40 × 40 points of the image has: 1 where nothing is drawn."""
    columns = range(0, image.width(), max(1, image.width() // 40))
    rows = range(0, image.height(), max(1, image.height() // 40))
    return len({image.pixel(x, y) for x in columns for y in rows})


def grab_screen(path: str) -> None:
    """Saves a picture of the whole screen, as a user sees it."""
    pixmap = QGuiApplication.primaryScreen().grabWindow(0)
    if not pixmap.save(path):
        raise OSError(f"{path} can't be written")


def close_qgis(iface: Any) -> None:
    """What File › Exit does, without the question whether to save."""
    QgsProject.instance().setDirty(False)
    QTimer.singleShot(0, iface.actionExit().trigger)


def _line(story: Any) -> str:
    """Where the story stands, in the generator that it has handed over to."""
    while hasattr(story.gi_yieldfrom, "gi_frame"):
        story = story.gi_yieldfrom
    return f"{Path(story.gi_code.co_filename).name}:{story.gi_frame.f_lineno}"


def _windows() -> list[str]:
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    return [f"{type(w).__name__} “{w.windowTitle()}”" for w in shown]
