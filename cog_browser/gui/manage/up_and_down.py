# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends files that were chosen or dropped, and fetches objects; the transfers list shows how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from qgis.PyQt.QtCore import QEvent, QObject
from qgis.PyQt.QtWidgets import QFileDialog, QMenu, QToolBar

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.dock_widgets import menu_button
from cog_browser.gui.icons import icon
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.pinned import pinned_by
from cog_browser.gui.manage.target_names import why_not_object
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.manage.transfer_work import Download, LocalFiles, Upload, files_in
from cog_browser.gui.manage.transfers_dialog import TransfersDialog
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.text import count_text, one_line
from cog_browser.storage.errors import AlreadyExistsError, ConfigurationError
from cog_browser.storage.many_objects import existing
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.download_many import NamesTooLongError, plan_download
from cog_browser.storage.transfers.local_names import is_too_long, usable_name, why_unusable

_SHOWN = 24  # letters of each end of a long name
_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


class UpAndDown(QObject):
    """Thread: main."""

    def __init__(
        self,
        dock: CogBrowserDock,
        accounts: Accounts,
        workers: Workers,
        tasks: Tasks,
        refresh: Callable[[Place], None],
    ) -> None:
        super().__init__(dock)
        self._dock, self._accounts, self._tasks, self._refresh = dock, accounts, tasks, refresh
        self.transfers = TransfersDialog(workers, dock)
        toolbar = dock.findChild(QToolBar, "CogBrowserToolbar")
        menu = QMenu(toolbar)
        self.upload_action = menu.addAction(icon("upload"), tr("Upload files…"))
        self.upload_action.triggered.connect(lambda _checked=False: self._choose_files())
        self.upload_folder_action = menu.addAction(tr("Upload folder…"))
        self.upload_folder_action.triggered.connect(lambda _checked=False: self._choose_folder())
        toolbar.addWidget(menu_button(toolbar, self.upload_action, menu))
        self.list_action = toolbar.addAction(icon("transfers"), tr("Transfers…"))
        self.list_action.triggered.connect(lambda _checked=False: self.transfers.show())
        dock.place_selected.connect(self._update)
        dock.place_left.connect(self._update)
        for widget in (dock.table.viewport(), dock.notice):
            widget.setAcceptDrops(True)
            widget.installEventFilter(self)
        self._update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take files from the desktop."""
        if event.type() not in _DRAGS or not self._takes_files:
            return False
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if not paths:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.upload(self._dock.current_place, paths)
        return True

    def upload(self, place: Place, paths: Sequence[str]) -> None:
        """Send files and folders to a container or folder, once names are checked."""
        self._accounts.with_store(
            place.connection_id, partial(self._plan_upload, place, tuple(paths))
        )

    def download(self, chosen: Chosen, store: ObjectStore) -> None:
        """Ask for a folder, and fetch what is chosen into it.

        For an object whose name no file can have, ask for the name of the file.
        """
        if chosen.count == chosen.object_count == 1:
            [entry] = chosen.entries()
            if why_unusable(entry.name):
                self._ask_for_name(chosen.container, entry.key, store)
                return
        chooser = QFileDialog(self._dock, tr("Download into"))
        chooser.setObjectName("CogBrowserDownloadFolder")
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.fileSelected.connect(lambda path: self.download_to(chosen, store, Path(path)))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    def _ask_for_name(self, container: str, key: str, store: ObjectStore) -> None:
        name = ObjectAddress("", container, key).name
        title = tr("Download as (the name is too long for a file, and is shortened)")
        chooser = QFileDialog(self._dock, title if is_too_long(name) else tr("Download as"))
        chooser.setObjectName("CogBrowserDownloadFile")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)  # it asks before it replaces
        chooser.selectFile(usable_name(key))
        chooser.fileSelected.connect(
            lambda path: self._download_as(container, key, Path(path), store)
        )
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    def _download_as(self, container: str, key: str, path: Path, store: ObjectStore) -> None:
        names = {key: path.name}
        work = Download(store, container, [key], path.parent, overwrite=True, names=names)
        said = tr("{what} → {folder}").format(what=one_line(key), folder=path.parent)
        self.transfers.add(said, work, lambda: None)
        self.transfers.show()

    def download_to(self, chosen: Chosen, store: ObjectStore, folder: Path) -> None:
        """Fetch what is chosen; a question first where files would be replaced."""
        dialog = self._tasks.open(tr("Download"), "CogBrowserDownloadObjectsDialog")
        container = chosen.container

        def plan(progress: Progress) -> tuple[list[str], dict[str, str], str]:
            wishes = [*(entry.key for entry in chosen.entries()), *chosen.prefixes] or [""]
            try:
                names = _shorter_names(store, container, wishes, folder, progress)
            except AlreadyExistsError as error:
                return wishes, {}, str(error)
            if names:
                try:
                    plan_download(store, container, wishes, folder, shorten=True, progress=progress)
                except AlreadyExistsError as error:
                    return wishes, names, str(error)
            return wishes, names, ""

        def planned(found: tuple[list[str], dict[str, str], str]) -> None:
            wishes, names, trouble = found
            if not trouble and not names:
                start(wishes, overwrite=False)
                return
            short = {"overwrite": bool(trouble), "shorten": bool(names)}
            dialog.agreed.connect(lambda: start(wishes, **short))
            text = tr("Some files are there already, and are others.") if trouble else ""
            if names:
                said = tr("Names that are too long for this folder will be shortened: {count}.")
                text = " ".join(filter(None, (text, said.format(count=len(names)))))
            lines = [f"{_elided(key)} → {_elided(name)}" for key, name in names.items()]
            verb = tr("Replace") if trouble else tr("Download")
            dialog.ask(text, verb, [*filter(None, [trouble]), *lines], is_harmless=not trouble)

        def start(wishes: list[str], *, overwrite: bool, shorten: bool = False) -> None:
            dialog.accept()
            title = wishes[0] if len(wishes) == 1 and wishes[0] else container
            if len(wishes) > 1:
                what = count_text(len(chosen.folders), chosen.object_count, None)
                title = f"{container}: {what}"
            work = Download(store, container, wishes, folder, overwrite=overwrite, shorten=shorten)
            said = tr("{what} → {folder}").format(what=title, folder=folder)
            self.transfers.add(said, work, lambda: None)
            self.transfers.show()

        dialog.show_looking(tr("Looking what is to be fetched…"))
        self._tasks.run(dialog, plan, planned)

    def stop(self) -> None:
        for widget in (self._dock.table.viewport(), self._dock.notice):
            widget.removeEventFilter(self)
        self.transfers.stop_all()

    def _plan_upload(self, place: Place, paths: tuple[str, ...], store: ObjectStore) -> None:
        dialog = self._tasks.open(tr("Upload"), "CogBrowserUploadDialog")

        def plan(progress: Progress) -> tuple[LocalFiles, list[str], str]:
            files = files_in(paths, place.prefix)
            if not files.by_key:
                nothing = tr("There is no file in it.")
                raise ConfigurationError(f"{nothing} {files.left_out}".strip())
            for key in files.by_key:
                if why_not := why_not_object(key):
                    raise ConfigurationError(why_not)
            there = existing(store, place.container, list(files.by_key), progress)
            return files, there, pinned_by(store, place.container, there)

        def planned(found: tuple[LocalFiles, list[str], str]) -> None:
            files, there, warning = found
            if not there:
                start(files, overwrite=False)
                return
            dialog.agreed.connect(lambda: start(files, overwrite=True))
            said = tr(
                "{count} of {total} objects are there already. Replace them? This can't be undone."
            )
            text = said.format(count=len(there), total=len(files.by_key))
            warning = " ".join(filter(None, (warning, files.left_out)))
            dialog.ask(text, tr("Replace"), there, warning)

        def start(files: LocalFiles, *, overwrite: bool) -> None:
            dialog.accept()
            work = Upload(store, place.container, files.by_key, overwrite=overwrite)
            first, count = next(iter(files.by_key)), len(files.by_key)
            what = first if count == 1 else count_text(0, count, None)
            target = f"{place.container}/{place.prefix}"
            said = tr("{what} → {folder}").format(what=what, folder=one_line(target))
            self.transfers.add(said, work, lambda: self._refresh(place), files.left_out)
            self.transfers.show()

        dialog.show_looking(tr("Looking what is there already…"))
        self._tasks.run(dialog, plan, planned)

    def _choose_files(self) -> None:
        place = self._dock.current_place
        chooser = QFileDialog(self._dock, tr("Upload files as they are"))
        chooser.setObjectName("CogBrowserUploadFiles")
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        chooser.filesSelected.connect(lambda paths: self.upload(place, paths))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    def _choose_folder(self) -> None:
        place = self._dock.current_place
        chooser = QFileDialog(self._dock, tr("Upload a folder as it is"))
        chooser.setObjectName("CogBrowserUploadFolder")
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.fileSelected.connect(lambda path: self.upload(place, [path]))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    @property
    def _takes_files(self) -> bool:
        return self._dock.tree_model.takes_objects(self._dock.current_place)

    def _update(self, *_: object) -> None:
        for action in (self.upload_action, self.upload_folder_action):
            action.setEnabled(self._takes_files)


def _shorter_names(
    store: ObjectStore, container: str, wishes: list[str], folder: Path, progress: Progress
) -> dict[str, str]:
    """Of the objects whose names no file in the folder can have. Raises as `plan_download`."""
    try:
        plan_download(store, container, wishes, folder, progress=progress)
    except NamesTooLongError as error:
        return error.names
    return {}


def _elided(name: str) -> str:
    """Its beginning and its end, which tell long names apart."""
    return name if len(name) <= 2 * _SHOWN else f"{name[:_SHOWN]}…{name[-_SHOWN:]}"
