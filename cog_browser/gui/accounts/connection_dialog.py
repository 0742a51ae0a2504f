# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds or edits a connection."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.certificate_dialog import CertificateDialog
from cog_browser.gui.accounts.connection_form import ConnectionForm
from cog_browser.gui.accounts.connection_work import ConnectionWork
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.accounts.paste_box import PasteBox
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.objects.steps_view import StepsView
from cog_browser.gui.window_size import resize_on_screen
from cog_browser.storage.certificates import ServerCertificate
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import AccountOptions, Step, steps_of
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.web.address import WebAddress

_HEIGHT = 760
_Given = tuple[Connection, Optional[Credentials]]


class ConnectionDialog(QDialog):
    """Emits `submitted` once it is accepted, and forgets every secret when it closes.

    Without ``work`` it reads no file and tests nothing.
    """

    #: Connection, Credentials or None (the saved ones stay), where to keep them.
    submitted = pyqtSignal(object, object, str)

    def __init__(
        self,
        connection: Connection | None = None,
        *,
        taken_names: Collection[str] = (),
        work: ConnectionWork | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserConnectionDialog")
        self.setWindowTitle(tr("Edit connection") if connection else tr("New connection"))
        self._edited, self._work = connection, work
        #: What the test that runs was given, and what the last one was refused with.
        self._tested: _Given | None = None
        self._refused: _Given | None = None
        self._taken_names = set(taken_names) - ({connection.name} if connection else set())
        self.form = ConnectionForm(self)
        self.openrc = PasteBox(self, tr("Text of an openrc.sh"), lines=3)
        self.openrc_note, self.problem = note_label(self), note_label(self)
        self.openrc_note.setVisible(False)
        self.steps = StepsView(self)
        self.open_button = QPushButton(tr("Open file…"), self)
        self.test_button = QPushButton(tr("Test"), self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        add_help(self.buttons)
        Mnemonics(self, self.form)
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._lay_out()
        self.form.show_connection(connection, keeps_secret=connection is not None)
        self.form.changed.connect(self._validate)
        self.openrc.taken.connect(self._parse)
        self.open_button.clicked.connect(lambda _checked=False: self._choose_file())
        self.test_button.clicked.connect(lambda _checked=False: self._test())
        self.form.certificate_requested.connect(self._show_certificate_of_form)
        self.steps.certificate_requested.connect(self._show_certificate)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._validate()

    def accept(self) -> None:
        """Submit, unless something is still wrong."""
        if not self.ok_button.isEnabled():
            return
        connection, credentials = self._result()
        where = self.form.secret_store.where
        super().accept()
        self.submitted.emit(connection, credentials, where)

    def done(self, result: int) -> None:
        """However it closes, no secret stays in a widget."""
        super().done(result)
        if self._work is not None:
            self._work.cancel()
        self.openrc.clear()
        self._tested = self._refused = None
        self.form.clear_secrets()

    def show_openrc(self, text: str) -> None:
        """Fill the form from the text of an openrc.sh, as if it had been pasted."""
        self.openrc.take(text)

    def show_draft(self, connection: Connection, credentials: Credentials | None) -> None:
        """Fill the form of a new connection with what is known of it already."""
        name = self._free_name(connection.name)
        self.form.show_connection(replace(connection, name=name), credentials)
        self._tell(
            self.openrc_note,
            tr("Filled in as the project has it. Check the fields below.")
            if credentials
            else tr("For project {project}. Open its openrc.sh, or fill in the form.").format(
                project=connection.project_id or connection.name
            ),
        )

    # What the user does

    def _parse(self, text: str) -> None:
        if not text.strip():
            self._tell(self.openrc_note, "")
            return
        try:
            connection, credentials = _described(text)
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
            if credentials or connection.kind == "http"
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
        """Take over an openrc file, read in a worker."""
        if self._work is not None:
            self._work.read(
                Path(path),
                self.show_openrc,
                lambda text: self._tell(self.openrc_note, text, is_bad=True),
            )

    def _test(self) -> None:
        if self._work is None:
            return
        try:
            connection, credentials = self._result()
        except ConfigurationError:
            return
        self.ok_button.setFocus()  # a disabled button would hand it on to Cancel
        self.test_button.setEnabled(False)
        self.steps.begin(steps_of(connection))
        self._make_room()
        self._refused = None
        self._tested = _without_name(connection, credentials)
        self._work.test(
            connection, credentials, self._on_step, self._on_tested, self._on_not_tested
        )

    def _make_room(self) -> None:
        """Grow by the steps, where the screen has room."""
        screen = self.screen().availableGeometry()
        wanted = _HEIGHT + self.steps.sizeHint().height() + 80
        room = screen.bottom() - self.y() - 40
        self.resize(self.width(), max(self.height(), min(wanted, room)))

    def _on_step(self, step: Step) -> None:
        self.steps.show_step(step)
        if step.is_refused:
            self._refused = self._tested

    def _on_tested(self, options: AccountOptions) -> None:
        self.form.show_options(options)
        self._validate()

    def _on_not_tested(self, text: str) -> None:
        self.steps.tell(text)
        self._validate()

    def _show_certificate_of_form(self) -> None:
        urls = (self.form.auth_url, self.form.endpoint, self.form.storage_url)
        field = next((url for url in urls if url.isVisible()), self.form.storage_url)
        self._show_certificate(field.text().strip())

    def _show_certificate(self, url: str) -> None:
        if self._work is not None:
            self._work.certificate(
                url, self._on_certificate, lambda text: self._tell(self.problem, text, is_bad=True)
            )

    def _on_certificate(self, certificate: ServerCertificate) -> None:
        dialog = CertificateDialog(certificate, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.trusted.connect(self._trust)
        dialog.open()

    def _trust(self, certificate: ServerCertificate) -> None:
        if self._work is None:
            return

        def done(path: str) -> None:
            self.form.ca_bundle.setFilePath(path)
            self.form.more.setCollapsed(False)
            if self.test_button.isEnabled():
                self._test()

        self._work.trust(
            certificate,
            self.form.ca_bundle.filePath().strip(),
            done,
            lambda text: self._tell(self.problem, text, is_bad=True),
        )

    # What it knows

    def _result(self) -> tuple[Connection, Credentials | None]:
        connection = self.form.connection()
        if connection.name in self._taken_names:
            raise ConfigurationError(
                tr("There is a connection “{name}” already.").format(name=connection.name)
            )
        return connection, self.form.credentials()

    def _validate(self) -> None:
        problem, is_refused = "", False
        try:
            is_refused = _without_name(*self._result()) == self._refused
        except ConfigurationError as error:
            problem = str(error)
        else:
            if is_refused:  # accounts lock after a few failures
                problem = tr("This was refused. It isn't sent again before something is changed.")
        self.ok_button.setEnabled(not problem)
        self.test_button.setEnabled(not problem and self._work is not None)
        self._tell(self.problem, problem, is_bad=is_refused)

    def _free_name(self, name: str) -> str:
        number, free = 2, name
        while free in self._taken_names:
            free, number = f"{name} {number}", number + 1
        return free

    def _tell(self, label: QLabel, text: str, *, is_bad: bool = False) -> None:
        label.setText(text)
        label.setVisible(bool(text))
        paint_as(label, "bad" if is_bad else "")

    def _lay_out(self) -> None:
        self.openrc.setPlaceholderText(
            tr(
                "Paste the text of your openrc.sh here, or the URL of a web folder or file; it "
                "fills in the form and is never run."
            )
        )
        rc_box = QGroupBox(tr("From an openrc.sh or a URL"), self)
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
        self.open_button.setVisible(self._work is not None)
        self.test_button.setVisible(self._work is not None)
        self.form.certificate_button.setVisible(self._work is not None)
        layout = QVBoxLayout(self)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.steps)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        resize_on_screen(self, 560, _HEIGHT)


def _described(text: str) -> tuple[Connection, Credentials]:
    """What was pasted: an openrc.sh, or the URL of a web folder or file."""
    url = text.strip()
    if not url.lower().startswith(("http://", "https://")):
        return Connection.from_openrc_text(text)
    name = WebAddress.parse(url).folder
    return Connection(name, kind="http", storage_url=url), Credentials()


def _without_name(connection: Connection, credentials: Credentials | None) -> _Given:
    return replace(connection, name="-"), credentials
