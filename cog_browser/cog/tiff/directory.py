# SPDX-License-Identifier: GPL-2.0-or-later
"""Read one image file directory as it stands: entries, not yet what they mean."""

from __future__ import annotations

import struct
from types import MappingProxyType

from cog_browser.cog.tiff.file_bytes import BoundedBytes, Problems
from cog_browser.cog.tiff.ifd import Entry, Ifd
from cog_browser.cog.tiff.tags import SIZES, tag_name


def read_directory(
    source: BoundedBytes, order: str, big: bool, offset: int, entries: int, problems: Problems
) -> Ifd | None:
    """The IFD at ``offset`` with at most ``entries`` entries; None where there is none."""
    count_size, entry_size, next_size = (8, 20, 8) if big else (2, 12, 4)
    head = source.get(offset, count_size, problems)
    if len(head) < count_size:
        problems.add("ifd-outside", f"There is no IFD at {offset}: the file ends before.", offset)
        return None
    if offset % 2:
        problems.add("ifd-unaligned", f"The IFD at {offset} is at an odd offset.", offset, offset)
    (claimed,) = struct.unpack(f"{order}{'Q' if big else 'H'}", head)
    if not claimed:
        problems.add("ifd-empty", f"The IFD at {offset} has no entries.", offset, offset)
    most = min(source.limits.entries, entries)
    if claimed > most:
        message = f"The IFD at {offset} has {claimed} entries, of which {most} may be read."
        problems.add("limit-entries", message, offset, offset)
    readable = min(claimed, most)
    length = count_size + claimed * entry_size + next_size
    start = offset + count_size
    table = source.get(start, readable * entry_size, problems)
    link = b""
    if claimed == readable:
        link = source.get(start + readable * entry_size, next_size, problems)
        if len(link) < next_size:
            message = f"The IFD at {offset} passes the end of the file."
            problems.add("ifd-truncated", message, offset, offset)
    found = [
        _entry(table[at : at + entry_size], start + at, order, big)
        for at in range(0, len(table) - entry_size + 1, entry_size)
    ]
    _check(found, offset, source, problems)
    by_tag: dict[int, Entry] = {}
    for entry in found:
        by_tag.setdefault(entry.tag, entry)
    whole = len(link) == next_size
    return Ifd(
        offset=offset,
        length=length,
        next_ifd=struct.unpack(f"{order}{'Q' if big else 'I'}", link)[0] if whole else 0,
        truncated=not whole,
        entries=MappingProxyType(by_tag),
    )


def _entry(data: bytes, position: int, order: str, big: bool) -> Entry:
    tag, kind, count = struct.unpack(order + ("HHQ" if big else "HHI"), data[: 12 if big else 8])
    value = data[12:] if big else data[8:]
    if count * SIZES.get(kind, 0) <= len(value):
        return Entry(tag, kind, count, position + len(data) - len(value), True, value)
    offset = struct.unpack(f"{order}{'Q' if big else 'I'}", value)[0]
    return Entry(tag, kind, count, offset, False, b"")


def _check(entries: list[Entry], ifd: int, source: BoundedBytes, problems: Problems) -> None:
    tags = [entry.tag for entry in entries]
    if tags != sorted(tags):
        problems.add("unsorted", f"The entries of the IFD at {ifd} are not sorted.", ifd, ifd)
    seen: set[int] = set()
    for entry in entries:
        name = tag_name(entry.tag)
        if entry.tag in seen:
            problems.add("duplicate-tag", f"{name} occurs twice.", entry.offset, ifd, entry.tag)
        seen.add(entry.tag)
        if entry.type not in SIZES:
            message = f"{name} has the field type {entry.type}, which doesn't exist."
            problems.add("unknown-type", message, entry.offset, ifd, entry.tag)
        elif not entry.count:
            problems.add("bad-count", f"{name} has no values.", entry.offset, ifd, entry.tag)
        elif not entry.inline and source.outside(entry.offset, entry.size):
            message = f"{name} passes the end of the file."
            problems.add("value-outside", message, entry.offset, ifd, entry.tag)
