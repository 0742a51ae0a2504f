# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: the file is a sound TIFF or BigTIFF, all of it."""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.rules.cog_file import CogFile, compression_name
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING
from cog_browser.cog.rules.rule import REWRITE, Breach, rule
from cog_browser.cog.tiff.checks import count_text
from cog_browser.cog.tiff.file_bytes import Problem
from cog_browser.cog.tiff.tags import BLOCK_ARRAYS, Tag
from cog_browser.cog.wrong_content import what_it_is

_TIFF6 = "TIFF 6.0"
_VITAL = {
    *(Tag.NEW_SUBFILE_TYPE, Tag.IMAGE_WIDTH, Tag.IMAGE_LENGTH, Tag.BITS_PER_SAMPLE),
    *(Tag.COMPRESSION, Tag.SAMPLES_PER_PIXEL, Tag.PLANAR_CONFIG, Tag.TILE_WIDTH),
    *(Tag.TILE_LENGTH, Tag.ROWS_PER_STRIP, Tag.PREDICTOR),
}
_BAD_VALUE = ("bad-type", "bad-count", "bad-value")


def _breach(file: CogFile, problem: Problem) -> Breach:
    return Breach(problem.message, offset=problem.offset, where=file.label_at(problem.ifd))


@rule(
    "T-HEAD",
    ERROR,
    source=f"{_TIFF6}, section 2",
    remedy="Check what was uploaded or linked; then convert the original to a COG.",
)
def header(file: CogFile) -> Iterator[Breach]:
    """The file begins with the header of a TIFF or BigTIFF that names a first IFD."""
    for problem in file.problems("header-short", "header-magic", "header-bigtiff", "ifd-none"):
        guess = what_it_is(file.head, file.size)
        message = f"{problem.message} {guess}".strip()
        found = file.head[:8].hex(" ") or None
        yield Breach(message, expected="II*\\0, MM\\0*, II+\\0 or MM\\0+", found=found, offset=0)


@rule(
    "T-CHAIN",
    ERROR,
    source=f"{_TIFF6}, section 2",
    remedy=REWRITE,
    dispute="GDAL and rio-cogeo stop at a loop without a word; some other readers never stop.",
)
def chain(file: CogFile) -> Iterator[Breach]:
    """The chain of IFDs ends, in the file and without a loop; entries are sorted and typed."""
    names = ("ifd-outside", "ifd-truncated", "ifd-loop", "ifd-empty", "unsorted")
    for problem in file.problems(*names, "duplicate-tag", "unknown-type"):
        yield _breach(file, problem)


@rule("T-ALIGN", WARNING, source=f"{_TIFF6}, section 2", dispute="Most readers don't mind.")
def alignment(file: CogFile) -> Iterator[Breach]:
    """IFDs begin at even offsets."""
    for problem in file.problems("ifd-unaligned"):
        yield _breach(file, problem)


@rule("T-VALS", ERROR, source=f"{_TIFF6}, section 2", remedy=REWRITE)
def values_inside(file: CogFile) -> Iterator[Breach]:
    """The values of every tag lie inside the file."""
    for problem in file.problems("value-outside", "file-short"):
        yield _breach(file, problem)


@rule("T-TAGS", ERROR, source=f"{_TIFF6}, section 8", remedy=REWRITE)
def vital_tags(file: CogFile) -> Iterator[Breach]:
    """The tags without which no reader can find a pixel are there, and make sense."""
    for problem in file.problems("missing-tag", *_BAD_VALUE):
        if problem.tag in _VITAL:
            yield _breach(file, problem)


@rule("T-OTHER-TAGS", WARNING, source=f"{_TIFF6}, section 8", remedy=REWRITE)
def other_tags(file: CogFile) -> Iterator[Breach]:
    """All other tags have types, counts and values that they may have."""
    for problem in file.problems(*_BAD_VALUE):
        if problem.tag not in _VITAL and problem.tag not in BLOCK_ARRAYS:
            yield _breach(file, problem)


@rule("T-OVERLAP", WARNING, source=f"{_TIFF6}, section 2", remedy=REWRITE)
def overlaps(file: CogFile) -> Iterator[Breach]:
    """No two structures of the file share bytes."""
    for problem in file.problems("overlap"):
        yield _breach(file, problem)


@rule("T-ARR", ERROR, source=f"{_TIFF6}, sections 3 and 15", remedy=REWRITE)
def arrays(file: CogFile) -> Iterator[Breach]:
    """Offsets and byte counts are there, one per block (and band, where bands lie apart)."""
    for problem in file.problems("missing-tag", "block-count", *_BAD_VALUE):
        if problem.tag in BLOCK_ARRAYS:
            yield _breach(file, problem)


@rule(
    "T-DATA",
    ERROR,
    source=f"{_TIFF6}, section 2",
    remedy="The file was cut, or its upload broke off. Upload or convert the original again.",
    dispute="GDAL's and rio-cogeo's validators don't look where blocks end.",
)
def data_inside(file: CogFile) -> Iterator[Breach]:
    """Every block lies inside the file."""
    for facts in file.blocks.values():
        block = facts.outside.first
        if block is not None:
            yield Breach(
                f"{count_text(facts.outside.count, 'block')} of {file.label(facts.ifd)} "
                "would lie past the end of the file.",
                expected=f"at most {file.size}",
                found=str(block.end),
                offset=block.offset,
                where=f"{file.label(facts.ifd)}, block {block.index}",
            )


