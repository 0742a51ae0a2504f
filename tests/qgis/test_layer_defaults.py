# SPDX-License-Identifier: GPL-2.0-or-later
"""How a layer looks at first, and what it costs to add it, in a real QGIS on a real Swift."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsContrastEnhancement,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterMinMaxOrigin,
    QgsSettings,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.storage.errors import RasterError
from cog_browser.storage.gateway.process import set_up_gateway, shared_gateway
from cog_browser.storage.vsi import gateway_url
from tests.support.rasters import make_cog

CUMULATIVE_CUT, STD_DEV, MIN_MAX = (
    QgsRasterMinMaxOrigin.Limits.CumulativeCut,
    QgsRasterMinMaxOrigin.Limits.StdDev,
    QgsRasterMinMaxOrigin.Limits.MinMax,
)
RED, GREEN, BLUE = gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand


@pytest.fixture
def store(sessions, account):
    return sessions.store(*account)


@pytest.fixture
def build(store, container):
    """Puts a file into the store and builds its layer in another thread: build(path)."""

    layers = []  # a renderer doesn't keep its layer alive

    def build(path):
        store.upload(path, container, path.name)
        with ThreadPoolExecutor(1) as pool:
            layers.append(pool.submit(build_layer, store, container, path.name).result(60))
        return layers[-1]

    yield build
    layers.clear()


@pytest.fixture
def options():
    """Sets what the user can set in QGIS's options: options(name, value)."""
    names = []

    def choose(name, value):
        names.append(f"Raster/{name}")
        QgsSettings().setValue(names[-1], value)

    yield choose
    for name in names:
        QgsSettings().remove(name)


def write(path, array, gdal_type=gdal.GDT_UInt16, edit=lambda dataset: None, driver="COG"):
    """A raster with one band for each layer of ``array``; ``edit`` may change it in memory."""
    bands, rows, columns = array.shape
    memory = gdal.GetDriverByName("MEM").Create("", columns, rows, bands, gdal_type)
    memory.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32631)
    memory.SetProjection(system.ExportToWkt())
    for number in range(bands):
        memory.GetRasterBand(number + 1).WriteArray(array[number])
    edit(memory)
    options = ["COMPRESS=DEFLATE", "OVERVIEW_RESAMPLING=NEAREST"] if driver == "COG" else []
    assert gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=options) is not None
    return path


def interpreted(*meanings):
    def edit(dataset):
        for number, meaning in enumerate(meanings, 1):
            dataset.GetRasterBand(number).SetColorInterpretation(meaning)

    return edit


def noise(bands, columns=600, rows=400, seed=5, gdal_type=np.uint16):
    random = np.random.default_rng(seed)
    return random.gamma(3.0, 400.0, (bands, rows, columns)).astype(gdal_type)


def coarsest(path, band=1):
    """The pixels of the last overview, or of the raster that has none."""
    dataset = gdal.Open(str(path))
    one = dataset.GetRasterBand(band)
    count = one.GetOverviewCount()
    return (one.GetOverview(count - 1) if count else one).ReadAsArray()


def start_of_overview(path):
    """The first byte of the first overview's pixels."""
    dataset = gdal.Open(str(path))
    overview = dataset.GetRasterBand(1).GetOverview(0)
    return int(overview.GetMetadataItem("BLOCK_OFFSET_0_0", "TIFF"))


def stretched(enhancement):
    return (enhancement.minimumValue(), enhancement.maximumValue())


def cut_of(pixels, lower=0.02, upper=0.98):
    return tuple(np.quantile(pixels, [lower, upper], method="inverted_cdf").astype(float))


def draw(layer):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(200, 150))
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert job.errors() == []
    return job.renderedImage()


