# SPDX-License-Identifier: GPL-2.0-or-later
"""One raster out of many: pixels as the sources', on one grid, or a reason why not."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from osgeo import gdal

from cog_browser.cog.description import describe
from cog_browser.cog.mosaic.coverage import is_covered
from cog_browser.cog.mosaic.document import (
    bands_of_stack,
    document,
    is_document,
    is_stack,
    masked_objects,
    objects_of,
    with_sources,
)
from cog_browser.cog.mosaic.piece import Piece
from cog_browser.cog.mosaic.plan import MOST_OBJECTS, plan_mosaic, plan_stack
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.models import ObjectRef
from tests.support.memory_store import MemoryStore
from tests.support.mosaic_parts import composed, make_part

#: Overlaps, a gap, and a corner that touches nothing.
PLACES = ((0, 0), (650, 10), (300, 550), (1500, 1500))


@pytest.fixture
def piece(tmp_path):
    """A file's piece, by the headers that an object store would give."""
    store = MemoryStore()
    store.create_container("c")

    def made(path):
        store.upload(path, "c", path.name, overwrite=True)
        return Piece.of(describe(ObjectRef(store, "c", path.name)), str(path))

    return made


def parts(folder, **kind):
    return [
        make_part(folder / f"{number}.tif", *place, **kind) for number, place in enumerate(PLACES)
    ]


@pytest.mark.parametrize("exception_mode", ["exceptions off"], indirect=True)
@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"nodata": 0},
        {"nodata": 4999},
        {"nodata": float("nan"), "dtype": gdal.GDT_Float32},
        {"nodata": -9999, "dtype": gdal.GDT_Float64},
        {"transparency": "mask"},
        {"transparency": "alpha", "dtype": gdal.GDT_Byte, "bands": 4},
        {"transparency": "mask", "dtype": gdal.GDT_Byte, "bands": 3},
        {"dtype": gdal.GDT_Int32, "bands": 1},
    ],
    ids=str,
)
def test_pixels_are_the_sources_and_later_ones_lie_on_top(tmp_path, piece, kind):
    paths = parts(tmp_path, **kind)
    text = document(plan_mosaic([piece(path) for path in paths]))
    mosaic = gdal.Open(text)
    values, valid = composed(paths)
    got = mosaic.ReadAsArray()
    assert np.array_equal(got.reshape(values.shape), values, equal_nan=values.dtype.kind == "f")
    assert np.array_equal(mosaic.GetRasterBand(1).GetMaskBand().ReadAsArray() != 0, valid)
    assert not valid.all()  # there is a gap, and nothing pretends otherwise
    first = gdal.Open(str(paths[0]))
    band, source = mosaic.GetRasterBand(1), first.GetRasterBand(1)
    assert repr(band.GetNoDataValue()) == repr(source.GetNoDataValue())
    assert band.DataType == source.DataType


def test_the_order_decides_at_overlaps(tmp_path, piece):
    paths = parts(tmp_path)[:2]
    forth, back = (
        gdal.Open(document(plan_mosaic([piece(p) for p in order]))).ReadAsArray()
        for order in (paths, paths[::-1])
    )
    assert np.array_equal(back, composed(paths[::-1])[0])
    assert not np.array_equal(forth, back)


def test_no_mask_where_nothing_is_left_empty(tmp_path, piece):
    left, right = (make_part(tmp_path / f"{x}.tif", x, 0, (300, 200)) for x in (0, 300))
    text = document(plan_mosaic([piece(left), piece(right)]))
    assert "MaskBand" not in text
    mosaic = gdal.Open(text)
    assert mosaic.GetRasterBand(1).GetMaskFlags() == gdal.GMF_ALL_VALID


def test_what_the_bands_mean_is_kept(tmp_path, piece):
    paths = [
        make_part(tmp_path / f"{x}.tif", x, names=("red", "<b>&"), wavelengths=(665, 842))
        for x in (0, 700)
    ]
    pieces = [piece(path) for path in paths]
    assert [band.wavelength for band in pieces[0].bands] == [665, 842]
    bands = tuple(replace(b, scale=0.1, offset=-5.0, unit="K") for b in pieces[0].bands)
    mosaic = gdal.Open(document(plan_mosaic([replace(p, bands=bands) for p in pieces])))
    band = mosaic.GetRasterBand(2)
    assert (band.GetDescription(), band.GetScale(), band.GetOffset(), band.GetUnitType()) == (
        "<b>&", 0.1, -5.0, "K"
    )  # fmt: skip


