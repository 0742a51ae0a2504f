# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys may become which files."""

from __future__ import annotations

import unicodedata

import pytest

from cog_browser.storage.transfers.local_names import (
    beside,
    collisions,
    folding,
    is_too_long,
    longest_name,
    shortened,
    usable_name,
    why_unusable,
)


@pytest.mark.parametrize("name", ["a.tif", "a b/ü/ñ.tif", "a:b", "aux.tif", "x" * 255, "..a/b.."])
def test_usual_names_are_taken(name):
    assert why_unusable(name, is_windows=False) == ""


@pytest.mark.parametrize(
    "name", ["", "/a", "a//b", "a/", "../a", "a/../b", "a/.", "a\nb", "a\x00", "x" * 256, "ü" * 128]
)
@pytest.mark.parametrize("is_windows", [False, True])
def test_names_that_lead_elsewhere_or_nowhere_are_refused(name, is_windows):
    assert why_unusable(name, is_windows=is_windows)


@pytest.mark.parametrize(
    "name",
    ["a:b", "a/b?.tif", "C:\\x", "a.", "a /b", "con", "a/NUL.tif", "Com1 .tif", "lpt²", "CONIN$"],
)
def test_windows_takes_less(name):
    assert why_unusable(name, is_windows=True)


@pytest.mark.parametrize("name", ["console.tif", "a.con", "nulls/b", "com.tif", "com10"])
def test_windows_takes_what_only_looks_reserved(name):
    assert why_unusable(name, is_windows=True) == ""


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("f/a.tif", "a.tif"),
        ("f/a\nb\x00.tif", "a_b_.tif"),
        ("x" * 300 + ".tif", shortened("x" * 300 + ".tif")),
        ("f/" + "ü" * 200 + ".tif", shortened("ü" * 200 + ".tif")),
        ("a." + "b" * 300, shortened("a." + "b" * 300)),
        ("..", "_.."),
        ("/", "_"),
    ],
)
@pytest.mark.parametrize("is_windows", [False, True])
def test_a_usable_name_looks_like_the_key(key, name, is_windows):
    assert why_unusable(usable_name(key, is_windows=is_windows), is_windows=is_windows) == ""
    if not is_windows:
        assert usable_name(key, is_windows=False) == name


def test_a_usable_name_for_windows():
    assert usable_name("C:\\con?.tif", is_windows=True) == "C__con_.tif"
    assert usable_name("con.tif", is_windows=True) == "_con.tif"


def test_what_would_be_one_file_is_found():
    assert collisions(["a", "b", "a"]) == [(0, 2)]
    assert collisions(["A", "a"]) == []
    assert collisions(["A", "b", "a"], str.casefold) == [(0, 2)]


def test_a_file_that_would_be_a_folder_is_found():
    assert collisions(["a/b/c", "a", "ab/c"]) == [(1, 0)]
    assert collisions(["A/b", "a"], str.casefold) == [(1, 0)]


def test_the_file_system_is_asked_how_it_compares(tmp_path):
    fold = folding(tmp_path)
    (tmp_path / "a").touch()
    assert (fold("A") == fold("a")) is (tmp_path / "A").exists()
    nfd = unicodedata.normalize("NFD", "é")
    (tmp_path / "é").touch()
    assert (fold(nfd) == fold("é")) is (tmp_path / nfd).exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "é"]  # nothing is left


def test_a_name_that_is_too_long_is_cut_and_marked():
    long = "x" * 300 + ".tif"
    short = shortened(long)
    assert len(short) == 255 - 16
    assert short.startswith("x" * 200)
    assert short.endswith(".tif")
    assert short == shortened(long)  # a second run finds what the first has fetched
    assert shortened("x" * 301 + ".tif") != short
    assert shortened("y" + "x" * 299 + ".tif") != short
    assert shortened("a/" + long) != f"a/{short}"  # two folders, two files, wherever they go


@pytest.mark.parametrize("longest", [255, 143])
@pytest.mark.parametrize("name", ["ü" * 200 + ".tif", "d" * 300 + "/" + "e" * 300 + "/a.tif"])
def test_a_shortened_name_fits_and_cuts_no_letter_in_two(name, longest):
    short = shortened(name, longest)
    assert is_too_long(name, longest)
    assert not is_too_long(short, longest)
    assert why_unusable(short, is_windows=True, longest=longest) == ""
    assert short.endswith(".tif")


def test_objects_of_a_long_folder_stay_together_and_short_parts_as_they_are():
    folder = "d" * 300
    one, other = (shortened(f"a/{folder}/{name}") for name in ("1.tif", "2.tif"))
    assert one.rpartition("/")[0] == other.rpartition("/")[0]
    assert (one[:3], one[-6:]) == ("a/d", "/1.tif")
    assert shortened("a/b.tif") == "a/b.tif"


def test_the_folder_is_asked_how_long_names_may_be(tmp_path):
    longest = longest_name(tmp_path)
    (tmp_path / ("x" * longest)).touch()
    with pytest.raises(OSError):
        (tmp_path / ("x" * (longest + 1))).touch()
    assert longest_name(tmp_path / "not there") == 255


def test_what_lies_beside_a_long_name_has_room():
    assert beside("a.tif", ".part", 255) == ".a.tif.part"
    found = beside("x" * 253, ".part", 255)
    assert len(found) < 40
    assert found != beside("x" * 254, ".part", 255)
