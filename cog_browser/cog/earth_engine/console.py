# SPDX-License-Identifier: GPL-2.0-or-later
"""The console's door to manifests; `cog_browser.api` hands it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cog_browser.cog.earth_engine.builder import Time, Wishes, suggest_bands
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.manifest import Band
from cog_browser.cog.earth_engine.preflight import BucketCheck
from cog_browser.cog.earth_engine.prepare import Prepared, prepare
from cog_browser.cog.earth_engine.source_image import SourceImage
from cog_browser.cog.earth_engine.wording import parse_bands, parse_numbers, parse_properties
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore


def earth_engine_manifest(
    store: ObjectStore,
    inputs: str | Sequence[str | GsUri],
    asset: str,
    bands: str | Sequence[Band] | None = None,
    start: Time | None = None,
    end: Time | None = None,
    properties: str | Mapping[str, Any] | None = None,
    *,
    missing_data: str | Sequence[float] | None = None,
    pyramiding_policy: str = "",
    pin_generation: bool = False,
    check_bucket: BucketCheck | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """The manifest of an Earth Engine asset that COGs in Google Cloud Storage are to back.

    ::

        store = api.open_store("maps")       # a saved connection of kind “gs”
        made = api.earth_engine_manifest(
            store,
            ["gs://my-bucket/b4b3b2.tif", "gs://my-bucket/b5b6b7.tif"],
            "projects/my-project/assets/scene",
            bands="red=0:0, rededge=1:0",
        )
        print(made.is_ready, [finding.message for finding in made.preflight.findings])
        made.write("manifest.json")
        # earthengine upload external_image --manifest manifest.json

    Only headers are read; nothing is sent to Earth Engine.

    Args:
      store: Of a connection of kind “gs”.
      inputs: gs://bucket/key or bucket/key, one or several. Each becomes a tileset, numbered from
        0; one COG for a band, not many tiles.
      asset: projects/PROJECT/assets/FOLDER/NAME.
      bands: Which bands, in which order, under which ids; see `parse_bands`. None: all.
      start: A day, or a time with its zone. None: from metadata or names; "": none.
      end: The same; exclusive.
      properties: Texts and numbers by name, or as `parse_properties` reads them.
      missing_data: The values that mean "no data". None: the files' own.
      pyramiding_policy: One of `PYRAMIDING_POLICIES`; Earth Engine's default is MEAN.
      pin_generation: Write down which generation of each object was read. If an object is
        replaced before the manifest is used, Earth Engine then refuses it instead of taking
        other pixels than those that were judged here.
      check_bucket: Asks a bucket for its place, class and readers.
      progress: False cancels.

    Raises:
      ConfigurationError: No manifest can be made, with the reason.
      StoreError: A COG can't be read.
      Cancelled: By ``progress``.
    """

    def wishes(images: Sequence[SourceImage]) -> Wishes:
        chosen = parse_bands(bands, suggest_bands(images)) if isinstance(bands, str) else bands
        return Wishes(chosen, start, end, described, missing, pyramiding_policy)

    described = parse_properties(properties) if isinstance(properties, str) else properties
    missing = parse_numbers(missing_data) if isinstance(missing_data, str) else missing_data
    given = inputs.splitlines() if isinstance(inputs, str) else inputs
    return prepare(
        store,
        [each for each in given if not isinstance(each, str) or each.strip()],
        asset,
        wishes,
        pin=pin_generation,
        check_bucket=check_bucket,
        progress=progress,
    )
