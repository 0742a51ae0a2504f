# SPDX-License-Identifier: GPL-2.0-or-later
"""Renames, moves and copies objects and folders, also to other accounts; open layers follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qgis.core import QgsMapLayer

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import copies_folder
from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.following_layers import FollowingLayers
from cog_browser.gui.manage.move_question import question
from cog_browser.gui.manage.moved_rows import MovedRows
from cog_browser.gui.manage.pinned import pinned_by
from cog_browser.gui.manage.shown_layers import keys_among, layers_of, names_of, only_joined
from cog_browser.gui.manage.target_fields import TargetFields, names_of_containers
from cog_browser.gui.manage.target_names import (
    byte_count,
    folder_of,
    judged,
    why_not_folder,
    why_not_key,
    why_not_object,
)
from cog_browser.gui.manage.tasks import Outcome, Tasks
from cog_browser.gui.manage.transfer_work import Copy
from cog_browser.gui.manage.transfers_dialog import TransfersDialog
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.text import count_text
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
from cog_browser.storage.transfers.copy_across import CopyAcross


@dataclass(frozen=True)
class _Found:
    survey: Survey
    longest: str  # of the keys, in bytes
    containers: tuple[str, ...]
    warning: str  # of what breaks when the originals go
    joined: list[str]  # of the keys, those that mosaics show


@dataclass(frozen=True)
class Surroundings:
    """What is there for every deed."""

    tasks: Tasks
    workers: Workers
    accounts: Accounts
    transfers: TransfersDialog
    moved_rows: MovedRows
    refresh: Callable[[Place], None]


class Move:
    """One deed with its dialog; copies to other accounts go on in the transfers list. Thread: main.

    Objects that layers show are copied first; the layers open the copies, then the originals go.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        store: ObjectStore,
        chosen: Chosen,
        *,
        removes: bool,
        on_moved: Callable[[Chosen, Transfer], None] = lambda _chosen, _transfer: None,
    ) -> None:
        self._surroundings, self._store = surroundings, store
        self._tasks, self._workers = surroundings.tasks, surroundings.workers
        self._chosen, self._refresh, self._removes = chosen, surroundings.refresh, removes
        self._on_moved = on_moved
        #: Where it goes, and what copies within one account, whose objects both stores know.
        self._target = store
        self._is_folder = len(chosen.folders) == 1 and not chosen.object_count
        self._is_object = chosen.object_count == 1 and not chosen.folders
        self._keys: tuple[str, ...] = ()
        self._transfer: Transfer | None = None
        self._outcome = Outcome(0)
        self._originals: dict[str, ObjectEntry] = {}  # as they were copied

    def begin(self) -> None:
        """Count, and ask where to."""
        chosen, store = self._chosen, self._store
        title = tr("Rename or move") if self._removes else tr("Copy")
        self.dialog = dialog = self._tasks.open(title, "CogBrowserMoveDialog")
        self._next: Callable[[], None] = self._check
        # a lambda: Qt would let go of a method of what is no QObject
        dialog.agreed.connect(lambda: self._next())  # noqa: PLW0108
        accounts = self._surroundings.accounts
        self.fields = TargetFields(dialog, self._tasks, accounts, store, chosen.container)

        joined = only_joined(self._shown())
        joined_keys = frozenset(joined)

        def look(progress: Progress) -> _Found:
            found = survey(store, chosen.container, chosen.entries(), chosen.prefixes, progress)
            try:
                names = names_of_containers(store)
            except CogBrowserError:  # it can still be written
                names = (chosen.container,)
            lost = found.keys if self._removes else ()
            longest = max(found.keys, key=byte_count, default="")
            pinned = pinned_by(store, chosen.container, lost)
            return _Found(found, longest, names, pinned, keys_among(found.keys, joined_keys))

        def ask(found: _Found) -> None:
            self._ask(found, names_of(joined, found.joined))

        dialog.show_looking(tr("Counting…"))
        self._tasks.run(dialog, look, ask, tr("Counting… {count} objects"))

    def take_back(self, transfer: Transfer) -> None:
        """Undo this, without a question unless something would be overwritten."""
        self.dialog = self._tasks.open(tr("Undo"), "CogBrowserUndoDialog")
        self.dialog.agreed.connect(lambda: self._next())  # noqa: PLW0108
        self._look_there(lambda _progress: transfer.reversed())

    def _ask(self, found: _Found, joined: list[str]) -> None:
        self._keys, self._longest = found.survey.keys, found.longest
        dialog, chosen = self.dialog, self._chosen
        if not self._keys:
            dialog.show_end(tr("There is nothing left: refresh to see what is there now."))
            return
        label, text = tr("Name") if self._is_object else tr("Folder"), self._before
        dialog.fields.addLayout(self.fields.lay_out(label, text, found.containers))
        # a lambda: Qt would let go of a method of what is no QObject
        self.fields.changed.connect(lambda: self._judge())  # noqa: PLW0108
        # web servers round sizes, or tell none
        size = found.survey.size if self.fields.is_same_account else None
        self._what = count_text(len(chosen.folders), len(self._keys), size)
        said = tr("Layers that join several objects can't follow, and won't draw: {names}.")
        breaks = said.format(names=", ".join(joined)) if joined else ""
        warning = " ".join(filter(None, (found.warning, breaks)))
        dialog.ask(self._question, self._verb, warning=warning, is_harmless=not warning)
        self._judge()
        name = self.fields.name
        name.setFocus()
        stem = text.rfind(DELIMITER) + 1 if self._is_object else 0
        name.setSelection(stem, len(name.text()) - stem)

    @property
    def _question(self) -> str:
        is_same, kind = self.fields.is_same_account, self._store.connection.kind
        return question(self._verb, self._what, kind, is_same_account=is_same)

    @property
    def _verb(self) -> str:
        return tr("Move") if self._removes else tr("Copy")

    def _judge(self) -> None:
        self.dialog.set_trouble(self.fields.why_not or self._trouble())
        self.dialog.show_count(self._question)

    @property
    def _before(self) -> str:
        """What all keys begin with, and what is written takes the place of."""
        if self._is_object:
            return self._keys[0]
        return self._chosen.prefixes[0] if self._is_folder else self._chosen.place.prefix

    def _trouble(self) -> str:
        """What is wrong with what is written.

        This follows each letter, so of many keys it judges the longest; a worker judges all.
        """
        fields, source = self.fields, self._chosen.container
        container, written = fields.container.text(), fields.name.text()
        if not container or DELIMITER in container:
            return tr("Choose a container.")
        is_same = container == source and fields.is_same_account
        before, after = self._before, written if self._is_object else folder_of(written)
        why_not = ""
        if self._is_object:
            why_not = why_not_object(after)
        elif self._is_folder:
            why_not = why_not_folder(before, after, is_same_container=is_same)
        elif is_same and any(after.startswith(folder) for folder in self._chosen.prefixes):
            why_not = tr("A folder can't be put into itself.")
        why_not = why_not or why_not_key(after + self._longest[len(before) :])
        if not why_not and is_same and before == after:
            why_not = tr(
                "That is where it is now: write another name, or choose another container."
            )
        return why_not

    def _check(self) -> None:
        """Whether something would be overwritten."""
        self._target = self.fields.store
        if self.fields.is_same_account:
            self._store = self._target
        self.fields.lock()
        written = self.fields.name.text()
        after = written if self._is_object else folder_of(written)
        source, target = self._chosen.container, self.fields.container.text()
        keys, before = self._keys, self._before
        self._look_there(
            lambda progress: Transfer(source, target, judged(keys, before, after, progress))
        )

    def _look_there(self, transfer_of: Callable[[Progress], Transfer]) -> None:
        store = self._target
        self.dialog.show_looking(tr("Looking what is there already…"))

        def work(progress: Progress) -> tuple[Transfer, list[str], str]:
            transfer = transfer_of(progress)
            there = existing(
                store, transfer.to_container, [new for _, new in transfer.pairs], progress
            )
            return transfer, there, pinned_by(store, transfer.to_container, there)

        self._tasks.run(self.dialog, work, self._checked)

    def _checked(self, looked: tuple[Transfer, list[str], str]) -> None:
        self._transfer, there, warning = looked
        if not there:
            self._run()
            return
        self._transfer = replace(self._transfer, overwrite=True)
        self._next = self._run
        said = tr(
            "{count} of {total} objects are there already. Replace them? This can't be undone."
        )
        text = said.format(count=len(there), total=len(self._transfer.pairs))
        self.dialog.ask(text, tr("Replace"), there, warning)

    def _run(self) -> None:
        if self._is_across and not self._removes:
            self._copy_in_the_list()
            return
        transfer, store = self._transfer, self._store
        across = CopyAcross(store, self._target, copies_folder()) if self._is_across else None
        following = self._following = FollowingLayers(self._shown())
        self.dialog.show_working(
            (tr("Moving {count} objects…") if self._removes else tr("Copying {count} objects…"))
            .format(count=len(transfer.pairs))
        )  # fmt: skip
        removes = self._removes
        originals = self._originals if removes else None

        def work(progress: Progress) -> Outcome:
            new = following.new_names(transfer.pairs)
            results = transfer_all(
                store,
                transfer,
                lambda key: removes and key not in new,
                progress,
                originals,
                across,
            )
            return Outcome(len(transfer.pairs)).take(following.watch(results, new))

        self._tasks.run(self.dialog, work, self._done)

    def _shown(self) -> dict[str, list[QgsMapLayer]]:
        """The layers, by key, that lose their objects with what is moved."""
        if not self._removes:
            return {}
        return layers_of(self._chosen.place.connection_id, self._chosen.container)

    @property
    def _is_across(self) -> bool:
        return self._store is not self._target

    def _copy_in_the_list(self) -> None:
        """It may take long: it can be paused there, and tried again."""
        transfer = self._transfer
        self.dialog.accept()
        what = self._keys[0] if self._is_object else f"{transfer.container}: {self._what}"
        name = self._target.connection.name
        said = tr("{what} → {folder}").format(what=what, folder=f"{name}: {transfer.to_container}")
        place = self._target_place
        work, transfers = Copy(self._store, self._target, transfer), self._surroundings.transfers
        transfers.add(said, work, lambda: self._refresh(place))
        transfers.show()

    @property
    def _target_place(self) -> Place:
        """Where the copies, or the first of them, can be seen."""
        to_key = self._transfer.pairs[0][1]
        prefix = to_key[: to_key.rfind(DELIMITER) + 1]
        return Place(self._target.connection.id, self._transfer.to_container, prefix)

    def _done(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if not self._following.copied:
            self._end([])
            return
        self.dialog.show_count(tr("Layers open the objects under their new names…"))
        container, done = self._transfer.to_container, self._remove_originals
        self._following.open_copies(self._target, container, self._workers, self.dialog, done)

    def _remove_originals(self, behind: list[str]) -> None:
        transfer, store, target = self._transfer, self._store, self._target
        new = self._following.copied
        keys = sorted(new)

        def remove(key: str) -> None:
            copy = target.head_object(transfer.to_container, new[key])
            remove_original(store, self._originals[key], copy)

        def work(_progress: Progress) -> Outcome:
            return Outcome(len(keys)).take(each(keys, remove))

        def done(removed: Outcome) -> None:
            self._outcome.done -= removed.total - removed.done
            self._outcome.failed += removed.failed
            self._end(behind)

        self._tasks.run(self.dialog, work, done)

    def _end(self, behind: list[str]) -> None:
        outcome, place, target = self._outcome, self._chosen.place, self._target_place
        if self._removes:
            moved_rows = self._surroundings.moved_rows
            moved_rows.show_next(target.connection_id, self._chosen, self._transfer)
        self._refresh(target)
        if self._removes and target != place:
            self._refresh(place)
        said = tr("Moved: {what}.") if self._removes else tr("Copied: {what}.")
        text = outcome.add_up(said.format(what=count_text(0, outcome.done, None)))
        behind = [*behind, *self._following.left_behind]
        if behind:
            said = tr("These layers could not follow: {names}.")
            text += " " + said.format(names=", ".join(behind))
        is_whole = not (outcome.failed or outcome.left)
        is_undoable = is_whole and self._removes and not self._is_across
        is_undoable = is_undoable and not self._transfer.overwrite
        if behind or not is_whole:
            self.dialog.show_end(text, outcome.lines)
        elif is_undoable:
            self.dialog.accept()
        else:
            self._tasks.finish(self.dialog, text)
        if is_undoable:
            self._on_moved(self._chosen, self._transfer)