def test_one_band_of_science_data_is_cut_at_two_percent(build, tmp_path):
    path = write(tmp_path / "a.tif", noise(1))
    layer = build(path)
    renderer = layer.renderer()
    assert renderer.type() == "singlebandgray"
    assert stretched(renderer.contrastEnhancement()) == cut_of(coarsest(path))
    assert renderer.minMaxOrigin().limits() == CUMULATIVE_CUT
    grays = {draw(layer).pixelColor(x, y).red() for x in range(0, 200, 4) for y in range(0, 150, 4)}
    assert len(grays) > 100


def test_bands_without_a_meaning_are_drawn_as_qgis_does_each_with_its_cut(build, tmp_path):
    array = noise(4) * np.array([1, 2, 3, 4], np.uint16)[:, np.newaxis, np.newaxis]
    path = write(tmp_path / "a.tif", array)
    renderer = build(path).renderer()
    assert (renderer.redBand(), renderer.greenBand(), renderer.blueBand()) == (1, 2, 3)
    for band, enhancement in (
        (1, renderer.redContrastEnhancement()),
        (2, renderer.greenContrastEnhancement()),
        (3, renderer.blueContrastEnhancement()),
    ):
        assert stretched(enhancement) == cut_of(coarsest(path, band))


def test_colors_are_where_the_file_says_they_are(build, tmp_path):
    edit = interpreted(BLUE, GREEN, RED, gdal.GCI_Undefined)
    renderer = build(write(tmp_path / "a.tif", noise(4), edit=edit)).renderer()
    assert (renderer.redBand(), renderer.greenBand(), renderer.blueBand()) == (3, 2, 1)
    assert renderer.alphaBand() == -1


def test_a_multispectral_raster_is_in_natural_colours_by_the_names_of_its_bands(build, tmp_path):
    def edit(dataset):
        for number, name in enumerate(("B02", "B03", "B04", "B08"), 1):
            dataset.GetRasterBand(number).SetDescription(name)

    renderer = build(write(tmp_path / "s2.tif", noise(4), edit=edit)).renderer()
    assert [renderer.redBand(), renderer.greenBand(), renderer.blueBand()] == [3, 2, 1]


def test_a_photograph_keeps_its_colors_and_its_alpha(build, tmp_path):
    array = noise(4, gdal_type=np.uint8)
    array[3, :, :300] = 0
    array[3, :, 300:] = 255
    edit = interpreted(RED, GREEN, BLUE, gdal.GCI_AlphaBand)
    layer = build(write(tmp_path / "a.tif", array, gdal.GDT_Byte, edit))
    renderer = layer.renderer()
    assert renderer.alphaBand() == 4
    assert renderer.redContrastEnhancement() is None
    image = draw(layer)
    alphas = [image.pixelColor(x, 75).alpha() for x in (20, 60, 140, 180)]
    assert alphas == [0, 0, 255, 255]


@pytest.mark.parametrize(("name", "alpha"), [("NIR", -1), ("B08", -1), ("Alpha", 4), ("", 4)])
def test_infrared_that_gdal_calls_alpha_hides_nothing(build, tmp_path, name, alpha):
    def edit(dataset):
        interpreted(RED, GREEN, BLUE, gdal.GCI_AlphaBand)(dataset)
        dataset.GetRasterBand(4).SetDescription(name)

    array = noise(4, gdal_type=np.uint8)
    array[3] = 0
    layer = build(write(tmp_path / "a.tif", array, gdal.GDT_Byte, edit))
    assert layer.renderer().alphaBand() == alpha
    assert draw(layer).pixelColor(20, 75).alpha() == (255 if alpha < 0 else 0)


def test_a_mask_in_the_file_is_respected(build, tmp_path):
    array = noise(1)
    array[0, :, :300] = 65535
    mask = np.zeros((400, 600), np.uint8)
    mask[:, 300:] = 255

    def edit(dataset):
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask)

    layer = build(write(tmp_path / "a.tif", array, edit=edit))
    low, high = stretched(layer.renderer().contrastEnhancement())
    assert (low, high) == pytest.approx(cut_of(array[0, :, 300:]), rel=0.1)
    image = draw(layer)
    assert [image.pixelColor(x, 75).alpha() for x in (20, 60, 140, 180)] == [0, 0, 255, 255]


