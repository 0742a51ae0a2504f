# SPDX-License-Identifier: GPL-2.0-or-later
"""What GDAL reads while the store, or what is between, misbehaves: never wrong pixels as right.

The gateway in its own process, a real Swift behind a fault proxy. What no reader of ranges can
tell is at the end, and in docs/architecture.md under “What can't be noticed”.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest
from osgeo import gdal

from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway.process import GatewayProcess
from cog_browser.storage.stores import open_store
from cog_browser.storage.vsi import running_source
from tests.support.faults import Fault

#: Columns, rows: several blocks of the gateway away from the header.
_SIZE, _WINDOW = 2048, (1536, 1536, 512, 512)
_PAGE = b"<html>Please log in to the network</html>\n"

#: What goes wrong with every GET → words of the reason that the user is told.
TABLE = {
    "401": (Fault(status=401), "sign in|401|refused"),
    "403": (Fault(status=403), "403|not allowed|may not"),
    "404": (Fault(status=404), "404|no |not "),
    "416": (Fault(status=416), "416"),
    "429": (Fault(status=429), "429|too many|busy"),
    "500": (Fault(status=500), "500"),
    "503": (Fault(status=503), "503"),
    "503 with Retry-After": (Fault(status=503, headers={"Retry-After": "0"}), "503|busy"),
    "connection reset": (Fault(refuse=True), "connection"),
    "reset within the body": (Fault(reset_after=1000), "broke|short|connection|answer"),
    "body cut short": (Fault(truncate_after=1000), "broke|short|connection|answer"),
    "Range ignored": (Fault(ignore_range=True), "ignores the Range header"),
    "gzip": (Fault(gzip=True), "compressed"),
    "multipart/byteranges": (Fault(multipart=True), "multipart"),
    "other offset": (Fault(headers={"Content-Range": "bytes 0-9/10"}), "other bytes came"),
    "no Content-Range": (Fault(headers={"Content-Range": None}), "other bytes came"),
    "redirect": (Fault(redirect_to="http://127.0.0.1:9"), "redirect|307"),
    "a page instead": (Fault(status=200, body=_PAGE), "ignores the Range header"),
}
#: Answers that are another object's, by their ETag: the URL is given up, as after a replacement.
REPLACED = {
    "another ETag": Fault(headers={"ETag": '"0123456789abcdef0123456789abcdef"'}),
    "another body without ETag": Fault(fill=_PAGE, headers={"ETag": None}),
    "412": Fault(status=412),
}
#: Right in status, range, length and ETag, and yet not the object's bytes.
UNSEEN = {
    "zeros": Fault(fill=b"\0"),
    "another body": Fault(fill=_PAGE),
    "a flipped byte": Fault(corrupt_at=200_000),
}


@dataclass
class States:
    """What the gateway tells of states."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, url, state, reason):
        with self.changed:
            self.seen.append((url, state, reason))
            self.changed.notify_all()

    def wait_for(self, url, state):
        """The reason with which the object's latest state became this one."""

        def latest():
            return next((s for s in reversed(self.seen) if s[0] == url), ("", "", ""))

        with self.changed:
            assert self.changed.wait_for(lambda: latest()[1] == state, 30), self.seen
            return latest()[2]


@pytest.fixture(scope="module")
def states():
    return States()


@pytest.fixture(scope="module")
def gateway(states):
    gateway = GatewayProcess(states.hear)
    yield gateway
    gateway.stop()


