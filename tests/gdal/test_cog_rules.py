# SPDX-License-Identifier: GPL-2.0-or-later
"""Each rule of the validator finds the file that breaks it, and none speaks of a good file."""

from __future__ import annotations

import base64
import gzip
import random
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from osgeo import gdal

from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.layout_picture import layout_svg
from cog_browser.cog.rules.catalogue import GROUPS, RULES, apply_rules
from cog_browser.cog.rules.catalogue import findings as findings_of
from cog_browser.cog.rules.gather import gather
from cog_browser.cog.rules.rule import PROFILES
from cog_browser.cog.tiff.byte_sources import ByteSource
from cog_browser.cog.tiff.counted_reads import CountedReads
from cog_browser.cog.tiff.file_layout import parts_of
from cog_browser.cog.tiff.tags import ASCII, SHORT, Tag
from cog_browser.cog.validate import validate_cog
from tests.support.cog_mutants import (
    MUTANTS,
    cog,
    good,
    main_image,
    mask,
    masked_cog,
    overview,
    raster,
    swap_masks,
)


def findings(report):
    return {f.id: f for f in (*report.errors, *report.warnings, *report.notes)}


def severity(report, name):
    found = {f.severity for f in (*report.errors, *report.warnings, *report.notes) if f.id == name}
    assert len(found) <= 1
    return found.pop() if found else None


# Every rule


def test_every_rule_has_a_mutant():
    assert set(MUTANTS) == set(RULES)
    assert len(RULES) == sum(map(len, GROUPS.values()))  # no id twice


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("full", [False, True])
def test_the_file_that_mutants_are_made_of_has_no_fault(tmp_path, profile, full):
    path = tmp_path / "a.tif"
    good(path)
    report = validate_cog(path, profile, full=full)
    assert findings(report) == {}
    assert report.classes == ("format", "overviews", "keys", "optimized")
    assert report.earth_engine_ready
    assert report.gdal_verdict == "valid"


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_finds_its_mutant(tmp_path, name):
    write, profiles, expected = MUTANTS[name]
    path = tmp_path / "a.tif"
    write(path)
    for profile in profiles.split():
        report = validate_cog(path, profile)
        assert severity(report, name) == expected
        finding = findings(report)[name]
        assert finding.message.endswith(".")
        assert finding.source
        assert expected == "note" or finding.remedy
        assert report.is_valid == (not report.errors)
        if expected == "error":
            assert not report.is_valid
    assert validate_cog(path, full=True).is_valid == validate_cog(path).is_valid


@pytest.mark.parametrize("name", [n for n, rule in RULES.items() if rule.ogc_class])
def test_a_mutant_misses_the_class_of_its_rule(tmp_path, name):
    path = tmp_path / "a.tif"
    MUTANTS[name][0](path)
    report = validate_cog(path)
    assert RULES[name].ogc_class not in report.classes
    if RULES[name].ogc_class != "optimized":
        assert "optimized" not in report.classes
    assert not validate_cog(path, "ogc").is_valid


def test_earth_engine_s_verdict_does_not_depend_on_the_profile(tmp_path):
    for name, (write, profiles, expected) in MUTANTS.items():
        path = tmp_path / f"{name}.tif"
        write(path)
        if "earth-engine" in profiles and expected == "error":
            assert not validate_cog(path).earth_engine_ready


# Faults of files as they happen, made of GDAL's own COGs


@pytest.fixture
def gdal_cog(tmp_path):
    path = tmp_path / "cog.tif"
    raster(path, ["COMPRESS=LZW", "BLOCKSIZE=256", "OVERVIEW_RESAMPLING=NEAREST"], "COG")
    return path


def _tag(data, tag, number=0):
    """Where the entry of a tag lies, in the IFD of the given number."""
    at = int.from_bytes(data[4:8], "little")
    for _ in range(number):
        count = int.from_bytes(data[at : at + 2], "little")
        link = at + 2 + 12 * count
        at = int.from_bytes(data[link : link + 4], "little")
    count = int.from_bytes(data[at : at + 2], "little")
    entries = {
        int.from_bytes(data[e : e + 2], "little"): e for e in range(at + 2, at + 2 + 12 * count, 12)
    }
    return entries[tag]