def test_a_colour_table_is_used_and_band_descriptions_are_names(build, tmp_path):
    array = (np.indices((400, 600)).sum(axis=0) // 100 % 3).astype(np.uint8)[np.newaxis]

    def edit(dataset):
        table = gdal.ColorTable()
        for value, color in enumerate(((10, 20, 30), (200, 0, 0), (0, 200, 0))):
            table.SetColorEntry(value, color)
        dataset.GetRasterBand(1).SetColorTable(table)
        dataset.GetRasterBand(1).SetDescription("land cover")

    layer = build(write(tmp_path / "a.tif", array, gdal.GDT_Byte, edit))
    assert layer.renderer().type() == "paletted"
    image = draw(layer)
    grid = [(x, y) for x in range(0, 200, 5) for y in range(150)]
    colors = {image.pixelColor(x, y).getRgb()[:3] for x, y in grid}
    assert {(10, 20, 30), (200, 0, 0), (0, 200, 0)} <= colors
    assert layer.bandName(1) == "Band 1: land cover"


def test_nodata_neither_counts_nor_is_drawn(build, tmp_path):
    array = noise(1)
    array[0, :, :300] = 65535

    def edit(dataset):
        dataset.GetRasterBand(1).SetNoDataValue(65535)

    layer = build(write(tmp_path / "a.tif", array, edit=edit))
    assert layer.renderer().contrastEnhancement().maximumValue() < 10_000
    image = draw(layer)
    assert [image.pixelColor(x, 75).alpha() for x in (20, 60, 140, 180)] == [0, 0, 255, 255]


def test_statistics_in_the_file_save_every_read_of_pixels(build, stack, container, tmp_path):
    def edit(dataset):
        for name, value in (("MINIMUM", 3), ("MAXIMUM", 9000), ("MEAN", 1200), ("STDDEV", 700)):
            for band in (1, 2, 3):
                dataset.GetRasterBand(band).SetMetadataItem(f"STATISTICS_{name}", str(value))

    path = write(tmp_path / "a.tif", noise(3, 2500, 2500), edit=edit)
    mark = stack.mark()
    layer = build(path)
    sent = stack.swift_requests(since=mark, within=container)
    reads = [r for r in sent if r.method == "GET" and r.range]
    assert [r.range for r in reads] == ["bytes=0-262143"]
    assert stretched(layer.renderer().redContrastEnhancement()) == (3.0, 2600.0)
    assert layer.renderer().minMaxOrigin().limits() == STD_DEV
    assert layer.renderer().minMaxOrigin().stdDevFactor() == 2.0


def test_scale_and_offset_are_applied_to_the_stretch_as_qgis_does_to_the_pixels(build, tmp_path):
    def edit(dataset):
        dataset.GetRasterBand(1).SetScale(0.0001)
        dataset.GetRasterBand(1).SetOffset(-0.1)

    path = write(tmp_path / "a.tif", noise(1), edit=edit)
    low, high = cut_of(coarsest(path))
    found = stretched(build(path).renderer().contrastEnhancement())
    assert found == pytest.approx((low * 0.0001 - 0.1, high * 0.0001 - 0.1))


def test_the_users_own_options_win(build, options, tmp_path):
    options("defaultContrastEnhancementLimits/singleBand", "MinMax")
    options("defaultContrastEnhancementAlgorithm/singleBand", "StretchAndClipToMinimumMaximum")
    path = write(tmp_path / "a.tif", noise(1))
    renderer = build(path).renderer()
    pixels = coarsest(path)
    found = renderer.contrastEnhancement()
    assert stretched(found) == (pixels.min(), pixels.max())
    algorithms = QgsContrastEnhancement.ContrastEnhancementAlgorithm
    assert found.contrastEnhancementAlgorithm() == algorithms.StretchAndClipToMinimumMaximum
    assert renderer.minMaxOrigin().limits() == MIN_MAX


def test_the_users_fractions_bands_and_resampling_win(build, options, tmp_path):
    for name, value in (
        ("cumulativeCutLower", 0.1),
        ("cumulativeCutUpper", 0.7),
        ("defaultRedBand", 4),
        ("defaultGreenBand", 2),
        ("defaultBlueBand", 9),
        ("defaultZoomedInResampling", "bilinear"),
    ):
        options(name, value)
    path = write(tmp_path / "a.tif", noise(4))
    layer = build(path)
    renderer = layer.renderer()
    assert (renderer.redBand(), renderer.greenBand(), renderer.blueBand()) == (4, 2, -1)
    assert stretched(renderer.redContrastEnhancement()) == cut_of(coarsest(path, 4), 0.1, 0.7)
    assert layer.resampleFilter().zoomedInResampler().type() == "bilinear"


def test_a_raster_of_rare_values_shows_them(build, tmp_path):
    array = np.zeros((1, 400, 600), np.uint8)
    array[0, 10, 10:60] = 1
    renderer = build(write(tmp_path / "a.tif", array, gdal.GDT_Byte)).renderer()
    assert stretched(renderer.contrastEnhancement()) == (0, 1)


def test_a_large_raster_without_overviews_is_not_read_whole(build, tmp_path):
    array = np.random.default_rng(1).integers(0, 60_000, (1, 4000, 4000), dtype=np.uint16)
    path = write(tmp_path / "a.tif", array, driver="GTiff")  # 32 MB in strips
    layer = build(path)
    low, high = stretched(layer.renderer().contrastEnhancement())
    assert (low, high) == pytest.approx((1200, 58_800), rel=0.05)
    meter = shared_gateway().meter(gateway_url(layer.source()))
    assert meter.bytes_fetched < 8e6


def test_pixels_that_cannot_be_read_refuse_the_layer_with_the_reason(build, tmp_path):
    path = write(tmp_path / "broken.tif", noise(1))
    data, start = bytearray(path.read_bytes()), start_of_overview(path)
    data[start : start + 100] = b"\xff" * 100
    path.write_bytes(data)
    with pytest.raises(RasterError, match=r"“broken\.tif” .*: its pixels can't be read") as caught:
        build(path)
    assert "127.0.0.1" not in str(caught.value)


@pytest.fixture
def without_look_ahead():
    set_up_gateway(look_ahead=False)
    yield
    set_up_gateway(look_ahead=True)


def test_the_first_pixel_takes_three_requests(
    build, stack, container, tmp_path, without_look_ahead
):
    path = make_cog(tmp_path / "scene.tif", 2000, 1500)
    mark = stack.mark()
    layer = build(path)
    requests = stack.swift_requests(since=mark, within=f"{container}/")
    reads = [r for r in requests if r.method in ("GET", "HEAD")]
    upload = [r.method for r in requests][: len(requests) - 3]
    assert [r.method for r in reads[-3:]] == ["HEAD", "GET", "GET"]
    assert "PUT" in upload
    add_to_project(layer)
    assert draw(layer).pixelColor(100, 75).alpha() == 255
    drawn = stack.swift_requests(since=mark, within=f"{container}/")
    assert drawn == requests  # the full view of this raster is in what the style has read


def test_adding_reads_nothing_on_the_main_thread(build, tmp_path, qtbot):
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    layer = build(make_cog(tmp_path / "scene.tif", 2000, 1500, bands=3))
    gateway = shared_gateway()._process.pid
    os.kill(gateway, signal.SIGSTOP)  # whoever reads now waits for ever
    try:
        began = time.perf_counter()
        add_to_project(layer)
        blocked = time.perf_counter() - began
    finally:
        os.kill(gateway, signal.SIGCONT)
    assert blocked < 15  # about 2 ms; a read would wait until it is given up
    assert QgsProject.instance().mapLayers() == {layer.id(): layer}
