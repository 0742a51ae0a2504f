# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever the bytes are, the TIFF reader answers. `scripts/fuzz_tiff.py` tries for longer."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import fuzz_tiff
from tests.support import tiff_fuzz
from tests.support.tiff_fuzz import examine, mutate, seeds

SEEDS = [path.read_bytes() for path in seeds()]
_SETTINGS = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def spots(data: bytes) -> st.SearchStrategy[tuple[int, bytes]]:
    """Where to write what; mostly into the header and the IFDs."""
    near = st.integers(0, min(len(data), 600) - 1)
    return st.tuples(st.one_of(near, st.integers(0, len(data) - 1)), st.binary(max_size=8))


@pytest.mark.parametrize("path", seeds(), ids=lambda path: path.name)
def test_every_seed_is_read(path) -> None:
    tiff = examine(path.read_bytes())
    if not path.name.startswith("crash-"):
        assert tiff.problems == ()
        assert all(len(tiff.blocks(ifd)) == ifd.block_count for ifd in tiff.all_ifds())


@_SETTINGS
@given(st.data())
def test_damaged_files_are_read(choices: st.DataObject) -> None:
    data = bytearray(choices.draw(st.sampled_from(SEEDS)))
    for at, patch in choices.draw(st.lists(spots(bytes(data)), max_size=6)):
        data[at : at + len(patch)] = patch
    length = choices.draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))
    examine(bytes(data[:length]), know_size=choices.draw(st.booleans()))


@_SETTINGS
@given(st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b""]), st.binary(max_size=400))
def test_any_bytes_are_read(head: bytes, body: bytes) -> None:
    examine(head + body)


def test_the_script_s_damages_are_survived() -> None:
    dice = random.Random(7)
    names = set()
    for _ in range(1500):
        tiff = examine(mutate(dice.choice(SEEDS), dice), know_size=dice.random() < 0.5)
        names |= {problem.id for problem in tiff.problems}
    assert len(names) > 15  # the damages reach most of what the reader guards


def test_the_script_keeps_what_breaks_the_reader(tmp_path, monkeypatch, capsys) -> None:
    assert fuzz_tiff.fuzz(0.2, 1, tmp_path) == 0
    assert list(tmp_path.iterdir()) == []

    def defective(*_arguments):
        raise ValueError("of all things")

    monkeypatch.setattr(tiff_fuzz, "read_tiff", defective)
    assert fuzz_tiff.fuzz(9, 1, tmp_path) == 10
    assert 0 < len(list(tmp_path.glob("crash-*.tif"))) <= 10
    assert "ValueError: of all things" in capsys.readouterr().out
