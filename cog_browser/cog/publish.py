# SPDX-License-Identifier: GPL-2.0-or-later
"""From a raster to a proven, valid COG in an object store."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cog_browser.cog.convert import convert_to_cog
from cog_browser.cog.report import CogReport
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import InvalidCogError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress, part
from cog_browser.storage.store import ObjectStore

#: Per cent of the progress when the conversion is done; the rest is the upload.
CONVERTED = 60


@dataclass(frozen=True)
class Published:
    """What is in the store now; ``source`` is the saved form of a layer of it."""

    entry: ObjectEntry
    report: CogReport
    source: str


def publish(
    source: str | os.PathLike[str],
    store: ObjectStore,
    container: str,
    key: str,
    *,
    profile: str = "science",
    overwrite: bool = False,
    progress: Progress | None = None,
    folder: str | os.PathLike[str] | None = None,
    on_report: Callable[[CogReport], None] | None = None,
    creation_options: Mapping[str, object] | None = None,
) -> Published:
    """Convert, prove, validate and upload: the whole, verified object is stored or nothing.

    What can be known of the store before the conversion is checked before it.

    The temporary file goes to ``folder``, or the system's place; ``on_report`` is told the verdict
    between conversion and upload. Raises `ConversionError`, `InvalidCogError`, `StoreError` and
    `Cancelled`.
    """
    store.check_upload(container, key, overwrite=overwrite)
    saved = store.source(container, key)
    with tempfile.TemporaryDirectory(prefix="cog-browser-", dir=folder) as private:
        made = convert_to_cog(
            source,
            Path(private, "cog.tif"),
            profile,
            part(progress, 0, CONVERTED),
            **(creation_options or {}),
        )
        report = replace(validate_cog(made), source=saved)
        if on_report is not None:
            on_report(report)
        if not report.is_valid:
            reasons = " ".join(finding.message for finding in report.errors)
            raise InvalidCogError(
                f"The conversion made no valid COG, so nothing was uploaded: {reasons}", report
            )
        entry = store.upload(
            made,
            container,
            key,
            overwrite=overwrite,
            content_type="image/tiff",
            progress=part(progress, CONVERTED, 100),
        )
    return Published(entry, report, saved)
