# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers on private objects in a real QGIS: sources, projects, and every call that blocks."""

from __future__ import annotations

import threading
import time

import pytest
from osgeo import gdal
from qgis.core import (
    QgsContrastEnhancement,
    QgsCoordinateReferenceSystem,
    QgsMapRendererParallelJob,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRaster,
    QgsRasterBandStats,
    QgsRasterFileWriter,
    QgsRasterLayer,
    QgsRasterMinMaxOrigin,
    QgsRasterPipe,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize

from cog_browser.adapters import path_translation
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.gui import listing
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import NotFoundError, RasterError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.stores import open_store
from cog_browser.storage.vsi import gateway_url
from tests.support.rasters import checksums, make_cog

KEY = "2026/a b/scène.tif"


@pytest.fixture
def signed_in(sessions):
    """Sessions of this test alone, with the path translation installed."""
    path_translation.install()
    yield sessions
    path_translation.uninstall()


@pytest.fixture
def store(stack, signed_in):
    connection, credentials = Connection.from_environment(stack.environment("demo"))
    return signed_in.store(connection, credentials)


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture(scope="module")
def cog(tmp_path_factory):
    return make_cog(tmp_path_factory.mktemp("cog") / "scene.tif", 2000, 1500, bands=3)


@pytest.fixture(scope="module")
def scenes(stack, cog):
    """A container with the COG, for tests that only read: it is large."""
    store = open_store(*Connection.from_environment(stack.environment("demo")))
    name = store.create_container(stack.unique_name()).name
    store.upload(cog, name, KEY)
    return name


def in_worker(function):
    """Run in another thread, as the dock does, and hand the result or error over."""
    outcome = {}

    def work():
        try:
            outcome["result"] = function()
        except Exception as error:
            outcome["error"] = error

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


@pytest.fixture
def layer(store, scenes):
    return in_worker(lambda: build_layer(store, scenes, KEY))


def test_a_layer_is_built_in_a_worker_and_belongs_to_the_main_thread(layer, qgis_app):
    assert layer.isValid()
    assert layer.thread() is qgis_app.thread()
    assert layer.name() == "scène.tif"
    assert (layer.width(), layer.height(), layer.bandCount()) == (2000, 1500, 3)
    assert layer.crs().authid() == "EPSG:32631"


def test_the_running_source_holds_neither_secret_nor_object_address(layer, stack):
    source = layer.source()
    assert gateway_url(source).startswith("http://127.0.0.1:")
    assert not any(secret in source for secret in stack.secrets())
    assert "AUTH_" not in source


def test_adding_a_layer_sends_at_most_three_reads_and_no_sidecar_probe(
    store, container, tmp_path, stack
):
    # Small, so that the statistics of the default style are one more read, not several at once.
    store.upload(make_cog(tmp_path / "small.tif", 500, 400), container, "a.tif")
    mark = stack.mark()
    layer = in_worker(lambda: build_layer(store, container, "a.tif"))
    add_to_project(layer)
    requests = stack.swift_requests(since=mark, within=container)
    assert {r.method for r in requests} <= {"HEAD", "GET"}
    assert [r.method for r in requests].count("HEAD") == 1
    assert len(requests) <= 3, requests


def test_saved_files_hold_the_objects_url_only_and_reopen(layer, scenes, stack, tmp_path):
    add_to_project(layer)
    for name in ("project.qgs", "project.qgz"):
        path = tmp_path / name
        assert QgsProject.instance().write(str(path))
    text = (tmp_path / "project.qgs").read_text()
    saved = f"/vsicurl/{stack.storage_url()}/{scenes}/2026/a%20b/sc%C3%A8ne.tif"
    assert saved in text
    assert "/vsicurl?" not in text
    assert str(gateway_url(layer.source())) not in text
    assert not any(secret in text for secret in stack.secrets())
    QgsProject.instance().clear()
    assert QgsProject.instance().read(str(tmp_path / "project.qgz"))
    [reopened] = QgsProject.instance().mapLayers().values()
    assert reopened.isValid()
    assert gateway_url(reopened.source())


def test_a_project_opens_after_a_sign_in_that_only_listed(
    layer, scenes, stack, signed_in, tmp_path
):
    add_to_project(layer)
    assert QgsProject.instance().write(str(tmp_path / "project.qgs"))
    QgsProject.instance().clear()
    connection, credentials = Connection.from_environment(stack.environment("demo"))
    signed_in.sign_out(connection.id)
    assert signed_in.roots() == {}
    again = signed_in.store(connection, credentials)
    in_worker(lambda: list(listing.pages(again, Place(connection.id, scenes))))
    assert QgsProject.instance().read(str(tmp_path / "project.qgs"))
    [reopened] = QgsProject.instance().mapLayers().values()
    assert reopened.isValid()


def test_translation_is_idempotent_and_returns(layer, store, scenes):
    saved = store.source(scenes, KEY)
    running = path_translation.to_running_form(saved)
    assert running == layer.source()
    assert path_translation.to_running_form(running) == running
    assert path_translation.to_saved_form(running) == saved
    assert path_translation.to_saved_form(saved) == saved


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.replace("/v1/AUTH_", "/v1/AUTH_0"),
        lambda s: s.replace("http://127.0.0.1", "http://127.0.0.1.evil.example.org"),
        lambda s: s.replace("http://", "http://user@"),
        lambda s: s.replace("http://", "https://"),
        lambda s: s.replace("/2026/", "/x/../2026/"),
        lambda s: s.replace("/2026/", "/x/%2e%2e/2026/"),
        lambda s: s.replace("/2026/", "/%32026/"),
        lambda s: s + "?x=1",
        lambda s: s.replace("/vsicurl/", "/vsicurl_streaming/"),
    ],
    ids=range(9),
)
def test_a_source_that_only_resembles_ours_gets_no_credential(
    store, signed_in, container, change, stack
):
    # No layer shows the genuine object, or reads ahead of it would be among the requests.
    signed_in.remember_root(store)
    genuine = store.source(container, KEY)
    source, mark = change(genuine), stack.mark()
    assert path_translation.to_running_form(source) == source
    sent = stack.swift_requests(since=mark, within=container)
    assert {r.status for r in sent} <= {401}  # with a token of ours, another account says 403
    is_of_an_unknown_account = source.startswith(genuine.partition("AUTH_")[0] + "AUTH_0")
    assert bool(sent) == is_of_an_unknown_account  # it is tried as anybody
    assert gateway_url(path_translation.to_running_form(genuine))