@pytest.fixture(params=["DEFLATE", "NONE"])
def compression(request):
    return request.param


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A COG of every compression, with the same pixels."""
    folder = tmp_path_factory.mktemp("table")
    pixels = np.random.default_rng(3).integers(0, 65535, (_SIZE, _SIZE), dtype=np.uint16)
    memory = gdal.GetDriverByName("MEM").Create("", _SIZE, _SIZE, 1, gdal.GDT_UInt16)
    memory.GetRasterBand(1).WriteRaster(0, 0, _SIZE, _SIZE, pixels.tobytes())
    made = {}
    for name in ("DEFLATE", "NONE"):
        made[name] = folder / f"{name}.tif"
        gdal.GetDriverByName("COG").CreateCopy(
            str(made[name]), memory, options=[f"COMPRESS={name}", "BLOCKSIZE=512"]
        )
    return made


@pytest.fixture
def scene(gateway, faulty_store, stack, files, compression):
    made = Scene(gateway, faulty_store, stack, files[compression])
    yield made
    made.dataset = None  # even if a failed test keeps the scene: GDAL must not end before it
    made.store.close()


class Scene:
    """An object that GDAL has opened, and whose pixels it has not read yet."""

    def __init__(self, gateway, faulty_store, stack, file):
        self.gateway, self.faults, self.file = gateway, faulty_store, file
        connection, credentials = Connection.from_environment(faulty_store.environment("demo"))
        self.store = open_store(connection, credentials)
        self.container = self.store.create_container(stack.unique_name()).name
        self.store.upload(file, self.container, "scene.tif")
        self.open()
        local = gdal.Open(str(file))
        self.right = local.ReadRaster(*_WINDOW)

    def open(self):
        saved = self.store.source(self.container, "scene.tif")
        self.url, _ = self.gateway.open(self.store, self.container, "scene.tif", saved)
        self.source = running_source(self.url)
        self.dataset = gdal.Open(self.source)

    def read(self):
        """The window's bytes; None where GDAL says that it can't read them."""
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            return self.dataset.ReadRaster(*_WINDOW)
        except RuntimeError:
            return None
        finally:
            gdal.PopErrorHandler()

    def read_anew(self):
        """As the plugin does when a layer can be read again."""
        gdal.VSICurlPartialClearCache(self.source)
        self.dataset = gdal.Open(self.source)
        return self.read()

    def spoil(self, fault):
        self.faults.swift.add(fault, method="GET", times=None)


@pytest.mark.parametrize("row", TABLE)
@pytest.mark.parametrize("compression", ["NONE"], indirect=True)  # GDAL would take any bytes
def test_a_fault_is_an_error_with_its_reason_and_mends_by_itself(scene, states, row):
    fault, words = TABLE[row]
    scene.spoil(fault)
    assert scene.read() is None
    reason = states.wait_for(scene.url, "failing")
    assert re.search(words, reason, re.IGNORECASE), reason
    assert not any(secret in reason for secret in scene.faults.stack.secrets())
    scene.faults.clear()
    states.wait_for(scene.url, "reading")
    assert scene.read_anew() == scene.right


@pytest.mark.parametrize("row", TABLE)
@pytest.mark.parametrize("compression", ["NONE"], indirect=True)
def test_a_fault_that_passes_is_never_seen_as_wrong_pixels(scene, row):
    scene.faults.swift.add(TABLE[row][0], method="GET", times=1)
    assert scene.read() in (None, scene.right)


@pytest.mark.parametrize("row", REPLACED)
@pytest.mark.parametrize("compression", ["NONE"], indirect=True)
def test_bytes_of_another_object_are_refused_and_opening_it_again_is_right(scene, states, row):
    scene.spoil(REPLACED[row])
    assert scene.read() is None
    states.wait_for(scene.url, "replaced")
    scene.faults.clear()
    assert scene.read() in (None, scene.right)  # never old and new pixels from one handle
    before = scene.url
    scene.open()
    assert scene.url != before
    assert scene.read() == scene.right


@pytest.mark.parametrize("row", UNSEEN)
def test_what_no_reader_of_ranges_can_tell(scene, compression, row):
    """DEFLATE has a checksum of its own, so GDAL refuses the pixels; without one, it can't."""
    scene.spoil(UNSEEN[row])
    found = scene.read()
    if compression == "DEFLATE":
        assert found is None
    else:
        assert found not in (None, scene.right)
    assert scene.gateway.meter(scene.url).state == "reading"  # it can't know
    scene.faults.clear()
    scene.gateway.forget(scene.store.connection.id, scene.container, "scene.tif")
    scene.open()
    assert scene.read() == scene.right


@pytest.mark.parametrize("compression", ["NONE"], indirect=True)
def test_no_answer_is_told_of_long_before_it_is_given_up_and_then_waited_for(scene, states):
    """QGIS, and whoever reads, wait up to 90 s; the user knows why after 10."""
    scene.faults.swift.add(Fault(delay_s=13), method="GET", times=1)
    found = []
    reader = threading.Thread(target=lambda: found.append(scene.read()))
    started = time.monotonic()
    reader.start()
    assert states.wait_for(scene.url, "silent").endswith("has sent nothing for 10 s.")
    assert time.monotonic() - started > 9
    reader.join(60)
    assert found == [scene.right]
    states.wait_for(scene.url, "reading")


@pytest.mark.parametrize("compression", ["NONE"], indirect=True)
def test_bytes_that_drip_are_an_answer(scene, states):
    """One piece each two seconds: slower than anything that is of use, and yet not dead."""
    scene.faults.swift.add(Fault(drip=(80_000, 2.0)), method="GET", times=1)
    before = len(states.seen)
    started = time.monotonic()
    assert scene.read() == scene.right
    assert time.monotonic() - started > 10
    assert states.seen[before:] == []


@pytest.mark.parametrize("compression", ["NONE"], indirect=True)
def test_a_slow_answer_is_waited_for(scene):
    scene.spoil(Fault(delay_s=1.0))
    started = time.monotonic()
    assert scene.read() == scene.right
    assert time.monotonic() - started >= 1.0
