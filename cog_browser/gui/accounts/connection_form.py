# SPDX-License-Identifier: GPL-2.0-or-later
"""The fields of a connection and its secret."""

from __future__ import annotations

from dataclasses import replace

from qgis.PyQt.QtWidgets import QLineEdit, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.connection_fields import BY_ID, BY_NAME, SECRETS, ConnectionFields
from cog_browser.gui.accounts.form_fields import ChoiceEdit
from cog_browser.gui.accounts.sign_in_modes import MODES, fields_of, missing_text, required_of
from cog_browser.storage.connection import INTERFACES, RESERVED_PREFIX, Connection
from cog_browser.storage.connection_kinds import SHARED_ROOTS
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import AccountOptions, Project
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.presets import PRESETS, Preset, S3Preset, preset_for

_DEFAULT_DOMAIN = "default"
#: Fields that hold what the connection's field of the same name does.
_PLAIN = (
    "auth_url", "storage_url", "identity_provider", "protocol", "discovery_endpoint", "client_id",
    "endpoint", "profile", "account",
)  # fmt: skip


class ConnectionForm(ConnectionFields):
    """Shows a `Connection`; what the user doesn't touch keeps its ids.

    Keystone knows users, projects and domains by name or by id. One field shows either, and an
    id stays in force as long as its field is left as it was.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._base = Connection(name="-")
        self._may_keep_secret = False
        self.provider.activated.connect(lambda _index: self._on_provider_chosen())
        self.auth_url.textChanged.connect(lambda _text: self._show_provider())
        self.project.chosen.connect(self._on_project_chosen)
        self.region.text_changed.connect(lambda _text: self._show_end_point())
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
        self.kind.setCurrentIndex(self.kind.findData(shown.kind))
        self.mode.setCurrentIndex(self.mode.findData(shown.auth_mode))
        self.addressing.setCurrentIndex(self.addressing.findData(shown.addressing))
        self.requester_pays.setChecked(shown.requester_pays)
        for name in _PLAIN:
            getattr(self, name).setText(getattr(shown, name))
        self.region.setText(shown.region)
        self.user.setText(shown.user_name or shown.user_id)
        self.user_domain.setText(shown.user_domain_name or shown.user_domain_id)
        self.project.setText(shown.project_name or shown.project_id)
        self.project_domain.setText(shown.project_domain_name or shown.project_domain_id)
        self.credential_id.setText(shown.application_credential_id)
        self.credential_name.setText(shown.application_credential_name)
        is_named = shown.application_credential_name and not shown.application_credential_id
        self.credential_by.setCurrentIndex(
            self.credential_by.findData(BY_NAME if is_named else BY_ID)
        )
        self._show_interfaces(INTERFACES, shown.interface)
        self.ca_bundle.setFilePath(shown.ca_bundle)
        self.path_style.setCurrentIndex(max(self.path_style.findData(shown.path_style), 0))
        self.connect_timeout.setValue(round(shown.connect_timeout))
        self.read_timeout.setValue(round(shown.read_timeout))
        self.containers.setPlainText("\n".join(shown.containers))
        for name in SECRETS:
            self.secret(name).setText(getattr(given, name) or "")
            is_kept = keeps_secret and name != "passcode"
            self.secret(name).setPlaceholderText(tr("unchanged") if is_kept else "")
        if not keeps_secret:
            self.service_account.setPlaceholderText(tr("the JSON file's path or content"))
        self._show_provider()
        self.follow_mode()
        rare = (
            shown.ca_bundle,
            shown.interface != "public",
            shown.storage_url,
            shown.containers,
            shown.path_style != "url",
            shown.addressing,
            shown.requester_pays,
            shown.connect_timeout,
            shown.read_timeout,
        )
        self.more.setCollapsed(not any(rare))

    def show_options(self, options: AccountOptions) -> None:
        """Offer what an account has; what is written stays, and an empty single choice is made."""
        self.project.suggest((project.name, project) for project in options.projects)
        self.region.suggest((region, region) for region in options.regions)
        offered = [name for name in INTERFACES if name in options.interfaces]
        if offered:
            current = self.interface.currentData()
            self._show_interfaces(
                tuple(n for n in INTERFACES if n in offered or n == current), current
            )
        if len(options.regions) == 1 and not self.region.text():
            self.region.setText(options.regions[0])

    # What it holds

    def connection(self) -> Connection:
        """What the fields say. Raises `ConfigurationError` with the first thing that is wrong."""
        name, mode = _text(self.name), MODES[self.mode.currentData()]
        kind = self.kind.currentData()
        if not name:
            raise ConfigurationError(tr("Give the connection a name."))
        if name.lower().startswith(RESERVED_PREFIX):
            raise ConfigurationError(
                tr("Names that start with “{prefix}” mean the environment; choose another.").format(
                    prefix=RESERVED_PREFIX
                )
            )
        by_name = self.is_by_name()
        required = required_of(kind, mode.name)
        if mode.name == "application_credential":
            required += ("credential_name", "user") if by_name else ("credential_id",)
        for field in required:
            if not _text(getattr(self, field)):
                if kind == "http" and field == "storage_url":
                    raise ConfigurationError(tr("Fill in the URL of a web folder or file."))
                raise ConfigurationError(missing_text(mode.name, field))
        values: dict[str, object] = {
            "name": name,
            "kind": kind,
            "auth_mode": mode.name,
            "interface": self.interface.currentData(),
            "region": _text(self.region),
            "ca_bundle": self.ca_bundle.filePath().strip(),
            "storage_url": _text(self.storage_url),
            "containers": () if kind == "http" else self._container_names(),
            "path_style": self.path_style.currentData() or "url",
            "addressing": self.addressing.currentData() if kind in SHARED_ROOTS else "",
            "requester_pays": kind in SHARED_ROOTS and self.requester_pays.isChecked(),
            "connect_timeout": float(self.connect_timeout.value()),
            "read_timeout": float(self.read_timeout.value()),
        }
        fields = fields_of(kind, mode.name)
        values.update({n: _text(getattr(self, n)) for n in _PLAIN if n in fields})
        if kind not in ("swift", "http"):
            values["storage_url"] = ""
        is_same_mode = (self._base.kind, self._base.auth_mode) == (kind, mode.name)
        base = self._base if is_same_mode else Connection(name="-", id=self._base.id)
        if mode.name == "application_credential":
            values.update(self._application_credential(by_name))
        elif mode.uses_keystone:
            values.update(self._project())
        if "user" in mode.fields and (mode.name != "application_credential" or by_name):
            values.update(self._user())
        if mode.name in ("v1", "basic"):
            values.update(user_name=_text(self.user), user_id="")
        return replace(base, **values)

    def credentials(self) -> Credentials | None:
        """The secrets, or None where the saved ones stay. Raises `ConfigurationError`."""
        mode = MODES[self.mode.currentData()]
        given = {name: self.secret(name).text() for name in mode.secrets}
        is_same = (self._base.kind, self._base.auth_mode) == (self.kind.currentData(), mode.name)
        may_keep = self._may_keep_secret and is_same
        if not mode.secrets:
            return Credentials()
        if may_keep and not any(given.values()):
            return None
        for name, text in given.items():
            if not text and name not in mode.optional_secrets:
                raise ConfigurationError(missing_text(mode.name, name))
        return Credentials(**{name: text for name, text in given.items() if text})

    def _container_names(self) -> tuple[str, ...]:
        names = self.containers.names()
        for name in names:
            if "/" in name:
                raise ConfigurationError(
                    tr("“{name}” is no container: a name has no “/”.").format(name=name)
                )
        return names

    def _application_credential(self, by_name: bool) -> dict[str, str]:
        base = self._base
        if by_name:
            name = _text(self.credential_name)
            return {"application_credential_id": "", "application_credential_name": name}
        number = _text(self.credential_id)
        is_same = number == base.application_credential_id
        name = base.application_credential_name if is_same else ""
        return {"application_credential_id": number, "application_credential_name": name}

    def _user(self) -> dict[str, str]:
        base = self._base
        domain = _pair(self.user_domain, base.user_domain_name, base.user_domain_id)
        user = _pair(self.user, base.user_name, base.user_id)
        # An id names one user whatever its domain; a new domain means another.
        if domain != (base.user_domain_name, base.user_domain_id) and user[0]:
            user = (user[0], "")
        return {
            "user_name": user[0],
            "user_id": user[1],
            "user_domain_name": domain[0],
            "user_domain_id": domain[1],
        }

    def _project(self) -> dict[str, str]:
        base = self._base
        domain = _pair(self.project_domain, base.project_domain_name, base.project_domain_id)
        project = _pair(self.project, base.project_name, base.project_id)
        if domain != (base.project_domain_name, base.project_domain_id) and project[0]:
            project = (project[0], "")
        return {
            "project_name": project[0],
            "project_id": project[1],
            "project_domain_name": domain[0],
            "project_domain_id": domain[1],
        }

    # What the user does

    def _on_provider_chosen(self) -> None:
        preset: Preset | S3Preset | None = self.provider.currentData()
        if preset is None:
            return
        if isinstance(preset, S3Preset):
            self._suggest_regions(preset)
            self.endpoint.setText(preset.url_in(_text(self.region)))
            return
        if not MODES[self.mode.currentData()].uses_keystone:
            self.mode.setCurrentIndex(self.mode.findData("password"))
        self.auth_url.setText(preset.auth_url)
        self.user_domain.setText(preset.domain)
        self.project_domain.setText(preset.domain)
        self.region.setText(preset.regions[0] if len(preset.regions) == 1 else "")
        self._suggest_regions(preset)

    def _on_project_chosen(self, project: Project) -> None:
        """The id tells apart projects of one name in several domains."""
        self._base = replace(
            self._base,
            project_id=project.id,
            project_name=project.name,
            project_domain_id=project.domain_id,
            project_domain_name="",
        )
        self.project.setText(project.name)
        self.project_domain.setText(project.domain_id)
        self.changed.emit()

    def _show_provider(self) -> None:
        """The list follows the URL, whoever has changed it."""
        if self.kind.currentData() != "swift":
            return
        preset = preset_for(self.auth_url.text())
        index = 0 if preset is None else 1 + PRESETS.index(preset)
        if index != self.provider.currentIndex():
            self.provider.setCurrentIndex(index)
        if preset is not None and not self.region.count():
            self._suggest_regions(preset)
        self.user.setPlaceholderText(preset.user_like if preset else "")
        self.user_domain.setPlaceholderText(preset.domain_like if preset else "")
        like = (preset.project_like if preset else "") or tr("your only one, or choose after Test")
        self.project.setPlaceholderText(like)

    def _show_end_point(self) -> None:
        """That of the chosen provider follows the region."""
        preset = self.provider.currentData()
        if isinstance(preset, S3Preset):
            self.endpoint.setText(preset.url_in(_text(self.region)))

    def _suggest_regions(self, preset: Preset | S3Preset) -> None:
        self.region.suggest((region, region) for region in preset.regions)

    def _show_interfaces(self, names: tuple[str, ...], current: str) -> None:
        self.interface.clear()
        for name in names:
            self.interface.addItem(name, name)
        self.interface.setCurrentIndex(max(self.interface.findData(current), 0))


def _text(field: QLineEdit | ChoiceEdit) -> str:
    return field.text().strip()


def _pair(edit: QLineEdit | ChoiceEdit, name: str, number: str) -> tuple[str, str]:
    """Name and id: those there were if the field still shows them, else what it says as name."""
    shown = _text(edit)
    if shown == (name or number):
        return name, number
    return ("", shown) if shown == _DEFAULT_DOMAIN else (shown, "")
