# SPDX-License-Identifier: GPL-2.0-or-later
"""Saved form in files, running form in this session.

QGIS asks the pre-processor several times for each layer, also with its own result, on the main
thread or, when it loads layers in parallel, in others. With a window, it sends nothing and opens
no secret store: what can't be opened from what is known here becomes a placeholder, and
`revive` goes on from there. Without one (qgis_process), nothing would go on, so it signs in.
"""

from __future__ import annotations

import logging
import sys
import time

from qgis.core import QgsApplication, QgsPathResolver, QgsProject

from cog_browser.adapters.gateway_start import gateway_soon
from cog_browser.adapters.gdal_forms import is_orphan, styled_form, url_form
from cog_browser.adapters.held_sources import held_source, hold
from cog_browser.adapters.main_thread import is_main_thread
from cog_browser.adapters.mosaic_forms import account_or_anybody, running_document
from cog_browser.adapters.ownership import (
    OwnedObject,
    forget_accounts,
    name_accounts,
    owner_of,
)
from cog_browser.adapters.pending import placeholder, saved_source_of_placeholder
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.stray_stores import stray_store
from cog_browser.cog.mosaic.document import is_document, objects_of, with_sources
from cog_browser.storage.connection import RESERVED_PREFIX
from cog_browser.storage.connection_kinds import KINDS_IN_ENVIRONMENT
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
)
from cog_browser.storage.gateway.process import saved_source_of, shared_gateway
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.vsi import gateway_url, running_source, running_tiff_source

_log = logging.getLogger(__name__)
_installed: list[tuple[str, str]] = []
#: Whether somebody revives placeholders, and what has been tried in vain where nobody does.
_never_waits = False
_tried: set[str] = set()
#: Mosaics by their source: the running form, and when it was asked for.
_just_asked: dict[str, tuple[str, float]] = {}
_SOON = 5.0  # seconds


def install() -> None:
    """Translate sources of projects that are read and written from now on. Thread: main."""
    if not _installed:
        _installed.append(
            (
                QgsPathResolver.setPathPreprocessor(to_running_form),
                QgsPathResolver.setPathWriter(to_written_form),
            )
        )
        QgsProject.instance().writeProject.connect(name_accounts)
        QgsProject.instance().cleared.connect(forget_accounts)


def uninstall() -> None:
    """Stop translating, but go on writing the saved form of layers that stay open."""
    never_wait(False)
    _tried.clear()
    _just_asked.clear()
    while _installed:
        preprocessor, writer = _installed.pop()
        QgsProject.instance().writeProject.disconnect(name_accounts)
        QgsProject.instance().cleared.disconnect(forget_accounts)
        QgsPathResolver.removePathPreprocessor(preprocessor)
        layers = QgsProject.instance().mapLayers().values()
        if all(to_saved_form(layer.source()) == layer.source() for layer in layers):
            QgsPathResolver.removePathWriter(writer)


def never_wait(on: bool) -> None:
    """Use placeholders instead of signing in: somebody will revive them."""
    global _never_waits  # noqa: PLW0603
    _never_waits = on


def to_running_form(source: str) -> str:
    """The running form of an object of a store; anything else unchanged."""
    waiting_for = saved_source_of_placeholder(source)
    if is_document(waiting_for or source):
        return _running_mosaic_once(waiting_for or source) or source
    if not _never_waits:
        saved = waiting_for or url_form(source)
        return _signed_in_form(saved, owner_of(saved)) or saved
    saved = waiting_for or hold(source) or url_form(source)
    found = owner_of(saved)
    saved = found.source if found is not None else saved
    is_ours = found is not None or waiting_for is not None or is_orphan(saved)
    return (_known_form(saved, found) or placeholder(saved)) if is_ours else source


def to_saved_form(source: str) -> str:
    """The saved form of a source that this session runs; anything else unchanged."""
    if is_document(source):
        return with_sources(source, to_saved_form)
    url = gateway_url(source)
    saved = saved_source_of(url) if url else saved_source_of_placeholder(source)
    return saved or source


def to_written_form(source: str) -> str:
    """What a file names: the saved form, in the path style of its connection.

    Unloaded, the plugin knows no connections, but its layers may still be saved. QGIS crashes if
    this raises.
    """
    saved = to_saved_form(source)
    if is_document(saved):
        return with_sources(saved, styled_form) if _installed and saved != source else saved
    held = held_source(saved)
    if held is not None:
        return held.written
    return styled_form(saved) if _installed and saved != source else saved


