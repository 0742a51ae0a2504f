# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the object store in Keystone's service catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.strangers import refuse_stranger

#: One endpoint of Keystone's catalogue.
Endpoint = Mapping[str, Any]


def object_store_endpoints(catalog: Iterable[Mapping[str, Any]]) -> list[Endpoint]:
    """The endpoints of all object stores in a catalogue."""
    return [
        endpoint
        for service in catalog
        if service.get("type") == "object-store"
        for endpoint in service.get("endpoints", ())
    ]


def regions_of(endpoints: Iterable[Endpoint]) -> list[str]:
    """The regions' names, sorted."""
    return sorted({str(e.get("region_id") or e.get("region")) for e in endpoints})


def interfaces_of(endpoints: Iterable[Endpoint]) -> list[str]:
    """The interfaces' names, sorted."""
    return sorted({str(e.get("interface")) for e in endpoints})


def storage_endpoint(catalog: Iterable[Mapping[str, Any]], connection: Connection) -> str:
    """The account's URL: the connection's override, or from the service catalogue."""
    if connection.storage_url:
        return connection.storage_url
    endpoints = object_store_endpoints(catalog)
    if not endpoints:
        raise ConfigurationError(
            "You are signed in, but this project has no object store in the service catalogue. "
            "Enable Object Storage at your provider, or check the project."
        )
    regions = regions_of(endpoints)
    if connection.region:
        endpoints = [
            e for e in endpoints if connection.region in (e.get("region_id"), e.get("region"))
        ]
        if not endpoints:
            raise ConfigurationError(
                f"There is no region “{connection.region}” in the service catalogue. "
                f"Regions with an object store: {', '.join(regions)}."
            )
    elif len(regions) > 1:
        raise ConfigurationError(
            f"Several regions have an object store; choose one: {', '.join(regions)}."
        )
    chosen = [e for e in endpoints if e.get("interface") == connection.interface]
    if not chosen:
        raise ConfigurationError(
            f"The object store has no “{connection.interface}” interface. It offers: "
            f"{', '.join(interfaces_of(endpoints))}."
        )
    url = str(chosen[0].get("url", "")).rstrip("/")
    refuse_stranger(url, connection.auth_url, "The service catalogue")
    return url
