# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python console API.

Works in QGIS's Python console and in a plain Python with GDAL and ``requests``. Without QGIS only
the connection ``env`` is known, and `save_connection` and `add_layer` raise `ConfigurationError`.

::

    from cog_browser import api
    store = api.open_store("env")                       # after: source openrc.sh
    for page in store.list_objects("rasters"):
        print([entry.key for entry in page.objects])
    api.publish("scene.tif", store, "rasters", "2026/scene.tif")
    api.add_layer(store, "rasters", "2026/scene.tif")   # in QGIS
    api.add_mosaic(store, "rasters", ["a.tif", "b.tif"])   # in QGIS; b lies on top
    link = store.share_url("rasters", "2026/scene.tif", expires_in=86400)   # a secret
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from cog_browser.api_layers import add_layer, add_mosaic, required_sessions, running_sessions
from cog_browser.cog.cluster.settings import LOCAL, ClusterSettings, chosen_cluster
from cog_browser.cog.cluster.validation import validate_on_cluster
from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.earth_engine.console import earth_engine_manifest
from cog_browser.cog.publish.folder import publish_folder as _publish_folder
from cog_browser.cog.publish.folder_scan import PATTERN, TEMPLATE
from cog_browser.cog.publish.outcome import FolderResult
from cog_browser.cog.publish.plan import FolderJob
from cog_browser.cog.publish.raster import publish as publish_cog
from cog_browser.cog.report import CogReport
from cog_browser.cog.server.check import check_server as _check_server
from cog_browser.cog.server.report import ServerReport
from cog_browser.cog.validate import Judged, Source, validate_cog
from cog_browser.cog.validate import validate_many as _validate_many
from cog_browser.storage.connection import RESERVED_PREFIX, Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AlreadyExistsError,
    AuthenticationError,
    Cancelled,
    ChecksumError,
    CogBrowserError,
    ConfigurationError,
    ConversionError,
    InvalidCogError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    RasterError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store as _open_store

__all__ = [
    "AlreadyExistsError",
    "AuthenticationError",
    "Cancelled",
    "ChecksumError",
    "CogBrowserError",
    "CogReport",
    "ConfigurationError",
    "Connection",
    "ConversionError",
    "Credentials",
    "FolderResult",
    "InvalidCogError",
    "Judged",
    "NotFoundError",
    "ObjectEntry",
    "ObjectRef",
    "ObjectStore",
    "PermissionDeniedError",
    "ProtocolError",
    "QuotaExceededError",
    "RasterError",
    "ServerError",
    "ServerReport",
    "StoreError",
    "ThrottledError",
    "TransportError",
    "add_layer",
    "add_mosaic",
    "check_server",
    "connections",
    "convert_to_cog",
    "earth_engine_manifest",
    "open_store",
    "publish",
    "publish_container",
    "publish_folder",
    "remove_connection",
    "save_connection",
    "validate_cog",
    "validate_folder",
    "validate_many",
]


def connections() -> list[Connection]:
    """The saved connections, and "env" where the environment describes one account."""
    found: list[Connection] = []
    sessions = running_sessions()
    if sessions is not None:
        found += sessions.repository.all()
    with suppress(ConfigurationError):  # the environment need not describe any
        found.append(Connection.from_environment()[0])
    return found


def save_connection(
    connection: Connection,
    credentials: Credentials | None = None,
    secret_store: str = "auto",  # noqa: S107 # nosec B107
) -> None:
    """Save a connection in QGIS's settings, its secrets in the secret store.

    ``secret_store`` is "keyring" (this computer's), "qgis" (QGIS's encrypted database), "session"
    (memory), or "auto": the first of these that isn't locked. Thread: main.
    """
    sessions = required_sessions("save_connection")
    sessions.repository.save(connection)
    if credentials is not None:
        sessions.secrets.save(connection.id, credentials, secret_store)


def remove_connection(name: str) -> None:
    """Remove a saved connection and its secrets, by name or id. Thread: main."""
    sessions = required_sessions("remove_connection")
    connection = sessions.repository.find(name)
    sessions.sign_out(connection.id)
    sessions.secrets.remove(connection.id)
    sessions.repository.remove(connection.id)


def open_store(
    connection: str | Connection = RESERVED_PREFIX, credentials: Credentials | None = None
) -> ObjectStore:
    """The store of a connection, given or by name; "env" is what the environment describes.

    Sends nothing; the first request signs in. In QGIS the store is shared with the panel.
    """
    sessions = running_sessions()
    if isinstance(connection, str):
        name = connection
        named = Connection.named_in_environment(name)
        if named is not None:
            connection, credentials = named[0], credentials or named[1]
        elif sessions is not None:
            connection = sessions.repository.find(name)
        else:
            raise ConfigurationError(
                f"The connection “{name}” is saved in QGIS, and there is none in this Python. Use "
                "it in QGIS's Python console, or source your openrc.sh and call open_store('env')."
            )
    if sessions is None:
        return _open_store(connection, credentials or Credentials())
    return sessions.store(connection, credentials or sessions.credentials(connection))


def check_server(source: str | ObjectRef) -> ServerReport:
    """Whether a server lets a file be read in parts, by its public URL or as an object.

    The report says what to change. Raises `StoreError` where the server can't be reached.
    """
    settings = None
    if running_sessions() is not None:
        from cog_browser.adapters.network_settings import http_settings  # noqa: PLC0415

        settings = http_settings()
    return _check_server(source, settings=settings)


