# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways to sign in, as the dialogs show them: which fields each has, and which secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cog_browser.adapters.i18n import tr
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import SHARED_ROOTS
from cog_browser.storage.credentials import Credentials


@dataclass(frozen=True)
class Mode:
    """One of `AUTH_MODES`. ``fields`` are those of the form, ``secrets`` those of `Credentials`."""

    name: str
    label: Callable[[], str]
    fields: tuple[str, ...]
    secrets: tuple[str, ...]
    required: tuple[str, ...]
    optional_secrets: tuple[str, ...] = ()

    @property
    def uses_keystone(self) -> bool:
        return "auth_url" in self.fields and self.name != "v1"


_USER = ("auth_url", "user", "user_domain")
_PROJECT = ("project", "project_domain", "region")
_PROVIDER = ("auth_url", "identity_provider", "protocol")
_CLIENT = ("discovery_endpoint", "client_id")
#: Of S3 and what speaks its protocol.
_BUCKETS = ("endpoint", "region")
_AZURE = ("account", "endpoint")

#: In the order of the dialog's list.
MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode(
            "password",
            lambda: tr("Password"),
            (*_USER, *_PROJECT),
            ("password",),
            ("auth_url", "user"),
        ),
        Mode(
            "application_credential",
            lambda: tr("Application credential"),
            ("auth_url", "credential_by", "credential_id", "credential_name", "user",
             "user_domain", "region"),
            ("application_credential_secret",),
            ("auth_url",),
        ),
        Mode(
            "totp",
            lambda: tr("Password and passcode"),
            (*_USER, *_PROJECT),
            ("password", "passcode"),
            ("auth_url", "user"),
        ),
        Mode(
            "keystone_token",
            lambda: tr("Keystone token"),
            ("auth_url", *_PROJECT),
            ("token",),
            ("auth_url",),
        ),
        Mode(
            "token",
            lambda: tr("Token and storage URL"),
            ("storage_url",),
            ("token",),
            ("storage_url",),
        ),
        Mode(
            "v1",
            lambda: tr("User and key (version 1)"),
            ("auth_url", "user"),
            ("password",),
            ("auth_url", "user"),
        ),
        Mode(
            "anonymous",
            lambda: tr("Nothing: public containers"),
            ("storage_url", "containers"),
            (),
            ("storage_url",),
        ),
        Mode(
            "oidc_client_credentials",
            lambda: tr("Federation: client credentials"),
            (*_PROVIDER, *_CLIENT, *_PROJECT),
            ("client_secret",),
            (*_PROVIDER, *_CLIENT),
        ),
        Mode(
            "oidc_access_token",
            lambda: tr("Federation: access token"),
            (*_PROVIDER, *_PROJECT),
            ("token",),
            _PROVIDER,
        ),
        Mode(
            "oidc_password",
            lambda: tr("Federation: password"),
            (*_PROVIDER, *_CLIENT, "user", *_PROJECT),
            ("password", "client_secret"),
            (*_PROVIDER, *_CLIENT, "user"),
            optional_secrets=("client_secret",),
        ),
        Mode(
            "basic",
            lambda: tr("User and password"),
            ("storage_url", "user"),
            ("password",),
            ("storage_url", "user"),
        ),
        Mode(
            "bearer",
            lambda: tr("Token in the header"),
            ("storage_url",),
            ("token",),
            ("storage_url",),
        ),
        Mode(
            "access_key",
            lambda: tr("Access key"),
            _BUCKETS,
            ("access_key", "secret_key", "session_token"),
            (),
            optional_secrets=("session_token",),
        ),
        Mode("profile", lambda: tr("A profile of ~/.aws"), ("profile", *_BUCKETS), (), ()),
        Mode("environment", lambda: tr("The environment: AWS_*"), _BUCKETS, (), ()),
        Mode("instance_role", lambda: tr("The role of this machine"), _BUCKETS, (), ()),
        Mode("hmac", lambda: tr("HMAC key"), _BUCKETS, ("access_key", "secret_key"), ()),
        Mode(
            "service_account",
            lambda: tr("Service account"),
            _BUCKETS,
            ("service_account",),
            (),
        ),
        Mode("account_key", lambda: tr("Account key"), _AZURE, ("account_key",), ("account",)),
        Mode("sas", lambda: tr("Shared access signature"), _AZURE, ("sas_token",), ("account",)),
    )
}  # fmt: skip


