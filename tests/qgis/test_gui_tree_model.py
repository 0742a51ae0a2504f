# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of connections, containers and folders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtTest import QAbstractItemModelTester

from cog_browser.gui import tree_model
from cog_browser.gui.messages import Message
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState, TreeModel
from cog_browser.storage.connection import Connection
from tests.support.patience import WAIT

ALPHA = Connection("alpha", id="a", auth_url="https://a.example.org/v3")
BETA = Connection("Beta", id="b", auth_url="https://b.example.org/v3")


@pytest.fixture()
def model(qgis_app: object) -> Iterator[TreeModel]:
    made = TreeModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.set_connections([BETA, ALPHA])
    yield made
    del tester


def shown(model: TreeModel, place: Place | None = None) -> list[str]:
    parent = QModelIndex() if place is None else model.index_of(place)
    return [
        model.data(model.index(row, 0, parent), Qt.ItemDataRole.DisplayRole)
        for row in range(model.rowCount(parent))
    ]


def fill(model: TreeModel, place: Place, *pages: list[str]) -> None:
    model.begin(place)
    for page in pages:
        model.append(place, page)
    model.finish(place)


def test_connections_are_sorted_by_name_without_regard_to_case(model):
    assert shown(model) == ["alpha", "Beta"]


def test_nothing_is_asked_for_until_a_row_is_opened(model, qtbot):
    with qtbot.assertNotEmitted(model.listing_requested):
        assert model.hasChildren(model.index_of(Place("a")))
        assert not model.canFetchMore(model.index_of(Place("a")))
    with qtbot.waitSignal(model.listing_requested, timeout=WAIT) as asked:
        model.load(model.index_of(Place("a")))
    assert asked.args == [Place("a")]


def test_a_row_that_is_loading_is_not_asked_for_again(model, qtbot):
    model.begin(Place("a"))
    assert shown(model, Place("a")) == ["Loading…"]
    with qtbot.assertNotEmitted(model.listing_requested):
        model.load(model.index_of(Place("a")))


def test_pages_join_into_one_sorted_list(model):
    fill(model, Place("a"), ["m", "z"], ["b", "n", "zz"])
    assert shown(model, Place("a")) == ["b", "m", "n", "z", "zz"]
    assert model.state(Place("a")) is NodeState.READY


def test_folders_show_their_last_segment(model):
    fill(model, Place("a"), ["c"])
    fill(model, Place("a", "c"), ["2024/", "/", "2024/06/"])
    assert shown(model, Place("a", "c")) == ["/", "2024", "06"]


def test_an_empty_folder_loses_its_arrow(model):
    fill(model, Place("a"), [])
    assert not model.hasChildren(model.index_of(Place("a")))


def test_a_refresh_keeps_what_is_known_below_and_drops_what_is_gone(model):
    fill(model, Place("a"), ["kept", "gone"])
    fill(model, Place("a", "kept"), ["x/"])
    fill(model, Place("a"), ["kept", "new"])
    assert shown(model, Place("a")) == ["kept", "new"]
    assert shown(model, Place("a", "kept")) == ["x"]
    assert model.state(Place("a", "gone")) is None


def test_a_failure_says_why_and_can_be_retried(model, qtbot):
    model.begin(Place("a"))
    model.fail(Place("a"), Message("No connection", "<b>host</b> is away"))
    row = model.index(0, 0, model.index_of(Place("a")))
    assert shown(model, Place("a")) == ["No connection"]
    assert "&lt;b&gt;host" in model.data(row, Qt.ItemDataRole.ToolTipRole)
    with qtbot.waitSignal(model.listing_requested, timeout=WAIT) as asked:
        assert model.retry(row)
    assert asked.args == [Place("a")]


def test_a_failed_refresh_keeps_the_rows(model):
    fill(model, Place("a"), ["kept"])
    model.begin(Place("a"))
    model.fail(Place("a"), Message("No connection", "away"))
    assert shown(model, Place("a")) == ["No connection", "kept"]


def test_answers_for_a_removed_connection_are_ignored(model):
    model.begin(Place("a"))
    model.set_connections([BETA])
    model.append(Place("a"), ["late"])
    model.finish(Place("a"))
    model.fail(Place("a"), Message("x", "y"))
    assert shown(model) == ["Beta"]