def publish(
    source: str | os.PathLike[str],
    store: ObjectStore,
    container: str,
    key: str,
    profile: str = "science",
    overwrite: bool = False,
    progress: Progress | None = None,
    *,
    verify: bool = True,
    temp_folder: str | os.PathLike[str] | None = None,
    **creation_options: Any,
) -> ObjectEntry:
    """Convert a raster to a COG, prove (unless ``verify`` is False) and validate it, and upload it.

    Either the whole, verified object is stored, and returned, or nothing. Raises `ConversionError`,
    `InvalidCogError` and `StoreError`.
    """
    return publish_cog(
        source,
        store,
        container,
        key,
        profile=profile,
        overwrite=overwrite,
        progress=progress,
        folder=temp_folder,
        verify=verify,
        creation_options=creation_options,
    ).entry


def publish_folder(
    folder: str | os.PathLike[str],
    store: ObjectStore,
    container: str,
    prefix: str = "",
    pattern: str = PATTERN,
    template: str = TEMPLATE,
    profile: str = "science",
    overwrite: bool = False,
    jobs: int | None = None,
    journal: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    *,
    verify: bool = True,
    temp_folder: str | os.PathLike[str] | None = None,
    executor: str = LOCAL,
    **creation_options: Any,
) -> FolderResult:
    """Publish what is new or changed in a folder and all below it, several files at a time.

    ``template`` makes the keys below ``prefix`` of {folder}, {name}, {stem} and {suffix}. The
    ``journal`` lets the next run go on where this one ends, however it ends. ``result.outcomes``
    make a table (path, key, state, message, etag); what fails, fails alone. A valid COG is
    uploaded as it is. ``executor`` "dask" lets the workers of a cluster do it, whose scheduler
    QGIS's options or COG_BROWSER_SCHEDULER name; the folder must be on a disk they share.
    """
    job = FolderJob(
        Path(folder),
        container,
        prefix,
        pattern,
        template,
        profile,
        overwrite,
        verify,
        creation_options,
    )
    return _publish_folder(
        store,
        job,
        jobs=jobs,
        journal=journal,
        dry_run=dry_run,
        temp_folder=temp_folder,
        cluster=_cluster(executor),
        progress=progress,
    )


def publish_container(
    store: ObjectStore,
    source_container: str,
    source_prefix: str = "",
    container: str = "",
    prefix: str = "",
    pattern: str = PATTERN,
    template: str = "",
    profile: str = "science",
    overwrite: bool = False,
    jobs: int | None = None,
    journal: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    *,
    verify: bool = True,
    temp_folder: str | os.PathLike[str] | None = None,
    executor: str = LOCAL,
    **creation_options: Any,
) -> FolderResult:
    """Make proper COGs of all objects in ``source_prefix`` that are none; see `publish_folder`.

    Without ``container``, in place: with ``overwrite`` each is replaced, but only if nobody else
    has changed it meanwhile; without it, nothing is. Valid COGs are left alone by their headers.
    With ``container``, the COGs of all go there, into ``prefix``.
    """
    job = FolderJob(
        None,
        container,
        prefix,
        pattern,
        template,
        profile,
        overwrite,
        verify,
        creation_options,
        source_container,
        source_prefix,
    )
    return _publish_folder(
        store,
        job,
        jobs=jobs,
        journal=journal,
        dry_run=dry_run,
        temp_folder=temp_folder,
        cluster=_cluster(executor),
        progress=progress,
    )


def validate_many(
    sources: Iterable[Source],
    profile: str = "cog",
    full: bool = False,
    jobs: int = 8,
    progress: Progress | None = None,
    executor: str = LOCAL,
) -> Iterator[Judged]:
    """Judge many files, URLs or objects, ``jobs`` at a time, as they are done.

    ``sources`` is taken lazily. What can't be read is a row with its error. ``executor`` is as in
    `publish_folder`; objects must then all be of one store.
    """
    cluster = _cluster(executor)
    if cluster is None:
        return _validate_many(sources, profile, full, jobs, progress)
    return validate_on_cluster(cluster, sources, profile, full, progress)


def validate_folder(
    store: ObjectStore,
    container: str,
    prefix: str = "",
    profile: str = "cog",
    full: bool = False,
    jobs: int = 8,
    progress: Progress | None = None,
    executor: str = LOCAL,
) -> Iterator[Judged]:
    """Judge every TIFF whose key begins with ``prefix``, ``jobs`` at a time, as they are done.

    ``judged.source.key``, ``.verdict``, ``.report`` and ``.error`` make a table; an object that
    can't be read is a row with its error.
    """
    references = (
        ObjectRef(store, container, entry.key)
        for listing in store.list_objects(container, prefix, delimiter="")
        for entry in listing.objects
        if entry.key.lower().endswith((".tif", ".tiff"))
    )
    return validate_many(references, profile, full, jobs, progress, executor)


def _cluster(executor: str) -> ClusterSettings | None:
    """The cluster for an executor, by QGIS's options or the environment."""
    if running_sessions() is None:
        return chosen_cluster(executor, ClusterSettings.from_environment)
    from cog_browser.adapters.cluster_settings import cluster_settings  # noqa: PLC0415

    return chosen_cluster(executor, cluster_settings)