def test_a_palette_is_kept_and_another_one_refused(tmp_path, piece):
    pieces = []
    for x in (0, 700):
        path = make_part(tmp_path / f"{x}.tif", x, bands=1, dtype=gdal.GDT_Byte)
        palette = ((0, 0, 0, 255), (255, 0, 0, 255))
        found = piece(path)
        bands = (replace(found.bands[0], palette=palette, colour="Palette"),)
        pieces.append(replace(found, bands=bands))
    mosaic = gdal.Open(document(plan_mosaic(pieces)))
    table = mosaic.GetRasterBand(1).GetColorTable()
    assert table.GetColorEntry(1) == (255, 0, 0, 255)
    other = (replace(pieces[1].bands[0], palette=((1, 1, 1, 255),)),)
    with pytest.raises(ConfigurationError, match="not all have the same palette"):
        plan_mosaic([pieces[0], replace(pieces[1], bands=other)])


def test_overviews_are_the_sources_own(tmp_path, piece):
    paths = [make_part(tmp_path / f"{x}.tif", x, 0, (1024, 1024)) for x in (0, 1024)]
    text = document(plan_mosaic([piece(path) for path in paths]))
    mosaic = gdal.Open(text)
    levels = [mosaic.GetRasterBand(1).GetOverview(n).XSize for n in range(3)]
    assert levels == [1024, 512, 256]
    small = gdal.OpenEx(text, open_options=["OVERVIEW_LEVEL=0"]).ReadAsArray()
    halves = [gdal.OpenEx(str(p), open_options=["OVERVIEW_LEVEL=0"]).ReadAsArray() for p in paths]
    assert np.array_equal(small, np.concatenate(halves, axis=2))


def refused(pieces, plan=plan_mosaic):
    with pytest.raises(ConfigurationError) as error:
        plan(pieces)
    return str(error.value)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ({"epsg": 32632}, "the same CRS. Of 3, “odd.tif” has EPSG:32632; “a.tif” has EPSG:32631"),
        ({"bands": 3}, "the same number of bands. Of 3, “odd.tif” has 3; “a.tif” has 2"),
        (
            {"dtype": gdal.GDT_Int16},
            "same data type. Of 3, “odd.tif” has Int16; “a.tif” has UInt16",
        ),
        ({"nodata": 7}, "the same nodata value. Of 3, “odd.tif” has 7; “a.tif” has none"),
        ({"pixel": 20.0}, "same pixel size. Of 3, “odd.tif” has 20 × 20; “a.tif” has 10 × 10"),
        ({"column": 0.5}, "lie on one grid. Those of “odd.tif” lie between those of “a.tif”"),
        (
            {"bands": 2, "dtype": gdal.GDT_UInt16, "transparency": "alpha"},
            "the same alpha band. Of 3, “odd.tif” has with one; “a.tif” has without",
        ),
        (
            {"colours": (gdal.GCI_BlueBand, gdal.GCI_GreenBand)},
            "the same band order. Of 3, “odd.tif” has Blue, Green; “a.tif” has Red, Green",
        ),
        (
            {"names": ("B08", "B04")},
            "the same band order. Of 3, “odd.tif” has “B08” as band 1; “a.tif” has “B04” as band 1",
        ),
        ({"nodata": 9, "transparency": "mask"}, "the same nodata value. Of 3, “odd.tif” has 9"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named_with_how_it_differs(tmp_path, piece, kind, what):
    usual = {"names": ("B04", "B08")} if "names" in kind else {}
    usual |= {"colours": (gdal.GCI_RedBand, gdal.GCI_GreenBand)} if "colours" in kind else {}
    like = [
        piece(make_part(tmp_path / name, x, **usual)) for name, x in (("a.tif", 0), ("b.tif", 700))
    ]
    odd = piece(make_part(tmp_path / "odd.tif", **{"column": 350, **kind}))
    said = refused([odd, *like])
    assert what in said
    assert said.startswith("The objects can't be joined: ")
    assert "b.tif" not in said  # what most have is right


def test_a_band_without_a_name_fits_any_and_capitals_make_no_other_band(tmp_path, piece):
    pieces = [
        piece(make_part(tmp_path / f"{x}.tif", x, names=names))
        for x, names in ((0, ("red", "nir")), (700, ()), (1400, ("Red ", "")))
    ]
    assert [band.band.name for band in plan_mosaic(pieces).bands] == ["red", "nir"]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ({"nodata": 0, "transparency": "mask"}, "a nodata value and a mask"),
        (
            {"nodata": 0, "transparency": "alpha", "dtype": gdal.GDT_Byte},
            "a nodata value and an alpha band",
        ),
    ],
    ids=str,
)
def test_what_tells_in_two_ways_which_pixels_it_has_is_refused(tmp_path, piece, kind, what):
    """GDAL heeds one only, so masked pixels would hide what lies below."""
    plain = {**kind, "transparency": ""}
    if kind["transparency"] == "alpha":
        plain["colours"] = (gdal.GCI_Undefined, gdal.GCI_AlphaBand)
    first = piece(make_part(tmp_path / "a.tif", **plain))
    second = piece(make_part(tmp_path / "b.tif", 350, **kind))
    assert f"“b.tif” has {what}. Only one of them" in refused([first, second])
    long = [replace(p, bands=p.bands[:1]) for p in (first, second)]
    assert plan_stack([(long[0], 1)]).bands  # nothing lies below another


