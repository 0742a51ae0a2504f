# SPDX-License-Identifier: GPL-2.0-or-later
"""The time of a layer: when its image was taken, for QGIS's temporal controller.

The time is active: QGIS looks at it only while its temporal controller is on, and then a layer
without an active time would be drawn at all times.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from qgis.core import (
    Qgis,
    QgsDateTimeRange,
    QgsLayerMetadata,
    QgsMapLayer,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.PyQt.QtCore import QDateTime, Qt

from cog_browser.adapters.i18n import tr
from cog_browser.cog.dates import METADATA, TimeRange, acquisition_range
from cog_browser.cog.sources import open_raster

_SETTING = "plugins/cog_browser/layers/times"
#: The layer's custom property that says where its time comes from.
TIME_PROPERTY = "cog_browser/time"
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def dates_layers() -> bool:
    """Whether new layers get the time of their image. Thread: any."""
    return str(QgsSettings().value(_SETTING, True)).lower() not in ("false", "0")


def save_dates_layers(is_wanted: bool) -> None:
    QgsSettings().setValue(_SETTING, is_wanted)


def apply_time(layer: QgsRasterLayer, key: str) -> None:
    """Give the layer the time its image was taken, where that is known without doubt.

    Thread: any but main; reads the header. Raises `RasterError`.
    """
    if not dates_layers():
        return
    found = acquisition_range(open_raster(layer.source(), drivers=["GTiff"]).GetMetadata(), key)
    if found is None:
        return
    span = QgsDateTimeRange(_qt(found.start), _qt(found.end), True, False)
    properties = layer.temporalProperties()
    properties.setMode(Qgis.RasterTemporalMode.FixedTemporalRange)
    properties.setFixedTemporalRange(span)
    properties.setIsActive(True)
    metadata, extent = layer.metadata(), QgsLayerMetadata.Extent()
    extent.setTemporalExtents([span])
    metadata.setExtent(extent)
    metadata.addHistoryItem(tr("Time: {time}").format(time=taken_text(found)))
    layer.setMetadata(metadata)
    kept = [found.start.isoformat(), found.end.isoformat(), found.origin, found.source]
    layer.setCustomProperty(TIME_PROPERTY, json.dumps(kept))


def time_of(layer: QgsMapLayer) -> TimeRange | None:
    """The time that `apply_time` gave, unless the user has set another since. Thread: main."""
    try:
        start, end, origin, source = json.loads(layer.customProperty(TIME_PROPERTY, "null"))
        found = TimeRange(
            datetime.fromisoformat(start), datetime.fromisoformat(end), origin, source
        )
    except (TypeError, ValueError):  # there is none, or somebody else wrote it
        return None
    properties = layer.temporalProperties()
    span = properties.fixedTemporalRange()
    is_same = (span.begin(), span.end()) == (_qt(found.start), _qt(found.end))
    return found if properties.isActive() and is_same else None


def taken_text(found: TimeRange) -> str:
    """“2024-01-31 (UTC), from the name: 20240131”."""
    if found.origin == METADATA:
        said = tr("{time} (UTC), from the metadata: {source}")
    else:
        said = tr("{time} (UTC), from the name: {source}")
    return said.format(time=_range_text(found.start, found.end), source=found.source)


def _range_text(start: datetime, end: datetime) -> str:
    if _is_midnight(start) and _is_midnight(end):
        last = end - _DAY
        days = (f"{start:%Y-%m-%d}", f"{last:%Y-%m-%d}")
        return (
            days[0] if last <= start else tr("{start} to {end}").format(start=days[0], end=days[1])
        )
    if end - start <= _MINUTE:
        return f"{start:%Y-%m-%d %H:%M:%S}" if end - start < _MINUTE else f"{start:%Y-%m-%d %H:%M}"
    moments = (f"{start:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}")
    return tr("{start} to {end}").format(start=moments[0], end=moments[1])


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def _qt(moment: datetime) -> QDateTime:
    text = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return QDateTime.fromString(text, Qt.DateFormat.ISODate)
