# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads sources of layers that hold a secret in clear, as QGIS 3.34 and newer write them.

``/vsiswift/container/key|credential:SWIFT_AUTH_TOKEN=…|credential:SWIFT_STORAGE_URL=…``: any of
GDAL's configuration options, for any of its file systems. Source of their names: GDAL's manual,
"GDAL Virtual File Systems".
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from cog_browser.storage.config_files.aws_variables import is_on, s3_fields
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

_MARK = "|credential:"
_OPTION = re.compile(r"\|credential:([^=|]+)=([^|]*)")
_HANDLER = re.compile(r"/vsi[a-z0-9_]+/")
_SWIFT_URL = re.compile(r"/vsicurl/(https?://[^\s?#\\]+/v1(?:\.0)?/[^\s/?#\\]+)/([^/?#]+)/([^?#]+)")
_TOKEN_HEADER = re.compile(r"x-auth-token\s*:\s*(\S+)", re.IGNORECASE)
_GOOGLE_SIGN_IN = "https://oauth2.googleapis.com/token"
#: Connection, secrets, container and key.
_Account = tuple[Connection, Credentials, str, str]
#: GDAL's names of what a version 1 sign-in needs → Swift's own.
_VERSION_1 = {"SWIFT_AUTH_V1_URL": "ST_AUTH", "SWIFT_USER": "ST_USER", "SWIFT_KEY": "ST_KEY"}
#: All that GDAL's manual names for /vsiswift/. A project may be a stranger's: nothing else, e.g. a
#: CA bundle or where to look for an identity provider, gets from it into a connection.
_SWIFT_OPTIONS = {
    *_VERSION_1, "SWIFT_STORAGE_URL", "SWIFT_AUTH_TOKEN", "OS_IDENTITY_API_VERSION", "OS_AUTH_URL",
    "OS_AUTH_TYPE", "OS_USERNAME", "OS_PASSWORD", "OS_USER_DOMAIN_NAME", "OS_PROJECT_NAME",
    "OS_PROJECT_DOMAIN_NAME", "OS_REGION_NAME", "OS_APPLICATION_CREDENTIAL_ID",
    "OS_APPLICATION_CREDENTIAL_NAME", "OS_APPLICATION_CREDENTIAL_SECRET",
}  # fmt: skip
_SWIFT_MODES = ("token", "v1", "password", "application_credential")


@dataclass(frozen=True)
class LayerCredentials:
    """A path of GDAL and the options beside it; at least one of these may be a secret."""

    path: str = field(repr=False)  # a signed URL's query is a secret
    options: Mapping[str, str] = field(repr=False)

    @property
    def handler(self) -> str:
        """GDAL's file system, e.g. ``/vsis3/``; empty where there is none."""
        found = _HANDLER.match(self.path)
        return found[0] if found else ""

    def account(self) -> _Account | None:
        """Connection, secrets, container and key; None where no kind of connection reads this."""
        reader = _READERS.get(self.handler)
        try:
            return reader(self) if reader is not None else None
        except ConfigurationError:  # they don't describe an account
            return None


def has_credentials(source: str) -> bool:
    return _MARK in source


def layer_credentials(source: str) -> LayerCredentials | None:
    """The parts of a source with secrets in clear; None for any other source."""
    if not has_credentials(source):
        return None
    return LayerCredentials(source.partition("|")[0], dict(_OPTION.findall(source)))


def _swift(found: LayerCredentials) -> _Account | None:
    container, _, key = found.path[len("/vsiswift/") :].partition("/")
    values = {
        _VERSION_1.get(name, name): value
        for name, value in found.options.items()
        if name in _SWIFT_OPTIONS
    }
    connection, credentials = Connection.from_variables(values)
    if not (container and key and credentials) or connection.auth_mode not in _SWIFT_MODES:
        return None
    return connection, credentials, container, key


def _swift_by_url(found: LayerCredentials) -> _Account | None:
    parts = _SWIFT_URL.fullmatch(found.path)
    token = _TOKEN_HEADER.search(found.options.get("GDAL_HTTP_HEADERS", ""))
    if parts is None or token is None:
        return None
    connection = Connection(
        urlsplit(parts[1]).hostname or "Swift", auth_mode="token", storage_url=parts[1]
    )
    return connection, Credentials(token=token[1]), unquote(parts[2]), unquote(parts[3])