def test_many_that_differ_are_counted(tmp_path, piece):
    found = piece(make_part(tmp_path / "a.tif"))
    odd = [replace(found, name=f"odd{n}", bands=found.bands[:1]) for n in range(7)]
    said = refused([*[replace(found, name=f"a{n}") for n in range(9)], *odd])
    assert "“odd4” has 1, and 2 others differ as well" in said
    assert "odd5" not in said


def test_what_has_no_place_or_is_turned_or_too_many_is_refused(tmp_path, piece):
    found = piece(make_part(tmp_path / "a.tif"))
    assert "“a.tif” has no place on the map" in refused([found, replace(found, transform=())])
    turned = replace(found, name="t", transform=(0.0, 1.0, 0.5, 0.0, 0.5, -1.0))
    assert "“t” has pixels that aren't north up" in refused([found, turned])
    assert "too many for one mosaic" in refused([found] * (MOST_OBJECTS + 1))
    far = replace(found, transform=(5e11, *found.transform[1:]))
    assert "too far from each other" in refused([found, far])


def as_long(found, kind="Int64", **changes):
    bands = tuple(replace(band, dtype=kind, **changes) for band in found.bands)
    return replace(found, bands=bands)


def test_64_bit_integers_are_exact_or_refused(tmp_path, piece):
    found = piece(make_part(tmp_path / "a.tif"))
    for kind in ("Int64", "UInt64"):
        long = as_long(found, kind)
        assert "“a.tif” has a nodata value" in refused([as_long(found, kind, nodata=0), long][:1])
        said = refused([long, replace(long, name="b", mask="mask")])
        assert "would be rounded by GDAL where “b” has a mask. Convert" in said
        alpha = (long.bands[0], replace(long.bands[1], colour="Alpha"))
        assert "has an alpha band" in refused([replace(long, bands=alpha, mask="alpha")])
        assert "ComplexSource" not in document(plan_mosaic([long, long]))


@pytest.mark.parametrize("kind", [{}, {"nodata": 7}, {"transparency": "mask"}], ids=str)
def test_64_bit_integers_of_a_stack_are_exact(tmp_path, piece, kind):
    most = 2**62 + 1
    paths = [tmp_path / f"{n}.tif" for n in range(2)]
    for path in paths:
        make_part(path, 0, 0, (300, 200), bands=1, dtype=gdal.GDT_Int64, add=most, **kind)
    stack = gdal.Open(document(plan_stack([(piece(path), 1) for path in paths])))
    files = np.stack([gdal.Open(str(path)).ReadAsArray() for path in paths])
    assert files.max() > most
    assert np.array_equal(stack.ReadAsArray(), files)