def _number(data, at):
    return int.from_bytes(data[at : at + 4], "little")


def _set(data, at, number):
    data[at : at + 4] = number.to_bytes(4, "little")


def _first_offset(data):
    return _number(data, _number(data, _tag(data, 324) + 8))


def _first_trailer(data):
    return _first_offset(data) + _number(data, _first_offset(data) - 4)


def _swap_tiles(data):
    at = _number(data, _tag(data, 324) + 8)
    data[at : at + 8] = data[at + 4 : at + 8] + data[at : at + 4]


def _loop(data):
    start = int.from_bytes(data[4:8], "little")
    link = start + 2 + 12 * int.from_bytes(data[start : start + 2], "little")
    _set(data, link, start)


def _ghost_size(data):
    at = data.index(b"SIZE=") + 5
    data[at : at + 6] = b"%06d" % (int(data[at : at + 6]) + 20)


def _zero_tail(data):
    start = len(data) * 9 // 10
    data[start:] = bytes(len(data) - start)


def _xor(data, at):
    data[at] ^= 0xFF


DAMAGE = {
    "leader": (lambda d: _xor(d, _first_offset(d) - 4), "G-LEADER"),
    "trailer": (lambda d: _xor(d, _first_trailer(d)), "G-TRAILER"),
    "tiles swapped": (_swap_tiles, "L-ROWMAJOR"),
    "zero tail": (_zero_tail, "G-LEADER"),
    "truncated": (lambda d: d.__delitem__(slice(len(d) * 7 // 10, None)), "T-DATA"),
    "offset past the end": (lambda d: _set(d, _number(d, _tag(d, 324) + 8), 1 << 30), "T-DATA"),
    "IFD loop": (_loop, "T-CHAIN"),
    "ghost size": (_ghost_size, "G-SIZE"),
    "overview not marked": (lambda d: _set(d, _tag(d, 254, 1) + 8, 0), "V-FLAG"),
    "overview as wide": (lambda d: _set(d, _tag(d, 256, 1) + 8, 1100), "V-SIZE"),
    "byte count 0": (lambda d: _set(d, _number(d, _tag(d, 325) + 8), 0), "T-SPARSE"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(gdal_cog, name):
    change, rule = DAMAGE[name]
    data = bytearray(gdal_cog.read_bytes())
    assert findings(validate_cog(gdal_cog, full=True)) == {}
    change(data)
    gdal_cog.write_bytes(data)
    for full in (False, True):
        report = validate_cog(gdal_cog, full=full)
        assert rule in {f.id for f in (*report.errors, *report.warnings)}
        assert report.is_valid == (RULES[rule].severities["cog"] != "error")


def test_swapped_masks_are_found(tmp_path):
    path = tmp_path / "a.tif"
    masked_cog(path)
    assert findings(validate_cog(path, full=True)) == {}
    swap_masks(path)
    report = validate_cog(path)
    assert {f.id for f in report.errors} == {"G-MASK", "L-ROWMAJOR"}


def test_a_mask_behind_its_overview_is_noted(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(cog(main_image(), mask(), overview()).data)
    assert "are not followed by their mask" in findings(validate_cog(path))["L-MASKS"].message
    path.write_bytes(cog(main_image(), overview(), mask()).data)
    notes = [note.message for note in validate_cog(path).notes if note.id == "L-MASKS"]
    assert "elsewhere in the chain" in notes[0]


def _mangled(data):
    return data.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("wrap", "guess"),
    [
        (lambda d: b"--x\r\nContent-Type: image/tiff\r\n\r\n" + base64.b64encode(d), "multipart"),
        (gzip.compress, "gzip"),
        (lambda d: b"<!doctype html><title>Sign in</title>", "web page"),
        (lambda d: b"", "empty"),
        (_mangled, ""),
    ],
)
def test_what_a_server_makes_of_it_is_found(gdal_cog, wrap, guess):
    gdal_cog.write_bytes(wrap(gdal_cog.read_bytes()))
    report = validate_cog(gdal_cog)
    assert not report.is_valid
    assert any(guess in finding.message for finding in report.errors)


@pytest.mark.parametrize("remote", [False, True])
def test_no_damage_makes_it_raise_or_hang(tmp_path, remote):
    seeds = []
    for name, (write, _, _) in MUTANTS.items():
        if name != "F-BIGTIFF":
            write(tmp_path / "a.tif")
            seeds.append((tmp_path / "a.tif").read_bytes())
    chance = random.Random(7)
    start = time.monotonic()
    for number in range(1500):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 2, 4))):
            at = chance.randrange(min(len(data), 2000))
            some = (b"\0" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", bytes([chance.randrange(256)]))
            piece = chance.choice(some)
            data[at : at + len(piece)] = piece
        if number % 10 == 0:
            del data[chance.randrange(len(data)) + 1 :]
        whole = bytes(data)
        many = (lambda ranges, d=whole: [d[a:b] for a, b in ranges]) if number % 2 else None
        source = ByteSource(lambda o, n, d=whole: d[o : o + n], len(whole), remote, many)
        file = gather(source, CountedReads(source), number % 3 == 0, None)
        broken = apply_rules(file)
        assert all(findings_of(broken, profile) is not None for profile in PROFILES)
        ET.fromstring(layout_svg(parts_of(file), file.size) or "<none/>")
    assert time.monotonic() - start < 60


# What GDAL's validator calls valid, and is none


@pytest.mark.parametrize(
    ("write", "profile", "rule"),
    [
        (lambda p: raster(p, ["COMPRESS=LZW"], width=900, height=400), "cog", "F-TILED"),
        (lambda p: raster(p, ["COMPRESS=LZW"], width=300, height=200), "ogc", "F-TILED-SMALL"),
        (lambda p: (good(p), p.write_bytes(p.read_bytes()[:-200])), "cog", "T-DATA"),
    ],
)
def test_valid_for_gdal_but_no_cog(tmp_path, write, profile, rule):
    path = tmp_path / "a.tif"
    write(path)
    report = validate_cog(path, profile)
    assert rule in {finding.id for finding in report.errors}
    assert report.gdal_verdict.startswith("valid")
    note = findings(report)["N-GDAL"]
    assert rule in note.message
    assert RULES[rule].dispute


def test_a_mask_added_later_is_seen(tmp_path):
    path = tmp_path / "a.tif"
    raster(path, ["TILED=YES", "COMPRESS=LZW"], width=500, height=500)
    with_option = gdal.GetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK")
    gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    dataset = None
    gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", with_option)
    report = validate_cog(path, full=True)
    assert report.gdal_verdict == "valid"
    assert report.is_valid
    assert "L-IFDS-FIRST" in {finding.id for finding in report.warnings}
    assert not report.earth_engine_ready
    assert "L-IFDS-FIRST" in {f.id for f in validate_cog(path, "earth-engine").errors}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["COMPRESS=WEBP"], "C-LOSSY"),
        (["COMPRESS=WEBP", "QUALITY=100"], None),
        (["COMPRESS=LERC"], "C-MAYBE-LOSSY"),
        (["COMPRESS=DEFLATE"], None),
        (["COMPRESS=JPEG"], "C-LOSSY"),
    ],
)
def test_a_loss_is_judged_by_what_the_file_says_of_it(tmp_path, options, expected):
    raster(tmp_path / "a.tif", options, "COG", bands=3)
    found = findings(validate_cog(tmp_path / "a.tif"))
    assert {"C-LOSSY", "C-MAYBE-LOSSY"} & set(found) == ({expected} if expected else set())
    if expected == "C-LOSSY":
        assert found[expected].message.endswith(f"{options[0][9:]} changed them.")


