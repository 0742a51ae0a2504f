# SPDX-License-Identifier: GPL-2.0-or-later
"""“Earth Engine asset…” in the menu of objects: reads, checks, saves, converts, registers."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog, QFileDialog

from cog_browser.adapters.earth_engine_settings import last_folder
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.earth_engine.bucket_findings import bucket_findings
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.prepare import read_sources
from cog_browser.cog.earth_engine.source_image import PROFILE, SourceImage
from cog_browser.cog.rules.finding import Finding
from cog_browser.gui import messages
from cog_browser.gui.algorithm_forms import algorithm_form
from cog_browser.gui.earth_engine.asset_dialog import AssetDialog
from cog_browser.gui.earth_engine.registration import Registration
from cog_browser.gui.earth_engine.token_fields import TokenFields
from cog_browser.gui.job_progress import progress_of
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.place import Place
from cog_browser.storage.earth_engine.tokens import connection_token
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gcs_bucket import check_bucket
from cog_browser.storage.google_auth import SERVICE_ACCOUNT
from cog_browser.storage.progress import Progress
from cog_browser.storage.s3.signing import BearerToken
from cog_browser.storage.store import ObjectStore

#: An asset of more is no image any more.
MOST_COGS = 100


class EarthEngineAssets(QObject):
    """Thread: main; what touches network or disk runs in workers."""

    def __init__(
        self,
        window: QObject,
        workers: Workers,
        tasks: Tasks,
        bar: QgsMessageBar,
        refresh: Callable[[Place], None],
    ) -> None:
        super().__init__(window)
        self._window, self._workers, self._tasks = window, workers, tasks
        self._bar, self._refresh = bar, refresh
        self._numbers = itertools.count()
        self._dialogs: set[QDialog] = set()
        self._is_stopped = False

    def open(self, chosen: Chosen, store: ObjectStore) -> None:
        """Begin with the chosen objects."""
        if chosen.object_count > MOST_COGS:
            said = tr("{count} objects are selected; an asset is made of at most {limit}.")
            text = said.format(count=chosen.object_count, limit=MOST_COGS)
            messages.show_note(self._bar, text)
            return
        try:
            uris = [GsUri(entry.container, entry.key) for entry in chosen.entries()]
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        dialog = AssetDialog(last_folder() + _asset_of(uris[0].key), self._window)
        key = ("earth-engine", next(self._numbers))
        self._dialogs.add(dialog)
        dialog.finished.connect(lambda _result: self._forget(dialog, key))

        def read(*, pin: bool, failed: Callable[[Exception], None]) -> None:
            dialog.show_reading()
            self._workers.run(
                lambda job: read_sources(store, uris, pin=pin, progress=progress_of(job)),
                item=dialog.show_progress,
                done=dialog.show_images,
                failed=failed,
                key=key,
            )

        def read_again(pin: bool) -> None:
            read(pin=pin, failed=dialog.show_pin_failure if pin else dialog.show_failure)

        dialog.pin_requested.connect(read_again)
        dialog.save_requested.connect(lambda: self._choose_file(dialog))
        dialog.register_requested.connect(lambda: self._register(dialog, store))
        dialog.checks.buckets_requested.connect(lambda: self._check_buckets(dialog, store))
        dialog.checks.convert_requested.connect(
            lambda image: self._convert(chosen.place, store, image)
        )
        dialog.show()
        read(pin=False, failed=dialog.show_failure)
        if store.connection.auth_mode == SERVICE_ACCOUNT:
            self._look(dialog, store, sorted({uri.bucket for uri in uris}), (*key, "bucket"))

    def stop(self) -> None:
        """Close all dialogs."""
        self._is_stopped = True
        for dialog in list(self._dialogs):
            dialog.close()

    def _forget(self, dialog: AssetDialog, key: tuple[Hashable, ...]) -> None:
        self._workers.cancel(key)
        self._workers.cancel((*key, "bucket"))
        self._dialogs.discard(dialog)
        dialog.deleteLater()

    # The manifest's file

    def _choose_file(self, dialog: AssetDialog) -> None:
        name = f"{posixpath.basename(dialog.manifest.name)}.json"
        chooser = QFileDialog(dialog, tr("Save the manifest"), name, tr("JSON files") + " (*.json)")
        chooser.setObjectName("CogBrowserManifestFile")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("json")
        chooser.fileSelected.connect(lambda path: self.save(dialog, Path(path)))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    def save(self, dialog: AssetDialog, path: Path) -> None:
        """Write the manifest to a file that the user has chosen."""
        text = dialog.manifest.to_json()

        def write(_job: Job) -> None:
            try:
                path.write_text(text, encoding="utf-8")
            except OSError as error:
                said = tr("{file} can't be used: {reason}.")
                raise ConfigurationError(
                    said.format(file=path, reason=error.strerror or error)
                ) from None

        def written(_result: Any) -> None:
            if dialog in self._dialogs:
                dialog.saved_path = str(path)
            messages.show_note(self._bar, tr("The manifest is saved: {file}").format(file=path))

        self._workers.run(write, done=written, failed=partial(messages.show_error, self._bar))

    # The buckets

    def _check_buckets(self, dialog: AssetDialog, store: ObjectStore) -> None:
        """Ask for a token, and look."""
        names = sorted({image.uri.bucket for image in dialog.images})
        task = self._tasks.open(tr("Check the bucket"), "CogBrowserBucketDialog")
        tokens = TokenFields(store, task)
        task.fields.addWidget(tokens)
        tokens.changed.connect(lambda: task.ok_button.setEnabled(tokens.is_filled))

        def look() -> None:
            source = tokens.source(store.recipe.settings)
            tokens.setEnabled(False)
            task.show_looking(tr("Asking Google…"))
            self._tasks.run(
                task, lambda progress: _looked_at(store, names, source, progress), looked
            )

        def looked(found: dict[str, list[Finding]]) -> None:
            tokens.forget()
            task.accept()
            if dialog in self._dialogs:  # it may have been closed meanwhile
                dialog.show_bucket(found)

        task.agreed.connect(look)
        task.ask(
            tr("Google says where the bucket is only to somebody who has signed in. With which?"),
            tr("Check"),
            names,
            is_harmless=True,
        )
        task.ok_button.setEnabled(tokens.is_filled)

    def _look(
        self, dialog: AssetDialog, store: ObjectStore, names: Sequence[str], key: Hashable
    ) -> None:
        """Unasked, where the connection itself has a token; no answer leaves the checklist."""
        self._workers.run(
            lambda job: _looked_at(store, names, lambda: connection_token(store), progress_of(job)),
            done=dialog.show_bucket,
            item=lambda _percent: None,
            key=key,
        )

    # Conversion and registration

    def _convert(self, place: Place, store: ObjectStore, image: SourceImage) -> None:
        """The form that publishes its pixels under another name, for Earth Engine."""
        stem, _ = posixpath.splitext(image.uri.key)
        values = {
            "INPUT": store.source(image.uri.bucket, image.uri.key),
            "PROFILE": PROFILE,
            "CONNECTION": store.connection.name,
            "CONTAINER": image.uri.bucket,
            "KEY": f"{stem}-earth-engine.tif",
        }
        form = algorithm_form("cogbrowser:publishcog", values, self._bar)
        if form is None:
            return
        self._dialogs.add(form)
        form.destroyed.connect(lambda *_: self._dialogs.discard(form))
        form.algorithmFinished.connect(
            lambda is_done, _results: self._on_converted(place) if is_done else None
        )
        form.show()

    def _on_converted(self, place: Place) -> None:
        if not self._is_stopped:
            self._refresh(place)

    def _register(self, dialog: AssetDialog, store: ObjectStore) -> None:
        dialog.update_manifest()  # what was typed a moment ago counts
        if dialog.manifest is not None:
            Registration(self._tasks, dialog, store).begin()


def _asset_of(key: str) -> str:
    """A name that Earth Engine takes, after the object's."""
    stem = posixpath.splitext(posixpath.basename(key))[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "_", stem) or "asset"


def _looked_at(
    store: ObjectStore,
    names: Sequence[str],
    source: Callable[[], BearerToken],
    progress: Progress,
) -> dict[str, list[Finding]]:
    """Findings by bucket."""
    token, found = source(), {}
    for number, name in enumerate(names):
        progress(number, len(names))
        checks = check_bucket(store.connection, name, token, store.recipe.settings)
        found[name] = bucket_findings(name, checks)
    return found