def test_what_is_no_raster_is_refused(tmp_path):
    store = MemoryStore()
    store.create_container("c")
    (tmp_path / "a.txt").write_bytes(b"no raster")
    store.upload(tmp_path / "a.txt", "c", "a.txt")
    described = describe(ObjectRef(store, "c", "a.txt"))
    with pytest.raises(ConfigurationError, match=r"“a\.txt” is no raster"):
        Piece.of(described, "")


def test_bands_of_several_objects_become_one_raster(tmp_path, piece):
    fine, coarse = tmp_path / "B04.tif", tmp_path / "B11.tif"
    make_part(fine, 0, 0, (600, 400), bands=1, nodata=0)
    make_part(coarse, 0, 0, (300, 200), bands=1, pixel=20.0, nodata=0)
    pieces = piece(fine), piece(coarse)
    text = document(plan_stack([(pieces[1], 1), (pieces[0], 1), (pieces[0], 1)]))
    assert is_stack(text)
    assert bands_of_stack(text) == [(str(coarse), 1), (str(fine), 1), (str(fine), 1)]
    stack = gdal.Open(text)
    got = stack.ReadAsArray()
    small, large = (gdal.Open(str(path)).ReadAsArray() for path in (coarse, fine))
    assert np.array_equal(got[0], small.repeat(2, axis=0).repeat(2, axis=1))  # repeated, not mixed
    assert np.array_equal(got[1], large)
    names = [stack.GetRasterBand(n).GetDescription() for n in (1, 2)]
    assert names == ["B11.tif", "B04.tif"]
    del stack  # what an error's frames keep open would outlive GDAL
    odd = replace(pieces[1], name="odd", transform=(500005.0, *pieces[1].transform[1:]))
    said = refused([(pieces[0], 1), (odd, 1)], plan_stack)
    assert "Those of “odd” lie between those of “B04.tif”" in said


def single(path, x=0, **kind):
    return make_part(path, x, 0, (300, 200), bands=1, **kind)


def test_a_pixel_of_a_stack_is_there_if_all_its_objects_have_it(tmp_path, piece):
    """There is one mask for all bands, and what is missing in one must not read as a valid 0."""
    paths = [tmp_path / f"{n}.tif" for n in range(3)]
    holes = ((0, 100), (50, 150), None)
    for path, hole in zip(paths, holes):
        single(path, hole=hole, transparency="mask" if hole else "")
    text = document(plan_stack([(piece(path), 1) for path in paths]))
    stack = gdal.Open(text)
    expected = np.full((200, 300), 255)
    expected[:, 0:150] = 0
    for number, path in enumerate(paths, 1):
        band = stack.GetRasterBand(number)
        assert np.array_equal(band.GetMaskBand().ReadAsArray(), expected)
        assert np.array_equal(band.ReadAsArray(), gdal.Open(str(path)).ReadAsArray())
    assert masked_objects(text) == {str(path) for path in paths[:2]}


def test_bands_without_nodata_that_end_before_the_others_are_refused(tmp_path, piece):
    whole, short = piece(single(tmp_path / "a.tif")), piece(single(tmp_path / "b.tif", 300))
    said = refused([(whole, 1), (short, 1)], plan_stack)
    assert "“a.tif”, “b.tif” are missing in a part of what the others cover" in said
    longer = piece(make_part(tmp_path / "c.tif", 0, 0, (600, 200), bands=1))
    said = refused([(longer, 1), (short, 1)], plan_stack)
    assert "“b.tif” are missing" in said
    assert "c.tif" not in said
    assert "cut all to the same extent" in said
    for odd in ({"nodata": 0, "transparency": "mask"}, {"nodata": 0, "dtype": gdal.GDT_Int64}):
        short = piece(single(tmp_path / "d.tif", 300, **odd))
        assert "“d.tif” are missing" in refused([(longer, 1), (short, 1)], plan_stack)


