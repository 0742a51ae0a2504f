# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of a folder's objects."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from qgis.core import QgsMimeDataUtils
from qgis.PyQt.QtCore import QPersistentModelIndex, Qt

from cog_browser.gui import objects_model
from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.layers.drop_handler import decode
from cog_browser.gui.objects_model import ObjectsModel
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.storage.models import Container, ObjectEntry

PLACE = Place("id", "c", "p/")
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def entry(name: str, size: int = 1, day: int | None = 0) -> ObjectEntry:
    time = None if day is None else START + timedelta(days=day)
    return ObjectEntry("c", f"p/{name}", size, time, "e", "image/tiff")


@pytest.fixture()
def model(qgis_app: object) -> ObjectsModel:
    made = ObjectsModel()
    made.begin(PLACE)
    return made


def names(model: ObjectsModel) -> list[str]:
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]


def test_folders_come_before_objects_on_every_page(model):
    model.append(["p/a/"], [entry("x.tif")])
    model.append(["p/b/"], [entry("y.tif")])
    assert names(model) == ["a", "b", "x.tif", "y.tif"]
    assert model.folder(1) == Place("id", "c", "p/b/")
    assert model.address(2) == ObjectAddress("id", "c", "p/x.tif")


def test_sizes_sort_by_bytes_not_by_text(model):
    model.append([], [entry("a", 10_000), entry("b", 9), entry("c", 2_000_000)])
    model.sort(1, ASCENDING)
    assert names(model) == ["b", "a", "c"]
    model.sort(1, DESCENDING)
    assert names(model) == ["c", "a", "b"]


def test_dates_sort_by_time_and_unknown_ones_are_oldest(model):
    model.append([], [entry("a", day=40), entry("b", day=None), entry("c", day=9)])
    model.sort(2, ASCENDING)
    assert names(model) == ["b", "c", "a"]


def test_rows_that_arrive_after_sorting_are_sorted_when_the_listing_ends(model):
    model.append(["p/f/"], [entry("a", 5), entry("b", 1)])
    model.sort(1, ASCENDING)
    model.append(["p/g/"], [entry("c", 3)])
    model.finish()
    assert names(model) == ["f", "g", "b", "c", "a"]


def test_a_server_that_does_not_sort_by_name_is_corrected(model):
    model.append([], [entry("b")])
    model.append([], [entry("a")])
    model.finish()
    assert names(model) == ["a", "b"]


def test_a_long_listing_is_sorted_elsewhere_and_late_results_are_dropped(model, monkeypatch):
    monkeypatch.setattr(objects_model, "SORTED_AT_ONCE", 1)
    jobs = []
    model.sort_requested.connect(jobs.append)
    model.append([], [entry("a", 3), entry("b", 2)])
    model.sort(1, ASCENDING)
    assert names(model) == ["a", "b"]
    model.append([], [entry("c", 1)])
    model.apply_order(jobs[0].run())
    assert names(model) == ["b", "a", "c"]
    model.sort(0, DESCENDING)
    model.apply_order(jobs[0].run())
    assert names(model) == ["b", "a", "c"]
    model.apply_order(jobs[1].run())
    assert names(model) == ["c", "b", "a"]
    model.begin(PLACE)
    model.append([], [entry("z")])
    model.apply_order(jobs[1].run())
    assert names(model) == ["z"]


def test_a_selected_row_follows_its_object_when_sorting(model):
    model.append(["p/f/"], [entry("a", 5), entry("b", 1), entry("c", 9)])
    kept = QPersistentModelIndex(model.index(1, 0))
    model.sort(1, DESCENDING)
    assert names(model) == ["f", "c", "a", "b"]
    assert kept.row() == 2


def test_the_marker_object_of_a_folder_is_not_shown(model):
    model.append([], [entry("", 0), entry("a")])
    assert names(model) == ["a"]
    assert model.object_count == 1


def test_an_object_named_like_its_folder_but_with_content_is_shown(model):
    model.append([], [entry("", 7)])
    assert names(model) == ["p/"]


def test_a_refresh_replaces_all_rows_and_keeps_the_order(model):
    model.append([], [entry("a", 1)])
    model.sort(1, DESCENDING)
    model.replace([], [entry("a", 1), entry("b", 2)])
    assert names(model) == ["b", "a"]
    assert model.total_size == 3


def test_containers_show_their_size(model):
    model.begin(Place("id"))
    model.append([Container("c", 3, 2_500_000), Container("d")], [])
    assert names(model) == ["c", "d"]
    assert "2.5" in model.data(model.index(0, 1))
    assert model.data(model.index(1, 1)) == ""
    assert model.folder(0) == Place("id", "c")


def test_markup_in_a_key_is_shown_as_text(model):
    model.append([], [entry("<b>x</b>\u202egpj.tif")])
    assert names(model) == ["<b>x</b>\ufffdgpj.tif"]
    tip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
    assert "&lt;b&gt;x" in tip