@rule(
    "T-SPARSE",
    WARNING,
    source="GDAL, sparse files",
    remedy=REWRITE,
    dispute="GDAL's and rio-cogeo's validators don't look.",
)
def sparse_consistent(file: CogFile) -> Iterator[Breach]:
    """A block without data has both offset 0 and byte count 0."""
    for facts in file.blocks.values():
        block = facts.half_sparse.first
        if block is not None:
            yield Breach(
                f"{count_text(facts.half_sparse.count, 'block')} of {file.label(facts.ifd)} "
                "have an offset or a byte count of 0, but not both.",
                expected="0 and 0, or neither",
                found=f"{block.offset} and {block.byte_count}",
                where=f"{file.label(facts.ifd)}, block {block.index}",
            )


@rule("T-EMPTY", NOTE, source="GDAL, sparse files", remedy="")
def sparse_blocks(file: CogFile) -> Iterator[Breach]:
    """How many blocks have no data, and read as nodata or 0."""
    for facts in file.blocks.values():
        if facts.sparse:
            some = "" if facts.complete else f" (of {facts.looked_at} looked at)"
            text = (
                f"{count_text(facts.sparse, 'block')} of {file.label(facts.ifd)} are empty{some}."
            )
            yield Breach(
                text, found=f"{facts.sparse} of {facts.total}", where=file.label(facts.ifd)
            )


@rule(
    "T-LIMIT",
    ERROR,
    source="this validator",
    remedy="Use larger blocks, or split the raster, if the numbers are true.",
)
def limits(file: CogFile) -> Iterator[Breach]:
    """IFDs, tags and blocks are so few that they can be read in reasonable time."""
    names = ("limit-ifds", "limit-depth", "limit-entries", "limit-blocks", "limit-bytes")
    for problem in file.problems(*names, "limit-time"):
        yield _breach(file, problem)
    if file.too_many_blocks:
        yield Breach(
            f"The file claims {file.too_many_blocks} blocks, too many to look at each.",
            found=str(file.too_many_blocks),
        )


@rule("T-LONG", NOTE, source="this validator", remedy="")
def long_values(file: CogFile) -> Iterator[Breach]:
    """No tag is so long that only its beginning was read."""
    for problem in file.problems("limit-value"):
        yield _breach(file, problem)


@rule(
    "T-MULT16",
    ERROR,
    source=f"{_TIFF6}, section 15; OGC 21-026",
    dispute="GDAL reads other sizes, and its validator doesn't test it.",
)
def multiples_of_16(file: CogFile) -> Iterator[Breach]:
    """The sides of tiles are multiples of 16."""
    for ifd in file.ifds:
        if ifd.tiled and (ifd.block_width % 16 or ifd.block_height % 16):
            size = f"{ifd.block_width} × {ifd.block_height}"
            yield Breach(
                f"The tiles of {file.label(ifd)} have sides that are no multiples of 16.",
                expected="multiples of 16",
                found=size,
                offset=ifd.offset,
                where=file.label(ifd),
            )


@rule(
    "T-CODEC",
    WARNING,
    source="the running GDAL",
    remedy="Read it with a newer GDAL, or convert it where it can be read.",
)
def readable_here(file: CogFile) -> Iterator[Breach]:
    """The running GDAL can read the compression."""
    names = {compression_name(ifd): ifd for ifd in reversed(file.ifds)}
    for name, ifd in names.items():
        if file.readable and name not in file.readable:
            yield Breach(
                f"The GDAL of this computer can't read the compression {name}.",
                expected=", ".join(sorted(file.readable)),
                found=name,
                where=file.label(ifd),
            )


@rule("T-SUBIFD", NOTE, source="TIFF Technical Note 1", remedy="")
def sub_ifds(file: CogFile) -> Iterator[Breach]:
    """There are no SubIFDs, which readers of COGs don't look at."""
    count = sum(1 for _ in file.tiff.all_ifds()) - len(file.ifds)
    if count:
        yield Breach(f"{count_text(count, 'SubIFD')} were read, but not judged as overviews.")


@rule(
    "B-1",
    ERROR,
    source="OGC BigTIFF (draft), /req/core/bifd",
    dispute="GDAL and libtiff read it; classic TIFF allows any order.",
)
def bigtiff_chain(file: CogFile) -> Iterator[Breach]:
    """In a BigTIFF no IFD comes before the one that names it."""
    for ifd in file.ifds if file.tiff.big else ():
        if 0 < ifd.next_ifd <= ifd.offset:
            yield Breach(
                f"The IFD of {file.label(ifd)} at byte {ifd.offset} is followed by one before it.",
                expected=f"after {ifd.offset}",
                found=str(ifd.next_ifd),
                offset=ifd.next_ifd,
                where=file.label(ifd),
            )


RULES = (
    header, chain, alignment, values_inside, vital_tags, other_tags, overlaps, arrays,
    data_inside, sparse_consistent, sparse_blocks, limits, long_values, multiples_of_16,
    readable_here, sub_ifds, bigtiff_chain,
)  # fmt: skip
