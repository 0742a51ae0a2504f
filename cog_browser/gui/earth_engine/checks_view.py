# SPDX-License-Identifier: GPL-2.0-or-later
"""What Earth Engine would say of the COGs and of their buckets, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.cog.earth_engine.preflight import Preflight
from cog_browser.cog.earth_engine.source_image import SourceImage
from cog_browser.cog.rules.finding import NOTE, Finding
from cog_browser.gui.objects.findings_view import FindingsView
from cog_browser.gui.text import one_line


class ChecksView(QWidget):
    """Thread: main."""

    convert_requested = pyqtSignal(object)  # the SourceImage to make anew
    buckets_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings = FindingsView(self)
        self.convert_button = QPushButton(tr("Convert for Earth Engine…"), self)
        self.convert_button.setToolTip(
            tr("Makes a COG of its pixels as Earth Engine likes it best, under another name")
        )
        self.buckets_button = QPushButton(tr("Check the bucket…"), self)
        self.buckets_button.setToolTip(
            tr("Asks Google where the bucket is, for its storage class, and who may read it")
        )
        self.buckets_button.clicked.connect(lambda _checked=False: self.buckets_requested.emit())
        self.menu = QMenu(self.convert_button)
        self.convert_button.setMenu(self.menu)
        for button in (self.convert_button, self.buckets_button):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.convert_button)
        row.addWidget(self.buckets_button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.addWidget(self.findings, 1)
        layout.addLayout(row)

    def show_images(self, images: Sequence[SourceImage]) -> None:
        """The COGs that may be made anew."""
        self.menu.clear()
        for image in images:
            action = self.menu.addAction(one_line(image.uri.key).replace("&", "&&"))
            action.triggered.connect(
                lambda _checked=False, image=image: self.convert_requested.emit(image)
            )

    def show_preflight(self, checked: Preflight) -> None:
        """Findings by COG and bucket, those that nobody could look for last."""
        parts: dict[str, list[Finding]] = {}
        for finding in checked.findings:
            parts.setdefault(finding.where.split(": ")[0], []).append(finding)
        listed = list(parts.items()) or [("", [])]
        if checked.checklist:
            open_ones = [Finding("E-BUCKET", NOTE, text) for text in checked.checklist]
            listed.append((tr("Not known from here; look yourself"), open_ones))
        self.findings.show_parts(listed)
