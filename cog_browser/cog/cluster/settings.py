# SPDX-License-Identifier: GPL-2.0-or-later
"""Which cluster is used, and what its workers are trusted with. Holds no secret."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cog_browser.storage.errors import ConfigurationError

LOCAL, DASK = "local", "dask"
#: Who does the work.
EXECUTORS = (LOCAL, DASK)
TOKEN, ENVIRONMENT = "token", "environment"  # nosec B105
#: What workers sign in with: a project token of ours, or what their own environment describes.
CREDENTIALS = (TOKEN, ENVIRONMENT)


@dataclass(frozen=True)
class ClusterSettings:
    """``scheduler`` like ``tls://host:8786``; the three files are PEM, for ``tls``.

    Raises `ConfigurationError` for an address that may not be used.
    """

    scheduler: str
    ca_file: str = ""
    certificate: str = ""
    key_file: str = ""
    credentials: str = TOKEN

    def __post_init__(self) -> None:
        if self.credentials not in CREDENTIALS:
            raise ConfigurationError(
                f"“{self.credentials}” is no way for workers to sign in; choose "
                f"{' or '.join(CREDENTIALS)}."
            )
        scheme, host = _parts(self.scheduler)
        if scheme not in ("tcp", "tls") or not host:
            raise ConfigurationError(
                f"“{self.scheduler}” is no address of a Dask scheduler; write "
                "tls://host.example.org:8786."
            )
        refuse_open_address(self.scheduler, "The scheduler")
        if scheme == "tls" and not (self.ca_file and self.certificate and self.key_file):
            raise ConfigurationError(
                "A tls:// scheduler needs three files: the cluster's CA, your certificate and its "
                "key. Give them in the options of COG Browser."
            )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> ClusterSettings | None:
        """What COG_BROWSER_SCHEDULER and its companions say; None without it."""
        values = os.environ if environ is None else environ
        scheduler = values.get("COG_BROWSER_SCHEDULER", "").strip()
        if not scheduler:
            return None
        return cls(
            scheduler,
            values.get("COG_BROWSER_SCHEDULER_CA", ""),
            values.get("COG_BROWSER_SCHEDULER_CERT", ""),
            values.get("COG_BROWSER_SCHEDULER_KEY", ""),
            values.get("COG_BROWSER_WORKER_CREDENTIALS", "") or TOKEN,
        )


def chosen_cluster(
    executor: str, find: Callable[[], ClusterSettings | None]
) -> ClusterSettings | None:
    """The cluster for “dask”, None for “local”. Raises `ConfigurationError` where there is none."""
    if executor == LOCAL:
        return None
    if executor != DASK:
        raise ConfigurationError(
            f"There is no executor “{executor}”; choose {' or '.join(EXECUTORS)}."
        )
    found = find()
    if found is None:
        raise ConfigurationError(
            "No Dask scheduler is named. Enter its address in Settings › Options › COG Browser, or "
            "set COG_BROWSER_SCHEDULER, e.g. to tls://host.example.org:8786."
        )
    return found


def refuse_open_address(address: str, what: str) -> None:
    """Raise `ConfigurationError` for an address that others on the network could listen in on."""
    scheme, host = _parts(address)
    if scheme != "tls" and not _is_loopback(host):
        raise ConfigurationError(
            f"{what} {address} is not on this computer, and its connection is not encrypted. Use "
            "tls:// for it."
        )


def _parts(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or ""
    except ValueError:
        return "", ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
