# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists, resumes and cleans up unfinished uploads, and mentions them once after a sign-in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.job_progress import progress_of
from cog_browser.gui.text import one_line
from cog_browser.gui.transfers.unfinished_dialog import UnfinishedDialog
from cog_browser.storage.errors import Cancelled, CogBrowserError
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.unfinished import KeepsUploads, UnfinishedUpload


@dataclass
class _Outcome:
    """What came of work on some uploads. ``moved``: their file isn't where it was."""

    done: list[UnfinishedUpload] = field(default_factory=list)
    moved: list[UnfinishedUpload] = field(default_factory=list)
    failed: list[tuple[UnfinishedUpload, CogBrowserError]] = field(default_factory=list)


#: Does something with one upload.
_Deed = Callable[[UnfinishedUpload, Progress], None]


class UnfinishedUploads(QObject):
    """One dialog for each connection. Thread: main; what touches network or disk is in workers."""

    def __init__(
        self,
        sessions: Sessions,
        accounts: Accounts,
        workers: Workers,
        bar: QgsMessageBar,
        window: QWidget,
        refresh: Callable[[str, str, str], None],
    ) -> None:
        super().__init__(window)
        self._sessions, self._accounts, self._workers = sessions, accounts, workers
        self._bar, self._window, self._refresh = bar, window, refresh
        self._dialogs: dict[str, UnfinishedDialog] = {}
        self._stops: dict[str, threading.Event] = {}
        self._listing: set[str] = set()
        self._looked: set[str] = set()
        self._notices: dict[str, QWidget] = {}

    def show(self, connection_id: str) -> None:
        """Open the list of a connection, or bring it to the front."""
        messages.take_away(self._bar, self._notices.pop(connection_id, None))
        if connection_id in self._dialogs:
            self._dialogs[connection_id].raise_()
            self._dialogs[connection_id].activateWindow()
        else:
            self._accounts.with_store(connection_id, partial(self._open, connection_id))

    def look(self, connection_id: str) -> None:
        """After a sign-in: mention the uploads of this computer that wait, once."""
        store = self._sessions.store_of(connection_id)
        if connection_id in self._looked or not isinstance(store, KeepsUploads):
            return
        self._looked.add(connection_id)
        self._workers.run(
            lambda _job: len(store.own_unfinished_uploads()),
            done=partial(self._mention, connection_id),
            key=("unfinished", "look", connection_id),
        )

    def forget(self, connection_id: str) -> None:
        """The user has signed out."""
        self._looked.discard(connection_id)
        self._workers.cancel(("unfinished", "look", connection_id))
        messages.take_away(self._bar, self._notices.pop(connection_id, None))
        if connection_id in self._dialogs:
            self._dialogs[connection_id].reject()

    def stop(self) -> None:
        for connection_id in {*self._looked, *self._dialogs}:
            self.forget(connection_id)

    def _mention(self, connection_id: str, count: int) -> None:
        if not count or connection_id in self._dialogs:
            return
        name = one_line(self._sessions.connection(connection_id).name)
        one = tr("An upload of this computer to “{name}” is unfinished.").format(name=name)
        many = tr("{count} uploads of this computer to “{name}” are unfinished.")
        self._notices[connection_id] = messages.show_choice(
            self._bar,
            one if count == 1 else many.format(count=count, name=name),
            Qgis.MessageLevel.Info,
            [(tr("Show…"), partial(self.show, connection_id))],
        )

    def _open(self, connection_id: str, store: ObjectStore) -> None:
        if not isinstance(store, KeepsUploads):
            messages.show_note(self._bar, tr("This kind of store keeps no unfinished uploads."))
            return
        dialog = UnfinishedDialog(store.connection.name, self._window)
        key = ("unfinished", connection_id)

        def forget(_result: int) -> None:
            self._workers.cancel(key)
            self._stops.pop(connection_id, threading.Event()).set()
            self._dialogs.pop(connection_id, None)
            dialog.deleteLater()

        self._dialogs[connection_id] = dialog
        dialog.finished.connect(forget)
        dialog.refresh_requested.connect(partial(self._list, connection_id, store))
        dialog.resume_requested.connect(partial(self._resume, connection_id, store))
        dialog.clean_up_requested.connect(partial(self._clean_up, connection_id, store))
        dialog.cancel_requested.connect(partial(self._cancel, connection_id))
        dialog.show()
        self._list(connection_id, store)

    def _list(self, connection_id: str, store: KeepsUploads, said: str = "") -> None:
        dialog = self._dialogs[connection_id]
        self._new_stop(connection_id)

        def work(job: Job) -> None:
            for upload in store.unfinished_uploads():
                job.emit(upload)

        def done(_result: object) -> None:
            self._listing.discard(connection_id)
            dialog.end_listing(said)

        def failed(error: Exception) -> None:
            self._listing.discard(connection_id)
            dialog.show_failure(messages.describe(error).full_text)

        self._listing.add(connection_id)
        dialog.begin_listing()
        self._workers.run(
            work,
            item=dialog.add,
            done=done,
            failed=failed,
            key=("unfinished", connection_id),
        )

    def _resume(
        self,
        connection_id: str,
        store: KeepsUploads,
        uploads: list[UnfinishedUpload],
        path: str | None = None,
    ) -> None:
        """``path`` is where the user has found the file of the only upload."""

        def resume(upload: UnfinishedUpload, progress: Progress) -> None:
            store.resume_upload(upload, path=path, progress=progress)

        def is_moved(upload: UnfinishedUpload) -> bool:
            return path is None and not Path(upload.path).is_file()

        self._work(connection_id, store, uploads, resume, tr("Sending to “{key}”…"), is_moved)

    def _clean_up(
        self, connection_id: str, store: KeepsUploads, uploads: list[UnfinishedUpload]
    ) -> None:
        """The dialog has asked."""

        def clean_up(upload: UnfinishedUpload, progress: Progress) -> None:
            store.clean_up_upload(upload, confirmed=True, progress=progress)

        self._work(connection_id, store, uploads, clean_up, tr("Cleaning up “{key}”…"))

    def _work(
        self,
        connection_id: str,
        store: KeepsUploads,
        uploads: list[UnfinishedUpload],
        deed: _Deed,
        text: str,
        is_moved: Callable[[UnfinishedUpload], bool] = lambda _upload: False,
    ) -> None:
        """One after the other, each for itself; then list what is left."""
        dialog, stop = self._dialogs[connection_id], self._new_stop(connection_id)

        def work(job: Job) -> _Outcome:
            outcome = _Outcome()
            for upload in uploads:
                if stop.is_set():
                    break
                if is_moved(upload):
                    outcome.moved.append(upload)
                    continue
                job.emit(text.format(key=one_line(upload.key)))
                try:
                    deed(upload, progress_of(job, stop))
                    outcome.done.append(upload)
                except Cancelled:
                    break  # it is waited for, so that its journal is free when we list again
                except CogBrowserError as error:
                    outcome.failed.append((upload, error))
            return outcome

        def told(value: object) -> None:
            if isinstance(value, str):
                dialog.begin_work(value)
            elif isinstance(value, int):
                dialog.show_progress(value)

        dialog.begin_work("")
        self._workers.run(
            work,
            item=told,
            done=partial(self._on_worked, connection_id, store),
            failed=lambda error: dialog.show_failure(messages.describe(error).full_text),
            key=("unfinished", connection_id),
        )

    def _on_worked(self, connection_id: str, store: KeepsUploads, outcome: _Outcome) -> None:
        for upload in outcome.done:
            folder = upload.key[: upload.key.rfind("/") + 1]
            self._refresh(connection_id, upload.container, folder)
        said = " ".join(messages.describe(error).full_text for _, error in outcome.failed)
        self._list(connection_id, store, said)
        if outcome.moved:
            self._ask_where(connection_id, store, outcome.moved[0])

    def _ask_where(self, connection_id: str, store: KeepsUploads, upload: UnfinishedUpload) -> None:
        title = tr("Where is {name} now?").format(name=one_line(Path(upload.path).name))
        chooser = QFileDialog(self._dialogs[connection_id], title)
        chooser.setObjectName("CogBrowserMovedFileDialog")
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(
            lambda path: self._resume(connection_id, store, [upload], path)
        )
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    def _cancel(self, connection_id: str) -> None:
        """End what runs in its own way, so that nothing of it is lost; a list just breaks off."""
        self._stops[connection_id].set()
        if connection_id in self._listing:
            self._listing.discard(connection_id)
            self._workers.cancel(("unfinished", connection_id))
            self._dialogs[connection_id].end_listing(tr("The list may be incomplete."))

    def _new_stop(self, connection_id: str) -> threading.Event:
        self._stops[connection_id] = threading.Event()
        return self._stops[connection_id]
