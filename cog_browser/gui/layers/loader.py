# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds objects to the map: opened in workers, added in the order they were asked for."""

from __future__ import annotations

from collections.abc import Callable

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_group import DropPlace, LayerGroup
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.layers.progress_note import ProgressNote
from cog_browser.gui.place import ObjectAddress
from cog_browser.gui.text import names_text, one_line
from cog_browser.storage.errors import AuthenticationError
from cog_browser.storage.store import ObjectStore

#: Objects that are opened at once. Listings need free workers meanwhile.
AT_ONCE = 6


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
        self._loading: set[ObjectAddress] = set()
        self._batches: list[_Batch] = []

    @property
    def is_busy(self) -> bool:
        return bool(self._loading)

    def add(
        self,
        store: ObjectStore,
        addresses: tuple[ObjectAddress, ...],
        target: LayerGroup | DropPlace | None = None,
    ) -> None:
        """Add objects of one connection. One that is on its way already isn't added twice.

        With ``target``, which may be shared with objects of other connections, they go there.
        """
        wanted = [a for a in dict.fromkeys(addresses) if a not in self._loading]
        if not wanted:
            return
        batch = _Batch(store, wanted, target)
        self._batches.append(batch)
        self._loading.update(wanted)
        self._show_progress(batch)
        self._start_more()

    def stop(self) -> None:
        """Cancel what is on its way."""
        for batch in list(self._batches):
            self._give_up(batch)

    def _start_more(self) -> None:
        for batch in self._batches:
            while batch.to_start and sum(each.running for each in self._batches) < AT_ONCE:
                self._start(batch, batch.to_start.pop(0))

    def _start(self, batch: _Batch, address: ObjectAddress) -> None:
        def work(_job: Job) -> object:
            name = one_line(address.name)
            return build_layer(batch.store, address.container, address.key, name)

        def over(result: object) -> None:
            batch.running -= 1
            if batch in self._batches:
                batch.results[address] = result
                self._count(batch)
                self._add_soon(batch)
            self._start_more()

        batch.running += 1
        self._workers.run(work, done=over, failed=over)

    def _add_soon(self, batch: _Batch) -> None:
        if not batch.is_adding and batch.waiting[0] in batch.results:
            batch.is_adding = True
            QTimer.singleShot(0, lambda: self._add_next(batch))

    def _add_next(self, batch: _Batch) -> None:
        """Add the first layer; the next ones get a turn of their own, so that QGIS goes on."""
        batch.is_adding = False
        if batch not in self._batches:
            return
        address = batch.waiting.pop(0)
        self._loading.discard(address)
        result = batch.results.pop(address)
        if isinstance(result, Exception):
            batch.errors[address] = result
            if isinstance(result, AuthenticationError):
                self._on_rejected(address.connection_id)
        elif batch.target is not None:
            batch.target.add(result, address)
        else:
            add_to_project(result)
        if batch.waiting:
            self._add_soon(batch)
        else:
            self._end(batch)
            self._report(batch)

    def _give_up(self, batch: _Batch) -> None:
        """Leave what was added, and let the rest go."""
        self._loading.difference_update(batch.waiting)
        self._end(batch)
        batch.results.clear()

    def _end(self, batch: _Batch) -> None:
        self._batches.remove(batch)
        if batch.note is not None:
            batch.note.close()

    def _report(self, batch: _Batch) -> None:
        if not batch.errors:
            return
        message = messages.describe(next(iter(batch.errors.values())))
        if len(batch.errors) > 1:
            text = tr(
                "{failed} of {total} layers could not be added: {names}. The first: {reason}"
            ).format(
                failed=len(batch.errors),
                total=batch.size,
                names=names_text(address.name for address in batch.errors),
                reason=message.text,
            )
            message = messages.Message(message.title, text, message.level, message.advice)
        messages.show(self._bar, message)

    def _show_progress(self, batch: _Batch) -> None:
        if batch.size == 1:
            name = one_line(batch.waiting[0].name)
            text = tr("Adding “{name}”…").format(name=name)
        else:
            text = tr("Adding {count} layers…").format(count=batch.size)
        batch.note = ProgressNote(self._bar, text, batch.size, lambda: self._on_cancelled(batch))

    def _count(self, batch: _Batch) -> None:
        if batch.note is not None:
            batch.note.set_done(batch.size - len(batch.waiting) + len(batch.results))

    def _on_cancelled(self, batch: _Batch) -> None:
        if batch in self._batches:
            self._give_up(batch)
            self._report(batch)
            self._start_more()


class _Batch:
    """Objects that were asked for together."""

    def __init__(
        self,
        store: ObjectStore,
        addresses: list[ObjectAddress],
        target: LayerGroup | DropPlace | None,
    ) -> None:
        self.store, self.target = store, target
        self.size = len(addresses)
        self.to_start = list(addresses)
        self.waiting = list(addresses)
        self.results: dict[ObjectAddress, object] = {}
        self.errors: dict[ObjectAddress, Exception] = {}
        self.running = 0
        self.is_adding = False
        self.note: ProgressNote | None = None