_PUBLIC_FIELDS = {
    "s3": (*_BUCKETS, "containers"),
    "gs": (*_BUCKETS, "containers"),
    "azure": (*_AZURE, "containers"),
}


def mode_label(kind: str, mode: str) -> str:
    """What a way to sign in is called where one kind of connection is chosen."""
    if mode == "anonymous" and kind == "http":
        return tr("Nothing: anybody may read")
    is_public = kind in SHARED_ROOTS and mode == "anonymous"
    return tr("Nothing: public buckets") if is_public else MODES[mode].label()


def fields_of(kind: str, mode: str) -> tuple[str, ...]:
    """The fields of the form. Without a sign-in they depend on the kind."""
    if mode != "anonymous" or kind not in _PUBLIC_FIELDS:
        return MODES[mode].fields
    return _PUBLIC_FIELDS[kind]


def required_of(kind: str, mode: str) -> tuple[str, ...]:
    """The fields that can't be empty."""
    is_azure = kind == "azure"
    return ("account",) if is_azure else () if kind in SHARED_ROOTS else MODES[mode].required


def secret_label(mode: str, secret: str) -> str:
    """What a secret of a mode is called."""
    if mode == "v1":
        return tr("Key")
    return {
        "password": tr("Password"),
        "passcode": tr("Passcode"),
        "application_credential_secret": tr("Credential secret"),
        "token": tr("Token"),
        "client_secret": tr("Client secret"),
        "access_key": tr("Access key"),
        "secret_key": tr("Secret key"),
        "session_token": tr("Session token"),
        "account_key": tr("Account key"),
        "sas_token": tr("Shared access signature"),
        "service_account": tr("Service account"),
    }[secret]


def missing_text(mode: str, name: str) -> str:
    """A sentence about a field or secret that is empty."""
    if mode == "token" and name == "storage_url":
        return tr("A ready token needs the storage URL.")
    if mode == "v1" and name == "password":
        return tr("Fill in the key.")
    return {
        "auth_url": tr("Fill in the authentication URL."),
        "storage_url": tr("Fill in the storage URL."),
        "user": tr("Fill in the user."),
        "credential_id": tr("Fill in the application credential's ID."),
        "credential_name": tr("Fill in the application credential's name."),
        "identity_provider": tr("Fill in the identity provider, as Keystone calls it."),
        "protocol": tr("Fill in the protocol, as Keystone calls it."),
        "discovery_endpoint": tr("Fill in the discovery URL."),
        "client_id": tr("Fill in the client ID."),
        "password": tr("Fill in the password."),
        "passcode": tr("Fill in the passcode of your authenticator app."),
        "application_credential_secret": tr("Fill in the application credential's secret."),
        "token": tr("Fill in the token."),
        "client_secret": tr("Fill in the client's secret."),
        "access_key": tr("Fill in the access key."),
        "secret_key": tr("Fill in the secret key."),
        "account": tr("Fill in the storage account's name."),
        "account_key": tr("Fill in the account key."),
        "sas_token": tr("Fill in the shared access signature."),
        "service_account": tr("Fill in the path or content of the service account's JSON file."),
    }[name]


def is_enough(connection: Connection, credentials: Credentials | None) -> bool:
    """Whether these credentials can sign in, without asking the user for more."""
    mode = MODES[connection.auth_mode]
    wanted = [name for name in mode.secrets if name not in mode.optional_secrets]
    return credentials is not None and all(getattr(credentials, name) for name in wanted)
