# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes layers of several selected objects: a group, one mosaic, or a choice of bands."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from qgis.core import QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_group import DropPlace
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.adapters.mosaics import build_mosaic, build_stack
from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.description import Description
from cog_browser.cog.mosaic.plan import MOST_OBJECTS
from cog_browser.gui import messages
from cog_browser.gui.details.headers import Headers, Subject
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.find.saved_places import note_recent
from cog_browser.gui.layers.progress_note import ProgressNote
from cog_browser.gui.many.band_dialog import BandDialog, ChosenBands
from cog_browser.gui.many.menu import BANDS, GROUP, MOSAIC, MOST_FOR_BANDS
from cog_browser.gui.many.reading import Reading
from cog_browser.gui.place import ObjectAddress
from cog_browser.gui.selection import MAX_LAYERS_AT_ONCE
from cog_browser.gui.text import names_text, one_line
from cog_browser.storage.store import ObjectStore

if TYPE_CHECKING:
    from cog_browser.gui.controller import BrowserController


class Many(QObject):
    """Thread: main; what touches network or GDAL runs in workers."""

    def __init__(
        self,
        controller: BrowserController,
        dock: CogBrowserDock,
        headers: Headers,
        workers: Workers,
        bar: QgsMessageBar,
    ) -> None:
        super().__init__(controller)
        self._controller, self._dock, self._headers = controller, dock, headers
        self._workers, self._bar = workers, bar
        self._numbers = itertools.count()
        self._stops: list[Callable[[], None]] = []  # of what runs
        dock.many_requested.connect(self._on_requested)
        dock.too_many_selected.connect(self.tell_too_many)

    def add_dropped(
        self, addresses: tuple[ObjectAddress, ...], dropped: DropPlace | None = None
    ) -> None:
        """What was dropped together stays together: several objects become a group."""
        group = _group_name(addresses) if len(addresses) > 1 else ""
        self._controller.add_layers(addresses, group, dropped)

    def tell_too_many(self, count: int) -> None:
        """Say that none of so many objects is added."""
        messages.show_note(
            self._bar,
            tr("{count} objects are selected; at most {limit} are added at once.").format(
                count=count, limit=MAX_LAYERS_AT_ONCE
            ),
        )

    def stop(self) -> None:
        """Cancel what runs, and close the dialogs."""
        for stop in list(self._stops):
            stop()

    def _on_requested(self, action: str) -> None:
        if action == GROUP:
            self._add_group()
        elif action == MOSAIC:
            self._with_selected(MOST_OBJECTS, self._add_mosaic)
        elif action == BANDS:
            self._with_selected(MOST_FOR_BANDS, self._choose_bands)

    def _add_group(self) -> None:
        if self._dock.selected_count > MAX_LAYERS_AT_ONCE:
            self.tell_too_many(self._dock.selected_count)
            return
        addresses = self._dock.selected_addresses()
        if addresses:
            self._controller.add_layers(addresses, _group_name(addresses))

    def _with_selected(self, most: int, act: Callable[[list[Subject], ObjectStore], None]) -> None:
        place = self._dock.current_place
        if place is None:
            return
        connection_id = place.connection_id
        subjects = [Subject.of(connection_id, e) for e in self._dock.selection.entries(most)]
        if subjects:
            self._controller.accounts.with_store(connection_id, partial(act, subjects))

    # A mosaic

    def _add_mosaic(self, subjects: list[Subject], store: ObjectStore) -> None:
        name = tr("{folder}, mosaic of {count}").format(
            folder=_group_name([subject.address for subject in subjects]), count=len(subjects)
        )
        said = tr("Mosaic: reading the headers of {count} objects…").format(count=len(subjects))

        def cancel() -> None:
            reading.cancel()
            over()

        def over() -> None:
            note.close()
            if cancel in self._stops:
                self._stops.remove(cancel)

        def build(described: list[Description]) -> None:
            over()
            self._build(
                tr("Adding “{name}”…").format(name=one_line(name)),
                lambda: build_mosaic(store, described, name),
                partial(messages.show_error, self._bar),
                [subject.address for subject in subjects],
            )

        def failed(errors: dict[Subject, Exception]) -> None:
            over()
            messages.show(self._bar, _unread(errors, len(subjects)))

        note = ProgressNote(self._bar, said, len(subjects), cancel)
        self._stops.append(cancel)
        reading = Reading(self._headers, subjects, note.set_done, build, failed, self)
        reading.look()

    # Bands

    def _choose_bands(self, subjects: list[Subject], store: ObjectStore) -> None:
        dialog = BandDialog(len(subjects), self._dock)
        key = ("many", next(self._numbers))

        def failed(errors: dict[Subject, Exception]) -> None:
            dialog.show_failure(_unread(errors, len(subjects)).full_text)

        def build(chosen: ChosenBands) -> None:
            dialog.show_adding()
            self._workers.run(
                lambda _job: _with_bands(store, chosen),
                done=added,
                failed=lambda error: dialog.show_failure(messages.describe(error).full_text),
                key=key,
            )

        def added(layer: QgsRasterLayer) -> None:
            add_to_project(layer)
            note_recent(subject.address for subject in subjects)
            dialog.accept()

        def forget(_result: int) -> None:
            reading.cancel()
            self._workers.cancel(key)
            self._stops.remove(dialog.reject)
            dialog.deleteLater()

        self._stops.append(dialog.reject)
        reading = Reading(
            self._headers, subjects, dialog.show_read, dialog.show_bands, failed, self
        )
        dialog.submitted.connect(build)
        dialog.finished.connect(forget)
        dialog.show()
        reading.look()

    def _build(
        self,
        said: str,
        make: Callable[[], QgsRasterLayer],
        failed: Callable[[Exception], None],
        addresses: Sequence[ObjectAddress],
    ) -> None:
        """Have a layer made by a worker, and add it."""

        def work(job: Job) -> QgsRasterLayer:
            job.check()
            return make()

        def over() -> None:
            note.close()
            self._stops.remove(cancel)

        def cancel() -> None:
            job.cancel()
            over()

        def done(layer: QgsRasterLayer) -> None:
            over()
            add_to_project(layer)
            note_recent(addresses)

        def fail(error: Exception) -> None:
            over()
            failed(error)

        note = ProgressNote(self._bar, said, 1, cancel)
        self._stops.append(cancel)
        job = self._workers.run(work, done=done, failed=fail)


