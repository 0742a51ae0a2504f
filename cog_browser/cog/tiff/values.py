# SPDX-License-Identifier: GPL-2.0-or-later
"""Decode the values of TIFF tags, distrusting every number."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Union

from cog_browser.cog.tiff.file_bytes import BoundedBytes, LimitReached, Problems
from cog_browser.cog.tiff.ifd import Entry, Georeference, Layout
from cog_browser.cog.tiff.tags import (
    ASCII,
    BYTE,
    DOUBLE,
    FLOAT,
    FORMATS,
    INTEGERS,
    SHORT,
    SIZES,
    UNDEFINED,
    Tag,
    tag_name,
)

#: Text, bytes (UNDEFINED), numbers, or (numerator, denominator) pairs.
Value = Union[str, bytes, tuple[int, ...], tuple[float, ...], tuple[tuple[int, int], ...]]

#: The tags that `Values.layout` decodes.
DECODED = frozenset(
    {
        *(Tag.NEW_SUBFILE_TYPE, Tag.SUBFILE_TYPE, Tag.IMAGE_WIDTH, Tag.IMAGE_LENGTH),
        *(Tag.BITS_PER_SAMPLE, Tag.COMPRESSION, Tag.PHOTOMETRIC, Tag.SAMPLES_PER_PIXEL),
        *(Tag.ROWS_PER_STRIP, Tag.PLANAR_CONFIG, Tag.PREDICTOR, Tag.TILE_WIDTH, Tag.TILE_LENGTH),
        *(Tag.EXTRA_SAMPLES, Tag.SAMPLE_FORMAT, Tag.GDAL_METADATA, Tag.GDAL_NODATA),
        *(Tag.MODEL_PIXEL_SCALE, Tag.MODEL_TIEPOINT, Tag.MODEL_TRANSFORMATION),
        *(Tag.GEO_KEY_DIRECTORY, Tag.GEO_DOUBLE_PARAMS, Tag.GEO_ASCII_PARAMS),
    }
)
_ALL_ROWS = (1 << 32) - 1  # RowsPerStrip's default
_REDUCED_BY_OLD_TAG = {2: 1, 3: 2}  # SubfileType -> bits of NewSubfileType


class Values:
    """Reads and decodes values; ``order`` is "<" or ">"."""

    def __init__(self, source: BoundedBytes, order: str, problems: Problems) -> None:
        self._source = source
        self._order = order
        self._problems = problems
        self._left = source.limits.all_value_bytes

    def decode(self, entry: Entry, ifd: int) -> Value | None:
        """All values of an entry, or None if the file or the limits don't hold them.

        Text over the limit is cut.
        """
        if entry.type not in FORMATS:
            return None
        data = self.raw(entry, ifd)
        if data is None:
            return None
        if entry.type == ASCII:
            return _text(data)
        if entry.type == UNDEFINED:
            return data
        code, numbers = FORMATS[entry.type]
        count = len(data) // SIZES[entry.type]
        flat: tuple[int, ...] = struct.unpack(f"{self._order}{count * numbers}{code}", data)
        return tuple(zip(flat[::2], flat[1::2])) if numbers == 2 else flat

    def raw(self, entry: Entry, ifd: int) -> bytes | None:
        """The bytes that `decode` decodes."""
        size = entry.size
        if entry.inline:
            return entry.data[:size]
        most = min(self._source.limits.value_bytes, self._left)
        name = tag_name(entry.tag)
        if self._source.outside(entry.offset, size):
            return None  # on record since the IFD was read
        if size > most:
            message = f"{name} holds {size} bytes, of which {most} may be read."
            self._problems.add("limit-value", message, entry.offset, ifd, entry.tag)
            if entry.type != ASCII:
                return None
        self._left -= min(size, most)
        try:
            data = self._source.get(entry.offset, min(size, most), self._problems)
        except LimitReached:
            return None
        if len(data) < min(size, most):
            message = f"{name} passes the end of the file."
            self._problems.add("value-outside", message, entry.offset, ifd, entry.tag)
            return None
        return data

    def layout(self, entries: Mapping[int, Entry], ifd: int) -> Layout:
        """What the tags of the IFD at offset ``ifd`` say about the image."""
        tags = _Tags(self, entries, ifd, self._problems)
        samples = tags.integer(Tag.SAMPLES_PER_PIXEL, 1, least=1)
        width = tags.integer(Tag.IMAGE_WIDTH, None, least=1)
        height = tags.integer(Tag.IMAGE_LENGTH, None, least=1)
        tiled = Tag.TILE_WIDTH in entries or Tag.TILE_LENGTH in entries
        if tiled:
            block_width = tags.integer(Tag.TILE_WIDTH, None, least=1)
            block_height = tags.integer(Tag.TILE_LENGTH, None, least=1)
        else:
            block_width = width
            block_height = min(tags.integer(Tag.ROWS_PER_STRIP, _ALL_ROWS, least=1), height)
        old = tags.integer(Tag.SUBFILE_TYPE, 0)
        return Layout(
            subfile_type=tags.integer(Tag.NEW_SUBFILE_TYPE, _REDUCED_BY_OLD_TAG.get(old, 0)),
            width=width,
            height=height,
            tiled=tiled,
            block_width=block_width,
            block_height=block_height,
            bits=tags.integers(Tag.BITS_PER_SAMPLE, (1,), count=samples),
            samples_per_pixel=samples,
            sample_format=tags.integers(Tag.SAMPLE_FORMAT, (1,), count=samples),
            extra_samples=tags.integers(Tag.EXTRA_SAMPLES, ()),
            photometric=(tags.integer(Tag.PHOTOMETRIC, 0) if Tag.PHOTOMETRIC in entries else None),
            compression=tags.integer(Tag.COMPRESSION, 1),
            predictor=tags.integer(Tag.PREDICTOR, 1),
            planar_config=tags.integer(Tag.PLANAR_CONFIG, 1),
            nodata=tags.text(Tag.GDAL_NODATA),
            gdal_metadata=tags.text(Tag.GDAL_METADATA),
            geo=Georeference(
                keys=tags.geo_keys(),
                pixel_scale=tags.reals(Tag.MODEL_PIXEL_SCALE, exactly=3),
                tie_points=tags.reals(Tag.MODEL_TIEPOINT, multiple=6),
                transformation=tags.reals(Tag.MODEL_TRANSFORMATION, exactly=16),
            ),
        )


class _Tags:
    """The tags of one IFD as the types they should have; anything else becomes a problem."""

    def __init__(
        self, values: Values, entries: Mapping[int, Entry], ifd: int, problems: Problems
    ) -> None:
        self._values = values
        self._entries = entries
        self._ifd = ifd
        self._problems = problems

    def integer(self, tag: Tag, default: int | None, least: int = 0) -> int:
        """The tag's only value; ``default`` if it is missing (None: it must not), 0 if unusable."""
        if tag not in self._entries:
            if default is None:
                self._problem("missing-tag", f"{tag_name(tag)} is missing.", tag)
            return default or 0
        found = self.integers(tag, (), count=1)
        if found and found[0] < least:
            self._problem("bad-value", f"{tag_name(tag)} is {found[0]}.", tag)
        return max(found[0], 0) if found else 0

    def integers(self, tag: Tag, default: tuple[int, ...], count: int = 0) -> tuple[int, ...]:
        """All values, () if unusable; any ``count`` but the given one is a problem."""
        entry = self._entries.get(tag)
        if entry is None:
            return default
        if not self._has_type(entry, INTEGERS):
            return ()
        if entry.count != (count or entry.count) or not entry.count:
            wanted = f", not {count}" if count else ""
            self._problem("bad-count", f"{tag_name(tag)} has {entry.count} values{wanted}.", tag)
        value = self._values.decode(entry, self._ifd)
        numbers = tuple(v for v in value or () if isinstance(v, int))
        if any(number < 0 for number in numbers):
            self._problem("bad-value", f"{tag_name(tag)} is negative.", tag)
            return ()
        return numbers

    def reals(self, tag: Tag, exactly: int = 0, multiple: int = 1) -> tuple[float, ...]:
        entry = self._entries.get(tag)
        if entry is None or not self._has_type(entry, frozenset((DOUBLE, FLOAT))):
            return ()
        if not entry.count or entry.count != (exactly or entry.count) or entry.count % multiple:
            self._problem("bad-count", f"{tag_name(tag)} has {entry.count} values.", tag)
            return ()
        value = self._values.decode(entry, self._ifd)
        return tuple(v for v in value or () if isinstance(v, float))

    def text(self, tag: Tag) -> str | None:
        """Up to the first NUL."""
        entry = self._entries.get(tag)
        if entry is None or not self._has_type(entry, frozenset((ASCII, BYTE))):
            return None
        value = self._values.decode(entry, self._ifd)
        if isinstance(value, tuple):
            value = _text(bytes(v for v in value if isinstance(v, int)))
        return value.partition("\0")[0] if isinstance(value, str) else None

    def geo_keys(self) -> dict[int, int | float | str | tuple[float, ...]]:
        directory = self._entries.get(Tag.GEO_KEY_DIRECTORY)
        if directory is None or not self._has_type(directory, frozenset((SHORT,))):
            return {}
        numbers = self.integers(Tag.GEO_KEY_DIRECTORY, ())
        stores: dict[int, tuple[float, ...] | bytes] = {
            Tag.GEO_KEY_DIRECTORY: numbers,
            Tag.GEO_DOUBLE_PARAMS: self.reals(Tag.GEO_DOUBLE_PARAMS),
            Tag.GEO_ASCII_PARAMS: self._ascii(Tag.GEO_ASCII_PARAMS),
        }
        left = sum(len(store) for store in stores.values())  # each value belongs to one key
        wanted = numbers[3] if len(numbers) > 3 else 0
        if len(numbers) < 4 + 4 * wanted:
            self._geo_problem(f"It holds {len(numbers)} numbers, too few for its keys.")
        keys: dict[int, int | float | str | tuple[float, ...]] = {}
        for at in range(4, min(len(numbers), 4 + 4 * wanted) - 3, 4):
            key, store, count, value = numbers[at : at + 4]
            left -= count if store else 0
            if key in keys:
                self._geo_problem(f"Key {key} occurs twice.")
            elif store == 0:
                keys[key] = value
            elif store not in stores or not count or value + count > len(stores[store]):
                self._geo_problem(f"The values of key {key} are not in the file.")
            elif left < 0:
                self._geo_problem("Its keys share values.")
            else:
                part = stores[store][value : value + count]
                if isinstance(part, bytes):
                    keys[key] = _text(part.rstrip(b"\0").rstrip(b"|"))
                else:
                    keys[key] = part[0] if count == 1 else part
        return keys

    def _ascii(self, tag: Tag) -> bytes:
        entry = self._entries.get(tag)
        if entry is None or not self._has_type(entry, frozenset((ASCII,))):
            return b""
        return self._values.raw(entry, self._ifd) or b""

    def _has_type(self, entry: Entry, types: frozenset[int]) -> bool:
        if entry.type in types:
            return True
        if entry.type in FORMATS:  # an unknown one is on record already
            message = f"{tag_name(entry.tag)} has the field type {entry.type}."
            self._problem("bad-type", message, entry.tag)
        return False

    def _geo_problem(self, message: str) -> None:
        self._problem("geokeys", f"The GeoKey directory: {message}", Tag.GEO_KEY_DIRECTORY)

    def _problem(self, name: str, message: str, tag: int) -> None:
        entry = self._entries.get(tag)
        self._problems.add(name, message, entry.offset if entry else None, self._ifd, tag)


def _text(data: bytes) -> str:
    """UTF-8, as GDAL writes it, else Latin-1, which accepts every byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
