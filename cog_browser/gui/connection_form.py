# SPDX-License-Identifier: GPL-2.0-or-later
"""The fields of a connection and its secret."""

from __future__ import annotations

from dataclasses import replace

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QGroupBox, QLineEdit, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.secret_fields import SecretStoreBox, secret_edit
from cog_browser.storage.connection import INTERFACES, RESERVED_PREFIX, Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

_DEFAULT_DOMAIN = "default"
#: The sign-in modes that have a form, in the order of their secrets' fields.
_MODES = ("password", "application_credential", "token")


class ConnectionForm(QWidget):
    """Shows a `Connection`; what the user doesn't touch keeps its ids.

    Keystone knows users, projects and domains by name or by id. One field shows either, and an
    id stays in force as long as its field is left as it was.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._base: Connection | None = None
        self._may_keep_secret = False
        self.name, self.auth_url = self._line(tr("Name")), self._line(tr("Authentication URL"))
        self.region, self.user = self._line(tr("Region")), self._line(tr("User"))
        self.user_domain = self._line(tr("User domain"))
        self.project = self._line(tr("Project"))
        self.project_domain = self._line(tr("Project domain"))
        self.credential_id = self._line(tr("Credential ID"))
        self.storage_url = self._line(tr("Storage URL"))
        self.password = self._secret(tr("Password"))
        self.credential_secret = self._secret(tr("Credential secret"))
        self.token = self._secret(tr("Token"))
        self.mode = self._combo(tr("Sign in with"), _mode_labels(), _MODES)
        self.interface = self._combo(tr("Interface"), INTERFACES, INTERFACES)
        self.ca_bundle = QgsFileWidget(self)
        self.ca_bundle.setFilter(tr("PEM certificates (*.pem *.crt *.cer);;All files (*)"))
        self.ca_bundle.lineEdit().setAccessibleName(tr("CA bundle"))
        self.ca_bundle.fileChanged.connect(lambda _path: self.changed.emit())
        self.secret_store = SecretStoreBox(self)
        self.auth_url.setPlaceholderText("https://keystone.example.org/v3")
        self.storage_url.setPlaceholderText("https://swift.example.org/v1/AUTH_…")
        self.region.setPlaceholderText(tr("the only one, or the first"))
        self.ca_bundle.lineEdit().setPlaceholderText(tr("the system's certificates"))
        self._lay_out()
        self.mode.currentIndexChanged.connect(lambda _index: self._on_mode_changed())
        self.show_connection(None)

    # What it shows

    def show_connection(
        self,
        connection: Connection | None,
        credentials: Credentials | None = None,
        *,
        keeps_secret: bool = False,
    ) -> None:
        """Fill all fields. With ``keeps_secret`` an empty secret means the one that is saved."""
        shown = connection or Connection(
            name="", user_domain_id=_DEFAULT_DOMAIN, project_domain_id=_DEFAULT_DOMAIN
        )
        given = credentials or Credentials()
        self._base, self._may_keep_secret = shown, keeps_secret
        self.name.setText(shown.name)
        self.mode.setCurrentIndex(_MODES.index(shown.auth_mode))
        self.auth_url.setText(shown.auth_url)
        self.region.setText(shown.region)
        self.user.setText(shown.user_name or shown.user_id)
        self.user_domain.setText(shown.user_domain_name or shown.user_domain_id)
        self.project.setText(shown.project_name or shown.project_id)
        self.project_domain.setText(shown.project_domain_name or shown.project_domain_id)
        self.credential_id.setText(
            shown.application_credential_id or shown.application_credential_name
        )
        self.storage_url.setText(shown.storage_url)
        self.interface.setCurrentIndex(INTERFACES.index(shown.interface))
        self.ca_bundle.setFilePath(shown.ca_bundle)
        self.password.setText(given.password or "")
        self.credential_secret.setText(given.application_credential_secret or "")
        self.token.setText(given.token or "")
        for edit in self._secrets:
            edit.setPlaceholderText(tr("unchanged") if keeps_secret else "")
        self._on_mode_changed()

    def clear_secrets(self) -> None:
        for edit in self._secrets:
            edit.clear()

    # What it holds

    def connection(self) -> Connection:
        """What the fields say. Raises `ConfigurationError` with the first thing that is wrong."""
        name, mode = _text(self.name), self.mode.currentData()
        if not name:
            raise ConfigurationError(tr("Give the connection a name."))
        if name.lower().startswith(RESERVED_PREFIX):
            raise ConfigurationError(
                tr("Names that start with “{prefix}” mean the environment; choose another.").format(
                    prefix=RESERVED_PREFIX
                )
            )
        common = {
            "name": name,
            "kind": "swift",
            "auth_mode": mode,
            "interface": self.interface.currentData(),
            "region": _text(self.region),
            "ca_bundle": self.ca_bundle.filePath().strip(),
            "storage_url": _text(self.storage_url),
        }
        base = self._base or Connection(name="-")
        if mode == "token":
            if not common["storage_url"]:
                raise ConfigurationError(tr("A ready token needs the storage URL."))
            return Connection(id=base.id, **common)
        if not _text(self.auth_url):
            raise ConfigurationError(tr("Fill in the authentication URL."))
        if mode == "application_credential":
            if not _text(self.credential_id):
                raise ConfigurationError(tr("Fill in the application credential's ID."))
            return replace(
                base, **common, auth_url=_text(self.auth_url), **self._application_credential()
            )
        if not _text(self.user):
            raise ConfigurationError(tr("Fill in the user."))
        return replace(base, **common, auth_url=_text(self.auth_url), **self._user_and_project())

    def credentials(self) -> Credentials | None:
        """The secret, or None where the saved one stays. Raises `ConfigurationError`."""
        edit = self._secret_edit()
        if edit.text():
            return Credentials.for_mode(self.mode.currentData(), edit.text())
        if self._may_keep_secret and self._base and self._base.auth_mode == self.mode.currentData():
            return None
        raise ConfigurationError(
            {
                "password": tr("Fill in the password."),
                "application_credential": tr("Fill in the application credential's secret."),
                "token": tr("Fill in the token."),
            }[self.mode.currentData()]
        )

    def _secret_edit(self) -> QLineEdit:
        return dict(zip(_MODES, self._secrets))[self.mode.currentData()]

    def _application_credential(self) -> dict[str, str]:
        base, shown = self._base, _text(self.credential_id)
        if base and shown == (base.application_credential_id or base.application_credential_name):
            return {}
        return {"application_credential_id": shown, "application_credential_name": ""}

    def _user_and_project(self) -> dict[str, str]:
        base = self._base or Connection(name="-")
        domain = _pair(self.user_domain, base.user_domain_name, base.user_domain_id)
        project_domain = _pair(
            self.project_domain, base.project_domain_name, base.project_domain_id
        )
        user = _pair(self.user, base.user_name, base.user_id)
        project = _pair(self.project, base.project_name, base.project_id)
        # An id names one user or project whatever its domain; a new domain means another.
        if domain != (base.user_domain_name, base.user_domain_id) and user[0]:
            user = (user[0], "")
        if project_domain != (base.project_domain_name, base.project_domain_id) and project[0]:
            project = (project[0], "")
        return {
            "user_name": user[0],
            "user_id": user[1],
            "user_domain_name": domain[0],
            "user_domain_id": domain[1],
            "project_name": project[0],
            "project_id": project[1],
            "project_domain_name": project_domain[0],
            "project_domain_id": project_domain[1],
        }

    # How it is made

    @property
    def _secrets(self) -> tuple[QLineEdit, ...]:
        return self.password, self.credential_secret, self.token

    def _line(self, name: str) -> QLineEdit:
        edit = QLineEdit(self)
        edit.setAccessibleName(name)
        edit.textChanged.connect(lambda _text: self.changed.emit())
        return edit

    def _secret(self, name: str) -> QLineEdit:
        edit = secret_edit(self, name)
        edit.textChanged.connect(lambda _text: self.changed.emit())
        return edit

    def _combo(self, name: str, labels: tuple[str, ...], values: tuple[str, ...]) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        for label, value in zip(labels, values):
            box.addItem(label, value)
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        return box

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._more = QGroupBox(tr("Rarely needed"), self)
        more_form = QFormLayout(self._more)
        more_form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        more_form.addRow(tr("Interface"), self.interface)
        more_form.addRow(tr("CA bundle"), self.ca_bundle)
        keystone, password = _MODES[:2], _MODES[:1]
        self._rows: tuple[tuple[str, QWidget, tuple[str, ...]], ...] = (
            (tr("Name"), self.name, _MODES),
            (tr("Sign in with"), self.mode, _MODES),
            (tr("Authentication URL"), self.auth_url, keystone),
            (tr("Storage URL"), self.storage_url, ("token",)),
            (tr("User"), self.user, password),
            (tr("User domain"), self.user_domain, password),
            (tr("Project"), self.project, password),
            (tr("Project domain"), self.project_domain, password),
            (tr("Credential ID"), self.credential_id, ("application_credential",)),
            (tr("Region"), self.region, keystone),
            (tr("Password"), self.password, password),
            (tr("Credential secret"), self.credential_secret, ("application_credential",)),
            (tr("Token"), self.token, ("token",)),
            (tr("Keep the secret"), self.secret_store, _MODES),
            ("", self.secret_store.explanation, _MODES),
        )

    def _on_mode_changed(self) -> None:
        """Only the fields of the mode take part: a hidden row would still take its spacing."""
        mode = self.mode.currentData()
        while self._form.rowCount():
            label = self._form.takeRow(0).labelItem
            if label is not None:
                label.widget().deleteLater()
        previous: QWidget | None = None
        for text, field, modes in self._rows:
            is_used = mode in modes or (field is self.storage_url and bool(field.text()))
            field.setVisible(is_used)
            if not is_used:
                continue
            self._form.addRow(text, field)
            if previous is not None:
                self.setTabOrder(previous, field)
            previous = field
        self._form.addRow(self._more)
        if previous is not None:
            self.setTabOrder(previous, self.interface)
            self.setTabOrder(self.interface, self.ca_bundle)
        self.changed.emit()


def _mode_labels() -> tuple[str, ...]:
    return (tr("Password"), tr("Application credential"), tr("Ready token"))


def _text(edit: QLineEdit) -> str:
    return edit.text().strip()


def _pair(edit: QLineEdit, name: str, number: str) -> tuple[str, str]:
    """Name and id: those there were if the field still shows them, else what it says as name."""
    shown = _text(edit)
    if shown == (name or number):
        return name, number
    return ("", shown) if shown == _DEFAULT_DOMAIN else (shown, "")