@pytest.mark.parametrize(("said", "lossy"), [("0", False), ("0.5", True)])
def test_the_error_that_lerc_may_make_is_read(tmp_path, said, lossy):
    item = f'<Item name="MAX_Z_ERROR" domain="IMAGE_STRUCTURE">{said}</Item>'
    made = main_image().set(Tag.COMPRESSION, SHORT, [34887])
    made.set(Tag.GDAL_METADATA, ASCII, f"<GDALMetadata>{item}</GDALMetadata>")
    (tmp_path / "a.tif").write_bytes(cog(made, overview()).data)
    found = findings(validate_cog(tmp_path / "a.tif"))
    assert ("C-LOSSY" in found, "C-MAYBE-LOSSY" in found) == (lossy, False)


# Good files have no error

OPTIONS = [
    [], ["COMPRESS=NONE"], ["COMPRESS=LZW", "PREDICTOR=YES"], ["COMPRESS=DEFLATE", "LEVEL=9"],
    ["COMPRESS=ZSTD"], ["COMPRESS=LZMA"], ["COMPRESS=LERC"], ["COMPRESS=LERC_ZSTD"],
    ["COMPRESS=WEBP", "QUALITY=100"], ["COMPRESS=JPEG"], ["BLOCKSIZE=128"], ["BLOCKSIZE=1024"],
    ["BIGTIFF=YES"], ["OVERVIEWS=NONE"], ["OVERVIEW_COUNT=1"], ["OVERVIEW_COMPRESS=JPEG"],
    ["GEOTIFF_VERSION=1.1"], ["SPARSE_OK=YES"], ["TILING_SCHEME=GoogleMapsCompatible"],
    ["TILING_SCHEME=GoogleMapsCompatible", "ALIGNED_LEVELS=2", "ADD_ALPHA=NO"],
    ["RESAMPLING=AVERAGE"], ["OVERVIEW_RESAMPLING=NEAREST"], ["NUM_THREADS=2"], ["STATISTICS=YES"],
]  # fmt: skip


