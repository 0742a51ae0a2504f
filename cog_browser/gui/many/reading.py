# SPDX-License-Identifier: GPL-2.0-or-later
"""Has the headers of several objects read, and tells when all are there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from qgis.PyQt.QtCore import QObject

from cog_browser.cog.description import Description
from cog_browser.gui.details.headers import Headers, Subject

_AT_ONCE = 6
_numbers = itertools.count()


class Reading(QObject):
    """Thread: main. What the details pane or a badge has read already is not read again.

    ``on_read`` hears of the number read, ``on_done`` of all in their order, and ``on_failed`` of
    those that can't be read; not after `cancel`.
    """

    def __init__(
        self,
        headers: Headers,
        subjects: Sequence[Subject],
        on_read: Callable[[int], None],
        on_done: Callable[[list[Description]], None],
        on_failed: Callable[[dict[Subject, Exception]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._headers, self._subjects = headers, list(dict.fromkeys(subjects))
        self._on_read, self._on_done, self._on_failed = on_read, on_done, on_failed
        self._asker = f"many {next(_numbers)}"
        self._found: dict[Subject, Description] = {}
        self._errors: dict[Subject, Exception] = {}
        for subject in self._subjects:
            known = headers.known(subject)
            if known is not None:
                self._found[subject] = known
        headers.described.connect(self._on_described)
        headers.failed.connect(self._on_one_failed)
        self._is_over = False
        headers.want(self._asker, [s for s in self._subjects if s not in self._found], _AT_ONCE)

    def look(self) -> None:
        """End, if all is known already. To be called once by whoever has made this."""
        self._go_on()

    def cancel(self) -> None:
        """What is on its way ends before its next request."""
        if not self._is_over:
            self._end()

    def _on_described(self, subject: Subject, found: Description) -> None:
        if subject in self._subjects:
            self._found[subject] = found
            self._go_on()

    def _on_one_failed(self, subject: Subject, error: Exception) -> None:
        if subject in self._subjects:
            self._errors[subject] = error
            self._go_on()

    def _go_on(self) -> None:
        if self._is_over:
            return
        done = len(self._found) + len(self._errors)
        self._on_read(done)
        if done < len(self._subjects):
            return
        self._end()
        if self._errors:
            self._on_failed(self._errors)
        else:
            self._on_done([self._found[subject] for subject in self._subjects])

    def _end(self) -> None:
        self._is_over = True
        self._headers.described.disconnect(self._on_described)
        self._headers.failed.disconnect(self._on_one_failed)
        self._headers.want(self._asker, ())
        self.deleteLater()
