# SPDX-License-Identifier: GPL-2.0-or-later
"""Where and as whom to sign in, without any secret."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.config_files.aws_variables import describes_s3, s3_fields
from cog_browser.storage.config_files.clouds import read_cloud
from cog_browser.storage.config_files.openrc import parse_openrc
from cog_browser.storage.config_files.text_file import read_text
from cog_browser.storage.connection_kinds import (
    ADDRESSING,
    KINDS,
    MODES_OF_KIND,
    PATH_STYLE_OF,
    mode_of,
)
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.saved_urls import check_saved_url
from cog_browser.storage.web.address import WebAddress

INTERFACES = ("public", "internal", "admin")
#: Names that mean "what the environment describes" wherever a connection is named.
RESERVED_PREFIX = "env"


@dataclass(frozen=True)
class Connection:
    """An account in an object store. Safe to save, show and log: it holds no secret.

    ``id`` is stable for the connection's life, ``name`` is the user's. Keystone's fields carry
    Keystone's names; ``storage_url`` is the account's URL for ``auth_mode="token"``, otherwise an
    override of the service catalogue; of a web connection (``kind="http"``) it is the folder's,
    listing's or file's. ``ca_bundle`` is a PEM file's path. ``containers`` are names
    entered by hand, for accounts that don't list theirs. ``identity_provider`` to ``client_id`` are
    for federated sign-in: Keystone's names of the provider and protocol, the provider's discovery
    document and its client. The time-outs are in seconds; zero means QGIS's own.
    ``path_style`` is how saved projects name the objects, "url", or that of
    `PATH_STYLE_OF` for the kind: as GDAL does, with the account in variables.

    The last fields are those of S3, Google Cloud Storage and Azure. ``endpoint`` is the service's
    URL, empty for the provider's own; ``addressing`` one of `ADDRESSING`, empty for what suits the
    end point. ``profile`` is one of ``~/.aws``, ``key_file`` the path of its keys, if
    elsewhere, and ``account`` the name of an Azure storage account.
    """

    name: str
    kind: str = "swift"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    auth_mode: str = "password"
    auth_url: str = ""
    region: str = ""
    interface: str = "public"
    user_name: str = ""
    user_id: str = ""
    user_domain_name: str = ""
    user_domain_id: str = ""
    project_name: str = ""
    project_id: str = ""
    project_domain_name: str = ""
    project_domain_id: str = ""
    application_credential_id: str = ""
    application_credential_name: str = ""
    storage_url: str = ""
    ca_bundle: str = ""
    containers: tuple[str, ...] = ()
    identity_provider: str = ""
    protocol: str = ""
    discovery_endpoint: str = ""
    client_id: str = ""
    connect_timeout: float = 0.0
    read_timeout: float = 0.0
    path_style: str = "url"
    endpoint: str = ""
    addressing: str = ""
    profile: str = ""
    key_file: str = ""
    account: str = ""
    requester_pays: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "containers", tuple(self.containers))
        if self.kind not in KINDS:
            raise ConfigurationError(
                f"“{self.kind}” is no kind of connection; use one of {', '.join(KINDS)}."
            )
        object.__setattr__(self, "auth_mode", mode_of(self.kind, self.auth_mode))
        modes = MODES_OF_KIND[self.kind]
        if self.auth_mode not in modes:
            raise ConfigurationError(
                f"“{self.auth_mode}” is no sign-in mode; use one of {', '.join(modes)}."
            )
        if self.addressing not in ("", *ADDRESSING):
            raise ConfigurationError(
                f"“{self.addressing}” is no way to address buckets; use one of "
                f"{', '.join(ADDRESSING)}."
            )
        styles = [name for name in ("url", PATH_STYLE_OF.get(self.kind)) if name]
        if self.path_style not in styles:
            raise ConfigurationError(
                f"“{self.path_style}” is no path style of this kind of connection; use one of "
                f"{', '.join(styles)}."
            )
        if not (0 <= self.connect_timeout < 3600 and 0 <= self.read_timeout < 3600):
            raise ConfigurationError("A time-out must be between 0 (as QGIS) and 3600 seconds.")
        for label, url in (
            ("authentication", self.auth_url),
            ("storage", self.storage_url),
            ("end point", self.endpoint),
        ):
            if url:
                is_web = self.kind == "http" and url == self.storage_url
                check_saved_url(label, url, may_have_query=is_web)
        if self.kind == "http" and self.storage_url:
            WebAddress.parse(self.storage_url)  # a signed link in it would be saved
        object.__setattr__(self, "auth_url", self.auth_url.rstrip("/"))
        if self.kind != "http":  # where it may end with a prefix
            object.__setattr__(self, "storage_url", self.storage_url.rstrip("/"))
        object.__setattr__(self, "endpoint", self.endpoint.rstrip("/"))

    @property
    def service_url(self) -> str:
        """What is asked first, as far as the connection says; empty for a provider's own."""
        return self.auth_url or self.storage_url or self.endpoint

    def to_dict(self) -> dict[str, Any]:
        """All fields that are set."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Connection:
        """The inverse of `to_dict`; unknown fields of a newer version are dropped."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    @classmethod
    def from_openrc(
        cls, path: str | os.PathLike[str], name: str | None = None
    ) -> tuple[Connection, Credentials]:
        """Read an ``openrc.sh``; it is parsed, never run."""
        return cls.from_openrc_text(read_text(Path(path)), name)

    @classmethod
    def from_openrc_text(cls, text: str, name: str | None = None) -> tuple[Connection, Credentials]:
        """Read the text of an ``openrc.sh``.

        The credentials are empty where the file would prompt for the password.
        """
        return _from_variables(parse_openrc(text), name)

    @classmethod
    def from_clouds_yaml(
        cls, path: str | os.PathLike[str], cloud: str
    ) -> tuple[Connection, Credentials]:
        """Read one entry of a ``clouds.yaml``. Needs PyYAML."""
        return _from_variables(read_cloud(path, cloud), cloud)

    @classmethod
    def from_variables(
        cls, values: Mapping[str, str], name: str | None = None
    ) -> tuple[Connection, Credentials]:
        """Map the variables of an ``openrc.sh``, wherever they were found."""
        return _from_variables(values, name)

    @classmethod
    def named_in_environment(cls, name: str) -> tuple[Connection, Credentials] | None:
        """What ``env``, ``env:swift`` or ``env:s3`` means just now; None for any other name."""
        word, _, kind = name.partition(":")
        return cls.from_environment(kind=kind or None) if word == RESERVED_PREFIX else None

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, kind: str | None = None
    ) -> tuple[Connection, Credentials]:
        """Read ``OS_*``, ``SWIFT_*`` or ``AWS_*`` variables, as after ``source openrc.sh``.

        Raises `ConfigurationError` unless they describe exactly one account.
        """
        environ = os.environ if environ is None else environ
        found = []
        if any(environ.get(n) for n in ("OS_AUTH_URL", "SWIFT_STORAGE_URL", "ST_AUTH")):
            found.append("swift")
        if describes_s3(environ):
            found.append("s3")
        if kind is not None:
            if kind not in found:
                raise ConfigurationError(
                    f"The environment describes no {kind} account. For Swift, source an openrc.sh "
                    "or set SWIFT_STORAGE_URL and SWIFT_AUTH_TOKEN; for S3, set AWS_ACCESS_KEY_ID "
                    "and AWS_SECRET_ACCESS_KEY."
                )
        elif len(found) > 1:
            names = " or ".join(f"{RESERVED_PREFIX}:{name}" for name in found)
            raise ConfigurationError(f"The environment describes several accounts: say {names}.")
        elif not found:
            raise ConfigurationError(
                "The environment describes no account: OS_AUTH_URL is not set. Source your "
                "openrc.sh, or set SWIFT_STORAGE_URL and SWIFT_AUTH_TOKEN, and try again."
            )
        if (kind or found[0]) == "s3":
            values, secrets = s3_fields(environ)
            connection = cls(RESERVED_PREFIX, **values)
            credentials = Credentials(**{name: value or None for name, value in secrets.items()})
        else:
            connection, credentials = _from_variables(environ, RESERVED_PREFIX)
        # Named by what it points to: two runs in the same environment mean the same account.
        identity = "\n".join(
            f"{k}={v}" for k, v in sorted(connection.to_dict().items()) if k != "id"
        )
        return (
            cls.from_dict(
                {**connection.to_dict(), "id": str(uuid.uuid5(uuid.NAMESPACE_URL, identity))}
            ),
            credentials,
        )


