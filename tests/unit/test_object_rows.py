# SPDX-License-Identifier: GPL-2.0-or-later
"""The objects of a listing as arrays, and sorting them by pieces."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

import pytest

from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.kept_selection import MOST_RANGES, KeptSelection
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.sorting import MODIFIED, NAME, SIZE, SortJob
from cog_browser.storage.models import ROUNDED, UNKNOWN, ObjectEntry
from cog_browser.storage.turns import in_turns

START = datetime(2024, 1, 1, tzinfo=timezone.utc)


def entry(key: str, size: int = 1, seconds: float | None = 0, **more: str) -> ObjectEntry:
    time = None if seconds is None else START + timedelta(seconds=seconds)
    return ObjectEntry(
        more.get("container", "c"), key, size, time, more.get("etag", "e" * 32), "image/tiff",
        more.get("size_is", "exact"),
    )  # fmt: skip


ODD = [
    entry("", 0, None, etag=""),
    entry("a/é\u0301🛰", 2**62, 1e9 + 0.123456, etag="é-7"),
    entry("b", 5, -5e9, size_is=ROUNDED),
    entry("c", 0, 7, size_is=UNKNOWN, container="d"),
]


def test_entries_come_back_as_they_were():
    rows = ObjectRows(ODD[:2])
    rows.extend(ObjectRows())
    rows.extend(ObjectRows(ODD[2:]))
    assert list(rows) == ODD == rows[:]
    assert len(rows) == 4
    assert rows.size is None
    assert ObjectRows(ODD[:2]).size == 2**62
    with pytest.raises(IndexError):
        rows[4]


def test_more_bytes_than_there_can_be_are_no_error():
    assert ObjectRows([entry("a", 10**30)])[0].size == 2**63 - 1


def test_the_empty_object_of_the_folder_is_left_out():
    rows = ObjectRows([entry("p/", 0), entry("p/", 3), entry("p/a", 0)], "p/")
    assert [(one.key, one.size) for one in rows] == [("p/", 3), ("p/a", 0)]


def test_an_object_is_found_by_its_key():
    rows = ObjectRows(entry(f"{n:03}") for n in range(100))
    assert rows.is_by_name
    assert [rows.number_of(key) for key in ("000", "050", "099", "0500", "z")] == [
        0,
        50,
        99,
        -1,
        -1,
    ]
    rows.extend(ObjectRows([entry("000a")]))
    assert not rows.is_by_name
    assert rows.number_of("000a") == 100
    two = ObjectRows([entry("a"), entry("b", container="d")])
    assert not two.is_by_name


def sort(rows: ObjectRows, column: int, descending: bool = False, text: str = "") -> list[int]:
    job = SortJob(1, column, descending, [], rows, 0, len(rows), NameFilter(text))
    order = job.run()
    assert all(order.object_rows[number] == row for row, number in enumerate(order.objects))
    assert order.size == sum(rows[n].size for n in order.objects)
    return list(order.objects)


@pytest.mark.parametrize("is_by_name", [True, False])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sizes", [10, 10**9])
def test_many_are_sorted_as_few_would_be(is_by_name, descending, sizes):
    chance = random.Random(1)
    keys = [f"{n:06}" for n in range(20_000)]
    if not is_by_name:
        chance.shuffle(keys)
    rows = ObjectRows(entry(k, chance.randrange(sizes), chance.randrange(50)) for k in keys)
    entries = list(rows)
    for column, key in (
        (NAME, lambda n: entries[n].key),
        (SIZE, lambda n: (entries[n].size, entries[n].key)),
        (MODIFIED, lambda n: (entries[n].last_modified, entries[n].key)),
    ):
        expected = sorted(range(len(rows)), key=key, reverse=descending)
        assert sort(rows, column, descending) == expected
    taken = [n for n in sorted(range(len(rows)), key=lambda n: entries[n].key) if "77" in keys[n]]
    assert sort(rows, NAME, text="77") == taken


def test_a_sort_looks_often_whether_it_is_wanted():
    looks = []
    rows = ObjectRows(entry(f"{n:06}", n % 7) for n in range(20_000))
    SortJob(1, SIZE, False, [], rows, 0, len(rows)).run(lambda: looks.append(1))
    assert len(looks) > 100


def kept(rows: ObjectRows, numbers: list[int], **more) -> KeptSelection:
    from array import array

    return KeptSelection(rows, (array("l", numbers),), [], (), more.get("all", False), ())


def new_order(rows: ObjectRows, column: int = NAME):
    return SortJob(1, column, False, [], rows, 0, len(rows)).run()


def test_a_selection_is_found_in_another_order():
    rows = ObjectRows(entry(f"{n}", 9 - n) for n in range(9))
    found = kept(rows, [0, 1, 2, 8]).in_order(new_order(rows, SIZE), lambda: None)
    assert found == ([], [(0, 0), (6, 8)])


@pytest.mark.parametrize("numbers", [[0, 2, 3, 4], [4, 2, 0, 3]])
@pytest.mark.parametrize("shuffled", [False, True])
def test_a_selection_is_found_in_a_new_listing(shuffled, numbers):
    before = ObjectRows(entry(key) for key in "bdfgz")
    keys = list("abcdefg")
    if shuffled:
        random.Random(3).shuffle(keys)
    after = ObjectRows(entry(key) for key in keys)
    found = kept(before, numbers).in_listing([], after, new_order(after), lambda: None)
    assert found == ([], [(1, 1), (5, 6)])
    found = kept(before, [], all=True).in_listing([], after, new_order(after), lambda: None)
    assert found == ([], [(0, 6)])


def test_a_selection_in_too_many_pieces_is_given_up():
    rows = ObjectRows(entry(f"{n:06}") for n in range(2 * MOST_RANGES + 4))
    order = new_order(rows)
    every_second = list(range(0, len(rows), 2))
    assert kept(rows, every_second).in_order(order, lambda: None) is None
    assert kept(rows, every_second[:MOST_RANGES]).in_order(order, lambda: None) is not None


def test_turns_change_nothing():
    for count in (0, 1, 499, 500, 501, 1700):
        assert list(in_turns(range(count))) == list(range(count))