def _known_form(saved: str, found: OwnedObject | None) -> str | None:
    """The running form of an object whose header is on this computer. Asks no store."""
    gateway = gateway_soon() if found is not None and found.connection_id else None
    if gateway is None or found is None:
        return None
    try:
        url = gateway.expect(found.connection_id, found.container, found.key, saved)
        store = sessions().store_of(found.connection_id)
        if url and store is not None:
            url = gateway.url(store, found.container, found.key, saved)
    except CogBrowserError as error:
        _log.warning("%s", error)
        return None
    return running_source(url) if url else None


def _running_mosaic_once(document: str) -> str | None:
    """As `_running_mosaic`. QGIS asks several times in a row, and hundreds of objects take time."""
    now = time.monotonic()
    for name, (_, asked) in list(_just_asked.items()):
        if now - asked > _SOON:
            _just_asked.pop(name, None)  # QGIS may load layers in several threads
    known, _ = _just_asked.get(document, (None, now))
    if known is not None:
        return known
    running = _running_mosaic(document)
    if running is not None and saved_source_of_placeholder(running) is None:
        _just_asked[document] = _just_asked[running] = running, now
    return running


def _running_mosaic(document: str) -> str | None:
    """None where nothing is known of its objects' accounts: QGIS then does what it can."""
    saved = with_sources(to_saved_form(document), url_form)
    if not _never_waits:
        for one in objects_of(saved):
            if _signed_in_form(one.source, owner_of(one.source)) is None:
                return None
        return running_document(saved, shared_gateway(), account_or_anybody)
    if not any(owner_of(one.source) for one in objects_of(saved)):
        return None
    gateway = gateway_soon()
    try:
        running = running_document(saved, gateway) if gateway is not None else None
    except CogBrowserError as error:
        _log.warning("%s", error)
        running = None
    return running or placeholder(saved)


def _signed_in_form(saved: str, found: OwnedObject | None) -> str | None:
    """The running form, after a sign-in where that is needed and nobody has to be asked."""
    try:
        if (found is None or not found.connection_id) and saved.startswith("/vsicurl/http"):
            found = _of_environment(saved) or found
        if found is None:
            return None
        if not found.connection_id:
            return None if saved in _tried else _public_form(saved, found)
        saved = found.source
        store = sessions().store_of(found.connection_id) or _sign_in(found.connection_id)
        if store.source(found.container, found.key) != saved:
            return None
        return running_source(shared_gateway().url(store, found.container, found.key, saved))
    except CogBrowserError as error:
        if saved not in _tried:
            _tried.add(saved)
            message = f"A layer can't be read, {saved}: {error}"
            _log.warning("%s", message)
            if QgsApplication.platform() == "qgis_process":  # it shows no log
                sys.stderr.write(message + "\n")
        return None


def _public_form(saved: str, found: OwnedObject) -> str:
    """The running form of an object that anybody may read."""
    try:
        store = stray_store(saved, found)
        return running_tiff_source(shared_gateway(), store, found.container, found.key)
    except (AuthenticationError, PermissionDeniedError, NotFoundError):
        raise ConfigurationError(
            f"There is no connection for the account {found.account}, and without one the object "
            "can't be read."
        ) from None


def _of_environment(saved: str) -> OwnedObject | None:
    """The object, if it is of an account that the environment describes; that is tried once.

    It may describe one in each kind of store. What is wrong with one must not hide the other.
    """
    if RESERVED_PREFIX in _tried:
        return None
    _tried.add(RESERVED_PREFIX)
    refused: CogBrowserError | None = None
    for kind in KINDS_IN_ENVIRONMENT:
        try:
            connection = sessions().resolve(f"{RESERVED_PREFIX}:{kind}")
        except ConfigurationError:  # it describes none
            continue
        try:
            credentials = sessions().credentials(connection)
            sessions().remember_root(sessions().store(connection, credentials))
        except CogBrowserError as error:
            refused = error
    found = owner_of(saved)
    if refused is not None and (found is None or not found.connection_id):
        raise refused
    return found


def _sign_in(connection_id: str) -> ObjectStore:
    if connection_id in _tried or not is_main_thread():  # which a worker may have to wait for
        raise ConfigurationError("Nobody is signed in to its account.")
    _tried.add(connection_id)
    connection = sessions().connection(connection_id)
    credentials = sessions().find_credentials(connection, may_prompt=False)
    if credentials is None:
        raise ConfigurationError(
            f"No secret is known for “{connection.name}” that can be had without a question. "
            + sessions().secrets.notice(connection_id)
        )
    store = sessions().store(connection, credentials)
    sessions().remember_root(store)
    return store
