# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows the bands of the selected objects, and lets the user choose those for a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.PyQt.QtCore import QLocale, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QRadioButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.description import Band, Description
from cog_browser.cog.natural_colours import natural_colours
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.text import one_line


@dataclass(frozen=True)
class ChosenBands:
    """Three bands for red, green and blue, or one for grey; ``name`` is the layer's."""

    bands: tuple[tuple[Description, int], ...]
    name: str


class BandDialog(QDialog):
    """Does nothing by itself. Closing it cancels what runs. Thread: main."""

    submitted = pyqtSignal(object)  # ChosenBands

    def __init__(self, object_count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserBandDialog")
        self.setWindowTitle(tr("Choose bands"))
        self._offered: list[tuple[Description, Band]] = []
        self.note, self.progress = note_label(self), QProgressBar(self)
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setMaximum(object_count if object_count > 1 else 0)
        self.bands = QTreeWidget(self)
        self.bands.setAccessibleName(tr("Bands"))
        self.bands.setRootIsDecorated(False)
        self.bands.setUniformRowHeights(True)
        self.bands.setHeaderLabels(
            [tr("Object"), tr("Band"), tr("Name"), tr("Data type"), tr("Wavelength")]
        )
        self.bands.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.colour = QRadioButton(tr("Red, green and blue"), self)
        self.grey = QRadioButton(tr("One band in grey"), self)
        self.combos = [QComboBox(self) for _ in range(4)]
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.add_button = self.buttons.addButton(
            tr("Add to map"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        add_help(self.buttons)
        Mnemonics(self)
        self.buttons.accepted.connect(self._submit)
        self.buttons.rejected.connect(self.reject)
        self.colour.toggled.connect(lambda _on: self._follow_choice())
        self._lay_out()
        self.resize(620, 460)
        self._set_enabled(False)
        self.note.setText(tr("Reading the headers…"))

    def show_read(self, done: int) -> None:
        if self.progress.maximum():
            self.progress.setValue(done)

    def show_bands(self, described: Sequence[Description]) -> None:
        """All headers are read; from here the user may choose."""
        self._offered = [(found, band) for found in described for band in found.bands]
        if not self._offered:
            self.show_failure(tr("None of the objects is a raster."))
            return
        has_containers = len({found.entry.container for found in described}) > 1
        for found, band in self._offered:
            length = "" if band.wavelength is None else _length_text(band.wavelength)
            name = _name(found, has_containers)
            row = [one_line(name), str(band.number), one_line(band.name), band.dtype, length]
            self.bands.addTopLevelItem(QTreeWidgetItem(row))
            for combo in self.combos:
                combo.addItem(_label(name if len(described) > 1 else "", band))
        self._choose(natural_colours(self._names(), [band.wavelength for _, band in self._offered]))
        self.progress.hide()
        self.note.setText(tr("Pixel values stay as they are; only the display is chosen."))
        self._set_enabled(True)
        self.combos[0 if self.colour.isChecked() else 3].setFocus()

    def show_adding(self) -> None:
        self._set_enabled(False)
        self.note.setText(tr("Adding the layer…"))
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.setMaximum(0)
        self.progress.show()

    def show_failure(self, text: str) -> None:
        self.progress.hide()
        self.note.setText(text)
        self._set_enabled(bool(self._offered))

    def _names(self) -> list[str]:
        """A band without a name is called as its object is, if that has no other."""
        return [
            band.name or (_stem(found) if len(found.bands) == 1 else "")
            for found, band in self._offered
        ]

    def _choose(self, natural: tuple[int, int, int] | None) -> None:
        """What the names or wavelengths tell, or else the first three."""
        last = len(self._offered)
        red, green, blue = natural or (1, min(2, last), min(3, last))
        for combo, number in zip(self.combos, (red, green, blue, 1)):
            combo.setCurrentIndex(number - 1)
        (self.colour if last > 2 else self.grey).setChecked(True)
        self._follow_choice()

    def _follow_choice(self) -> None:
        for combo in self.combos[:3]:
            combo.setEnabled(self.colour.isChecked() and self.add_button.isEnabled())
        self.combos[3].setEnabled(self.grey.isChecked() and self.add_button.isEnabled())

    def _set_enabled(self, is_on: bool) -> None:
        for widget in (self.colour, self.grey, self.add_button):
            widget.setEnabled(is_on)
        self._follow_choice()

    def _submit(self) -> None:
        used = self.combos[:3] if self.colour.isChecked() else self.combos[3:]
        chosen = [self._offered[combo.currentIndex()] for combo in used]
        stems = list(dict.fromkeys(_stem(found) for found, _ in chosen))
        name = stems[0]
        if len({(found.entry.container, found.entry.key) for found, _ in chosen}) == 1:
            numbers = ", ".join(str(band.number) for _, band in chosen)
            name = tr("{name}, bands {numbers}").format(name=name, numbers=numbers)
        elif len(stems) > 1:
            name = ", ".join(stems)
        bands = tuple((found, band.number) for found, band in chosen)
        self.submitted.emit(ChosenBands(bands, one_line(name)))

    def _lay_out(self) -> None:
        colours = QFormLayout()
        for text, combo in zip((tr("Red"), tr("Green"), tr("Blue")), self.combos):
            combo.setAccessibleName(text)
            colours.addRow(text, combo)
        self.combos[3].setAccessibleName(tr("Grey"))
        greys = QFormLayout()
        greys.addRow(tr("Grey"), self.combos[3])
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(tr("Bands of the selected objects, from their headers:"), self))
        layout.addWidget(self.bands, 1)
        for button, form in ((self.colour, colours), (self.grey, greys)):
            layout.addWidget(button)
            indented = QHBoxLayout()
            indented.addSpacing(24)
            indented.addLayout(form, 1)
            layout.addLayout(indented)
        layout.addWidget(self.note)
        layout.addWidget(self.progress)
        layout.addWidget(self.buttons)


def _stem(found: Description) -> str:
    name = found.entry.key.rstrip("/").rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] if name.lower().endswith((".tif", ".tiff")) else name


def _name(found: Description, has_containers: bool) -> str:
    """The object's; with its container where there are several, which may hold the same names."""
    name = found.entry.key.rsplit("/", 1)[-1]
    return f"{found.entry.container}/{name}" if has_containers else name


def _label(name: str, band: Band) -> str:
    """“B04.tif, 1: red, 665 nm”; without a name, there is one object only."""
    head = f"{name}, {band.number}" if name else str(band.number)
    about = [band.name] if band.name else []
    if band.wavelength is not None:
        about.append(_length_text(band.wavelength))
    return one_line(f"{head}: {', '.join(about)}" if about else head)


def _length_text(nanometres: float) -> str:
    return f"{QLocale().toString(nanometres, 'f', 0 if nanometres >= 100 else 1)} nm"