def test_what_is_no_tiff_never_becomes_a_layer(store, container, tmp_path, cog):
    store.upload(cog, container, "real.tif")
    path = tmp_path / "evil.tif"
    path.write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{cog}</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )
    store.upload(path, container, "evil.tif")
    with pytest.raises(RasterError, match="no TIFF"):
        in_worker(lambda: build_layer(store, container, "evil.tif"))
    with pytest.raises(NotFoundError):
        in_worker(lambda: build_layer(store, container, "missing.tif"))


def test_a_truncated_tiff_is_an_error_with_gdals_reason(store, container, tmp_path, cog):
    path = tmp_path / "short.tif"
    path.write_bytes(cog.read_bytes()[:100])
    store.upload(path, container, "short.tif")
    with pytest.raises(RasterError, match="can't be opened"):
        in_worker(lambda: build_layer(store, container, "short.tif"))


def test_pixels_are_those_of_the_file(layer, cog):
    remote, local = gdal.Open(layer.source()), gdal.Open(str(cog))
    assert checksums(remote) == checksums(local)


def render(layer, job_type, extent=None):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(extent or layer.extent())
    settings.setOutputSize(QSize(400, 300))
    job = job_type(settings)
    job.start()
    job.waitForFinished()
    assert job.errors() == []
    return job.renderedImage()


def is_uniform(image):
    colours = {image.pixel(x, y) for x in range(0, 400, 20) for y in range(0, 300, 20)}
    return len(colours) < 10


def statistics(layer):
    dataset = gdal.Open(layer.source())  # a band alone would not keep it open
    return dataset.GetRasterBand(1).ComputeStatistics(True)


def write(layer, path):
    writer = QgsRasterFileWriter(str(path / "out.tif"))
    pipe = QgsRasterPipe()
    pipe.set(layer.dataProvider().clone())
    extent = QgsRectangle(layer.extent())
    written = writer.writeRaster(pipe, 200, 150, extent, layer.crs())
    return written == QgsRasterFileWriter.WriterError.NoError


#: Calls that block the main thread on a read while the gateway's threads must serve it.
BLOCKING = {
    "gdal.Open and ReadRaster": lambda layer, path: gdal.Open(layer.source()).ReadRaster(),
    "ComputeStatistics": lambda layer, path: statistics(layer),
    "QgsRasterLayer": lambda layer, path: QgsRasterLayer(layer.source(), "x", "gdal").isValid(),
    "identify": lambda layer, path: (
        layer.dataProvider()
        .identify(layer.extent().center(), QgsRaster.IdentifyFormat.IdentifyFormatValue)
        .results()[1]
    ),
    "sample": lambda layer, path: layer.dataProvider().sample(layer.extent().center(), 1)[1],
    "block": lambda layer, path: layer.dataProvider().block(1, layer.extent(), 100, 100).isValid(),
    "bandStatistics": lambda layer, path: (
        layer.dataProvider()
        .bandStatistics(1, QgsRasterBandStats.Stats.All, QgsRectangle(), 1000)
        .maximumValue
    ),
    "histogram with defaults": lambda layer, path: (
        layer.dataProvider().histogram(1).histogramVector
    ),
    "histogram": lambda layer, path: (
        layer.dataProvider().histogram(1, 10, 0, 65535, QgsRectangle(), 1000).histogramVector
    ),
    "setContrastEnhancement": lambda layer, path: (
        layer.setContrastEnhancement(
            QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum,
            QgsRasterMinMaxOrigin.Limits.CumulativeCut,
        )
        or True
    ),
    "cumulativeCut": lambda layer, path: layer.dataProvider().cumulativeCut(1, 0.02, 0.98)[1],
    "parallel render": lambda layer, path: not is_uniform(render(layer, QgsMapRendererParallelJob)),
    "sequential render": lambda layer, path: (
        not is_uniform(render(layer, QgsMapRendererSequentialJob))
    ),
    "reload": lambda layer, path: layer.reload() or layer.isValid(),
    "setDataSource": lambda layer, path: (
        layer.setDataSource(layer.source(), "y", "gdal") or layer.isValid()
    ),
    "clone": lambda layer, path: layer.clone().isValid(),
    "QgsRasterFileWriter": write,
}


