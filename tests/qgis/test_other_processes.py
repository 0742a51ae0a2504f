# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS's own algorithms on a private layer: GDAL's programs, run as processes, and native ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from osgeo import gdal
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.adapters.layers import build_layer
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.adapters.virtual_rasters import refers_to_session, write_saved_form
from cog_browser.gui.layers.vrt_notice import VrtNotice
from cog_browser.storage.errors import ConfigurationError
from tests.support.patience import WAIT
from tests.support.rasters import checksums, make_cog


@pytest.fixture
def store(sessions, account):
    return sessions.store(*account)


@pytest.fixture
def local(tmp_path):
    return make_cog(tmp_path / "scène 1.tif", 900, 700, bands=2)


@pytest.fixture
def layer(store, container, local):
    store.upload(local, container, "a b/scène 1.tif")
    with ThreadPoolExecutor(1) as pool:
        layer = pool.submit(build_layer, store, container, "a b/scène 1.tif").result(60)
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def run(qgis_processing, stack):
    """Runs an algorithm; no secret may be in what its log shows: run(name, parameters)."""

    import processing

    def run(name, parameters):
        feedback, context = QgsProcessingFeedback(False), QgsProcessingContext()
        context.setProject(QgsProject.instance())
        results = processing.run(name, parameters, feedback=feedback, context=context)
        shown = feedback.textLog()
        assert not [secret for secret in stack.secrets() if secret in shown]
        assert "X-Auth-Token" not in shown
        return results["OUTPUT"], shown

    return run


def pixels(path, window=None):
    dataset = gdal.Open(str(path))
    return dataset.ReadRaster(*(window or (0, 0, dataset.RasterXSize, dataset.RasterYSize)))


def test_gdal_translate_gives_every_pixel(run, layer, local, tmp_path):
    output, shown = run("gdal:translate", {"INPUT": layer, "OUTPUT": str(tmp_path / "out.tif")})
    assert checksums(gdal.Open(output)) == checksums(gdal.Open(str(local)))
    assert "gdal_translate" in shown


def test_gdal_warp_gives_what_it_gives_of_the_file(run, layer, local, tmp_path):
    results = [
        run(
            "gdal:warpreproject",
            {"INPUT": source, "TARGET_CRS": "EPSG:3857", "OUTPUT": str(tmp_path / name)},
        )[0]
        for source, name in ((layer, "remote.tif"), (str(local), "local.tif"))
    ]
    assert pixels(results[0]) == pixels(results[1])
    assert any(pixels(results[0]))


def test_gdal_clip_gives_the_window(run, layer, local, tmp_path):
    extent = "501000,503000,4996000,4999000 [EPSG:32631]"
    output, _ = run(
        "gdal:cliprasterbyextent",
        {"INPUT": layer, "PROJWIN": extent, "OUTPUT": str(tmp_path / "out.tif")},
    )
    assert pixels(output) == pixels(local, (100, 100, 200, 300))


def test_native_algorithms_read_right_values(run, layer, local, tmp_path):
    output, _ = run(
        "native:cellstatistics",
        {
            "INPUT": [layer],
            "STATISTIC": 0,
            "REFERENCE_LAYER": layer,
            "OUTPUT": str(tmp_path / "sum.tif"),
        },
    )
    made = gdal.Open(output).ReadAsArray()
    dataset = gdal.Open(str(local))
    assert (made == dataset.GetRasterBand(1).ReadAsArray()).all()


def make_vrt(run, layer, path):
    output, _ = run(
        "gdal:buildvirtualraster", {"INPUT": [layer], "SEPARATE": False, "OUTPUT": str(path)}
    )
    return output


def test_a_virtual_raster_shows_the_pixels_while_this_qgis_runs(run, layer, local, tmp_path):
    output = make_vrt(run, layer, tmp_path / "mosaic.vrt")
    assert checksums(gdal.Open(output)) == checksums(gdal.Open(str(local)))
    assert "127.0.0.1" in (tmp_path / "mosaic.vrt").read_text()


def test_a_virtual_raster_that_refers_to_this_session_is_told_and_can_be_rewritten(
    run, layer, message_bar, workers, stack, tmp_path, qtbot
):
    notice = VrtNotice(workers, message_bar)
    path = tmp_path / "mosaic.vrt"
    make_vrt(run, layer, path)
    text = path.read_text()
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(path), "mosaic", "gdal"))
    qtbot.waitUntil(lambda: bool(message_bar.items()), timeout=WAIT)
    [item] = message_bar.items()
    assert "“mosaic.vrt”" in item.text()
    assert "when QGIS is closed" in item.text()
    assert path.read_text() == text  # nothing is changed unasked
    [button] = [b for b in item.findChildren(QPushButton) if "store" in b.text()]
    button.click()
    qtbot.waitUntil(lambda: path.read_text() != text, timeout=WAIT)
    written = path.read_text()
    assert "127.0.0.1:" + layer.source().split("127.0.0.1%3A")[1].split("%2F")[0] not in written
    assert to_saved_form(layer.source()) in written
    assert not [secret for secret in stack.secrets() if secret in written]
    notice.stop()


def test_a_virtual_raster_that_cannot_be_written_is_an_error_that_says_so(run, layer, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    path = folder / "mosaic.vrt"
    make_vrt(run, layer, path)
    path.unlink()
    folder.rmdir()
    with pytest.raises(ConfigurationError, match=r"“mosaic\.vrt” can't be written: "):
        write_saved_form(path)


def test_a_virtual_raster_that_can_t_be_taken_as_ours_any_more_is_not_emptied(tmp_path, qgis_app):
    for content in (b"\xff\xfe not text", b"x" * ((16 << 20) + 1)):
        path = tmp_path / "other.vrt"
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match="is not as it was"):
            write_saved_form(path)
        assert path.read_bytes() == content
        assert not refers_to_session(path)


def test_other_virtual_rasters_are_left_alone(
    sessions, message_bar, workers, local, tmp_path, qtbot
):
    notice = VrtNotice(workers, message_bar)
    path = tmp_path / "own.vrt"
    gdal.BuildVRT(str(path), [str(local)]).FlushCache()
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(path), "own", "gdal"))
    qtbot.wait(500)
    assert message_bar.items() == []
    notice.stop()
