# SPDX-License-Identifier: GPL-2.0-or-later
"""The names under which GDAL opens objects. The only module of this package that meets GDAL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from cog_browser.storage.errors import RasterError
from cog_browser.storage.object_names import TIFF_MAGIC

if TYPE_CHECKING:
    from osgeo import gdal

    from cog_browser.storage.gateway.process import ReadGateway
    from cog_browser.storage.store import ObjectStore

#: Seconds GDAL waits for the gateway: longer than the gateway's own deadline.
TIMEOUT = 100
_PREFIX = "/vsicurl?"
#: All of a file, by a way on which GDAL does not read several ranges in one go.
_PLAINLY = "/vsisubfile/0,"


def running_source(url: str) -> str:
    """The source of a layer in this session.

    No sidecar is looked for, no proxy is used (QGIS hands its own to GDAL), and a dead gateway
    is given up on.
    """
    return (
        f"{_PREFIX}empty_dir=yes&proxy=&connecttimeout=5&timeout={TIMEOUT}"
        f"&url={quote(url, safe='')}"
    )


def plain_running_source(url: str) -> str:
    """As `running_source`, without what GDAL before 3.8.5 gets wrong (OSGeo/gdal#9563).

    A tile of a COG can't be decoded after its mask was read, where GDAL fetches several ranges.
    """
    return f"{_PLAINLY}{running_source(url)}"


def gateway_url(source: str) -> str | None:
    """The URL inside a running source; None for any other source."""
    source = source.removeprefix(_PLAINLY)
    if not source.startswith(_PREFIX):
        return None
    urls = parse_qs(source[len(_PREFIX) :]).get("url", [])
    return urls[0] if len(urls) == 1 else None


def open_through_gateway(
    gateway: ReadGateway, store: ObjectStore, container: str, key: str
) -> gdal.Dataset:
    """Open an object read-only. Raises `RasterError` when it is no GeoTIFF."""
    from osgeo import gdal  # noqa: PLC0415 - the rest of the package works without GDAL

    source = running_tiff_source(gateway, store, container, key)
    gdal.ErrorReset()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset = gdal.OpenEx(source, gdal.OF_RASTER | gdal.OF_READONLY, allowed_drivers=["GTiff"])
        reason = gdal.GetLastErrorMsg()
    except RuntimeError as error:  # GDAL's exceptions are on in parts of QGIS
        dataset, reason = None, str(error)
    finally:
        gdal.PopErrorHandler()
    if dataset is None:
        raise cant_open(gateway, source, container, key, reason)
    return dataset


def cant_open(
    gateway: ReadGateway, source: str, container: str, key: str, reason: str
) -> RasterError:
    """The error for a running source that GDAL refuses.

    The gateway knows better than GDAL why a read failed, and GDAL's words hold the secret path.
    """
    meter = gateway.meter(gateway_url(source) or "")
    if meter is not None and meter.failures:
        reason = meter.last_error
    reason = reason.replace(source, key).strip() or "GDAL gives no reason."
    return RasterError(f"“{key}” in container “{container}” can't be opened: {reason}")


def running_tiff_source(gateway: ReadGateway, store: ObjectStore, container: str, key: str) -> str:
    """The running source of an object whose first bytes are TIFF.

    A VRT named ``.tif`` would make GDAL open local files and foreign URLs. Raises `RasterError`
    for anything that is no TIFF.
    """
    url, first = gateway.open(store, container, key, store.source(container, key))
    if first[:4] not in TIFF_MAGIC:
        raise RasterError(
            f"“{key}” in container “{container}” is no TIFF, so it can't be added as a layer. "
            "Download it, or convert and publish it as a COG."
        )
    return running_source(url)
