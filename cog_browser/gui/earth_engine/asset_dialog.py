# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the manifest of an Earth Engine asset before the user's eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.dates import METADATA, TimeRange
from cog_browser.cog.earth_engine.builder import (
    Wishes,
    build_manifest,
    found_times,
    suggest_bands,
)
from cog_browser.cog.earth_engine.manifest import PYRAMIDING_POLICIES, Manifest
from cog_browser.cog.earth_engine.preflight import Preflight, preflight
from cog_browser.cog.earth_engine.prepare import upload_command
from cog_browser.cog.earth_engine.source_image import SourceImage
from cog_browser.cog.earth_engine.times import rfc3339
from cog_browser.cog.earth_engine.wording import parse_numbers
from cog_browser.cog.rules.finding import Finding
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.earth_engine.bands_table import NONE, BandsTable
from cog_browser.gui.earth_engine.checks_view import ChecksView
from cog_browser.gui.earth_engine.properties_table import PropertiesTable
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.text import one_line
from cog_browser.gui.window_size import resize_on_screen
from cog_browser.storage.errors import ConfigurationError

_REST = 200  # milliseconds without a change until the manifest is made anew
_UNSAVED = "manifest.json"


class AssetDialog(QDialog):
    """Asks nobody by itself: what it is given, it shows. Thread: main."""

    pin_requested = pyqtSignal(bool)  # read the COGs again, with their generations or without
    save_requested = pyqtSignal()
    register_requested = pyqtSignal()

    def __init__(self, asset: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserAssetDialog")
        self.setWindowTitle(tr("Earth Engine asset"))
        self.images: tuple[SourceImage, ...] = ()
        self.manifest: Manifest | None = None
        self.checked: Preflight | None = None
        self.saved_path = ""
        self._buckets: dict[str, Sequence[Finding]] = {}
        self.asset = QLineEdit(asset, self)
        self.asset.setAccessibleName(tr("Asset"))
        self.asset.setToolTip(
            tr("projects/PROJECT/assets/FOLDER/NAME, with the id of your Google Cloud project")
        )
        self.bands, self.properties = BandsTable(self), PropertiesTable(self)
        self.checks = ChecksView(self)
        self.policy, self.missing = QComboBox(self), QLineEdit(self)
        self.start, self.end = QLineEdit(self), QLineEdit(self)
        self.times_note, self.pin_note = note_label(self), note_label(self)
        self.prefix = QCheckBox(tr("Write the folder that they share once (uriPrefix)"), self)
        self.pin = QCheckBox(tr("Pin the generation of each COG"), self)
        self.json = QPlainTextEdit(self)
        self.verdict, self.progress = QLabel(self), QProgressBar(self)
        self.progress.setAccessibleName(tr("Progress"))
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self.update_manifest)
        self._listen()
        self.show_reading()

    # What it is told

    def show_reading(self) -> None:
        self._say(tr("Reading the headers of the COGs…"))
        self.progress.setRange(0, 0)
        self.progress.show()
        self._enable(is_read=False)

    def show_progress(self, percent: int) -> None:
        self.progress.setRange(0, 100)
        self.progress.setValue(percent)

    def show_images(self, images: Sequence[SourceImage]) -> None:
        """The COGs, read; the form begins with what they say the first time."""
        is_first = not self.images
        self.images = tuple(images)
        self.progress.hide()
        self._enable(is_read=True)
        if is_first:
            self.bands.show_bands([image.uri.key for image in images], suggest_bands(images))
            self._show_times(found_times(images))
            self.prefix.setEnabled(len(images) > 1)
        self.checks.show_images(self.images)
        self.update_manifest()

    def show_failure(self, error: Exception) -> None:
        """The COGs can't be read; what was read before stays."""
        self.progress.hide()
        self._enable(is_read=bool(self.images))
        self._say(messages.describe(error).full_text, "bad")

    def show_pin_failure(self, error: Exception) -> None:
        self.pin.blockSignals(True)
        self.pin.setChecked(False)
        self.pin.blockSignals(False)
        self.show_failure(error)

    def show_bucket(self, buckets: Mapping[str, Sequence[Finding]]) -> None:
        """What was seen of the buckets."""
        self._buckets.update(buckets)
        self.update_manifest()

    # What it makes

    def update_manifest(self) -> None:
        """Make the manifest of what the form says, and judge it. Takes no time worth naming."""
        self._timer.stop()
        if not self.images:
            return
        try:
            manifest = build_manifest(self.images, self.asset.text(), self._wishes())
            if not self.prefix.isChecked() and manifest.uri_prefix:
                manifest = _without_prefix(manifest)
        except ConfigurationError as error:
            self.manifest = self.checked = None
            self.json.clear()
            self._say(one_line(str(error)), "bad")
            self._enable(is_read=True)
            return
        self.manifest = manifest
        self.checked = preflight(self.images, manifest, self._buckets.get)
        self.json.setPlainText(manifest.to_json())
        self.checks.show_preflight(self.checked)
        self._say(*_verdict(self.checked))
        self._enable(is_read=True)

    def _wishes(self) -> Wishes:
        missing = self.missing.text().strip()
        return Wishes(
            self.bands.bands(),
            self.start.text().strip(),
            self.end.text().strip(),
            self.properties.properties(),
            () if missing.lower() == NONE else parse_numbers(missing),
            self.policy.currentData() or "",
        )

    def _copy_command(self) -> None:
        QApplication.clipboard().setText(upload_command(self.saved_path or _UNSAVED))
        text = tr("The command is on the clipboard.")
        if not self.saved_path:
            text += " " + tr("Save the manifest as {name} first.").format(name=_UNSAVED)
        self._say(text)

    def _show_times(self, found: TimeRange | None) -> None:
        if found is None:
            self.times_note.setText(
                tr("Neither the metadata nor the names say when the images were taken.")
            )
            return
        self.start.setText(rfc3339(found.start, ""))
        self.end.setText(rfc3339(found.end, ""))
        text = (
            tr("Found in the metadata: {source}.")
            if found.origin == METADATA
            else tr("Found in the name: {source}.")
        )
        self.times_note.setText(text.format(source=one_line(found.source)))

    # How it looks

    def _say(self, text: str, role: str = "") -> None:
        self.verdict.setText(text)
        paint_as(self.verdict, role)

    def _enable(self, *, is_read: bool) -> None:
        self.tabs.setEnabled(is_read)
        for button in (self.save_button, self.copy_button, self.register_button):
            button.setEnabled(is_read and self.manifest is not None)

    def _listen(self) -> None:
        for field in (self.asset, self.missing, self.start, self.end):
            field.textChanged.connect(lambda _text: self._timer.start())
        self.policy.currentIndexChanged.connect(lambda _index: self._timer.start())
        self.prefix.toggled.connect(lambda _on: self._timer.start())
        self.bands.changed.connect(self._timer.start)
        self.properties.changed.connect(self._timer.start)
        self.pin.toggled.connect(self.pin_requested)

    def _lay_out(self) -> None:
        self.prefix.setChecked(True)
        self.policy.addItem(tr("MEAN (Earth Engine's own)"), "")
        for name in PYRAMIDING_POLICIES[1:]:
            self.policy.addItem(name, name)
        self.missing.setPlaceholderText(tr("as the files have it"))
        self.start.setPlaceholderText("2016-01-01T00:00:00Z")
        self.end.setPlaceholderText("2016-01-02T00:00:00Z")
        self.pin_note.setText(
            tr(
                "Earth Engine always keeps the generation of the objects that it reads: once one "
                "is overwritten, the asset fails. Pinning writes down the generation that was "
                "looked at here, so that nothing that comes in between is taken instead."
            )
        )
        self.json.setReadOnly(True)
        self.json.setAccessibleName(tr("Manifest"))
        self.json.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.json.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.json.setTabChangesFocus(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._bands_page(), tr("&Bands"))
        self.tabs.addTab(self._times_page(), tr("&Time and properties"))
        self.tabs.addTab(self.checks, tr("&Checks"))
        self.tabs.addTab(self.json, tr("&Manifest"))
        top = QFormLayout()
        top.addRow(tr("Asset"), self.asset)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.save_button = self.buttons.addButton(tr("Save…"), action)
        self.copy_button = self.buttons.addButton(tr("Copy command"), action)
        self.register_button = self.buttons.addButton(tr("Register…"), action)
        self.copy_button.setToolTip(tr("What Earth Engine's own command line is told"))
        self.save_button.clicked.connect(lambda _checked=False: self.save_requested.emit())
        self.copy_button.clicked.connect(lambda _checked=False: self._copy_command())
        self.register_button.clicked.connect(lambda _checked=False: self.register_requested.emit())
        add_help(self.buttons)
        Mnemonics(self)
        self.buttons.rejected.connect(self.reject)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)
        intro = tr(
            "An image in Earth Engine that reads these COGs where they are: nothing is copied. "
            "Name it, look at its bands, time and checks, then save its manifest or register it."
        )
        layout = QVBoxLayout(self)
        layout.addWidget(note_label(self, intro))
        layout.addLayout(top)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.verdict)
        layout.addWidget(self.progress)
        layout.addWidget(self.buttons)
        resize_on_screen(self, 760, 560)

    def _bands_page(self) -> QWidget:
        page = QWidget(self)
        form = QFormLayout()
        form.addRow(tr("Pyramid of all bands"), self.policy)
        form.addRow(tr("Missing data of all bands"), self.missing)
        layout = QVBoxLayout(page)
        layout.addWidget(self.bands, 1)
        layout.addLayout(form)
        for widget in (self.prefix, self.pin, self.pin_note):
            layout.addWidget(widget)
        return page

    def _times_page(self) -> QWidget:
        page = QWidget(self)
        form = QFormLayout()
        form.addRow(tr("Start"), self.start)
        form.addRow(tr("End (exclusive)"), self.end)
        form.addRow("", self.times_note)
        layout = QVBoxLayout(page)
        layout.addLayout(form)
        layout.addWidget(self.properties, 1)
        return page


def _without_prefix(manifest: Manifest) -> Manifest:
    tilesets = [
        replace(tileset, uri=manifest.uri_prefix + tileset.uri) for tileset in manifest.tilesets
    ]
    return replace(manifest, tilesets=tuple(tilesets), uri_prefix="")


def _verdict(checked: Preflight) -> tuple[str, str]:
    errors = [finding for finding in checked.findings if finding.severity == "error"]
    if errors:
        text = tr("It would be refused: {reason}").format(reason=errors[0].message)
        return text, "bad"
    if checked.checklist:
        return tr("Nothing speaks against it here. The bucket is left to be checked."), "good"
    return tr("Nothing speaks against it."), "good"