def _s3(found: LayerCredentials) -> _Account | None:
    """Only with keys of its own: nobody's profile signs for an end point that a file names."""
    values, secrets = s3_fields({"AWS_VIRTUAL_HOSTING": "YES", **_places(), **found.options})
    if values["auth_mode"] not in ("access_key", "anonymous"):
        return None
    return _account(found, values, secrets)


def _gs(found: LayerCredentials) -> _Account | None:
    options = found.options
    values = {"kind": "gs", "endpoint": options.get("CPL_GS_ENDPOINT", "").rstrip("/")}
    access, secret = options.get("GS_ACCESS_KEY_ID"), options.get("GS_SECRET_ACCESS_KEY")
    if is_on(options, "GS_NO_SIGN_REQUEST"):
        return _account(found, {**values, "auth_mode": "anonymous"}, {})
    key, email = options.get("GS_OAUTH2_PRIVATE_KEY"), options.get("GS_OAUTH2_CLIENT_EMAIL")
    if key and email and not (access and secret):
        document = {
            "type": "service_account",
            "client_email": email,
            "private_key": key.replace("\\n", "\n"),
            "token_uri": _GOOGLE_SIGN_IN,
        }
        given = {"service_account": json.dumps(document)}
        return _account(found, {**values, "auth_mode": "service_account"}, given)
    if not (access and secret):
        return None
    secrets = {"access_key": access, "secret_key": secret}
    return _account(found, {**values, "auth_mode": "hmac"}, secrets)


def _azure(found: LayerCredentials) -> _Account | None:
    options = found.options
    text = options.get("AZURE_STORAGE_CONNECTION_STRING", "")
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    account = parts.get("AccountName") or options.get("AZURE_STORAGE_ACCOUNT", "")
    key = parts.get("AccountKey") or options.get("AZURE_STORAGE_ACCESS_KEY", "")
    sas = (
        parts.get("SharedAccessSignature")
        or options.get("AZURE_STORAGE_SAS_TOKEN")
        or options.get("AZURE_SAS", "")
    )
    endpoint = parts.get("BlobEndpoint", "")
    suffix = parts.get("EndpointSuffix", "core.windows.net")
    if account and not endpoint and suffix != "core.windows.net":
        scheme = parts.get("DefaultEndpointsProtocol", "https")
        endpoint = f"{scheme}://{account}.blob.{suffix}"
    values = {"kind": "azure", "account": account, "endpoint": endpoint}
    if not account:
        return None
    if key:
        return _account(found, {**values, "auth_mode": "account_key"}, {"account_key": key})
    if sas:
        return _account(found, {**values, "auth_mode": "sas"}, {"sas_token": sas})
    if is_on(options, "AZURE_NO_SIGN_REQUEST"):
        return _account(found, {**values, "auth_mode": "anonymous"}, {})
    return None


def _account(
    found: LayerCredentials, values: Mapping[str, Any], secrets: Mapping[str, str]
) -> _Account | None:
    container, _, key = found.path[len(found.handler) :].partition("/")
    if not (container and key):
        return None
    host = urlsplit(values["endpoint"]).hostname or values.get("account") or ""
    connection = Connection(host or found.handler.strip("/"), **values)
    given = Credentials(**{name: value or None for name, value in secrets.items()})
    return connection, given, container, key


def _places() -> dict[str, str]:
    """What GDAL takes from the environment where a layer doesn't say: no secret of it."""
    names = ("AWS_S3_ENDPOINT", "AWS_HTTPS", "AWS_VIRTUAL_HOSTING", "AWS_REGION",
             "AWS_DEFAULT_REGION", "AWS_REQUEST_PAYER")  # fmt: skip
    return {name: os.environ[name] for name in names if name in os.environ}


#: GDAL's file system → how an account is read from its options. A new kind of connection gets its
#: line here, and `ForeignOffer` offers it.
_READERS: dict[str, Callable[[LayerCredentials], _Account | None]] = {
    "/vsiswift/": _swift,
    "/vsicurl/": _swift_by_url,
    "/vsis3/": _s3,
    "/vsigs/": _gs,
    "/vsiaz/": _azure,
}
