# SPDX-License-Identifier: GPL-2.0-or-later
"""The widgets of a connection, and which of them a sign-in mode has."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.network_settings import http_settings
from cog_browser.gui.accounts.form_fields import (
    ChoiceEdit,
    FollowingForm,
    NamesEdit,
    name_file_field,
    on_change,
)
from cog_browser.gui.accounts.secret_fields import SecretStoreBox, secret_edit
from cog_browser.gui.accounts.sign_in_modes import MODES, fields_of, mode_label, secret_label
from cog_browser.storage.connection_kinds import (
    ADDRESSING,
    MODES_OF_KIND,
    PATH_STYLE_OF,
    SHARED_ROOTS,
)
from cog_browser.storage.presets import PRESETS, S3_PRESETS

BY_ID, BY_NAME = "id", "name"
SECRETS = (
    "password", "passcode", "application_credential_secret", "token", "client_secret",
    "access_key", "secret_key", "session_token", "account_key", "sas_token",
    "service_account",
)  # fmt: skip


class ConnectionFields(QWidget):
    """Lays out the fields of the chosen mode, and tells when one changes."""

    changed = pyqtSignal()
    certificate_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_bucket_fields()
        self._make_fields()
        self._lay_out()
        self.kind.currentIndexChanged.connect(lambda _index: self._show_modes())
        self.mode.currentIndexChanged.connect(lambda _index: self.follow_mode())
        self.credential_by.currentIndexChanged.connect(lambda _index: self.follow_mode())

    def secret(self, name: str) -> QLineEdit:
        """The field of one of `Credentials`."""
        return self.credential_secret if name.startswith("application") else getattr(self, name)

    def clear_secrets(self) -> None:
        for name in SECRETS:
            self.secret(name).clear()

    def is_by_name(self) -> bool:
        """Whether an application credential is known by its name and user."""
        is_credential = self.mode.currentData() == "application_credential"
        return is_credential and self.credential_by.currentData() == BY_NAME

    def _make_fields(self) -> None:
        self.name, self.auth_url = self._line(tr("Name")), self._line(tr("Authentication URL"))
        self.storage_url, self.user = self._line(tr("Storage URL")), self._line(tr("User"))
        self.user_domain = self._line(tr("User domain"))
        self.project_domain = self._line(tr("Project domain"))
        self.credential_id = self._line(tr("Credential ID"))
        self.credential_name = self._line(tr("Credential name"))
        self.identity_provider = self._line(tr("Identity provider"))
        self.protocol, self.client_id = self._line(tr("Protocol")), self._line(tr("Client ID"))
        self.discovery_endpoint = self._line(tr("Discovery URL"))
        self.project, self.region = (
            ChoiceEdit(self, tr("Project")),
            ChoiceEdit(self, tr("Region")),
        )
        self.password, self.passcode = secret_edit(self, ""), secret_edit(self, "")
        self.credential_secret = secret_edit(self, tr("Credential secret"))
        self.token, self.client_secret = secret_edit(self, ""), secret_edit(self, "")
        self.provider, self.mode = self._combo(tr("Provider")), self._combo(tr("Sign in with"))
        self.kind = self._combo(tr("Kind"))
        self.kind.addItem("OpenStack Swift", "swift")
        self.kind.addItem(tr("S3 and compatible"), "s3")
        self.kind.addItem("Google Cloud Storage", "gs")
        self.kind.addItem("Azure Blob Storage", "azure")
        self.kind.addItem(tr("Web folder or file (HTTPS)"), "http")
        self._show_modes()
        self.credential_by = self._combo(tr("Known by"))
        self.credential_by.addItem(tr("Its ID"), BY_ID)
        self.credential_by.addItem(tr("Its name and user"), BY_NAME)
        self.interface = self._combo(tr("Interface"))
        self.containers = NamesEdit(self, tr("Containers"))
        self.secret_store = SecretStoreBox(self)
        self.ca_bundle = QgsFileWidget(self)
        self.ca_bundle.setFilter(tr("PEM certificates (*.pem *.crt *.cer);;All files (*)"))
        name_file_field(self.ca_bundle, tr("CA bundle"))
        self.ca_bundle.lineEdit().setPlaceholderText(tr("the system's certificates"))
        self.certificate_button = QPushButton(tr("Show certificate…"), self)
        self.certificate_button.clicked.connect(lambda _=False: self.certificate_requested.emit())
        self.path_style = self._combo(tr("In projects"))
        self._show_path_styles()
        self.path_style.setToolTip(
            tr(
                "How saved projects name objects. With a path such as /vsiswift/ or /vsis3/, GDAL "
                "also reads them without this plugin, where variables describe the account."
            )
        )
        usual = http_settings()
        self.connect_timeout = self._seconds(tr("Connect within"), usual.connect_timeout)
        self.read_timeout = self._seconds(tr("Answer within"), usual.read_timeout)
        self.auth_url.setPlaceholderText("https://keystone.example.org/v3")
        self.region.setPlaceholderText(tr("the only one, or choose after Test"))
        self.containers.setPlaceholderText(tr("only where the account doesn't list them"))
        self.protocol.setPlaceholderText("openid")
        self.discovery_endpoint.setPlaceholderText(
            "https://login.example.org/.well-known/openid-configuration"
        )
        for field in (
            self.project,
            self.region,
            self.containers,
            self.interface,
            self.provider,
            self.path_style,
            self.addressing,
        ):
            on_change(field, self.changed.emit)
        for name in SECRETS:
            on_change(self.secret(name), self.changed.emit)
        self.ca_bundle.fileChanged.connect(lambda _path: self.changed.emit())
        self.requester_pays.toggled.connect(lambda _on: self.changed.emit())

    def _make_bucket_fields(self) -> None:
        """Those of S3 and what speaks its protocol."""
        self.endpoint, self.profile = self._line(tr("End point")), self._line(tr("Profile"))
        self.profile.setPlaceholderText("default")
        self.access_key, self.secret_key = secret_edit(self, ""), secret_edit(self, "")
        self.session_token = secret_edit(self, "")
        self.service_account = secret_edit(self, "")
        self.account = self._line(tr("Storage account"))
        self.account_key, self.sas_token = secret_edit(self, ""), secret_edit(self, "")
        self.addressing = self._combo(tr("Buckets in URLs"))
        self.addressing.addItem(tr("as suits the end point"), "")
        for style, text in zip(ADDRESSING, (tr("in the path"), tr("in the host's name"))):
            self.addressing.addItem(text, style)
        self.requester_pays = QCheckBox(tr("Pay for what I read"), self)
        self.requester_pays.setAccessibleName(tr("Requester pays"))

    def _show_modes(self) -> None:
        """The ways to sign in, and the providers, of the chosen kind."""
        kind = self.kind.currentData()
        self.mode.blockSignals(True)
        self.mode.clear()
        for name in (m for m in MODES if m in MODES_OF_KIND[kind]):
            self.mode.addItem(mode_label(kind, name), name)
        self.mode.setCurrentIndex(max(self.mode.findData(MODES_OF_KIND[kind][0]), 0))
        self.mode.blockSignals(False)
        self.provider.clear()
        self.provider.addItem(tr("Other"), None)
        for preset in {"swift": PRESETS, "s3": S3_PRESETS}.get(kind, ()):
            self.provider.addItem(preset.name, preset)
        if hasattr(self, "_rows"):
            self._show_path_styles()
            self.follow_mode()

    def _show_path_styles(self) -> None:
        """Those of the chosen kind."""
        self.path_style.clear()
        self.path_style.addItem(tr("the object's URL"), "url")
        style = PATH_STYLE_OF.get(self.kind.currentData())
        if style:
            self.path_style.addItem(f"/{style}/…", style)

    def _line(self, name: str) -> QLineEdit:
        edit = QLineEdit(self)
        edit.setAccessibleName(name)
        on_change(edit, self.changed.emit)
        return edit

    def _seconds(self, name: str, usual: float) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(name)
        box.setRange(0, 600)
        box.setSuffix(tr(" s"))
        box.setSpecialValueText(tr("as QGIS: {seconds} s").format(seconds=round(usual)))
        on_change(box, self.changed.emit)
        return box

    def _combo(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setMinimumContentsLength(12)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return box

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        fields, self.more = QWidget(self), QgsCollapsibleGroupBoxBasic(tr("Rarely needed"), self)
        self._form, self._more_form = FollowingForm(fields), FollowingForm(self.more)
        self._form.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(fields)
        layout.addWidget(self.more)
        self._ca_row = QWidget(self.more)
        ca_layout = QHBoxLayout(self._ca_row)
        ca_layout.setContentsMargins(0, 0, 0, 0)
        ca_layout.addWidget(self.ca_bundle, 1)
        ca_layout.addWidget(self.certificate_button)
        #: Every field but those that all modes have, in the order of the form.
        self._rows: tuple[tuple[str, QWidget], ...] = tuple(
            (name, getattr(self, name))
            for name in (
                "profile", "account", "endpoint", "auth_url", "storage_url", "identity_provider",
                "protocol", "discovery_endpoint", "client_id", "credential_by", "credential_id",
                "credential_name", "user",
                "user_domain", "password", "passcode", "credential_secret", "token",
                "client_secret", "access_key", "secret_key", "session_token", "account_key",
                "sas_token", "service_account", "project",
                "project_domain", "region", "containers",
            )
        )  # fmt: skip

    def follow_mode(self) -> None:
        """Only the fields of the mode take part."""
        mode, kind = MODES[self.mode.currentData()], self.kind.currentData()
        is_swift, has_buckets = kind == "swift", kind in SHARED_ROOTS
        used = {*fields_of(kind, mode.name), *("credential_secret" if s.startswith("app") else s
                                for s in mode.secrets)}  # fmt: skip
        if mode.name == "application_credential":
            used -= (
                {"credential_id"}
                if self.is_by_name()
                else {"credential_name", "user", "user_domain"}
            )
        for name in mode.secrets:
            self.secret(name).setAccessibleName(secret_label(mode.name, name))
        is_web = kind == "http"
        self.storage_url.setAccessibleName(tr("URL") if is_web else tr("Storage URL"))
        self.storage_url.setPlaceholderText(
            "https://data.example.org/cogs/" if is_web else "https://swift.example.org/v1/AUTH_…"
        )
        for _, field in self._rows:
            field.setVisible(False)
        self.containers.setVisible(not is_web)
        used -= {"containers"} if is_web else set()
        rows = [(name, field) for name, field in self._rows if name in used]
        for field in (self.provider, self.path_style, self.addressing, self.requester_pays):
            field.setVisible(False)
        shown: list[tuple[str, QWidget]] = [
            (tr("Kind"), self.kind),
            *([(tr("Provider"), self.provider)] if kind in ("swift", "s3") else []),
            (tr("Name"), self.name),
            (tr("Sign in with"), self.mode),
            *((field.accessibleName(), field) for _, field in rows),
        ]
        keeps = bool(mode.secrets)
        for field in (self.secret_store, self.secret_store.explanation):
            field.setVisible(keeps)
        if keeps:
            shown += [(tr("Keep the secret"), self.secret_store)]
            shown += [("", self.secret_store.explanation)]
        self._form.show_rows(shown)
        rare: list[tuple[str, QWidget]] = []
        if "storage_url" not in used and is_swift:
            rare.append((tr("Storage URL"), self.storage_url))
        if "containers" not in used and not is_web:
            rare.append((tr("Containers"), self.containers))
        self.interface.setVisible(mode.uses_keystone)
        if mode.uses_keystone:
            rare.append((tr("Interface"), self.interface))
        own: tuple[QWidget, ...] = () if is_web else (self.path_style,)
        own = (*own, self.addressing, self.requester_pays) if has_buckets else own
        rare += [
            (field.accessibleName(), field)
            for field in (*own, self.connect_timeout, self.read_timeout)
        ]
        self._more_form.show_rows([*rare, (tr("CA bundle"), self._ca_row)])
        order = [*(f for _, f in shown), *(f for _, f in rare), self.ca_bundle]
        for previous, following in zip(order, order[1:]):
            self.setTabOrder(previous, following)
        self.changed.emit()
