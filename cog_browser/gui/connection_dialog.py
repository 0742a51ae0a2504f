# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds or edits a connection."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QPalette
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.connection_form import ConnectionForm
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

#: Tries a connection and answers with a sentence and whether it is a good one.
Tester = Callable[[Connection, "Credentials | None", Callable[[str, bool], None]], None]
#: Reads a file off the GUI thread and answers with its text, or with an error's.
Reader = Callable[[Path, Callable[[str], None], Callable[[str], None]], None]


class ConnectionDialog(QDialog):
    """Emits `submitted` once it is accepted, and forgets every secret when it closes."""

    #: Connection, Credentials or None (the saved ones stay), where to keep them.
    submitted = pyqtSignal(object, object, str)

    def __init__(
        self,
        connection: Connection | None = None,
        *,
        taken_names: Collection[str] = (),
        tester: Tester | None = None,
        reader: Reader | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserConnectionDialog")
        self.setWindowTitle(tr("Edit connection") if connection else tr("New connection"))
        self._edited, self._tester, self._reader = connection, tester, reader
        self._taken_names = set(taken_names) - ({connection.name} if connection else set())
        self.form = ConnectionForm(self)
        self.openrc = QPlainTextEdit(self)
        self.openrc_note, self.problem = _note(self), _note(self)
        self.open_button = QPushButton(tr("Open file…"), self)
        self.test_button = QPushButton(tr("Test"), self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._lay_out()
        self.form.show_connection(connection, keeps_secret=connection is not None)
        self.form.changed.connect(self._validate)
        self.openrc.textChanged.connect(self._parse)
        self.open_button.clicked.connect(lambda _checked=False: self._choose_file())
        self.test_button.clicked.connect(lambda _checked=False: self._test())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._validate()

    def accept(self) -> None:
        """Submit, unless something is still wrong."""
        try:
            connection, credentials = self._result()
        except ConfigurationError:
            return
        where = self.form.secret_store.where
        super().accept()
        self.submitted.emit(connection, credentials, where)

    def done(self, result: int) -> None:
        """However it closes, no secret stays in a widget or its undo history."""
        super().done(result)
        self.openrc.blockSignals(True)
        self.openrc.setPlainText("")
        self.form.clear_secrets()

    def show_openrc(self, text: str) -> None:
        """Fill the form from the text of an openrc.sh, as if it had been pasted."""
        self.openrc.setPlainText(text)

    # What the user does

    def _parse(self) -> None:
        text = self.openrc.toPlainText()
        if not text.strip():
            self._tell(self.openrc_note, "")
            return
        try:
            connection, credentials = Connection.from_openrc_text(text)
        except ConfigurationError as error:
            self._tell(self.openrc_note, str(error), is_bad=True)
            return
        if self._edited is not None:
            connection = Connection.from_dict(
                {**connection.to_dict(), "id": self._edited.id, "name": self._edited.name}
            )
        else:
            connection = Connection.from_dict(
                {**connection.to_dict(), "name": self._free_name(connection.name)}
            )
        self.form.show_connection(connection, credentials)
        self._tell(
            self.openrc_note,
            tr("Read. Check the fields below.")
            if credentials
            else tr("Read. The file holds no secret: fill it in below."),
        )

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Open an openrc.sh"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("OpenStack RC files (*.sh *.rc *openrc*)"), tr("All files (*)")])
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    def read_file(self, path: str) -> None:
        """Take over an openrc file, read by the reader."""
        if self._reader is not None:
            failed = lambda text: self._tell(self.openrc_note, text, is_bad=True)  # noqa: E731
            self._reader(Path(path), self.show_openrc, failed)

    def _test(self) -> None:
        if self._tester is None:
            return
        try:
            connection, credentials = self._result()
        except ConfigurationError:
            return
        self.test_button.setEnabled(False)
        self._tell(self.problem, tr("Testing…"))
        self._tester(connection, credentials, self._on_tested)

    def _on_tested(self, text: str, is_good: bool) -> None:
        self.test_button.setEnabled(True)
        self._tell(self.problem, text, is_bad=not is_good)

    # What it knows

    def _result(self) -> tuple[Connection, Credentials | None]:
        connection = self.form.connection()
        if connection.name in self._taken_names:
            raise ConfigurationError(
                tr("There is a connection “{name}” already.").format(name=connection.name)
            )
        return connection, self.form.credentials()

    def _validate(self) -> None:
        try:
            self._result()
        except ConfigurationError as error:
            problem = str(error)
        else:
            problem = ""
        self.ok_button.setEnabled(not problem)
        self.test_button.setEnabled(not problem and self._tester is not None)
        self._tell(self.problem, problem)

    def _free_name(self, name: str) -> str:
        number, free = 2, name
        while free in self._taken_names:
            free, number = f"{name} {number}", number + 1
        return free

    def _tell(self, label: QLabel, text: str, *, is_bad: bool = False) -> None:
        label.setText(text)
        label.setVisible(bool(text))
        palette = QPalette(self.palette())
        if is_bad:
            is_dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
            palette.setColor(
                QPalette.ColorRole.WindowText,
                Qt.GlobalColor.red if is_dark else Qt.GlobalColor.darkRed,
            )
        label.setPalette(palette)

    def _lay_out(self) -> None:
        self.openrc.setAccessibleName(tr("Text of an openrc.sh"))
        self.openrc.setPlaceholderText(
            tr("Paste the text of your openrc.sh here; it fills in the form and is never run.")
        )
        self.openrc.setTabChangesFocus(True)
        self.openrc.setMaximumHeight(self.openrc.fontMetrics().height() * 5)
        rc_box = QGroupBox(tr("OpenStack RC file"), self)
        rc_layout = QVBoxLayout(rc_box)
        rc_layout.addWidget(self.openrc)
        rc_row = QHBoxLayout()
        rc_row.addWidget(self.openrc_note, 1)
        rc_row.addStretch()
        rc_row.addWidget(self.open_button)
        rc_layout.addLayout(rc_row)
        form_box = QGroupBox(tr("Connection"), self)
        QVBoxLayout(form_box).addWidget(self.form)
        content = QWidget(self)
        content_layout = QVBoxLayout(content)
        content_layout.setContentsMargins(0, 0, 0, 0)
        content_layout.addWidget(rc_box)
        content_layout.addWidget(form_box)
        content_layout.addStretch()
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        bar = scroll.verticalScrollBar().sizeHint().width()
        scroll.setMinimumWidth(content.minimumSizeHint().width() + bar + 4)
        self.buttons.addButton(self.test_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.open_button.setVisible(self._reader is not None)
        self.test_button.setVisible(self._tester is not None)
        layout = QVBoxLayout(self)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.resize(560, 720)


def _note(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setVisible(False)
    return label
