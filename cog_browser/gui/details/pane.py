# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the panel below the table that says what is selected."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QPoint, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction, QFontMetrics, QImage, QKeySequence, QPixmap
from qgis.PyQt.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.report import CogReport
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.details.badge_icons import badge_icon
from cog_browser.gui.details.facts import Group, own_names, verdict_text
from cog_browser.gui.details.reasons import ReasonsDialog
from cog_browser.gui.text import one_line, tool_tip

_OPEN = "plugins/cog_browser/details/open"
_PICTURE = QSize(132, 110)
_CAPTION_SHARE = 0.85  # of the font's size
_CAPTION_LINES = 5
_MARGIN = 8  # pixels beside a name


class DetailsPane(QWidget):
    """Collapsible; it remembers whether it is open. Shows what it is told, and reads nothing."""

    toggled = pyqtSignal(bool)
    action_requested = pyqtSignal()  # the button of an error
    zoom_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserDetails")
        self._report: CogReport | None = None
        self._name = ""
        self._folded: set[str] = set()  # groups, by their titles
        self._scrolled = 0
        self._make_widgets()
        is_open = str(QgsSettings().value(_OPEN, True)).lower() not in ("false", "0")
        self.switch.setChecked(is_open)
        self._on_switched(is_open)
        self.switch.toggled.connect(self._on_switched)
        self.show_nothing()

    @property
    def is_open(self) -> bool:
        return self.switch.isChecked()

    # What is shown

    def show_nothing(self) -> None:
        self._show_note(tr("Select an object to see what it is."))

    def show_loading(self, name: str) -> None:
        """All stays in its place until the next object's facts are there, so that nothing jumps."""
        self._report = None
        self.badge.setText("")
        self.badge.hide()
        self.set_zoom_enabled(False)
        self.show_no_picture(tr("Reading the header of “{name}”…").format(name=one_line(name)))
        self._show_facts(())

    def show_failure(self, title: str, text: str, button: str) -> None:
        self._show_note(f"{title}\n{text}".strip(), button)

    def show_object(self, name: str, verdict: str, report: CogReport, groups: list[Group]) -> None:
        """One object. Its picture follows with `show_picture` or `show_no_picture`."""
        self._report, self._name = report, name
        self.badge.setText(verdict_text(verdict))
        self.badge.setIcon(badge_icon(verdict))
        self.badge.show()
        self.show_no_picture("")
        self._show_facts(groups)

    def show_many(self, groups: list[Group], note: str) -> None:
        """Several objects together."""
        self._report = None
        self.badge.hide()
        self.show_no_picture(note)
        self.picture.hide()
        self._show_facts(groups)

    def show_picture(self, image: QImage, caption: str) -> None:
        ratio = self.devicePixelRatioF()
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap = QPixmap.fromImage(image).scaled(_PICTURE * ratio, keep, smooth)
        pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)
        self.picture.setToolTip(tool_tip(caption))
        self.picture.show()
        self.caption.setText(one_line(caption))

    def show_no_picture(self, why: str) -> None:
        self.picture.clear()
        self.picture.setToolTip("")
        self.picture.hide()
        self.caption.setText(one_line(why))

    def set_zoom_enabled(self, is_enabled: bool, why_not: str = "") -> None:
        self.zoom.setEnabled(is_enabled)
        self.zoom.setToolTip(tool_tip(why_not) if why_not else "")

    # Its own

    def _show_note(self, text: str, button: str = "") -> None:
        self._report = None
        self.note.setText(text)
        self.retry.setText(button)
        self.retry.setVisible(bool(button))
        self._pages.setCurrentIndex(0)

    def _show_facts(self, groups: Iterable[Group]) -> None:
        scrolled = self._note_looks()
        self.facts.clear()
        for group in groups:
            top = QTreeWidgetItem([group.title])
            top.setFirstColumnSpanned(True)
            font = top.font(0)
            font.setBold(True)
            top.setFont(0, font)
            self.facts.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for name, value in group.lines:
                item = QTreeWidgetItem([name, value])
                item.setToolTip(1, tool_tip(value))
                top.addChild(item)
            top.setExpanded(group.title not in self._folded)
        self.facts.setColumnWidth(0, self._names_width())
        self._pages.setCurrentIndex(1)
        self.facts.verticalScrollBar().setValue(scrolled)

    def _note_looks(self) -> int:
        """Which groups the user has folded. Returns how far the facts are scrolled."""
        tops = [self.facts.topLevelItem(n) for n in range(self.facts.topLevelItemCount())]
        for top in tops:
            (self._folded.discard if top.isExpanded() else self._folded.add)(top.text(0))
        if tops:  # else the last object's are still to be followed by others
            self._scrolled = self.facts.verticalScrollBar().value()
        return self._scrolled

    def _names_width(self) -> int:
        """The same for every selection. Strangers' names, of headers and metadata, may be cut."""
        metrics, margin = self.facts.fontMetrics(), 2 * self.facts.indentation() + _MARGIN
        widest = max(metrics.horizontalAdvance(name) for name in own_names())
        return widest + margin

    def _on_switched(self, is_open: bool) -> None:
        self.switch.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._pages.setVisible(is_open)
        # Closed, it is as high as its title, whatever a splitter wants.
        self.setMaximumHeight(16777215 if is_open else self.switch.sizeHint().height() + 2)
        QgsSettings().setValue(_OPEN, is_open)
        self.toggled.emit(is_open)

    def _show_reasons(self) -> None:
        if self._report is not None:
            ReasonsDialog(self._name, self.badge.text(), self._report, self).show()

    def _menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._copy_action.setShortcutVisibleInContextMenu(True)
        menu.addAction(self._copy_action)
        menu.popup(self.facts.viewport().mapToGlobal(position))

    def _copy(self) -> None:
        items = self.facts.selectedItems()
        text = "\n".join(item.text(1) or item.text(0) for item in items)
        if text:
            QApplication.clipboard().setText(text)

    def _make_widgets(self) -> None:
        self.switch = QToolButton(self)
        self.switch.setText(tr("Details"))
        self.switch.setAccessibleName(tr("Details of the selection"))
        self.switch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.switch.setCheckable(True)
        self.switch.setAutoRaise(True)
        self.switch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.picture = QLabel(self)
        self.picture.setAccessibleName(tr("Preview"))
        self.picture.setMaximumSize(_PICTURE)
        self.badge, self.zoom = QPushButton(self), QPushButton(tr("Zoom to"), self)
        self.badge.setToolTip(tr("Why?"))
        self.badge.clicked.connect(lambda _checked=False: self._show_reasons())
        self.zoom.clicked.connect(lambda _checked=False: self.zoom_requested.emit())
        self.caption = note_label(self)
        font = self.caption.font()
        font.setPointSizeF(font.pointSizeF() * _CAPTION_SHARE)
        self.caption.setFont(font)
        buttons = QHBoxLayout()
        buttons.addWidget(self.badge)
        buttons.addWidget(self.zoom)
        buttons.addStretch()
        said = QVBoxLayout()
        said.addLayout(buttons)
        said.addWidget(self.caption)
        said.addStretch()
        top = QHBoxLayout()
        top.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(said, 1)
        shown = QWidget(self)
        content = QVBoxLayout(shown)
        content.setContentsMargins(4, 2, 4, 2)
        head = QWidget(self)
        head.setLayout(top)
        top.setContentsMargins(0, 0, 0, 0)
        head.setMinimumHeight(self._head_height())
        content.addWidget(head)
        content.addWidget(self._make_facts(), 1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._make_notice())
        self._pages.addWidget(shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.switch)
        layout.addWidget(self._pages, 1)

    def _head_height(self) -> int:
        """With or without a picture, and whatever is said beside it in a few lines."""
        lines = _CAPTION_LINES * QFontMetrics(self.caption.font()).lineSpacing()
        return max(_PICTURE.height(), self.zoom.sizeHint().height() + lines + 2 * _MARGIN)

    def _make_notice(self) -> QWidget:
        self.note, self.retry = note_label(self), QPushButton(self)
        self.note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.retry.clicked.connect(lambda _checked=False: self.action_requested.emit())
        notice = QWidget(self)
        column = QVBoxLayout(notice)
        column.addWidget(self.note)
        column.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        return notice

    def _make_facts(self) -> QTreeWidget:
        self.facts = QTreeWidget(self)
        self.facts.setObjectName("CogBrowserFacts")
        self.facts.setAccessibleName(tr("Facts"))
        self.facts.setColumnCount(2)
        self.facts.setHeaderHidden(True)
        self.facts.setIndentation(10)
        self.facts.setUniformRowHeights(True)
        self.facts.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.facts.customContextMenuRequested.connect(self._menu)
        self._copy_action = QAction(tr("Copy"), self.facts)
        self._copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy_action.triggered.connect(lambda _checked=False: self._copy())
        self.facts.addAction(self._copy_action)
        return self.facts
