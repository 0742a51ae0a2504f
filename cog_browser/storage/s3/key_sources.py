# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a connection's keys come from, and how temporary ones are replaced in time.

Sources: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"; Amazon EC2 User
Guide, "Use IMDSv2"; Amazon ECS Developer Guide, "Task IAM role".
"""

from __future__ import annotations

import configparser
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import AuthenticationError, ConfigurationError, StoreError
from cog_browser.storage.http import HttpClient, HttpSettings
from cog_browser.storage.s3.service_account import ServiceAccount
from cog_browser.storage.s3.signing import BearerToken, Keys

#: Amazon's metadata services, reached only from its own machines.
METADATA, CONTAINER_METADATA = "http://169.254.169.254", "http://169.254.170.2"
#: Seconds before their end from which on temporary keys are replaced.
_MARGIN = 300.0


class KeySource(Protocol):
    """Thread: any. ``renews``: whether new keys are had without asking the user."""

    renews: bool

    def keys(self, *, refused: Any = None) -> Keys | BearerToken | None:
        """The keys, None for no signature; others than ``refused`` where there are others."""
        ...


def key_source(
    connection: Connection, credentials: Credentials, settings: HttpSettings
) -> KeySource:
    mode = connection.auth_mode
    if mode == "service_account":
        return ServiceAccount(connection, credentials, settings)
    if mode == "anonymous":
        return FixedKeys(None)
    if mode in ("access_key", "hmac"):
        if not (credentials.access_key and credentials.secret_key):
            raise ConfigurationError(
                f"The connection “{connection.name}” needs an access key and a secret key."
            )
        token = credentials.session_token or ""
        return FixedKeys(Keys(credentials.access_key, credentials.secret_key, token))
    if mode == "profile":
        return ProfileKeys(connection.profile or "default", connection.key_file)
    return InstanceKeys()


def resolved(
    connection: Connection,
    credentials: Credentials,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Connection, Credentials]:
    """The same, with what the environment says written out where the mode is "environment".

    So that a process without these variables opens the same account.
    """
    if connection.auth_mode != "environment":
        return connection, credentials
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if access and secret:
        token = environ.get("AWS_SESSION_TOKEN") or None
        return (
            replace(connection, auth_mode="access_key"),
            Credentials(access_key=access, secret_key=secret, session_token=token),
        )
    return (
        replace(
            connection,
            auth_mode="profile",
            profile=connection.profile or environ.get("AWS_PROFILE", ""),
            key_file=connection.key_file or environ.get("AWS_SHARED_CREDENTIALS_FILE", ""),
        ),
        Credentials(),
    )


class FixedKeys:
    renews = True

    def __init__(self, keys: Keys | None) -> None:
        self._keys = keys

    def keys(self, *, refused: Keys | None = None) -> Keys | None:
        return self._keys


class ProfileKeys:
    """The keys of ``~/.aws/credentials`` or ``~/.aws/config``, read again when refused."""

    renews = True

    def __init__(self, profile: str, path: str = "") -> None:
        self._profile = profile
        folder = Path.home() / ".aws"
        self._paths = (
            Path(path).expanduser() if path else folder / "credentials",
            folder / "config",
        )
        self._keys: Keys | None = None

    def keys(self, *, refused: Keys | None = None) -> Keys | None:
        if self._keys is None or self._keys == refused:
            self._keys = self._read()
        return self._keys

    def _read(self) -> Keys:
        found: dict[str, str] = {}
        for path, section in zip(self._paths, (self._profile, f"profile {self._profile}")):
            parser = configparser.RawConfigParser(default_section="", strict=False)
            try:
                parser.read(path, "utf-8")
            except (configparser.Error, OSError, UnicodeDecodeError):
                raise ConfigurationError(f"{path} can't be read as a file of profiles.") from None
            for name in (section, self._profile):
                if parser.has_section(name):
                    found = {**dict(parser.items(name)), **found}
        access, secret = found.get("aws_access_key_id"), found.get("aws_secret_access_key")
        if access and secret:
            return Keys(access, secret, found.get("aws_session_token", ""))
        if found:
            raise ConfigurationError(
                f"The profile “{self._profile}” has no keys of its own, but a role, a single "
                "sign-on or a program that gets some. Run “aws configure export-credentials "
                f"--profile {self._profile}”, and sign in with what it prints."
            )
        raise ConfigurationError(
            f"There is no profile “{self._profile}” in {self._paths[0]} nor in {self._paths[1]}."
        )


class InstanceKeys:
    """The role of the machine, or of the container, that this runs on."""

    renews = True

    def __init__(
        self,
        url: str = METADATA,
        container_url: str = CONTAINER_METADATA,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._url, self._container_url, self._environ = url, container_url, environ
        self._lock = threading.Lock()
        self._keys: Keys | None = None

    def keys(self, *, refused: Keys | None = None) -> Keys | None:
        with self._lock:
            known = self._keys
            if known is None or known == refused or (known.ends_at or 0) - time.time() < _MARGIN:
                self._keys = self._ask()
            return self._keys

    def _ask(self) -> Keys:
        http = HttpClient(settings=HttpSettings(connect_timeout=2.0, read_timeout=5.0))
        doing = "ask this machine for its role"
        try:
            path = self._environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
            if path.startswith("/"):
                found = http.call("GET", self._container_url + path, doing).json()
            else:
                root = f"{self._url}/latest"
                lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
                token = http.call("PUT", f"{root}/api/token", doing, headers=lifetime).read(4096)
                headers = {"X-aws-ec2-metadata-token": token.decode("ascii", "replace")}
                roles = f"{root}/meta-data/iam/security-credentials/"
                role = http.call("GET", roles, doing, headers=headers).read(4096).decode()
                role = role.strip().splitlines()[0]
                found = http.call("GET", roles + role, doing, headers=headers).json()
            return Keys(
                str(found["AccessKeyId"]),
                str(found["SecretAccessKey"]),
                str(found.get("Token") or ""),
                _seconds(str(found["Expiration"])),
            )
        except (StoreError, KeyError, IndexError, TypeError, ValueError):
            raise AuthenticationError(
                "This computer has no role that it could sign in with. That works only on a "
                "provider's machine; sign in with keys."
            ) from None
        finally:
            http.close()


def _seconds(text: str) -> float:
    return (
        datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
    )
