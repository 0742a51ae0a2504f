# SPDX-License-Identifier: GPL-2.0-or-later
"""When an image was taken, as far as its metadata or its name say so without doubt. All UTC."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from cog_browser.cog.date_names import Span, date_in_name, span_of

#: Where a date was found.
METADATA, NAME = "metadata", "name"

#: Items of metadata for the first and last moment, called as here but for case and signs.
#: The only items that count milliseconds since 1970; elsewhere a number may mean anything.
_EARTH_ENGINE = ("SYSTEMTIMESTART", "SYSTEMTIMEEND")
_BOUNDS = (
    _EARTH_ENGINE,
    ("STARTDATETIME", "ENDDATETIME"),  # STAC
    ("RANGEBEGINNINGDATE", "RANGEENDINGDATE"),  # MODIS, VIIRS
    ("TIMECOVERAGESTART", "TIMECOVERAGEEND"),  # ACDD
    ("PRODUCTSTARTTIME", "PRODUCTSTOPTIME"),  # Sentinel
    ("ACQUISITIONSTART", "ACQUISITIONEND"),
    ("ACQUISITIONSTARTDATE", "ACQUISITIONENDDATE"),
    ("ACQUISITIONSTARTTIME", "ACQUISITIONSTOPTIME"),
    ("SENSINGSTART", "SENSINGSTOP"),
    ("SENSINGSTARTTIME", "SENSINGSTOPTIME"),
    ("STARTTIME", "ENDTIME"),
    ("STARTDATE", "ENDDATE"),
    ("TIMESTART", "TIMEEND"),
)
_MOMENTS = (
    "DATEACQUIRED",  # Landsat
    "ACQUISITIONDATETIME",  # GDAL, of commercial satellites
    "ACQUISITIONDATE",
    "DATATAKE1DATATAKESENSINGSTART",  # Sentinel-2
    "SENSINGTIME",
    "DATETIME",  # STAC
    "CAPTUREDATE",
)
#: The time of day stands in an item of its own.
_TIMES = {
    "DATEACQUIRED": "SCENECENTERTIME",
    "ACQUISITIONDATE": "ACQUISITIONTIME",
    "RANGEBEGINNINGDATE": "RANGEBEGINNINGTIME",
    "RANGEENDINGDATE": "RANGEENDINGTIME",
}
#: By the standard it is when the file was made, and many programs write that; so it comes last.
_FILE_DATE = "TIFFTAGDATETIME"

_MILLISECONDS = re.compile(r"\d{9,14}")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_VALUE = re.compile(
    r"(\d{4})([-:/.]?)(\d\d)\2(\d\d)"
    r"(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?"
)

#: Items by plain name: how they are called in full, and their value.
_Items = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class TimeRange:
    """``end`` is exclusive. ``source`` names the items of metadata, or is the part of the name."""

    start: datetime
    end: datetime
    origin: str
    source: str


def acquisition_range(metadata: Mapping[str, str], key: str) -> TimeRange | None:
    """When the image was taken; None where nothing says so, or several dates could be meant.

    Metadata that speaks of the acquisition counts first, then the object's name and folders, then
    the date in the TIFF. What has a day only is the whole day. Not guessed: a day before its month
    (31.01.2024), years of two digits, and which one of several dates in a name is meant.
    """
    items = {_plain(name): (name, str(value).strip()) for name, value in metadata.items()}
    for first, last in _BOUNDS:
        found = _between(items, first, last)
        if found is not None:
            return found
    for name in _MOMENTS:
        found = _moment(items, name)
        if found is not None:
            return found
    named = date_in_name(key)
    if named is None:
        return _moment(items, _FILE_DATE)
    span = named.span
    return None if span is None else TimeRange(span.start, span.end, NAME, named.text)


def _between(items: _Items, first_name: str, last_name: str) -> TimeRange | None:
    first = _read(items, first_name)
    if first is None:
        return None
    last = _read(items, last_name)
    if last is None:
        return _moment(items, first_name)
    (start, start_source), (end, end_source) = first, last
    # Midnight sharp is where the next day begins; a day, minute or second is included.
    is_boundary = end.is_midnight and end.end < end.day.end
    until = end.start if is_boundary and end.start > start.start else end.end
    if until <= start.start:
        return None
    return TimeRange(start.start, until, METADATA, f"{start_source}, {end_source}")


def _moment(items: _Items, name: str) -> TimeRange | None:
    found = _read(items, name)
    if found is None:
        return None
    span = found[0].whole()
    return TimeRange(span.start, span.end, METADATA, found[1])


def _read(items: _Items, name: str) -> tuple[Span, str] | None:
    """What an item says, and how it is called; with the time of day, where another one has it."""
    if name not in items:
        return None
    called, value = items[name]
    time = items.get(_TIMES.get(name, ""))
    if time is not None:
        span = _parse(f"{value}T{time[1]}")
        if span is not None:
            return span, f"{called}, {time[0]}"
    is_count = name in _EARTH_ENGINE and _MILLISECONDS.fullmatch(value)
    span = _since_1970(int(value)) if is_count else _parse(value)
    return None if span is None else (span, called)


def _parse(value: str) -> Span | None:
    """ISO 8601, or the TIFF's own writing."""
    match = _VALUE.fullmatch(value.strip().strip('"'))
    if match is None:
        return None
    year, _sign, month, day, hour, minute, second, zone = match.groups()
    numbers = [int(number) for number in (year, month, day, hour, minute, second) if number]
    span = span_of(*numbers)
    if span is None or not zone or zone in ("Z", "UTC"):
        return span
    hours, minutes = int(zone[:3]), int(zone[0] + zone[-2:])
    shift = timedelta(hours=hours, minutes=minutes)
    return Span(span.start - shift, span.end - shift)


def _since_1970(milliseconds: int) -> Span | None:
    start = (_EPOCH + timedelta(milliseconds=milliseconds)).replace(microsecond=0)
    return span_of(start.year, start.month, start.day, start.hour, start.minute, start.second)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())
