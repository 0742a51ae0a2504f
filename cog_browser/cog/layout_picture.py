# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of a file's layout: the whole file to scale, and its header enlarged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from cog_browser.cog.tiff.file_layout import (
    ARRAYS,
    DATA,
    GHOST,
    HEADER,
    IFD,
    MASK_DATA,
    VALUES,
    Part,
)

_WIDTH, _BAR, _LEFT = 760, 34, 10
_TOP_WHOLE, _TOP_HEADER = 24, 104
_LEGEND = 168
_ROW, _COLUMN = 20, 253
_LEAST = 2.0  # pixels: what is smaller could not be seen

_COLOURS = {
    HEADER: "#4d4d4d",
    GHOST: "#9a9a9a",
    IFD: "#c0392b",
    VALUES: "#d98880",
    ARRAYS: "#7b5a3c",
    MASK_DATA: "#8e6bbf",
}
#: The main image, then its overviews.
_LEVELS = ("#2e6da4", "#1f9e89", "#5bb450", "#a5c736", "#e3a72f", "#e2703a", "#d1495b", "#a23b72")
_NO_LEVEL = "#7f8c8d"
_INK = 'fill="#7a7a7a" font-family="sans-serif" font-size="12"'


def layout_svg(parts: Sequence[Part], size: int) -> str:
    """An SVG by itself; "" where nothing is known. All text in it is escaped."""
    if not parts or size <= 0:
        return ""
    header = _header_end(parts, size)
    legend = list(_legend(parts))
    rows = -(-len(legend) // 3)
    height = _LEGEND + rows * _ROW + 8
    box = f"0 0 {_WIDTH + 2 * _LEFT} {height}"
    label = escape(_in_words(parts, size))
    beginning = f"Its beginning, {_bytes(header)}, enlarged"
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{label}">',
        f'<text x="{_LEFT}" y="16" {_INK}>The whole file, {_bytes(size)}</text>',
        *_bar(parts, size, _TOP_WHOLE),
        *_magnifier(header, size),
        f'<text x="{_LEFT}" y="{_TOP_HEADER - 8}" {_INK}>{beginning}</text>',
        *_bar([part for part in parts if part.start < header], header, _TOP_HEADER),
    ]
    for number, (colour, text) in enumerate(legend):
        x, y = _LEFT + number % 3 * _COLUMN, _LEGEND + number // 3 * _ROW
        drawn.append(f'<rect x="{x}" y="{y - 11}" width="13" height="13" fill="{colour}"/>')
        drawn.append(f'<text x="{x + 19}" y="{y}" {_INK}>{escape(text)}</text>')
    return "".join([*drawn, "</svg>"])


def _header_end(parts: Sequence[Part], size: int) -> int:
    """What the enlarged bar shows: all before the data, and a little of these."""
    data = min((p.start for p in parts if p.kind in (DATA, MASK_DATA)), default=size)
    before = max((p.end for p in parts if p.end <= data), default=0)
    return max(min(int(before * 1.06) + 16, size), min(size, 64))


def _bar(parts: Sequence[Part], size: int, top: int) -> Iterator[str]:
    """Large parts first, so that small ones, never narrower than can be seen, lie on top."""
    yield (
        f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_BAR}" fill="#7f8c8d" '
        'fill-opacity="0.2"/>'
    )
    for part in sorted(parts, key=lambda part: part.start - part.end):
        start, end = min(part.start, size), min(part.end, size)
        x = _LEFT + _WIDTH * start / size
        width = max(_WIDTH * (end - start) / size, _LEAST)
        x = min(x, _LEFT + _WIDTH - width)
        colour = colour_of(part)
        # masks lie between the tiles of their image: both are shown
        y, height = (top + _BAR * 2 / 3, _BAR / 3) if part.kind == MASK_DATA else (top, _BAR)
        about = "" if part.exact else "about "
        place = f"{about}{part.start}–{part.end} ({_bytes(part.end - part.start)})"
        text = f"{part.kind}: {part.label}, {place}"
        yield (
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
            f'fill="{colour}"><title>{escape(text)}</title></rect>'
        )


def _magnifier(header: int, size: int) -> Iterator[str]:
    """The lines that lead from the file's beginning to where it is shown enlarged."""
    bottom, top = _TOP_WHOLE + _BAR, _TOP_HEADER
    end = _LEFT + max(_WIDTH * header / size, _LEAST)
    yield (
        f'<path d="M{_LEFT} {bottom}L{end:.2f} {bottom}L{_LEFT + _WIDTH} {top}L{_LEFT} {top}Z" '
        'fill="#7f8c8d" fill-opacity="0.15"/>'
    )


def colour_of(part: Part) -> str:
    """The colour of a kind, or of a level."""
    if part.kind != DATA:
        return _COLOURS[part.kind]
    return _NO_LEVEL if part.level is None else _LEVELS[part.level % len(_LEVELS)]


def _legend(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """(colour, text), for structures the kind, for data the level."""
    sums: dict[tuple[str, str], int] = {}
    for part in parts:
        text = part.label if part.kind == DATA else part.kind
        key = (colour_of(part), text)
        sums[key] = sums.get(key, 0) + part.end - part.start
    about = {p.label for p in parts if not p.exact}
    for (colour, text), total in sums.items():
        yield colour, f"{text}: {'about ' if text in about else ''}{_bytes(total)}"


def _in_words(parts: Sequence[Part], size: int) -> str:
    return f"The layout of the file, {_bytes(size)}: " + "; ".join(t for _, t in _legend(parts))


def _bytes(count: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} bytes"