def _with_bands(store: ObjectStore, chosen: ChosenBands) -> QgsRasterLayer:
    entries = [found.entry for found, _ in chosen.bands]
    numbers = [band for _, band in chosen.bands]
    if len({(entry.container, entry.key) for entry in entries}) == 1:
        return build_layer(store, entries[0].container, entries[0].key, chosen.name, numbers)
    return build_stack(store, chosen.bands, chosen.name)


def _group_name(addresses: Sequence[ObjectAddress]) -> str:
    """The folder that they are in, or the container where there are several, or how many."""
    places = {address.place for address in addresses}
    containers = {address.container for address in addresses}
    if len(containers) > 1:
        return tr("{count} containers").format(count=len(containers))
    name = places.pop().name.rstrip("/") if len(places) == 1 else addresses[0].container
    return one_line(name or addresses[0].container)


def _unread(errors: dict[Subject, Exception], total: int) -> messages.Message:
    message = messages.describe(next(iter(errors.values())))
    text = tr("{failed} of {total} objects could not be read: {names}. The first: {reason}").format(
        failed=len(errors),
        total=total,
        names=names_text(_names(subject.address for subject in errors)),
        reason=message.text,
    )
    return messages.Message(message.title, text, message.level, message.advice)


def _names(addresses: Iterable[ObjectAddress]) -> list[str]:
    """With their containers, where they are of several."""
    addresses = list(addresses)
    is_one = len({address.container for address in addresses}) == 1
    return [a.name if is_one else f"{a.container}/{a.key}" for a in addresses]
