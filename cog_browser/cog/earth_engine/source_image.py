# SPDX-License-Identifier: GPL-2.0-or-later
"""What the headers of a COG in Google Cloud Storage tell about the asset it can back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cog_browser.cog.dates import TimeRange
from cog_browser.cog.description import Band as SourceBand
from cog_browser.cog.description import Description, describe
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.report import CogReport
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.s3.generations import read_generation
from cog_browser.storage.store import ObjectStore

PROFILE = "earth-engine"


@dataclass(frozen=True)
class SourceImage:
    """A COG and its headers. ``current_generation`` is the one in the bucket; "" if not asked."""

    uri: GsUri
    description: Description
    current_generation: str = ""

    @property
    def bands(self) -> tuple[SourceBand, ...]:
        """The first thousand."""
        return self.description.bands

    @property
    def band_count(self) -> int:
        structure = self.report.structure
        return structure.bands if structure else len(self.bands)

    @property
    def report(self) -> CogReport:
        """The verdict by the rules of Earth Engine."""
        return self.description.report

    @property
    def taken(self) -> TimeRange | None:
        return self.description.taken

    @property
    def nodata(self) -> float | int | None:
        """A TIFF has one value for all its bands."""
        return self.bands[0].nodata if self.bands else None

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """In the COG's own CRS."""
        structure = self.report.structure
        return structure.bbox if structure else None


def read_source(
    store: ObjectStore,
    uri: GsUri,
    *,
    pin: bool = False,
    is_wanted: Callable[[], bool] = lambda: True,
) -> SourceImage:
    """Read the headers of an object of a ``gs`` connection: one HEAD, at most three GETs.

    With ``pin``, or where ``uri`` names a generation, one HEAD more; ``pin`` then adds to the URI
    the generation of the bytes that were read.

    Raises:
      ConfigurationError: The store isn't Google's, or says nothing about generations.
      StoreError: The object can't be read, or changed while it was.
      Cancelled: It is no longer wanted.
    """
    if store.connection.kind != "gs":
        raise ConfigurationError(
            f"Earth Engine reads COGs from Google Cloud Storage only, and “{store.connection.name}”"
            f" is a connection of kind “{store.connection.kind}”. Choose one of kind “gs”, and "
            "upload the COG there first."
        )
    described = describe(ObjectRef(store, uri.bucket, uri.key), is_wanted, PROFILE)
    if not pin and not uri.generation:
        return SourceImage(uri, described)
    generation = read_generation(store, described.entry)
    if pin and not uri.generation:
        uri = replace(uri, generation=generation)
    return SourceImage(uri, described, generation)
