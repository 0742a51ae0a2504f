# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a place into its row of QGIS's Browser panel, so many names at a time.

QGIS keeps the rows of its panel in one sorted list, so that a row costs more the more there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, Union

from qgis.core import Qgis
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job
from cog_browser.gui import listing, messages
from cog_browser.gui.accounts.sign_in_modes import is_enough
from cog_browser.gui.icons import row_icon
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import AuthenticationError, ConfigurationError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.store import ObjectStore

if TYPE_CHECKING:
    from cog_browser.gui.qgis_browser.browser import QgisBrowser
    from cog_browser.gui.qgis_browser.items import PlaceItem

#: Names that one “More…” adds, and how many there can be of a place.
AT_ONCE, MOST = 500, 5_000
_TURN = 0.008  # seconds of the main thread between two turns of QGIS's
#: What tells a row from others; an object that has changed is another one.
_Key = Union[str, ObjectEntry]


@dataclass(frozen=True)
class _Rows:
    found: list[_Key]
    rest: Iterator[_Key] | None  # None where there is no more


class PlaceListing:
    """Of one row. Thread: main; what is named `_read…` runs in workers and knows no item."""

    def __init__(self, item: PlaceItem, browser: QgisBrowser) -> None:
        self._item, self._browser = item, browser
        self._job: Job | None = None
        self._rest: Iterator[_Key] | None = None
        self._changes: deque[Callable[[], None]] = deque()

    def start(self) -> None:
        """List as many names as are shown, or the first ones. Asks the user nothing."""
        self.stop()
        self._item.awaits_sign_in = False
        if self._browser.accounts.is_rejected(self._item.place.connection_id):
            self.show_sign_in(tr("The last secret was refused."))
            return
        read = partial(
            _read_first,
            self._browser.sessions,
            self._item.connection,
            self._item.place,
            max(AT_ONCE, len(self._item.rows)),
        )
        self._run(read, self._on_first)

    def more(self) -> None:
        """Add the next names."""
        if self._rest is not None:
            rest, self._rest = self._rest, None
            self._run(partial(_read_more, rest), self._on_more)

    def show_sign_in(self, reason: str) -> None:
        """A row that asks for the secret when it is double-clicked."""
        item = self._item
        item.remove_notes()
        item.show_signed_in(False)
        item.setState(Qgis.BrowserItemState.Populated)
        sign_in = partial(self._browser.sign_in, item.place.connection_id)
        item.note(tr("Sign in…"), sign_in, icon=row_icon("connection-offline"), tip=reason)
        item.awaits_sign_in = True

    def stop(self) -> None:
        """Nothing more comes of what runs."""
        self._changes.clear()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _run(self, read: Callable[[Job], _Rows | None], done: Callable[..., None]) -> None:
        self.stop()
        self._item.setState(Qgis.BrowserItemState.Populating)
        self._job = self._browser.run(
            read,
            done=lambda rows: self._deliver(done, rows),
            failed=lambda error: self._deliver(self._on_failed, error),
        )

    def _deliver(self, to: Callable[..., None], what: object) -> None:
        self._job = None
        if not self._is_gone():
            to(what)

    def _is_gone(self) -> bool:
        """QGIS deletes its rows, and drops what is below them, as it likes."""
        return sip.isdeleted(self._item) or (self._item.state() != Qgis.BrowserItemState.Populating)

    def _on_first(self, rows: _Rows | None) -> None:
        """What is there already stays as it is: selected, or open."""
        if rows is None:
            self.show_sign_in(tr("Sign in to see what is in it."))
            return
        self._rest, item = rows.rest, self._item
        item.remove_notes()
        wanted = dict.fromkeys(rows.found)
        self._changes.extend(partial(item.take, key) for key in item.rows if key not in wanted)
        self._changes.extend(partial(item.add, key) for key in wanted if key not in item.rows)
        self._go_on()

    def _on_more(self, rows: _Rows) -> None:
        self._rest, item = rows.rest, self._item
        item.remove_notes()
        self._changes.extend(partial(item.add, key) for key in rows.found if key not in item.rows)
        self._go_on()

    def _go_on(self) -> None:
        """Change rows for a moment, then let QGIS have its turn."""
        if self._is_gone():
            self._changes.clear()
        if self._is_gone() or self._job is not None:  # then a newer listing runs
            return
        end = perf_counter() + _TURN
        while self._changes:
            self._changes.popleft()()
            if perf_counter() > end:
                QTimer.singleShot(0, self._go_on)
                return
        self._finish()

    def _finish(self) -> None:
        item = self._item
        item.show_signed_in(True)
        item.setState(Qgis.BrowserItemState.Populated)
        count = len(item.rows)
        if self._rest is None:
            if not count:
                item.note(tr("Nothing is in it."), item.refresh, is_last=True)
        elif count < MOST:
            tip = tr("{count} names are shown. Double click to see the next ones.")
            item.note(tr("More…"), self.more, tip=tip.format(count=count), is_last=True)
        else:
            self._rest = None
            text = tr("More in the COG Browser panel…")
            item.note(text, partial(self._browser.show_in_panel, item.place), is_last=True)

    def _on_failed(self, error: Exception) -> None:
        """What was listed stays."""
        message = messages.describe(error)
        text = f"{message.title}: {message.full_text}"
        if isinstance(error, AuthenticationError):
            self._browser.accounts.mark_rejected(self._item.place.connection_id)
            self.show_sign_in(text)
            return
        self._item.remove_notes()
        self._item.setState(Qgis.BrowserItemState.Populated)
        self._item.note(text, self.start, tip=text + "\n" + tr("Double click to retry."))


def _read_first(
    sessions: Sessions, connection: Connection, place: Place, count: int, job: Job
) -> _Rows | None:
    """None where only the user could sign in."""
    store = _quiet_store(sessions, connection)
    return None if store is None else _read_rows(_read_all(store, place), count, job)


def _read_more(rest: Iterator[_Key], job: Job) -> _Rows:
    return _read_rows(rest, AT_ONCE, job)


def _read_rows(rows: Iterator[_Key], count: int, job: Job) -> _Rows:
    found: list[_Key] = []
    for row in rows:
        job.check()
        if len(found) == count:
            return _Rows(found, chain([row], rows))
        found.append(row)
    return _Rows(found, None)


def _read_all(store: ObjectStore, place: Place) -> Iterator[_Key]:
    for page in listing.pages(store, place, 2 * AT_ONCE):
        yield from page.folder_names
        yield from page.objects


def _quiet_store(sessions: Sessions, connection: Connection) -> ObjectStore | None:
    if sessions.is_signed_in(connection.id):
        with suppress(ConfigurationError):  # it was edited since
            return sessions.store(connection)
    credentials = sessions.find_credentials(connection, may_prompt=False)
    return sessions.store(connection, credentials) if is_enough(connection, credentials) else None