def _from_variables(values: Mapping[str, str], name: str | None) -> tuple[Connection, Credentials]:
    """Map OpenStack's variable names to fields.

    Source: python-openstackclient, "Authentication", environment variables; GDAL's /vsiswift/
    for SWIFT_STORAGE_URL and SWIFT_AUTH_TOKEN.
    """

    def get(*names: str) -> str:
        return next((values[n] for n in names if values.get(n)), "")

    mode = _mode(get)
    is_keystone = mode not in ("token", "anonymous", "v1")
    if is_keystone:
        _refuse_what_is_not_keystone_v3(get)
    elif mode != "v1" and not get("OS_STORAGE_URL", "SWIFT_STORAGE_URL", "OS_ENDPOINT"):
        raise ConfigurationError("The account's storage URL is missing (OS_STORAGE_URL).")
    if mode == "token" and get("SWIFT_STORAGE_URL") and get("SWIFT_AUTH_TOKEN"):
        storage_url, token = get("SWIFT_STORAGE_URL"), get("SWIFT_AUTH_TOKEN")
    else:
        storage_url = get("OS_STORAGE_URL", "SWIFT_STORAGE_URL") or (
            "" if is_keystone else get("OS_ENDPOINT")
        )
        token = get("OS_AUTH_TOKEN", "SWIFT_AUTH_TOKEN", "OS_TOKEN", "OS_ACCESS_TOKEN")
    auth_url = "" if mode in ("token", "anonymous") else get("OS_AUTH_URL", "ST_AUTH")
    users = ("OS_USERNAME", "ST_USER") if is_keystone else ("ST_USER", "OS_USERNAME")
    user_name = get(*users)
    project_name = get("OS_PROJECT_NAME", "OS_TENANT_NAME")
    # Keystone's own default domain has the id "default"; clients assume it when none is given.
    default_domain = (get("OS_DEFAULT_DOMAIN") or "default") if is_keystone else ""
    connection = Connection(
        name=name or project_name or user_name or "",
        auth_mode=mode,
        auth_url=auth_url,
        region=get("OS_REGION_NAME"),
        interface=_interface(get("OS_INTERFACE", "OS_ENDPOINT_TYPE")),
        user_name=user_name,
        user_id=get("OS_USER_ID"),
        user_domain_name=get("OS_USER_DOMAIN_NAME"),
        user_domain_id=get("OS_USER_DOMAIN_ID")
        or ("" if get("OS_USER_DOMAIN_NAME") else default_domain),
        project_name=project_name,
        project_id=get("OS_PROJECT_ID", "OS_TENANT_ID"),
        project_domain_name=get("OS_PROJECT_DOMAIN_NAME"),
        project_domain_id=get("OS_PROJECT_DOMAIN_ID")
        or ("" if get("OS_PROJECT_DOMAIN_NAME") else default_domain),
        application_credential_id=get("OS_APPLICATION_CREDENTIAL_ID"),
        application_credential_name=get("OS_APPLICATION_CREDENTIAL_NAME"),
        storage_url=storage_url,
        ca_bundle=get("OS_CACERT"),
        containers=tuple(filter(None, get("COG_BROWSER_CONTAINERS").split("/"))),
        identity_provider=get("OS_IDENTITY_PROVIDER"),
        protocol=get("OS_PROTOCOL"),
        discovery_endpoint=get("OS_DISCOVERY_ENDPOINT"),
        client_id=get("OS_CLIENT_ID"),
    )
    secrets = {
        "password": get("OS_PASSWORD", "ST_KEY") if is_keystone else get("ST_KEY", "OS_PASSWORD"),
        "application_credential_secret": get("OS_APPLICATION_CREDENTIAL_SECRET"),
        "token": token,
        "client_secret": get("OS_CLIENT_SECRET"),
        "passcode": get("OS_PASSCODE"),
    }
    if not connection.name:  # now its URLs are known to be some
        host = urlsplit(auth_url or storage_url).hostname
        connection = replace(connection, name=host or "Swift")
    return connection, Credentials(**{name: secrets[name] or None for name in _SECRETS[mode]})


