# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds objects to the map: opened in workers, added in the order they were asked for."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable

from qgis.gui import QgsMessageBar, QgsMessageBarItem
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.place import ObjectAddress
from cog_browser.storage.errors import AuthenticationError
from cog_browser.storage.store import ObjectStore


class LayerLoader(QObject):
    """Thread: main."""

    def __init__(
        self,
        workers: Workers,
        message_bar: QgsMessageBar,
        on_rejected: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workers, self._bar, self._on_rejected = workers, message_bar, on_rejected
        self._numbers = itertools.count()
        self._loading: set[ObjectAddress] = set()
        self._keys: set[tuple[str, int]] = set()
        self._batches: set[_Batch] = set()

    @property
    def is_busy(self) -> bool:
        return bool(self._loading)

    def add(self, store: ObjectStore, addresses: tuple[ObjectAddress, ...]) -> None:
        """Add objects of one connection. One that is on its way already isn't added twice."""
        wanted = [a for a in dict.fromkeys(addresses) if a not in self._loading]
        if not wanted:
            return
        batch = _Batch(wanted)
        self._batches.add(batch)
        self._loading.update(wanted)
        batch.note = self._note(wanted)
        for address in wanted:
            self._start(store, batch, address)

    def stop(self) -> None:
        """Cancel what is on its way."""
        for key in self._keys:
            self._workers.cancel(key)
        for batch in self._batches:
            self._close_note(batch)
        self._keys.clear()
        self._batches.clear()
        self._loading.clear()

    def _start(self, store: ObjectStore, batch: _Batch, address: ObjectAddress) -> None:
        key = ("layer", next(self._numbers))

        def work(job: Job) -> object:
            job.check()
            return build_layer(store, address.container, address.key)

        def over(result: object) -> None:
            self._keys.discard(key)
            self._loading.discard(address)
            batch.results[address] = result
            self._take(batch)

        self._keys.add(key)
        self._workers.run(work, done=over, failed=over, key=key)

    def _take(self, batch: _Batch) -> None:
        """Add what is complete up to the first that isn't."""
        while batch.waiting and batch.waiting[0] in batch.results:
            address = batch.waiting.pop(0)
            result = batch.results.pop(address)
            if isinstance(result, Exception):
                batch.errors.append(result)
                if isinstance(result, AuthenticationError):
                    self._on_rejected(address.connection_id)
            else:
                add_to_project(result)
        if not batch.waiting:
            self._batches.discard(batch)
            self._close_note(batch)
            self._report(batch)

    def _report(self, batch: _Batch) -> None:
        if not batch.errors:
            return
        message = messages.describe(batch.errors[0])
        if len(batch.errors) > 1:
            text = tr("{failed} of {total} layers could not be added. The first: {reason}").format(
                failed=len(batch.errors), total=batch.size, reason=message.text
            )
            message = messages.Message(message.title, text, message.level, message.advice)
        messages.show(self._bar, message)

    def _note(self, addresses: list[ObjectAddress]) -> QgsMessageBarItem:
        if len(addresses) == 1:
            text = tr("Adding “{name}”…").format(name=messages.one_line(addresses[0].name))
        else:
            text = tr("Adding {count} layers…").format(count=len(addresses))
        item = self._bar.createMessage(tr("COG Browser"), html.escape(text))
        self._bar.pushItem(item)
        return item

    def _close_note(self, batch: _Batch) -> None:
        if (
            batch.note is not None and batch.note in self._bar.items()
        ):  # the user may have closed it
            self._bar.popWidget(batch.note)
        batch.note = None


class _Batch:
    """Objects that were asked for together."""

    def __init__(self, addresses: list[ObjectAddress]) -> None:
        self.size = len(addresses)
        self.waiting = list(addresses)
        self.results: dict[ObjectAddress, object] = {}
        self.errors: list[Exception] = []
        self.note: QgsMessageBarItem | None = None
