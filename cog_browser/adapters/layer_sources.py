# SPDX-License-Identifier: GPL-2.0-or-later
"""The objects behind a layer's source: one, or those of a mosaic."""

from __future__ import annotations

from functools import lru_cache

from qgis.core import QgsMapLayer

from cog_browser.adapters.pending import saved_source_of_placeholder
from cog_browser.cog.mosaic.document import is_document, objects_of
from cog_browser.storage.gateway.process import saved_source_of
from cog_browser.storage.vsi import gateway_url


@lru_cache(maxsize=512)
def gateway_urls(source: str) -> tuple[str, ...]:
    """The gateway's URLs that a running source reads; none for any other. Thread: any."""
    if is_document(source):
        urls = [gateway_url(one.source) for one in objects_of(source)]
        return tuple(url for url in urls if url) if all(urls) else ()
    url = gateway_url(source)
    return (url,) if url else ()


def saved_sources(source: str) -> tuple[str, ...]:
    """The saved forms of the objects of a source; none where it is none of ours. Thread: any.

    In the order of `gateway_urls`, where the source is a running one.
    """
    urls = gateway_urls(source)
    if urls:
        found = tuple(map(saved_source_of, urls))
        return tuple(one for one in found if one) if all(found) else ()
    saved = saved_source_of_placeholder(source) or (source if is_document(source) else None)
    if saved is None:
        return ()
    return tuple(one.source for one in objects_of(saved)) if is_document(saved) else (saved,)


def is_joined(source: str) -> bool:
    """Whether it joins objects, as a mosaic does, so that none of them can stand in for it."""
    return is_document(saved_source_of_placeholder(source) or source)


def reads(layer: QgsMapLayer, url: str) -> bool:
    """Whether a layer reads what one of the gateway's URLs serves."""
    return url in gateway_urls(layer.source())