#: OS_AUTH_TYPE, keystoneauth1's name of a way to sign in, → auth_mode.
_AUTH_TYPES = {
    name: mode
    for mode, *names in (
        ("password", "password", "v3password"),
        ("application_credential", "v3applicationcredential"),
        ("totp", "v3totp", "v3multifactor"),
        ("keystone_token", "token", "v3token"),
        ("token", "admin_token", "token_endpoint"),
        ("v1", "v1password"),
        ("anonymous", "none"),
        ("oidc_client_credentials", "v3oidcclientcredentials"),
        ("oidc_access_token", "v3oidcaccesstoken"),
        ("oidc_password", "v3oidcpassword"),
    )
    for name in names
}
#: auth_mode → the fields of its credentials.
_SECRETS = {
    "password": ("password",),
    "application_credential": ("application_credential_secret",),
    "totp": ("password", "passcode"),
    "keystone_token": ("token",),
    "token": ("token",),
    "v1": ("password",),
    "anonymous": (),
    "oidc_client_credentials": ("client_secret",),
    "oidc_access_token": ("token",),
    "oidc_password": ("password", "client_secret"),
}
_V2 = (
    "This describes Keystone v2, which OpenStack removed in 2018. Download an OpenStack RC "
    "file for Identity API v3 from your provider."
)


