# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk, memory and time of a conversion, and what is left when its process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from osgeo import gdal

from cog_browser.cog.conversion import convert as convert_module
from cog_browser.cog.conversion import estimate
from cog_browser.cog.conversion.convert import convert
from cog_browser.cog.private_folders import PREFIX, private_folder_in
from cog_browser.storage.errors import Cancelled, ConversionError

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys
from cog_browser.cog.conversion.convert import convert_to_cog

def peak():  # in kB; getrusage would begin with the parent's
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])

before = peak()
convert_to_cog(sys.argv[1], sys.argv[2], progress=lambda d, t: print(d, flush=True) or True)
print("grown", peak() - before, flush=True)
"""


def child(source, target, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(source), str(target)],
        cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def mosaic(make, utm):
    """A raster of ``side`` × ``side`` tiles that are the same small file."""

    def build(side):
        tile = make(width=1000, height=1000, kind=gdal.GDT_UInt16)
        sources = "".join(
            f"<SimpleSource><SourceFilename>{tile}</SourceFilename><SourceBand>1</SourceBand>"
            f'<SrcRect xOff="0" yOff="0" xSize="1000" ySize="1000"/>'
            f'<DstRect xOff="{x * 1000}" yOff="{y * 1000}" xSize="1000" ySize="1000"/>'
            "</SimpleSource>"
            for x in range(side)
            for y in range(side)
        )
        path = tile.with_name("mosaic.vrt")
        path.write_text(
            f'<VRTDataset rasterXSize="{side * 1000}" rasterYSize="{side * 1000}"><SRS>{utm}</SRS>'
            "<GeoTransform>4e5,10,0,5e6,0,-10</GeoTransform>"
            f'<VRTRasterBand dataType="UInt16" band="1">{sources}</VRTRasterBand></VRTDataset>'
        )
        return path

    return build


@pytest.mark.parametrize("exception_mode", ["exceptions off"], indirect=True)
def test_a_killed_process_leaves_a_folder_that_the_next_conversion_sweeps(make, mosaic, out):
    process = child(mosaic(4), out / "a.tif")
    for line in process.stdout:
        if line.strip().isdigit() and int(line) > 5:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    left = os.listdir(out)
    assert len(left) == 1
    assert left[0].startswith(PREFIX)
    convert(make(name="b.tif"), out / "b.tif")
    assert os.listdir(out) == ["b.tif"]


def test_a_folder_in_use_is_spared(out):
    with private_folder_in(out) as mine, private_folder_in(out) as other:
        (other / "file").write_bytes(b"x")
        with private_folder_in(out):
            assert sorted(out.glob(f"{PREFIX}*"))[:0] == []
            assert mine.is_dir()
            assert (other / "file").exists()
    assert os.listdir(out) == []


def test_a_folder_without_a_lock_is_swept_when_it_is_a_day_old(out):
    for name, age in (("old", 25 * 3600), ("new", 3600)):
        folder = out / f"{PREFIX}{name}"
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    (out / "others").mkdir()
    with private_folder_in(out):
        pass
    assert sorted(os.listdir(out)) == [f"{PREFIX}new", "others"]


@pytest.mark.parametrize("exception_mode", ["exceptions off"], indirect=True)
def test_memory_is_bounded_whatever_the_size_of_the_source(mosaic, out):
    source = mosaic(14)  # 392 MB of pixels
    process = child(source, out / "a.tif", GDAL_CACHEMAX="64")
    words = process.communicate()[0].split()
    assert process.returncode == 0
    grown = int(words[words.index("grown") + 1]) / 1024
    assert 20 < grown < 250


def seen_during(out, temporary, source, profile):
    names = set()

    def progress(*_):
        for folder in (out, temporary):
            names.update((folder.name, path.name) for path in folder.rglob("*") if path.is_file())
        return True

    convert(source, out / "a.tif", profile, progress, temp_folder=temporary)
    return names


@pytest.mark.parametrize("profile", ["science", "web", "earth-engine"])
def test_temporary_files_go_where_the_user_says(make, out, tmp_path, profile):
    temporary = tmp_path / "scratch"
    temporary.mkdir()
    source = make(width=1500, height=1500, bands=3)
    names = seen_during(out, temporary, source, profile)
    beside = {name for folder, name in names if folder == "out"} - {"in-use", "in-use.new"}
    assert beside == {"a.tif"}
    assert {name for folder, name in names if folder == "scratch"} > {"in-use"}
    assert os.listdir(temporary) == []
    assert os.listdir(out) == ["a.tif"]


@pytest.mark.parametrize("profile", ["science", "web", "earth-engine"])
@pytest.mark.parametrize("stop", [5, 30, 60])
def test_cancelling_leaves_nothing_in_either_folder(make, out, tmp_path, profile, stop):
    temporary = tmp_path / "scratch"
    temporary.mkdir()
    source = make(width=1500, height=1500, bands=3)
    with pytest.raises(Cancelled):
        convert(source, out / "a.tif", profile, lambda d, _t: d < stop, temp_folder=temporary)
    assert os.listdir(temporary) == os.listdir(out) == []


def test_a_folder_for_temporary_files_that_is_not_there_is_named(make, out):
    with pytest.raises(ConversionError, match=r"can't be used \(No such file"):
        convert(make(), out / "a.tif", temp_folder=out / "none")
    assert os.listdir(out) == []


def test_room_for_temporary_files_is_looked_for_before_any_work(make, out, tmp_path, monkeypatch):
    temporary = tmp_path / "scratch"
    temporary.mkdir()
    disk = namedtuple("Disk", "total free")
    free = {True: disk(10**12, 1000), False: disk(10**12, 10**12)}
    monkeypatch.setattr(estimate, "_on_one_disk", lambda *_: False)
    monkeypatch.setattr(
        estimate.shutil, "disk_usage", lambda folder: free["scratch" in str(folder)]
    )
    monkeypatch.setattr(convert_module, "_write", lambda *_: pytest.fail("work was begun"))
    source = make(width=1500, height=1500)
    with pytest.raises(ConversionError, match=r"No room for the temporary files in .*scratch"):
        convert(source, out / "a.tif", temp_folder=temporary)


@pytest.mark.parametrize("profile", ["science", "earth-engine"])
@pytest.mark.parametrize("room", ["ample", "tight"])
def test_temporary_files_are_compressed_only_where_room_is_tight(
    make, out, tmp_path, monkeypatch, profile, room
):
    temporary = tmp_path / "scratch"
    temporary.mkdir()
    disk = namedtuple("Disk", "total free")
    tight = {"science": 17_000_000, "earth-engine": 30_000_000}[profile]
    free = disk(10**12, 10**12 if room == "ample" else tight)
    monkeypatch.setattr(estimate.shutil, "disk_usage", lambda _folder: free)
    largest, told = [0], []

    def progress(*_):
        largest[0] = max(largest[0], sum(p.stat().st_size for p in temporary.rglob("*.t*")))
        return True

    source = make(width=1800, height=1800, bands=2, kind=gdal.GDT_UInt16)
    convert(
        source, out / "a.tif", profile, progress, temp_folder=temporary, on_plan=told.append
    )  # fmt: skip
    expected = told[0].estimate
    assert expected.bare == (room == "ample")
    assert expected.temporary / 1.5 < largest[0] < expected.temporary * 1.5


def test_what_shrinks_well_is_compressed_in_temporary_files_too(make, out):
    told = []
    source = make(width=1500, height=1500, pixels=[b"\7" * 1500**2])
    convert(source, out / "a.tif", on_plan=told.append)
    assert not told[0].estimate.bare


def test_the_estimate_is_near_what_comes(make, out):
    told = []
    source = make(width=3000, height=2000, bands=2, kind=gdal.GDT_UInt16)
    made = convert(source, out / "a.tif", on_plan=told.append)
    assert made.size / 1.5 < told[0].estimate.size < made.size * 1.5
    assert 0.1 < told[0].estimate.seconds / made.seconds < 10


class Ranges(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        wanted = self.headers.get("Range")
        path = Path(self.translate_path(self.path))
        if wanted is None or not path.is_file():
            return super().do_GET()
        content = path.read_bytes()
        first, last = wanted.partition("=")[2].split("-")
        part = content[int(first) : int(last or len(content)) + 1]
        self.send_response(206)
        end = int(first) + len(part) - 1
        self.send_header("Content-Range", f"bytes {first}-{end}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
        return None


def test_a_remote_source_converts_without_being_probed_for_sidecars(make, out, tmp_path):
    source = make(width=1500, height=1200, kind=gdal.GDT_Float32)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *a: Ranges(*a, directory=str(source.parent))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/source.tif"
        made = convert(url, out / "a.tif")
    finally:
        server.shutdown()
        server.server_close()
    assert made.verdict == "identical"
    assert made.proof == convert(source, out / "b.tif").proof
    assert os.listdir(source.parent) == ["source.tif"]
