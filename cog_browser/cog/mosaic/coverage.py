# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether rectangles leave gaps."""

from __future__ import annotations

from collections.abc import Sequence


def is_covered(size: tuple[int, int], rectangles: Sequence[tuple[int, int, int, int]]) -> bool:
    """Whether rectangles (column, row, width, height) leave nothing free of width × height.

    >>> is_covered((4, 2), [(0, 0, 2, 2), (2, 0, 2, 2)])
    True
    >>> is_covered((4, 2), [(0, 0, 2, 2), (2, 0, 2, 1)])
    False
    """
    width, height = size
    edges = sorted({0, width, *(x for x, *_ in rectangles), *(x + w for x, _, w, _ in rectangles)})
    for left, right in zip(edges, edges[1:]):
        down = 0
        for top, bottom in sorted(
            (y, y + h) for x, y, w, h in rectangles if x <= left and right <= x + w
        ):
            if top > down:
                return False
            down = max(down, bottom)
        if down < height:
            return False
    return True