@pytest.mark.parametrize("call", BLOCKING, ids=lambda name: name.replace(" ", "-"))
def test_no_call_that_blocks_the_main_thread_deadlocks(layer, scenes, tmp_path, call):
    forget_everything(layer, scenes)
    started = time.monotonic()
    assert BLOCKING[call](layer, tmp_path)
    assert time.monotonic() - started < 30


def forget_everything(layer, container):
    """Make the next read go all the way to the store: GDAL caches blocks by open dataset."""
    connection = layer.customProperty("cog_browser/connection")
    shared_gateway().forget(connection, container, KEY)
    gdal.VSICurlPartialClearCache(layer.source())
    layer.setDataSource(layer.source(), layer.name(), "gdal")


def test_a_thread_that_hogs_the_interpreter_slows_reading_but_does_not_stop_it(layer, scenes):
    forget_everything(layer, scenes)
    stop = threading.Event()

    def hog():
        while not stop.is_set():
            sum(range(10_000))

    thread = threading.Thread(target=hog)
    thread.start()
    try:
        assert not is_uniform(render(layer, QgsMapRendererParallelJob))
    finally:
        stop.set()
        thread.join()


def test_a_proxy_that_qgis_hands_to_gdal_is_passed_by(store, container, cog, unused_port):
    store.upload(cog, container, "a.tif")
    gdal.SetConfigOption("GDAL_HTTP_PROXY", f"127.0.0.1:{unused_port}")
    try:
        try:
            control = gdal.Open(f"/vsicurl?empty_dir=yes&url=http://127.0.0.1:{unused_port}/x.tif")
        except RuntimeError:  # GDAL's exceptions are on in parts of QGIS
            control = None
        layer = in_worker(lambda: build_layer(store, container, "a.tif"))
        assert (control, layer.isValid()) == (None, True)
    finally:
        gdal.SetConfigOption("GDAL_HTTP_PROXY", None)


def test_styling_statistics_and_saving_send_no_write(layer, stack, scenes, tmp_path):
    mark = stack.mark()
    add_to_project(layer)
    layer.dataProvider().bandStatistics(1, QgsRasterBandStats.Stats.All, QgsRectangle(), 1000)
    layer.dataProvider().histogram(1)
    layer.dataProvider().identify(
        QgsPointXY(layer.extent().center()), QgsRaster.IdentifyFormat.IdentifyFormatValue
    )
    render(layer, QgsMapRendererParallelJob)
    QgsProject.instance().write(str(tmp_path / "p.qgs"))
    layer.reload()
    QgsProject.instance().removeMapLayer(layer.id())
    requests = stack.swift_requests(since=mark, within=scenes)
    assert {r.method for r in requests} <= {"GET", "HEAD"}


def test_two_projects_with_the_same_names_keep_their_own_pixels(
    signed_in, stack, tmp_path, qgis_app
):
    container = stack.unique_name()
    layers, files = [], []
    for number, account in enumerate(("demo", "calibration")):
        store = signed_in.store(*Connection.from_environment(stack.environment(account)))
        store.create_container(container)
        file = make_cog(tmp_path / f"{account}.tif", 900 + number, 800)
        store.upload(file, container, "same.tif")
        layers.append(in_worker(lambda store=store: build_layer(store, container, "same.tif")))
        files.append(file)
    for layer, file in zip(layers, files):
        assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(file)))
    assert layers[0].width() != layers[1].width()


def test_a_layer_without_crs_is_built_without_a_prompt(store, container, tmp_path, qgis_app):
    path = tmp_path / "nocrs.tif"
    memory = gdal.GetDriverByName("MEM").Create("", 100, 100, 1, gdal.GDT_Byte)
    gdal.GetDriverByName("GTiff").CreateCopy(str(path), memory)
    store.upload(path, container, "nocrs.tif")
    layer = in_worker(lambda: build_layer(store, container, "nocrs.tif"))
    assert layer.isValid()
    assert layer.crs() == QgsCoordinateReferenceSystem()
