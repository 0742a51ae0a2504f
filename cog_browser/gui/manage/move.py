# SPDX-License-Identifier: GPL-2.0-or-later
"""Renames, moves and copies objects and folders within an account; open layers follow."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qgis.core import QgsMapLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QFormLayout, QLineEdit

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_states import layer_states
from cog_browser.adapters.layer_swap import open_in_layer
from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.form_fields import ChoiceEdit
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.pinned import pinned_warning
from cog_browser.gui.manage.shown_layers import layers_of
from cog_browser.gui.manage.target_names import (
    folder_of,
    renamed,
    why_not_folder,
    why_not_key,
    why_not_object,
)
from cog_browser.gui.manage.tasks import Outcome, Tasks
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.text import count_text, one_line
from cog_browser.storage.earth_engine.registered import assets_reading
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.many_objects import (
    Survey,
    Transfer,
    each,
    existing,
    remove_original,
    survey,
    transfer_all,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore

#: How long layers may take to open the objects under their new names.
_PATIENCE, _TICK = 15.0, 100  # seconds, milliseconds


@dataclass(frozen=True)
class _Found:
    survey: Survey
    containers: tuple[str, ...]
    warning: str  # of what breaks when the originals go


class Move:
    """One deed with its dialog. Thread: main.

    Objects that layers show are copied first; the layers open the copies, then the originals go.
    """

    def __init__(
        self,
        tasks: Tasks,
        workers: Workers,
        store: ObjectStore,
        chosen: Chosen,
        refresh: Callable[[Place], None],
        *,
        removes: bool,
        on_moved: Callable[[Chosen, Transfer], None] = lambda _chosen, _transfer: None,
    ) -> None:
        self._on_moved = on_moved
        self._tasks, self._workers, self._store = tasks, workers, store
        self._chosen, self._refresh, self._removes = chosen, refresh, removes
        self._is_folder = len(chosen.folders) == 1 and not chosen.object_count
        self._is_object = chosen.object_count == 1 and not chosen.folders
        self._keys: tuple[str, ...] = ()
        self._transfer: Transfer | None = None
        self._layers: dict[str, list[QgsMapLayer]] = {}
        self._outcome = Outcome(0)
        self._copied: set[str] = set()  # of what layers show
        self._originals: dict[str, ObjectEntry] = {}  # as they were copied

    def begin(self) -> None:
        """Count, and ask where to."""
        chosen, store = self._chosen, self._store
        title = tr("Rename or move") if self._removes else tr("Copy")
        self.dialog = dialog = self._tasks.open(title)
        self._next: Callable[[], None] = self._check
        # a lambda: Qt would let go of a method of what is no QObject
        dialog.agreed.connect(lambda: self._next())  # noqa: PLW0108
        self.container = ChoiceEdit(dialog, tr("Container"))
        self.container.setText(chosen.container)
        self.name = QLineEdit(dialog)

        def look(progress: Progress) -> _Found:
            found = survey(store, chosen.container, chosen.entries(), chosen.prefixes, progress)
            try:
                names = tuple(c.name for c in store.list_containers() if not c.holds_parts)
            except CogBrowserError:  # it can still be written
                names = (chosen.container,)
            lost = found.keys if self._removes else ()
            return _Found(found, names, self._pinned(chosen.container, lost))

        dialog.show_looking(tr("Counting…"))
        self._tasks.run(dialog, look, self._ask, tr("Counting… {count} objects"))

    def repeat(self, transfer: Transfer) -> None:
        """Do exactly this, without a question unless something would be overwritten."""
        self._keys, self._transfer = tuple(old for old, _ in transfer.pairs), transfer
        self.dialog = self._tasks.open(tr("Undo"))
        self.dialog.agreed.connect(lambda: self._next())  # noqa: PLW0108
        self._look_there()

    def _ask(self, found: _Found) -> None:
        self._keys = found.survey.keys
        dialog, chosen = self.dialog, self._chosen
        if not self._keys:
            dialog.show_end(tr("There is nothing left: refresh to see what is there now."))
            return
        self.container.suggest((name, name) for name in found.containers)
        label, text = tr("Folder"), chosen.place.prefix
        if self._is_object:
            label, text = tr("Name"), self._keys[0]
        elif self._is_folder:
            text = chosen.prefixes[0]
        self.name.setAccessibleName(label)
        self.name.setText(text)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Container"), self.container)
        form.addRow(label, self.name)
        dialog.fields.addLayout(form)
        self.container.text_changed.connect(lambda _text: self._judge())
        self.name.textChanged.connect(lambda _text: self._judge())
        what = count_text(len(chosen.folders), len(self._keys), found.survey.size)
        if self._removes:
            said = tr("Move {what} to another name, folder or container. Nothing is downloaded.")
        else:
            said = tr("Copy {what} to another name, folder or container. Nothing is downloaded.")
        warning = found.warning
        dialog.ask(said.format(what=what), self._verb, warning=warning, is_harmless=not warning)
        self._judge()
        self.name.setFocus()
        stem = text.rfind(DELIMITER) + 1 if self._is_object else 0
        self.name.setSelection(stem, len(self.name.text()) - stem)

    @property
    def _verb(self) -> str:
        return tr("Move") if self._removes else tr("Copy")

    def _judge(self) -> None:
        self.dialog.set_trouble(self._trouble())

    def _trouble(self) -> str:
        """What is wrong with what is written; sets the transfer where nothing is."""
        container, written, source = self.container.text(), self.name.text(), self._chosen.container
        if not container or DELIMITER in container:
            return tr("Choose a container.")
        is_same = container == source
        if self._is_object:
            why_not, pairs = why_not_object(written), ((self._keys[0], written),)
        else:
            before = self._chosen.prefixes[0] if self._is_folder else self._chosen.place.prefix
            after = folder_of(written)
            why_not = ""
            folders = self._chosen.prefixes if not self._is_folder else ()
            if self._is_folder:
                why_not = why_not_folder(before, after, is_same_container=is_same)
            elif is_same and any(after.startswith(folder) for folder in folders):
                why_not = tr("A folder can't be put into itself.")
            pairs = renamed(self._keys, before, after)
            why_not = why_not or next(filter(None, (why_not_key(new) for _, new in pairs)), "")
        if why_not:
            return why_not
        if is_same and pairs[0][0] == pairs[0][1]:
            return tr("That is where it is now: write another name, or choose another container.")
        self._transfer = Transfer(source, container, pairs)
        return ""

    def _check(self) -> None:
        """Whether something would be overwritten."""
        self.container.setEnabled(False)
        self.name.setEnabled(False)
        self._look_there()

    def _look_there(self) -> None:
        transfer, store = self._transfer, self._store
        self.dialog.show_looking(tr("Looking what is there already…"))

        def work(progress: Progress) -> tuple[list[str], str]:
            there = existing(
                store, transfer.to_container, [new for _, new in transfer.pairs], progress
            )
            return there, self._pinned(transfer.to_container, there)

        self._tasks.run(self.dialog, work, self._checked)

    def _checked(self, looked: tuple[list[str], str]) -> None:
        there, warning = looked
        if not there:
            self._run()
            return
        self._transfer = replace(self._transfer, overwrite=True)
        self._next = self._run
        said = tr(
            "{count} of {total} objects are there already. Replace them? This can't be undone."
        )
        text = said.format(count=len(there), total=len(self._keys))
        self.dialog.ask(text, tr("Replace"), there, warning)

    def _pinned(self, container: str, keys: Sequence[str]) -> str:
        """In a worker."""
        return pinned_warning(assets_reading(self._store.connection, container, keys))

    def _run(self) -> None:
        transfer, store = self._transfer, self._store
        if self._removes:
            shown = layers_of(self._chosen.place.connection_id, transfer.container)
            self._layers = {key: shown[key] for key in self._keys if key in shown}
        shown_keys = frozenset(self._layers)
        self.dialog.show_working(
            (tr("Moving {count} objects…") if self._removes else tr("Copying {count} objects…"))
            .format(count=len(self._keys))
        )  # fmt: skip
        removes, copied = self._removes, self._copied
        originals = self._originals if removes else None

        def work(progress: Progress) -> Outcome:
            def results():
                done = transfer_all(
                    store,
                    transfer,
                    lambda key: removes and key not in shown_keys,
                    progress,
                    originals,
                )
                for key, error in done:
                    if error is None and key in shown_keys:
                        copied.add(key)
                    yield key, error

            return Outcome(len(transfer.pairs)).take(results())

        self._tasks.run(self.dialog, work, self._done)

    def _done(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if not self._copied:
            self._end([])
            return
        new = dict(self._transfer.pairs)
        waiting = {key: self._layers[key] for key in self._copied}
        for key, layers in waiting.items():
            for layer in layers:
                if not sip.isdeleted(layer):
                    to = self._transfer.to_container
                    open_in_layer(layer, self._store, to, new[key], self._workers)
        self.dialog.show_count(tr("Layers open the objects under their new names…"))
        deadline, timer = time.monotonic() + _PATIENCE, QTimer(self.dialog)

        def look() -> None:
            behind = [
                layer
                for key, layers in waiting.items()
                for layer in layers
                if not sip.isdeleted(layer) and not self._shows(layer, new[key])
            ]
            if not behind or time.monotonic() > deadline:
                timer.stop()
                self._remove_originals([one_line(layer.name()) for layer in behind])

        timer.timeout.connect(look)
        timer.start(_TICK)

    def _shows(self, layer: QgsMapLayer, key: str) -> bool:
        state = layer_states().state_of(layer)
        return state is None or (state.container, state.key) == (self._transfer.to_container, key)

    def _remove_originals(self, behind: list[str]) -> None:
        transfer, store, keys = self._transfer, self._store, sorted(self._copied)
        new = dict(transfer.pairs)

        def remove(key: str) -> None:
            copy = store.head_object(transfer.to_container, new[key])
            remove_original(store, self._originals[key], copy)

        def work(_progress: Progress) -> Outcome:
            return Outcome(len(keys)).take(each(keys, remove))

        def done(removed: Outcome) -> None:
            self._outcome.done -= removed.total - removed.done
            self._outcome.failed += removed.failed
            self._end(behind)

        self._tasks.run(self.dialog, work, done)

    def _end(self, behind: list[str]) -> None:
        outcome, transfer, place = self._outcome, self._transfer, self._chosen.place
        to_key = transfer.pairs[0][1]
        cut = to_key.rfind(DELIMITER) + 1
        target = Place(place.connection_id, transfer.to_container, to_key[:cut])
        self._refresh(target)
        if self._removes and target != place:
            self._refresh(place)
        said = tr("Moved: {what}.") if self._removes else tr("Copied: {what}.")
        text = outcome.add_up(said.format(what=count_text(0, outcome.done, None)))
        if behind:
            said = tr("These layers could not follow: {names}.")
            text += " " + said.format(names=", ".join(behind))
        self.dialog.show_end(text, outcome.lines)
        if self._removes and outcome.done == outcome.total and not transfer.overwrite:
            self._on_moved(self._chosen, transfer)