def test_a_drag_carries_addresses_of_objects_only(model):
    model.append(["p/f/"], [entry("a"), entry("b")])
    mime = model.mimeData([model.index(row, column) for row in range(3) for column in range(3)])
    assert QgsMimeDataUtils.isUriList(mime)
    uris = QgsMimeDataUtils.decodeUriList(mime)
    assert {uri.layerType for uri in uris} == {"custom"}
    assert [decode(uri) for uri in uris] == [
        ObjectAddress("id", "c", "p/a"),
        ObjectAddress("id", "c", "p/b"),
    ]
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled


# The filter


def test_a_filter_hides_what_it_does_not_take_and_counts_the_rest(model):
    model.append(
        ["p/alps/", "p/sea/"], [entry("alps.tif", 5), entry("Alps 2.TIF", 7), entry("b.txt")]
    )
    model.set_filter(NameFilter("ALPS", start=2))
    assert names(model) == ["alps", "Alps 2.TIF", "alps.tif"]
    assert (model.folder_count, model.object_count, model.hidden_count) == (1, 2, 2)
    assert model.total_size == 12
    assert model.address(1) == ObjectAddress("id", "c", "p/Alps 2.TIF")
    model.append(["p/alps3/"], [entry("x.txt"), entry("alps4.tif", 1)])
    assert names(model) == ["alps", "alps3", "Alps 2.TIF", "alps.tif", "alps4.tif"]
    model.sort(1, DESCENDING)
    assert names(model)[2:] == ["Alps 2.TIF", "alps.tif", "alps4.tif"]
    model.set_filter(NameFilter())
    assert model.rowCount() == 8
    assert model.total_size == 15


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", ["2024-06.tif", "Fjell-É.tif", "note.txt"]),
        ("*.tif", ["2024-06.tif", "Fjell-É.tif"]),
        ("2024-0?.*", ["2024-06.tif"]),
        ("tif fjell", ["Fjell-É.tif"]),
        ("e\u0301.TIF", ["Fjell-É.tif"]),
        ("[", []),
    ],
)
def test_words_wildcards_case_and_accents(model, text, taken):
    model.append([], [entry("2024-06.tif"), entry("Fjell-É.tif"), entry("note.txt")])
    model.set_filter(NameFilter(text, start=2))
    assert names(model) == taken


def test_rasters_only_keeps_folders(model):
    plain = ObjectEntry("c", "p/z.txt", 1, None, "e", "text/plain")
    model.append(["p/a/"], [entry("typed"), plain])
    model.set_filter(NameFilter("", True, 2))
    assert names(model) == ["a", "typed"]


def test_a_long_listing_is_filtered_by_a_job_and_late_pages_are_filtered_too(model, monkeypatch):
    monkeypatch.setattr(objects_model, "SORTED_AT_ONCE", 0)
    jobs = []
    model.sort_requested.connect(jobs.append)
    model.append([], [entry(f"{n}.tif") for n in range(20)])
    model.set_filter(NameFilter("1", start=2))
    assert model.rowCount() == 20
    order = jobs[-1].run()
    model.append(["p/21/"], [entry("a1.tif"), entry("b.tif")])
    model.apply_order(order)
    expected = [f"{n}.tif" for n in (1, *range(10, 20))]
    assert names(model) == ["21", *expected, "a1.tif"]
    kept = QPersistentModelIndex(model.index(model.rowCount() - 1, 0))
    model.sort(0, DESCENDING)
    order = jobs[-1].run()
    model.append([], [entry("late1.tif"), entry("late.tif")])
    model.apply_order(order)
    assert names(model)[-2:] == ["1.tif", "late1.tif"]
    assert kept.data() == "a1.tif"
    model.set_filter(NameFilter("x"))
    stale = jobs[-1].run()
    model.set_filter(NameFilter("y"))
    model.apply_order(stale)
    assert model.rowCount() > 0


def test_a_filter_that_nobody_wants_any_more_stops(model):
    class Enough(Exception):
        pass

    def check() -> None:
        raise Enough

    jobs = []
    model.sort_requested.connect(jobs.append)
    model.append([], [entry(str(n)) for n in range(6000)])
    model.set_filter(NameFilter("1"))
    with pytest.raises(Enough):
        jobs[-1].run(check)


def test_characters_that_can_not_be_seen_are(model):
    plain = [
        "a\u200bb.tif",
        "a\u202eb.tif",
        "a\xadb.tif",
        "a\u061cb.tif",
        "a\ufeffb.tif",
        "a\nb.tif",
    ]
    model.append(["p/x\u202ey/"], [entry(name) for name in plain])
    assert names(model) == ["x\ufffdy"] + ["a\ufffdb.tif"] * len(plain)
    for row in range(1, model.rowCount()):
        tip = model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)
        assert "p/a\ufffdb.tif\n1 bytes" in tip
    model.begin(PLACE)
    model.append([], [entry("👩\u200d🚀.tif")])
    assert names(model) == ["👩\u200d🚀.tif"]
