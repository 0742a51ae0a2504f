# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the console API that needs a running QGIS; `api` has all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cog_browser.cog.mosaic.headers import describe_all
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore

if TYPE_CHECKING:
    from qgis.core import QgsRasterLayer

    from cog_browser.adapters.sessions import Sessions


def add_layer(
    store: ObjectStore, container: str, key: str, name: str | None = None
) -> QgsRasterLayer:
    """Add an object to the current project as a raster layer. Blocks until it is open."""
    required_sessions("add_layer")
    from cog_browser.adapters.layers import add_to_project, build_layer  # noqa: PLC0415

    layer = build_layer(store, container, key, name)
    add_to_project(layer)
    return layer


def add_mosaic(
    store: ObjectStore,
    container: str,
    keys: Sequence[str],
    name: str | None = None,
    progress: Progress | None = None,
) -> QgsRasterLayer:
    """Add objects to the current project as one raster layer, from their headers alone.

    Where they overlap, later keys lie on top. No pixel is resampled: raises `ConfigurationError`
    that says which objects don't fit, and how. Blocks; ``progress`` hears of the headers read.
    """
    required_sessions("add_mosaic")
    from cog_browser.adapters.layers import add_to_project  # noqa: PLC0415
    from cog_browser.adapters.mosaics import build_mosaic  # noqa: PLC0415

    if not keys:
        raise ConfigurationError("A mosaic needs objects: give their keys.")
    described = describe_all([ObjectRef(store, container, key) for key in keys], progress)
    layer = build_mosaic(store, described, name or f"{container}, mosaic of {len(keys)}")
    add_to_project(layer)
    return layer


def running_sessions() -> Sessions | None:
    """The sessions of the running QGIS; None in a plain Python."""
    try:
        from qgis.core import QgsApplication  # noqa: PLC0415
    except ImportError:
        return None
    if QgsApplication.instance() is None:
        return None
    from cog_browser.adapters.sessions import sessions  # noqa: PLC0415

    return sessions()


def required_sessions(what: str) -> Sessions:
    """As `running_sessions`; raises `ConfigurationError` where there are none."""
    sessions = running_sessions()
    if sessions is None:
        raise ConfigurationError(
            f"{what} needs QGIS, and there is none in this Python. Run it in QGIS's Python console "
            "(Plugins › Python Console)."
        )
    return sessions