def _mode(get: Callable[..., str]) -> str:
    """The auth_mode that the variables name or, where they don't, amount to."""
    if get("SWIFT_STORAGE_URL") and get("SWIFT_AUTH_TOKEN"):
        return "token"
    auth_type = get("OS_AUTH_TYPE").lower()
    if auth_type:
        if auth_type.startswith("v2"):
            raise ConfigurationError(_V2)
        methods = set(get("OS_AUTH_METHODS").replace("v3", "").replace(" ", "").split(","))
        if auth_type == "v3multifactor" and not methods <= {"", "password", "totp"}:
            raise ConfigurationError(
                "Of the sign-ins with several factors, only password and totp are supported."
            )
        if auth_type not in _AUTH_TYPES:
            raise ConfigurationError(
                f"Sign-in of type “{auth_type}” is not supported; use a password or an "
                "application credential."
            )
        return _AUTH_TYPES[auth_type]
    version = get("ST_AUTH_VERSION", "OS_IDENTITY_API_VERSION", "OS_AUTH_VERSION")
    if get("ST_AUTH") and not get("OS_AUTH_URL") and version in ("", "1", "1.0"):
        return "v1"
    if get("OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_NAME"):
        return "application_credential"
    if get("OS_AUTH_TOKEN", "SWIFT_AUTH_TOKEN", "OS_TOKEN") and not get("OS_PASSWORD"):
        return "token" if get("OS_STORAGE_URL", "SWIFT_STORAGE_URL") else "keystone_token"
    return "password"


def _refuse_what_is_not_keystone_v3(get: Callable[..., str]) -> None:
    version = get("OS_IDENTITY_API_VERSION", "OS_AUTH_VERSION", "ST_AUTH_VERSION")
    auth_url = get("OS_AUTH_URL", "ST_AUTH")
    if version.startswith("2") or re.search(r"/v2(\.0)?(/|$)", auth_url):
        raise ConfigurationError(_V2)
    if not auth_url:
        raise ConfigurationError(
            "The authentication URL is missing (OS_AUTH_URL): Keystone's address is unknown."
        )


def _interface(value: str) -> str:
    name = value.lower().removesuffix("url")  # "publicURL" is the older spelling
    if name and name not in INTERFACES:
        raise ConfigurationError(
            f"OS_INTERFACE is “{value}”; it must be one of {', '.join(INTERFACES)}."
        )
    return name or "public"
