# SPDX-License-Identifier: GPL-2.0-or-later
"""Which blocks of a real COG are expected next."""

from __future__ import annotations

import os

from osgeo import gdal

from cog_browser.cog.look_ahead import planner_for


def image(tmp_path, **options):
    """A COG, its bytes, and the offsets and sizes of its full-resolution blocks by column, row."""
    memory = gdal.GetDriverByName("MEM").Create("", 1600, 1280, 2, gdal.GDT_UInt16)
    for band in (1, 2):
        memory.GetRasterBand(band).WriteRaster(0, 0, 1600, 1280, os.urandom(2 * 1600 * 1280))
    path = str(tmp_path / "a.tif")
    creation = [
        f"{k}={v}" for k, v in {"BLOCKSIZE": "128", "COMPRESS": "DEFLATE", **options}.items()
    ]
    gdal.GetDriverByName("COG").CreateCopy(path, memory, options=creation)
    dataset = gdal.Open(path)
    places = {}
    for column in range(13):
        for row in range(10):
            offset, size = (
                int(
                    dataset.GetRasterBand(1).GetMetadataItem(f"BLOCK_{what}_{column}_{row}", "TIFF")
                )
                for what in ("OFFSET", "SIZE")
            )
            places[column, row] = (offset, offset + size)
    with open(path, "rb") as file:
        data = file.read()
    return planner_for(lambda offset, count: data[offset : offset + count], len(data)), places


def view(planner, places, columns, rows):
    """Read a window's blocks; which ones are expected next."""
    for column in columns:
        for row in rows:
            planner.note(*places[column, row])
    names = {start: name for name, (start, _) in places.items()}
    foreseen = planner.next_ranges()
    assert all((start, stop) in places.values() for start, stop in foreseen)
    return [names[start] for start, _ in foreseen]


def test_after_a_jump_all_four_sides_are_as_probable(tmp_path):
    planner, places = image(tmp_path)
    foreseen = view(planner, places, range(4, 7), range(4, 6))
    sides = {
        (7, 4),
        (7, 5),
        (3, 4),
        (3, 5),
        *((c, 6) for c in (4, 5, 6)),
        *((c, 3) for c in (4, 5, 6)),
    }
    assert set(foreseen) == sides


def test_a_move_goes_on_in_its_direction(tmp_path):
    planner, places = image(tmp_path)
    view(planner, places, range(4, 7), range(4, 6))
    assert view(planner, places, [7], range(4, 6)) == [(8, 4), (8, 5), (9, 4), (9, 5)]
    assert view(planner, places, [], []) == [(8, 4), (8, 5), (9, 4), (9, 5)]
    down = view(planner, places, range(5, 8), [6])
    assert down == [(5, 7), (6, 7), (7, 7), (5, 8), (6, 8), (7, 8)]
    back = view(planner, places, [4], [5, 6])
    assert back[:2] == [(3, 5), (3, 6)]


def test_a_diagonal_move_includes_the_corner(tmp_path):
    planner, places = image(tmp_path)
    view(planner, places, range(2, 5), range(2, 4))
    for column, row in [(5, 3), (5, 4), (4, 4), (3, 4)]:
        planner.note(*places[column, row])
    names = {start: name for name, (start, _) in places.items()}
    foreseen = {names[start] for start, _ in planner.next_ranges()}
    assert {(6, 5), (6, 4), (5, 5), (4, 5)} <= foreseen


def test_nothing_lies_beyond_the_edge(tmp_path):
    planner, places = image(tmp_path)
    assert set(view(planner, places, range(10, 13), range(8, 10))) == {
        (9, 8), (9, 9), (10, 7), (11, 7), (12, 7)
    }  # fmt: skip
