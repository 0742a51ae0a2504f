# SPDX-License-Identifier: GPL-2.0-or-later
"""From a raster to a proven, valid COG in an object store."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from cog_browser.cog.conversion.convert import Conversion, convert
from cog_browser.cog.conversion.preflight import Plan
from cog_browser.cog.private_folders import temporary_folder_in
from cog_browser.cog.report import CogReport
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.earth_engine.registered import announced
from cog_browser.storage.errors import InvalidCogError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.progress import Progress, part
from cog_browser.storage.store import ObjectStore

#: Per cent of the progress when the conversion is done; the rest is the upload.
CONVERTED = 60


@dataclass(frozen=True)
class Published:
    """What is in the store now; ``source`` is the saved form of a layer of it."""

    entry: ObjectEntry
    report: CogReport
    conversion: Conversion
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
    verify: bool = True,
    on_plan: Callable[[Plan], None] | None = None,
    on_report: Callable[[CogReport], None] | None = None,
    creation_options: Mapping[str, object] | None = None,
) -> Published:
    """Convert, prove, validate and upload: the whole, verified object is stored or nothing.

    What can be known of the store before the conversion is checked before it.

    Temporary files go to ``folder``, or the system's place. ``verify`` and ``on_plan`` are those of
    `convert`; ``on_report`` is told the verdict between conversion and upload.

    Raises `ConversionError`, `InvalidCogError`, `StoreError` and `Cancelled`.
    """
    store.check_upload(container, key, overwrite=overwrite)
    saved = store.source(container, key)
    with ExitStack() as cleanup:
        if overwrite:
            cleanup.enter_context(announced(store.connection, container, key))
        parent = Path(folder or tempfile.gettempdir())
        private = cleanup.enter_context(temporary_folder_in(parent))
        conversion = convert(
            source,
            private / "cog.tif",
            profile,
            part(progress, 0, CONVERTED),
            verify=verify,
            on_plan=on_plan,
            creation_options=creation_options,
        )
        report = replace(validate_cog(conversion.path), source=saved)
        if on_report is not None:
            on_report(report)
        if not report.is_valid:
            reasons = " ".join(finding.message for finding in report.errors)
            raise InvalidCogError(
                f"The conversion made no valid COG, so nothing was uploaded: {reasons}", report
            )
        entry = store.upload(
            conversion.path,
            container,
            key,
            overwrite=overwrite,
            content_type=COG_CONTENT_TYPE,
            progress=part(progress, CONVERTED, 100),
        )
    return Published(entry, report, conversion, saved)
