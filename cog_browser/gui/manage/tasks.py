# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the work of task dialogs in workers, and ends it with them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import Cancelled, CogBrowserError
from cog_browser.storage.progress import Progress

_FAILURES_TOLD = 1000


@dataclass
class Outcome:
    """What came of a deed for many; ``failed`` holds names with their errors."""

    total: int
    done: int = 0
    failed: list[tuple[str, CogBrowserError]] = field(default_factory=list)
    is_cancelled: bool = False
    on_the_way: int = 0  # of those left, may still be done

    def take(self, results: Iterable[tuple[str, CogBrowserError | None]]) -> Outcome:
        """Count results up to the end or to the user's cancelling."""
        try:
            for name, error in results:
                if error is None:
                    self.done += 1
                else:
                    self.failed.append((name, error))
        except Cancelled as stopped:
            self.is_cancelled, self.on_the_way = True, stopped.on_the_way
        return self

    @property
    def lines(self) -> list[str]:
        return [
            f"{one_line(name)}: {messages.describe(error).text}"
            for name, error in self.failed[:_FAILURES_TOLD]
        ]

    @property
    def left(self) -> int:
        """How many nobody has got to."""
        return self.total - self.done - len(self.failed)

    def add_up(self, text: str) -> str:
        """``text`` says what was done; what was not is added to it."""
        if self.failed:
            text += " " + tr("{count} failed:").format(count=len(self.failed))
        if self.is_cancelled:
            text += " " + tr("You have stopped it; {count} are left.").format(count=self.left)
            if self.on_the_way:
                said = tr("Up to {count} of these were on their way and may still be done.")
                text += " " + said.format(count=self.on_the_way)
        elif self.left:
            said = tr("It was given up after many failures in a row; {count} are left.")
            text += " " + said.format(count=self.left)
        return text


class Tasks(QObject):
    """Thread: main."""

    def __init__(self, workers: Workers, window: QWidget, bar: QgsMessageBar) -> None:
        super().__init__(window)
        self._workers, self._window, self._bar = workers, window, bar
        self._numbers = itertools.count()
        self._dialogs: dict[TaskDialog, tuple[object, threading.Event]] = {}

    def open(self, title: str, name: str) -> TaskDialog:
        """``name`` is the deed's among the pages of the help; see `adapters.help_pages`."""
        dialog = TaskDialog(title, self._window, name)
        key, stop = ("manage", next(self._numbers)), threading.Event()

        def forget(_result: int) -> None:
            stop.set()
            self._workers.cancel(key)
            self._dialogs.pop(dialog, None)
            dialog.deleteLater()

        self._dialogs[dialog] = (key, stop)
        dialog.cancel_requested.connect(stop.set)
        dialog.finished.connect(forget)
        dialog.show()
        return dialog

    def run(
        self,
        dialog: TaskDialog,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        counted: str = "",
    ) -> None:
        """``work`` is given a progress callback; ``counted`` says its number where no total is."""
        if dialog not in self._dialogs:
            return  # it was closed meanwhile
        key, stop = self._dialogs[dialog]

        def told(value: int | str) -> None:
            if isinstance(value, str):
                dialog.show_count(value)
            else:
                dialog.show_progress(value)

        self._workers.run(
            lambda job: work(_progress(job, stop, counted)),
            item=told,
            done=done,
            failed=dialog.show_failure,
            key=key,
        )

    def finish(self, dialog: TaskDialog, text: str) -> None:
        """All went well: nothing is left to read in the dialog, and a message says it."""
        dialog.accept()
        messages.show_note(self._bar, text)

    def stop(self) -> None:
        """Close all dialogs; what is on its way ends by itself."""
        for dialog in list(self._dialogs):
            dialog.is_working = False
            dialog.reject()


def _progress(job: Job, stop: threading.Event, counted: str) -> Progress:
    last: list[int] = [-1]

    def progress(done: int, total: int | None) -> bool:
        value = done * 100 // total if total else done
        if value != last[0] and not job.is_cancelled:
            last[0] = value
            if total:
                job.emit(value)
            elif counted and total is None:
                job.emit(counted.format(count=done))
        return not stop.is_set() and not job.is_cancelled

    return progress
