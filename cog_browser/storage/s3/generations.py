# SPDX-License-Identifier: GPL-2.0-or-later
"""The generation of an object in Google Cloud Storage: the number of one content of a key.

Source: Google Cloud Storage, XML API, response header x-goog-generation.
"""

from __future__ import annotations

from cog_browser.storage.errors import ConfigurationError, ProtocolError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.s3.store import S3Store
from cog_browser.storage.store import ObjectStore

_HEADER = "x-goog-generation"


def read_generation(store: ObjectStore, entry: ObjectEntry) -> str:
    """The generation that has the bytes which ``entry`` describes, in digits. One HEAD.

    Raises `ProtocolError` where the object has been replaced since, `ConfigurationError` where
    the store isn't Google's.
    """
    doing = f"find the generation of “{entry.key}” in container “{entry.container}”"
    if isinstance(store, S3Store):
        response = store.call("HEAD", (entry.container, entry.key), doing)
        response.close()
        generation = response.headers.get(_HEADER, "")
        if generation.isdecimal():
            if response.headers.get("ETag", "").strip('"') != entry.etag:
                raise ProtocolError(
                    f"Could not {doing}: somebody has replaced it meanwhile. Try again."
                )
            return str(generation)
    raise ConfigurationError(
        f"Could not {doing}: the store doesn't say it, as Google Cloud Storage would. Leave the "
        "generation out."
    )