def test_bands_with_nodata_may_end_before_the_others(tmp_path, piece):
    paths = [single(tmp_path / "a.tif", nodata=0), single(tmp_path / "b.tif", 300, nodata=9)]
    stack = gdal.Open(document(plan_stack([(piece(path), 1) for path in paths])))
    values = [gdal.Open(str(path)).ReadAsArray() for path in paths]
    got = [stack.GetRasterBand(number).ReadAsArray() for number in (1, 2)]
    # GDAL fills all bands of one read alike, so they are read one by one here
    assert np.array_equal(got[0], np.hstack([values[0], np.full((200, 300), 0)]))
    assert np.array_equal(got[1], np.hstack([np.full((200, 300), 9), values[1]]))
    for number, nodata in ((1, 0), (2, 9)):
        band = stack.GetRasterBand(number)
        assert np.array_equal(band.GetMaskBand().ReadAsArray() != 0, got[number - 1] != nodata)


#: Ways in which GDAL takes the name of a file, and ways to look as if there were none.
HIDDEN = {
    "small letters": (
        "<SimpleSource><sourceFilename>{0}</sourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource>"
    ),
    "an attribute": '<SimpleSource SourceFilename="{0}"><SourceBand>1</SourceBand></SimpleSource>',
    "a space": "<SimpleSource>< SourceFilename>{0}</SourceFilename></SimpleSource>",
    "quotes": "<SimpleSource SourceFilename='{0}'/>",
    "a comment": "<!-- {0} -->",
    "metadata": '<Metadata domain="GEOLOCATION"><MDI key="X_DATASET">{0}</MDI></Metadata>',
    "raw": '<VRTRasterBand subClass="VRTRawRasterBand" SourceFilename="{0}"></VRTRasterBand>',
    "warped": "<GDALWarpOptions><sourcedataset>{0}</sourcedataset></GDALWarpOptions>",
    "code": "<PixelFunctionCode>{0}</PixelFunctionCode>",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_file_that_is_hidden_in_a_document_makes_it_none_of_ours(tmp_path, piece, name):
    local = make_part(tmp_path / "local.tif")
    text = document(plan_mosaic([piece(make_part(tmp_path / "a.tif"))]))
    assert is_document(text)
    hidden = HIDDEN[name].format(html.escape(str(local)))
    other = re.sub("<SimpleSource>.*?</SimpleSource>", hidden, text, count=1)
    assert len(objects_of(other)) == 1  # in the second band
    assert not is_document(other)
    if name in ("small letters", "an attribute"):  # the control: GDAL takes it
        found, wanted = gdal.Open(other).ReadAsArray(), gdal.Open(str(local)).ReadAsArray()
        assert np.array_equal(found[0], wanted[0])


def test_a_document_names_objects_and_their_etags_and_nothing_else(tmp_path, piece):
    pieces = [piece(path) for path in parts(tmp_path)]
    text = document(plan_mosaic(pieces))
    assert is_document(text)
    assert "\n" not in text
    assert not is_stack(text)
    assert [(o.source, o.etag) for o in objects_of(text)] == [(p.source, p.etag) for p in pieces]
    assert all(p.etag for p in pieces)
    other = with_sources(text, lambda name: f"/vsicurl/http://x/?a=1&b=<{name}>")
    assert [o.source for o in objects_of(other)] == [
        f"/vsicurl/http://x/?a=1&b=<{p.source}>" for p in pieces
    ]
    assert with_sources(other, lambda name: re.sub(r".*<(.*)>", r"\1", name)) == text
    assert not is_document(text.replace('key="kind"', 'key="other"'))
    named = "<SourceFilename>/etc/passwd</SourceFilename>"
    assert not is_document(text.replace("<OverviewList", f"{named}<OverviewList"))
    assert not is_document("/vsicurl/https://example.org/a.vrt")


def test_coverage():
    assert is_covered((10, 10), [(0, 0, 10, 5), (0, 5, 10, 5)])
    assert is_covered((10, 10), [(0, 0, 6, 10), (4, 0, 6, 10)])
    assert not is_covered((10, 10), [(0, 0, 10, 5), (0, 6, 10, 4)])
    assert not is_covered((10, 10), [(0, 0, 9, 10)])
    assert not is_covered((10, 10), [(5, 5, 5, 5), (0, 0, 5, 5)])
