# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks for consent and a token, and has Earth Engine make the asset."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Union

from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QWidget

from cog_browser.adapters.earth_engine_settings import (
    earth_engine_service,
    save_folder_of,
    save_version,
)
from cog_browser.adapters.i18n import tr
from cog_browser.cog.earth_engine.manifest import Manifest
from cog_browser.cog.earth_engine.source_image import SourceImage
from cog_browser.gui import messages
from cog_browser.gui.earth_engine.asset_dialog import AssetDialog
from cog_browser.gui.earth_engine.token_fields import TokenFields
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.storage.earth_engine.register import (
    OutcomeUnknownError,
    Service,
    register_asset,
)
from cog_browser.storage.earth_engine.registered import object_url, registered_objects
from cog_browser.storage.errors import Cancelled, CogBrowserError
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.s3.generations import read_generation
from cog_browser.storage.store import ObjectStore

_VERSIONS = ("v1", "v1beta", "v1alpha")


class Registration:
    """One deed with its dialog. Thread: main."""

    def __init__(self, tasks: Tasks, asset: AssetDialog, store: ObjectStore) -> None:
        self._tasks, self._store = tasks, store
        self._manifest: Manifest = asset.manifest
        self._is_ready = asset.checked.is_ready
        self._images = asset.images

    def begin(self) -> None:
        """Ask what is needed for it. It goes on when the asset's own dialog is closed."""
        self.dialog = dialog = self._tasks.open(
            tr("Register with Earth Engine"), "CogBrowserRegisterDialog"
        )
        self.project = QLineEdit(self._manifest.name.split("/")[1], dialog)
        self.project.setAccessibleName(tr("Project that pays"))
        self.version = QComboBox(dialog)
        self.version.setAccessibleName(tr("Version of the API"))
        service = earth_engine_service()
        self.version.addItems(dict.fromkeys((service.version, *_VERSIONS)))
        self.overwrite = QCheckBox(tr("Replace the asset, if there is one of this name"), dialog)
        self.tokens = TokenFields(self._store, dialog)
        self.form = QWidget(dialog)
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Project that pays"), self.project)
        form.addRow(tr("Sign in with"), self.tokens)
        form.addRow(tr("Version of the API"), self.version)
        form.addRow("", self.overwrite)
        dialog.fields.addWidget(self.form)
        self.project.textChanged.connect(lambda _text: self._judge())
        # lambdas: Qt would let go of methods of what is no QObject
        self.tokens.changed.connect(lambda: self._judge())  # noqa: PLW0108
        dialog.agreed.connect(lambda: self._register())  # noqa: PLW0108
        dialog.finished.connect(lambda _result: self.tokens.forget())
        warning = tr("The checks have found errors: Earth Engine would refuse it.")
        self._ask("" if self._is_ready else warning)

    def _ask(self, warning: str) -> None:
        self.form.setEnabled(True)
        said = tr(
            "Make the asset {asset}? It reads these objects where they are. Whoever overwrites, "
            "moves or deletes one breaks it; COG Browser will warn you before."
        )
        self.dialog.ask(
            said.format(asset=self._manifest.name),
            tr("Register"),
            [str(uri) for uri in self._manifest.uris],
            warning,
        )
        self._judge()

    def _judge(self) -> None:
        trouble = ""
        if not self.project.text().strip():
            trouble = tr("Write the id of a Google Cloud project.")
        elif not self.tokens.is_filled:
            trouble = tr("Paste an access token, or choose another sign-in.")
        self.dialog.set_trouble(trouble)

    def _register(self) -> None:
        settings = self._store.recipe.settings
        token_of, project = self.tokens.source(settings), self.project.text().strip()
        overwrite, version = self.overwrite.isChecked(), self.version.currentText()
        service = Service(earth_engine_service().endpoint, version)
        manifest, images, store = self._manifest, self._images, self._store
        save_version(version)
        self.form.setEnabled(False)
        self.dialog.show_working(tr("Waiting for Earth Engine…"))

        def work(progress: Progress) -> Union[str, CogBrowserError]:
            try:
                token, generations = token_of(), _generations(store, images, progress)
                made = register_asset(
                    manifest.to_dict(),
                    project,
                    token,
                    overwrite=overwrite,
                    service=service,
                    settings=settings,
                    progress=progress,
                )
            except OutcomeUnknownError as error:  # a warning too many harms nobody
                registered_objects().remember(manifest.name, generations)
                return error
            except CogBrowserError as error:
                return error
            registered_objects().remember(made, generations)
            return made

        self._tasks.run(self.dialog, work, self._ended)

    def _ended(self, result: Union[str, CogBrowserError]) -> None:
        if isinstance(result, CogBrowserError) and not isinstance(result, Cancelled):
            self._ask(messages.describe(result).text)
            return
        self.form.hide()
        self.tokens.forget()
        if isinstance(result, Cancelled):
            self.dialog.show_end(tr("Stopped before anything was sent."))
            return
        save_folder_of(result)
        said = tr('Registered: {asset}. In Earth Engine: ee.Image("{asset}")')
        self.dialog.show_end(said.format(asset=result))


def _generations(
    store: ObjectStore, images: Sequence[SourceImage], progress: Progress
) -> dict[str, str]:
    """Which content of each object, by its URL, Earth Engine will pin; empty where nobody says."""
    found = {}
    for image in images:
        report(progress, 0, None)
        known = image.uri.generation or image.current_generation
        if not known:
            with suppress(CogBrowserError):
                known = read_generation(store, image.description.entry)
        found[object_url(store.connection, image.uri.bucket, image.uri.key)] = known
    return found
