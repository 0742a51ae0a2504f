# SPDX-License-Identifier: GPL-2.0-or-later
"""What must be known of an object to join it with others."""

from __future__ import annotations

from dataclasses import dataclass

from cog_browser.cog.description import Band, Description
from cog_browser.storage.errors import ConfigurationError


@dataclass(frozen=True)
class Piece:
    """An object that is to be part of a raster.

    ``source`` is its saved form, ``mask`` as in `Structure`.
    """

    source: str
    name: str
    etag: str
    width: int
    height: int
    transform: tuple[float, ...]
    crs_wkt: str
    crs_name: str
    bands: tuple[Band, ...]
    mask: str
    block: tuple[int, int]

    @classmethod
    def of(cls, found: Description, source: str) -> Piece:
        """Raises `ConfigurationError` for what is no raster."""
        structure, key = found.report.structure, found.entry.key
        if structure is None or not found.bands:
            raise ConfigurationError(f"“{key}” is no raster that can be read. Leave it out.")
        crs = structure.crs
        return cls(
            source,
            key,
            found.entry.etag,
            structure.width,
            structure.height,
            found.transform,
            found.crs_wkt,
            (crs.authid or crs.name) if crs else "",
            found.bands,
            structure.mask,
            (structure.block_width, structure.block_height),
        )
