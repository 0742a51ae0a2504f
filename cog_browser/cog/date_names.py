# SPDX-License-Identifier: GPL-2.0-or-later
"""Dates in the names of objects: products whose names are defined, and what can mean only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_YEARS = range(1900, 2101)
_DAY = timedelta(days=1)

#: Names that hold several dates, or other numbers that look like one: what counts, by definition.
#: One group is the moment; two are the first and the last one.
_PRODUCTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^L[COTEM]0\d_[A-Z0-9]{4}_\d{6}_(\d{8})_\d{8}_",  # Landsat, Collections 1 and 2
        r"^L[COTEM]\d\d{6}(\d{7})[A-Z]{3}\d\d",  # Landsat before
        r"^S2[A-D]_MSI[A-Z0-9]{3}_(\d{8}T\d{6})_N\d{4}_",  # Sentinel-2
        r"^S1[A-D]_[A-Z0-9]{2}_.{9}_(\d{8}T\d{6})_(\d{8}T\d{6})_",  # Sentinel-1
        r"^S3[A-D]_.{13,15}_(\d{8}T\d{6})_(\d{8}T\d{6})_\d{8}T",  # Sentinel-3
        r"^S5P_.{4}_.{10}_(\d{8}T\d{6})_(\d{8}T\d{6})_",  # Sentinel-5P
        r"^(?:MOD|MYD|MCD|VNP|VJ\d|VIIRS)\w*\.A(\d{7})\b",  # MODIS, VIIRS
        r"^HLS\.[LS]30\.T\w{5}\.(\d{7}T\d{6})\.",  # Harmonized Landsat Sentinel-2
        r"_s(\d{13})\d?_e(\d{13})\d?_c\d{13}",  # GOES
        r"^(\d{8}_\d{6})(?:_\d\d)?_[0-9a-f]{4}_\d[AB]",  # Planet
    )
)
_ANY = re.compile(
    r"(?<!\d)"
    r"(?P<year>\d{4})(?P<sign>[-_.]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)"
    r"(?:T?(?P<hour>\d\d)[-:]?(?P<minute>\d\d)(?:[-:]?(?P<second>\d\d)(?:\.\d{1,6})?)?)?"
    r"(?!\d)",
    re.IGNORECASE,
)
_DAY_OF_YEAR = re.compile(r"(?:(?<![a-z\d])A|doy)(\d{7})(?!\d)", re.IGNORECASE)
_FOLDERS = re.compile(r"(?:^|/)(?:year=)?(\d{4})/(?:month=)?(\d\d?)/(?:day=)?(\d\d?)/")


@dataclass(frozen=True)
class Span:
    """A time as precise as it was written: ``end`` is where the next day, minute … begins."""

    start: datetime
    end: datetime

    @property
    def day(self) -> Span:
        """The whole day of its start."""
        start = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        return Span(start, start + _DAY)

    @property
    def is_midnight(self) -> bool:
        return self.start == self.day.start

    def whole(self) -> Span:
        """Midnight sharp is what programs write that know the day only."""
        return self.day if self.is_midnight and self.end < self.day.end else self


@dataclass(frozen=True)
class NamedDate:
    """``span`` is None where the name holds several dates and none of them is known to count."""

    span: Span | None
    text: str


def date_in_name(key: str) -> NamedDate | None:
    """The date in the last part of the path that has any, else folders for year, month and day."""
    for segment in reversed(key.split("/")):
        found = _of_product(segment) or _only(list(_all_in(segment)))
        if found is not None:
            return found
    folders = _FOLDERS.search(key)
    if folders is None:
        return None
    year, month, day = (int(number) for number in folders.groups())
    span = span_of(year, month, day)
    return None if span is None else NamedDate(span, "/".join(folders.groups()))


def span_of(
    year: int,
    month: int,
    day: int,
    hour: int | None = None,
    minute: int | None = None,
    second: int | None = None,
) -> Span | None:
    """As precise as what is given; None where there is no such day or time."""
    if year not in _YEARS:
        return None
    try:
        start = datetime(year, month, day, hour or 0, minute or 0, second or 0, tzinfo=timezone.utc)
    except ValueError:
        return None
    if hour is None:
        return Span(start, start + _DAY)
    step = timedelta(minutes=1) if second is None else timedelta(seconds=1)
    return Span(start, start + step)


def _of_product(segment: str) -> NamedDate | None:
    for pattern in _PRODUCTS:
        match = pattern.search(segment)
        spans = [_compact(text) for text in match.groups()] if match else []
        first, last = (spans[0], spans[-1]) if spans else (None, None)
        if match and first is not None and last is not None and first.start < last.end:
            span = Span(first.start, last.end) if len(spans) > 1 else first
            return NamedDate(span, " – ".join(match.groups()))
    return None


def _compact(text: str) -> Span | None:
    """YYYYMMDD or YYYYDDD, and a time behind it."""
    digits = re.sub(r"\D", "", text)
    day_digits = 7 if len(digits) in (7, 13) else 8
    day, time = digits[:day_digits], digits[day_digits:]
    clock = [int(time[i : i + 2]) for i in range(0, len(time), 2)]
    if day_digits == 8:
        return span_of(int(day[:4]), int(day[4:6]), int(day[6:]), *clock)
    number = int(day[4:])
    found = span_of(int(day[:4]), 1, 1, *clock)
    if found is None or not 1 <= number <= 366:
        return None
    shift = timedelta(days=number - 1)
    moved = Span(found.start + shift, found.end + shift)
    return moved if moved.start.year == found.start.year else None


def _all_in(segment: str) -> Iterator[tuple[Span, str]]:
    for match in _ANY.finditer(segment):
        numbers = [match[name] for name in ("year", "month", "day", "hour", "minute", "second")]
        span = span_of(*(int(number) for number in numbers if number is not None))
        if span is not None:
            yield span.whole(), match[0]
    for match in _DAY_OF_YEAR.finditer(segment):
        span = _compact(match[1])
        if span is not None:
            yield span, match[0]


def _only(found: list[tuple[Span, str]]) -> NamedDate | None:
    """The one that is meant: dates of different days, nobody can tell apart."""
    if not found:
        return None
    days = {span.day for span, _text in found}
    text = ", ".join(dict.fromkeys(text for _span, text in found))
    if len(days) > 1:
        return NamedDate(None, text)
    spans = {span for span, _text in found if span != span.day}
    return NamedDate(spans.pop() if len(spans) == 1 else days.pop(), text)
