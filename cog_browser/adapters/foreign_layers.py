# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers whose secrets are in the environment or the project, and how a connection takes over."""

from __future__ import annotations

from dataclasses import replace

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer

from cog_browser.adapters.gdal_forms import gdal_address, is_orphan
from cog_browser.adapters.held_sources import held_source
from cog_browser.adapters.layer_swap import Done, open_in_layer
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.ownership import owner_of
from cog_browser.adapters.path_translation import to_saved_form, to_written_form
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.workers import Workers
from cog_browser.storage.config_files.layer_credentials import LayerCredentials, layer_credentials
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.store import ObjectStore


def foreign_layers(project: QgsProject) -> list[QgsRasterLayer]:
    """The layers that a connection could take over.

    `/vsiswift/` and its like take the account and its secret from the environment; ``|credential:``
    holds a secret in the layer's source, and so in the project file. Thread: main.
    """
    return [
        layer
        for layer in project.mapLayers().values()
        if isinstance(layer, QgsRasterLayer) and foreign_address(layer) is not None
    ]


def clear_credentials(layer: QgsMapLayer) -> LayerCredentials | None:
    """What the project file holds in clear for a layer, of any kind of store."""
    return layer_credentials(to_written_form(layer.source()))


def foreign_address(layer: QgsMapLayer) -> tuple[str, str, str] | None:
    """Kind, container and key of one of `foreign_layers`; None for any other layer.

    What QGIS reads by itself, with what the environment says, is left to it.
    """
    clear = clear_credentials(layer)
    if clear is not None:
        account = clear.account()
        if account is not None:
            return (account[0].kind, *account[2:])
        found = owner_of(clear.path)
        return ("swift", found.container, found.key) if found is not None else None
    path = to_saved_form(layer.source())
    return gdal_address(path) if is_orphan(path) else None


def connection_in_clear(layer: QgsMapLayer) -> tuple[Connection, Credentials] | None:
    """The connection that could be set up from what the project file holds of a layer."""
    clear = clear_credentials(layer)
    account = clear.account() if clear is not None else None
    return account[:2] if account is not None else None


def is_same_account(layer: QgsMapLayer, other: QgsMapLayer) -> bool:
    """Whether what the project file holds of both is the same."""
    one, two = connection_in_clear(layer), connection_in_clear(other)
    if one is None or two is None:
        return False
    return (replace(one[0], id=""), one[1]) == (replace(two[0], id=""), two[1])


def connection_for(source: str) -> Connection | None:
    """What is known of the account of an object that no connection is for; None for any other.

    Of a project file nothing is believed but the project's id or account's name: a URL from there
    must never get to see the user's password or token. Where to sign in comes from a connection to
    the same host.
    """
    found = owner_of(source)
    if found is None or found.connection_id or held_source(source) is not None:
        return None
    for root, connection_id in sessions().accounts():
        try:
            known = sessions().connection(connection_id)
        except ConfigurationError:
            continue
        is_same_host = root.startswith(f"{found.root.partition(found.host)[0]}{found.host}/")
        if is_same_host and known.auth_mode in ("password", "totp"):
            values = {
                **known.to_dict(), "name": found.host, "project_id": found.project,
                "project_name": "", "storage_url": "", "containers": (), "path_style": "url",
            }  # fmt: skip
            del values["id"]
            return Connection.from_dict(values)
    if "#" in found.source:  # as only objects of these are named
        kind = "gs" if found.host == "storage.googleapis.com" else "s3"
        return Connection(found.host, kind=kind)
    account, _, suffix = found.host.partition(".")
    if suffix == "blob.core.windows.net":
        return Connection(found.host, kind="azure", account=account)
    return Connection(
        found.host,
        user_domain_id="default",
        project_domain_id="default",
        project_id=found.project,
    )


def adopt(
    layer: QgsRasterLayer, store: ObjectStore, workers: Workers, done: Done | None = None
) -> None:
    """Let a connection read a foreign layer from now on; style and all else stay. Thread: main."""
    address = foreign_address(layer)
    if address is None:
        if done is not None:
            done(ConfigurationError(f"The layer “{layer.name()}” is on no object of a store."))
        return

    def over(error: Exception | None) -> None:
        if error is None:
            layer.setCustomProperty(CONNECTION_PROPERTY, store.connection.id)
        if done is not None:
            done(error)

    open_in_layer(layer, store, *address[1:], workers, over)
