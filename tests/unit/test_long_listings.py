# SPDX-License-Identifier: GPL-2.0-or-later
"""A page of ten thousand objects is read without holding a window up.

Nothing here measures time. What held the window up was one call that kept Python's lock for the
whole page, and the garbage collector, which came for the page's dictionaries.
"""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator

import pytest

from cog_browser.gui.object_rows import ObjectRows
from cog_browser.storage import turns
from cog_browser.storage.json_items import items_of
from cog_browser.storage.swift.answers import ListedPage, listed_rows

COUNT = 10_000
TEXT = json.dumps(
    [
        {
            "name": f"{number:06}.tif",
            "bytes": number,
            "hash": f"{number:032x}",
            "content_type": "image/tiff",
            "last_modified": "2024-05-05T12:12:12.123450",
        }
        for number in range(COUNT)
    ]
)


def read() -> ObjectRows:
    """As a worker of the panel does it."""
    page = ListedPage("c", listed_rows(items_of(TEXT), "", "list"))
    return ObjectRows(turns.in_turns(page.objects))


@pytest.fixture()
def rests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The pauses that threads make; with any work it is time for one."""
    made: list[float] = []
    monkeypatch.setattr(turns, "_WORK", -1.0)
    monkeypatch.setattr(turns.time, "sleep", made.append)
    yield made


def in_a_thread(*calls) -> None:
    def run() -> None:
        for call in calls:
            call()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_page_is_what_the_server_sent():
    rows = read()
    assert len(rows) == COUNT
    assert rows.is_by_name
    assert rows.size == sum(range(COUNT))
    last = rows[COUNT - 1]
    assert (last.key, last.etag) == ("009999.tif", f"{9999:032x}")
    assert last.last_modified.isoformat() == "2024-05-05T12:12:12+00:00"


def test_a_thread_that_takes_turns_rests_after_every_few_rows(rests):
    in_a_thread(turns.take_turns, read)
    assert len(rests) >= 2 * COUNT // turns.PIECE  # when rows are parsed, and when they are packed


def test_other_threads_never_rest(rests):
    in_a_thread(read)
    assert rests == []


def test_of_several_threads_one_works_at_a_time(monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(turns.time, "sleep", pauses.append)
    monkeypatch.setattr(turns, "_free_at", 0.0)
    clock = iter([1.0, 2.0, 2.0] * 3)
    monkeypatch.setattr(turns.time, "monotonic", lambda: next(clock))
    for _ in range(3):
        in_a_thread(turns.take_turns, turns.rest)
    turn = turns._WORK + turns._REST
    assert pauses == pytest.approx([turns._REST, turns._REST + turn, turns._REST + 2 * turn])


def test_a_page_brings_no_garbage_collection():
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    read()
    gc.collect()
    gc.callbacks.append(note)
    try:
        pages = [ListedPage("c", listed_rows(items_of(TEXT), "", "list")) for _ in range(5)]
        rows = [ObjectRows(page.objects) for page in pages]
    finally:
        gc.callbacks.remove(note)
    assert sum(map(len, rows)) == 5 * COUNT
    assert len(seen) <= 1  # 70 and more when each row was kept as a dictionary


@pytest.mark.parametrize(
    "text", ["[]", " [ ]\n", "[1]", '[{"a": "],[\\""} , 2,[3]]', '["\\ud800\\u00e9", null]']
)
def test_items_are_those_of_the_array(text):
    assert list(items_of(text)) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "null", "<html>", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "[1] 2", "]"],
)
def test_what_is_no_array_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        list(items_of(text))
