# SPDX-License-Identifier: GPL-2.0-or-later
"""Saved form in files, running form in this session.

QGIS asks the pre-processor several times for each layer, on the main thread and also with its own
result; so it sends nothing, opens no secret store, and leaves what it doesn't know as it is.
"""

from __future__ import annotations

from urllib.parse import unquote

from qgis.core import QgsPathResolver, QgsProject

from cog_browser.adapters.sessions import sessions
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.gateway_process import saved_source_of, shared_gateway
from cog_browser.storage.vsi import gateway_url, running_source

_installed: list[tuple[str, str]] = []


def install() -> None:
    """Translate sources of projects that are read and written from now on. Thread: main."""
    if not _installed:
        _installed.append(
            (
                QgsPathResolver.setPathPreprocessor(to_running_form),
                QgsPathResolver.setPathWriter(to_saved_form),
            )
        )


def uninstall() -> None:
    """Stop translating, but go on writing the saved form of layers that stay open."""
    while _installed:
        preprocessor, writer = _installed.pop()
        QgsPathResolver.removePathPreprocessor(preprocessor)
        if not any(gateway_url(x.source()) for x in QgsProject.instance().mapLayers().values()):
            QgsPathResolver.removePathWriter(writer)


def to_running_form(source: str) -> str:
    """The running form of an object of a signed-in account; anything else unchanged.

    The account's whole URL must match, and the source must be exactly as we would write it: so no
    other host, no user part, no dot segment and no other spelling ever gets a credential.
    """
    for root, store in sessions().roots().items():
        if not source.startswith(root):
            continue
        container, slash, key = source[len(root) :].partition("/")
        if not (container and slash and key):
            continue
        try:
            container, key = unquote(container, errors="strict"), unquote(key, errors="strict")
            if store.source(container, key) == source:
                return running_source(shared_gateway().url(store, container, key, source))
        except (CogBrowserError, UnicodeDecodeError):
            continue
    return source


def to_saved_form(source: str) -> str:
    """The saved form of a source that this session runs; anything else unchanged."""
    url = gateway_url(source)
    return (saved_source_of(url) if url else None) or source