def test_an_interrupted_listing_is_asked_for_again(model, qtbot):
    model.begin(Place("a"))
    model.append(Place("a"), ["first"])
    model.interrupt(Place("a"))
    model.append(Place("a"), ["late"])
    assert shown(model, Place("a")) == ["first"]
    with qtbot.waitSignal(model.listing_requested, timeout=WAIT):
        model.load(model.index_of(Place("a")))


def test_signing_out_forgets_what_is_below(model):
    fill(model, Place("a"), ["c"])
    fill(model, Place("a", "c"), ["x/"])
    model.forget(Place("a"))
    assert model.state(Place("a")) is NodeState.IDLE
    assert model.state(Place("a", "c", "x/")) is None


def test_a_renamed_connection_moves_to_its_new_place(model):
    model.set_connections([Connection("zeta", id="a"), BETA])
    assert shown(model) == ["Beta", "zeta"]


def test_names_with_markup_or_control_characters_are_shown_as_text(model):
    fill(model, Place("a"), ["<img src=x>", "two\nlines"])
    assert shown(model, Place("a")) == ["<img src=x>", "two\ufffdlines"]
    tip = model.data(model.index_of(Place("a", "<img src=x>")), Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img src=x&gt;" in tip


@pytest.fixture()
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_model, "MOST_SHOWN", 3)


CONTAINER = Place("a", "c")


def folders(*names: str) -> list[str]:
    return [f"{name}/" for name in names]


def test_of_very_many_folders_the_first_are_shown_and_the_rest_is_counted(model, few):
    fill(model, Place("a"), ["c"])
    fill(model, CONTAINER, folders("a", "b"), folders("c", "d"), folders("e"))
    assert shown(model, CONTAINER) == ["a", "b", "c", "2 more in the table"]
    more = model.index(3, 0, model.index_of(CONTAINER))
    assert model.place(more) is None
    assert model.parent(more) == model.index_of(CONTAINER)
    assert not model.retry(more)
    fill(model, CONTAINER, folders("a", "c", "e", "f"))
    assert shown(model, CONTAINER) == ["a", "c", "2 more in the table"]
    fill(model, CONTAINER, folders("a"))
    assert shown(model, CONTAINER) == ["a"]
    fill(model, CONTAINER, folders("a", "b", "c", "d"))
    model.forget(CONTAINER)
    assert shown(model, CONTAINER) == []


def test_a_folder_that_was_left_out_gets_a_row_when_the_user_goes_there(model, few):
    fill(model, Place("a"), ["c"])
    fill(model, CONTAINER, folders(*"abcdef"))
    model.reveal(CONTAINER.child("e/"))
    model.reveal(CONTAINER.child("a/"))
    assert shown(model, CONTAINER) == ["a", "b", "c", "e", "2 more in the table"]
    fill(model, CONTAINER, folders(*"abcdef"))
    assert shown(model, CONTAINER) == ["a", "b", "c", "e", "2 more in the table"]
    assert model.index_of(CONTAINER.child("e/")).isValid()
    fill(model, CONTAINER, folders(*"abcd"))
    assert shown(model, CONTAINER) == ["a", "b", "c", "1 more in the table"]


def test_a_place_that_is_not_left_out_gets_no_row_of_its_own(model):
    fill(model, Place("a"), ["c"])
    fill(model, CONTAINER, folders("a"))
    model.reveal(CONTAINER.child("x/"))
    model.reveal(Place("a", "other", "deep/down/"))
    model.reveal(Place("a"))
    assert shown(model, CONTAINER) == ["a"]


def test_a_stopped_listing_goes_on_counting(model, few):
    fill(model, Place("a"), ["c"])
    model.begin(CONTAINER)
    model.append(CONTAINER, folders(*"abcde"))
    model.fail(CONTAINER, Message("Stopped", ""))
    assert shown(model, CONTAINER) == ["Stopped", "a", "b", "c", "2 more in the table"]
    model.go_on(CONTAINER)
    model.append(CONTAINER, folders("f"))
    model.finish(CONTAINER)
    assert shown(model, CONTAINER) == ["a", "b", "c", "3 more in the table"]


def test_folders_that_are_gone_go_in_blocks(model):
    fill(model, Place("a"), ["c"])
    fill(model, CONTAINER, folders(*"abcdefgh"))
    removed: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    fill(model, CONTAINER, folders("c", "g"))
    assert removed == [(7, 7), (3, 5), (0, 1)]
    assert shown(model, CONTAINER) == ["c", "g"]