@pytest.mark.parametrize("exception_mode", ["exceptions off"], indirect=True)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_what_gdal_s_driver_writes_has_no_error(tmp_path, options, masked):
    path = tmp_path / "a.tif"
    raster(path, options, "COG", bands=3, masked=masked)
    report = validate_cog(path, full=True)
    assert report.errors == ()
    assert report.gdal_verdict.startswith("valid")
    assert set(report.classes) >= {"format", "overviews", "keys"}
    if "OVERVIEWS=NONE" not in options and "OVERVIEW_COUNT=1" not in options:
        assert validate_cog(path, "ogc").errors == ()
    if options[:1] == ["TILING_SCHEME=GoogleMapsCompatible"]:
        assert validate_cog(path, "web").errors == ()


def test_a_cog_of_three_steps_as_rio_cogeo_makes_them_has_no_error(tmp_path):
    steps = [tmp_path / name for name in ("source.tif", "tiled.tif", "a.tif")]
    raster(steps[0], bands=3)
    gdal.Translate(str(steps[1]), str(steps[0]), creationOptions=["TILED=YES"])
    dataset = gdal.Open(str(steps[1]), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2, 4, 8])
    dataset = None
    options = ["COPY_SRC_OVERVIEWS=YES", "TILED=YES", "COMPRESS=DEFLATE", "BLOCKXSIZE=512",
               "BLOCKYSIZE=512"]  # fmt: skip
    gdal.Translate(str(steps[2]), str(steps[1]), creationOptions=options)
    report = validate_cog(steps[2], full=True)
    assert report.errors == ()
    assert report.gdal_verdict == "valid"


@pytest.mark.parametrize("profile", ["science", "science-zstd", "earth-engine", "web"])
def test_what_the_plugin_converts_is_valid_in_the_profile_of_that_name(tmp_path, profile):
    raster(tmp_path / "source.tif", bands=3)
    made = convert_to_cog(tmp_path / "source.tif", tmp_path / "a.tif", profile)
    assert validate_cog(made, full=True).errors == ()
    if profile in PROFILES:
        assert validate_cog(made, profile, full=True).errors == ()


# The page of the rules


def test_the_documentation_lists_every_rule():
    from scripts.rule_table import table

    page = Path(__file__).resolve().parents[2] / "docs" / "validate.md"
    assert table() in page.read_text(encoding="utf-8")
