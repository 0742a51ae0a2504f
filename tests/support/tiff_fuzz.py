# SPDX-License-Identifier: GPL-2.0-or-later
"""Damages TIFF files at random, and checks what the reader promises whatever the bytes are."""

from __future__ import annotations

import random
import struct
import time
from itertools import islice
from pathlib import Path

from cog_browser.cog.tiff.file_bytes import PROBLEMS, Limits
from cog_browser.cog.tiff.read import Tiff, read_tiff

SEEDS = Path(__file__).resolve().parents[1] / "unit" / "tiff_seeds"
LIMITS = Limits(read_bytes=1 << 20, seconds=2.0)
_MOST_SECONDS = 4.0

_CODES = ("B", "H", "I", "Q")
_EDGES = (0, 1, 2, 3, 7, 8, 16, 254, 255, 256, 2**15, 2**16 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)


def seeds() -> list[Path]:
    return sorted(path for path in SEEDS.iterdir() if path.is_file())


def examine(data: bytes, know_size: bool = True) -> Tiff:
    """Read everything that the reader offers; an AssertionError or any other error is a defect."""
    asked = []

    def read(offset: int, n: int) -> bytes:
        assert offset >= 0
        assert 0 < n <= LIMITS.read_bytes
        asked.append(n)
        return data[offset : offset + n]

    start = time.monotonic()
    tiff = read_tiff(read, len(data) if know_size else None, LIMITS)
    assert sum(asked) <= LIMITS.read_bytes
    assert tiff.size in (len(data), None)
    names = {problem.id for problem in tiff.problems}
    ifds = list(tiff.all_ifds())
    assert len(ifds) <= LIMITS.ifds
    assert len({ifd.offset for ifd in ifds}) == len(ifds)
    for ifd in ifds[:20]:
        assert ifd.block_count >= 0
        assert ifd.values_end <= max(ifd.arrays_end, ifd.end)
        for entry in list(ifd.entries.values())[:60]:
            tiff.value(ifd, entry.tag)
        blocks = tiff.blocks(ifd, count=50_000)
        assert len(blocks) <= ifd.block_count
        names |= {problem.id for problem in blocks.problems}
        tail = tiff.blocks(ifd, first=max(ifd.block_count - 3, 0))
        for frame in tiff.frames([*islice(blocks, 5), *islice(tail, 3)]):
            assert len(frame.leader) <= 4
            assert isinstance(frame.is_intact, bool)
    assert names <= set(PROBLEMS)
    assert (tiff.reads, tiff.bytes_read) <= (len(asked), sum(asked))
    assert time.monotonic() - start < _MOST_SECONDS
    assert len(repr(tiff)) < 1 << 26
    return tiff


def mutate(data: bytes, dice: random.Random) -> bytes:
    """One to eight damages, most of them where the structures are: near the beginning."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        if len(out) < 16:
            break
        at = dice.randrange(min(len(out), dice.choice((16, 256, 1024, 4096, len(out)))))
        way = dice.randrange(8)
        if way == 0:
            out[at] ^= 1 << dice.randrange(8)
        elif way == 1:
            out[at] = dice.randrange(256)
        elif way <= 4:
            _put(out, at - at % 2, dice.choice(_EDGES), dice)
        elif way == 5:  # a place in the file, as an offset would be
            _put(out, at - at % 2, dice.randrange(len(out) + 64), dice)
        elif way == 6:
            length = dice.randrange(1, 64)
            source = dice.randrange(len(out))
            out[at : at + length] = out[source : source + length]
        else:
            del out[dice.randrange(len(out)) :]
    return bytes(out)


def _put(out: bytearray, at: int, number: int, dice: random.Random) -> None:
    code = dice.choice(_CODES)
    size = struct.calcsize(code)
    number &= (1 << 8 * size) - 1
    out[at : at + size] = struct.pack(dice.choice("<>") + code, number)
