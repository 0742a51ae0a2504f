# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys may become which files."""

from __future__ import annotations

import unicodedata

import pytest

from cog_browser.storage.transfers.local_names import (
    collisions,
    folding,
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
        ("x" * 300 + ".tif", "x" * 196 + ".tif"),
        ("ü" * 200 + ".tif", "ü" * 98 + ".tif"),
        ("a." + "b" * 300, "a." + "b" * 198),
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
