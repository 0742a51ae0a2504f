# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import http.server
import json
import re
import sys
import threading
import time
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import pytest
from osgeo import gdal

from cog_browser.cog import sources
from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.report import CogReport, Finding
from cog_browser.cog.tiff.file_layout import Part
from cog_browser.cog.validate import validate_cog, validate_many
from cog_browser.storage.errors import Cancelled, ConfigurationError, ProtocolError, RasterError
from cog_browser.storage.models import ObjectRef
from tests.support.memory_store import MemoryStore
from tests.support.tiff_fuzz import seeds


@pytest.fixture
def cog(make, out):
    source = make(
        width=1300, bands=2, kind=gdal.GDT_Int16,
        prepare=lambda d: [d.GetRasterBand(b).SetNoDataValue(-1) for b in (1, 2)],
    )  # fmt: skip
    return convert_to_cog(source, out / "a.tif")


@pytest.fixture
def serve():
    """Serve a file's bytes on loopback, ranges and all, or stall when there are none."""
    servers = []

    def start(data, before=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                asked.append((self.command, self.path))
                if data is None:
                    time.sleep(20)
                    return
                found = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
                first, last = map(int, found.groups()) if found else (0, len(data) - 1)
                last = min(last, len(data) - 1)
                self.send_response(206 if found else 200)
                if found:
                    self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(last - first + 1))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(data[first : last + 1])

            def log_message(self, *_):
                pass

        asked = []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ids(findings):
    return {finding.id for finding in findings}


@pytest.mark.parametrize("full", [False, True])
def test_our_own_output_is_valid(cog, full):
    report = validate_cog(cog, full=full)
    assert report.is_valid
    assert (report.errors, report.warnings, report.gdal_verdict) == ((), (), "valid")


def test_the_structure_is_described(cog):
    structure = validate_cog(cog).structure
    assert (structure.width, structure.height, structure.bands) == (1300, 600, 2)
    assert (structure.dtype, structure.compression) == ("Int16", "DEFLATE")
    assert (structure.block_width, structure.block_height) == (512, 512)
    assert [(o.width, o.height) for o in structure.overviews] == [(650, 300), (325, 150)]
    assert (structure.nodata, structure.mask) == (-1, "nodata")
    assert structure.crs.authid == "EPSG:32633"
    assert structure.crs.name == "WGS 84 / UTM zone 33N"
    assert structure.crs.unit == "metre"
    assert structure.bbox == (400000, 4994000, 413000, 5000000)
    assert structure.pixel_size == (10, 10)


def test_classes_earth_engine_and_what_was_looked_at_are_said(cog):
    report = validate_cog(cog)
    assert report.classes == ("format", "overviews", "keys", "optimized")
    assert report.earth_engine_ready
    assert (report.profile, report.size) == ("cog", cog.stat().st_size)
    assert report.reading.requests is None
    assert report.reading.blocks == report.reading.blocks_examined == 9
    assert report.reading.frames_examined == 9


def test_a_file_in_strips_without_overviews_is_no_cog(make):
    report = validate_cog(make(width=1300))
    assert not report.is_valid
    assert ids(report.errors) == {"F-TILED"}
    assert ids(report.warnings) == {"V-NO-OVR"}
    assert report.gdal_verdict == "invalid"
    assert report.structure.overviews == ()


def test_overviews_added_afterwards_are_found_out_of_order(make):
    source = make(width=1300, options=["TILED=YES"])
    dataset = gdal.Open(str(source), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2, 4])
    dataset = None
    assert "L-OVR-FIRST" in ids(validate_cog(source).errors)


def test_an_external_overview_file_is_found(make):
    source = make(width=1300, options=["TILED=YES"])
    gdal.Open(str(source)).BuildOverviews("NEAREST", [2, 4])
    assert "V-OVR-EXT" in ids(validate_cog(source).errors)


def test_a_main_directory_elsewhere_is_reported_with_its_place(cog):
    dataset = gdal.OpenEx(str(cog), gdal.OF_UPDATE, open_options=["IGNORE_COG_LAYOUT_BREAK=YES"])
    dataset.SetMetadataItem("LONG", "x" * 5000)
    dataset = None
    found = {finding.id: finding for finding in validate_cog(cog).errors}
    place = found["L-MAIN-FIRST"]
    assert int(place.expected) < int(place.found) == place.offset
    assert "G-EDIT" in found


def test_a_damaged_block_is_found_by_the_full_check_where_the_sample_misses_it(make, out):
    cog = convert_to_cog(make(width=3000, height=3000), out / "a.tif")
    data = bytearray(cog.read_bytes())
    dataset = gdal.Open(str(cog))
    offset = int(dataset.GetRasterBand(1).GetMetadataItem("BLOCK_OFFSET_1_1", "TIFF"))
    dataset = None
    data[offset - 4] ^= 0xFF
    cog.write_bytes(data)
    report = validate_cog(cog)
    assert report.is_valid
    assert report.reading.frames_examined == 20 < report.reading.blocks
    report = validate_cog(cog, full=True)
    assert ids(report.errors) == {"G-LEADER"}
    assert report.errors[0].offset == offset
    assert report.reading.frames_examined == report.reading.blocks
    assert report.gdal_verdict == "invalid"


@pytest.mark.parametrize("full", [False, True])
def test_a_truncated_file_is_an_error_and_no_crash(cog, full):
    cog.write_bytes(cog.read_bytes()[:-100_000])
    report = validate_cog(cog, full=full)
    assert not report.is_valid
    assert ids(report.errors) <= {"T-DATA", "G-LEADER", "G-TRAILER"}
    assert "upload broke off" in report.errors[0].remedy


def test_what_gdal_says_differently_is_explained(cog):
    cog.write_bytes(cog.read_bytes()[:-100_000])
    report = validate_cog(cog)
    assert report.gdal_verdict == "valid"
    text = next(note.message for note in report.notes if note.id == "N-GDAL")
    assert text.startswith(
        "GDAL's own validator calls the file valid: it tests T-DATA (not at all)"
    )


def test_gdal_s_own_errors_are_quoted_where_only_gdal_complains(out, make):
    path = out / "a.tif"
    options = ["TILED=YES", "BLOCKXSIZE=1040", "BLOCKYSIZE=1040"]
    gdal.Translate(str(path), str(make(width=1040, height=1040)), creationOptions=options)
    report = validate_cog(path)
    assert report.is_valid
    assert report.gdal_verdict == "invalid"
    note = next(note for note in report.notes if note.id == "N-GDAL")
    assert "“The file is greater than 512xH or Wx512, but is not tiled”" in note.message


def test_a_raster_of_another_format_is_an_invalid_report(make):
    png = make(width=40, height=30).with_name("a.png")
    gdal.GetDriverByName("PNG").CreateCopy(str(png), gdal.Open(str(make())))
    report = validate_cog(png)
    assert not report.is_valid
    assert ids(report.errors) == {"T-HEAD"}
    assert "PNG" in report.errors[0].message
    assert report.errors[0].remedy


def test_a_vrt_in_disguise_opens_nothing_it_names(make, serve):
    url, asked = serve(b"secret")
    vrt = make().with_name("evil.tif")
    vrt.write_text(
        '<VRTDataset rasterXSize="5" rasterYSize="5"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>/vsicurl/{url}/a.tif</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )
    assert ids(validate_cog(vrt).errors) == {"T-HEAD"}
    assert asked == []


@pytest.mark.parametrize(
    ("content", "guess"),
    [
        (b"", "It is empty."),
        (b"<!DOCTYPE html><html>404</html>", "It is a web page"),
        (b"\x1f\x8b\x08" + bytes(60), "It is compressed with gzip"),
        (b"--b\r\nContent-Type: image/tiff\r\n\r\nSUkqAA", "a multipart answer"),
        (b"SUkqAAgAAAA", "encoded in base64"),
        (b"II*\x00\x08\x00\x00\x00".replace(b"*\x00", b"*\r\n"), "its line ends were changed"),
        (b"\x89PNG\r\n\x1a\n", "It is a PNG picture."),
        (b'{"error": 404}', "It is JSON"),
        (bytes(100), "as an unfinished download does"),
    ],
)
def test_what_is_no_tiff_is_invalid_and_what_it_is_instead_is_said(tmp_path, content, guess):
    path = tmp_path / "garbage.tif"
    path.write_bytes(content)
    report = validate_cog(path)
    assert ids(report.errors) == {"T-HEAD"}
    assert guess in report.errors[0].message
    assert (report.structure, report.gdal_verdict, report.classes) == (None, None, ())
    assert "Not a valid COG" in report.to_html()


@pytest.mark.parametrize(
    "content", [b"II*\0\xff\xff\xff\x7f", b"II+\0\x08\0\0\0" + bytes(80), b"II*\0", b"MM"]
)
def test_a_header_that_leads_nowhere_is_invalid(tmp_path, content):
    path = tmp_path / "garbage.tif"
    path.write_bytes(content)
    assert ids(validate_cog(path).errors) <= {"T-HEAD", "T-CHAIN"}
    assert not validate_cog(path).is_valid


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RasterError, match="there is no such file"):
        validate_cog(tmp_path / "missing.tif")


def test_a_small_file_that_claims_billions_of_blocks_is_refused_at_once(tmp_path, utm):
    path = tmp_path / "bomb.tif"
    options = ["TILED=YES", "SPARSE_OK=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]
    gdal.GetDriverByName("GTiff").Create(str(path), 80_000, 80_000, options=options)
    start = time.monotonic()
    report = validate_cog(path)
    assert time.monotonic() - start < 60
    assert "T-LIMIT" in ids(report.errors)
    assert report.gdal_verdict is None


def test_validation_writes_nothing(cog):
    before = sorted(cog.parent.iterdir())
    validate_cog(cog, full=True)
    assert sorted(cog.parent.iterdir()) == before


def test_a_url_is_validated_without_probes_for_sidecars_and_shown_without_its_secret(cog, serve):
    url, asked = serve(cog.read_bytes())
    report = validate_cog(f"{url}/a b.tif?sig=planted")
    assert report.is_valid
    assert {path for _method, path in asked} == {"/a%20b.tif?sig=planted"}
    assert len(asked) <= 4
    assert report.source == f"{url}/a b.tif"
    assert "planted" not in json.dumps(report.to_dict()) + report.to_html()


@pytest.mark.parametrize(
    "secret", ["http://me:planted@127.0.0.1:1/a.tif", "http://127.0.0.1:1/a.tif?sig=planted"]
)
def test_no_secret_of_a_url_is_in_its_error(secret):
    with pytest.raises(RasterError, match=r"^http://127\.0\.0\.1:1/a\.tif can't") as caught:
        validate_cog(secret)
    assert "planted" not in str(caught.value)


def test_a_server_without_ranges_is_told_with_what_to_do(cog):
    handler = partial(QuietHandler, directory=str(cog.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{cog.name}"
        with pytest.raises(RasterError, match=r"whole files only.*cogbrowser:checkserver tells"):
            validate_cog(url)
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Python's own server, which ignores ranges."""

    def log_message(self, *_):
        pass


def test_a_server_that_stalls_is_given_up(serve, monkeypatch):
    url, _asked = serve(None)
    impatient = sources._VSICURL.replace("low_speed_time=30", "low_speed_time=1")
    monkeypatch.setattr(sources, "_VSICURL", impatient.replace("max_retry=2", "max_retry=0"))
    start = time.monotonic()
    with pytest.raises(RasterError, match=r"127\.0\.0\.1"):
        validate_cog(f"{url}/{time.time_ns()}.tif")
    assert time.monotonic() - start < 60


def test_an_object_is_read_through_its_store(cog):
    store = MemoryStore()
    store.create_container("maps")
    store.upload(cog, "maps", "x/a.tif")
    report = validate_cog(ObjectRef(store, "maps", "x/a.tif"))
    assert report.is_valid
    assert report.source == "maps/x/a.tif"
    assert report.structure == validate_cog(cog).structure
    assert report.gdal_verdict == "valid"
    assert report.reading.requests <= 3
    assert report.reading.bytes <= 65536


def test_an_object_that_is_replaced_while_it_is_read_gets_no_verdict(cog):
    class BusyStore(MemoryStore):
        def head_object(self, container, key):
            entry = super().head_object(container, key)
            self.upload(__file__, container, key, overwrite=True)
            return entry

    store = BusyStore()
    store.create_container("maps")
    store.upload(cog, "maps", "a.tif")
    with pytest.raises(ProtocolError, match="replaced since it was opened"):
        validate_cog(ObjectRef(store, "maps", "a.tif"))


def test_an_unknown_profile_is_refused(cog):
    with pytest.raises(
        ConfigurationError, match="'strict'; choose one of: cog, ogc, earth-engine, web"
    ):
        validate_cog(cog, profile="strict")


def test_without_gdal_s_script_the_verdict_is_the_same(cog, monkeypatch):
    monkeypatch.setitem(sys.modules, "osgeo_utils.samples", None)
    report = validate_cog(cog)
    assert report.is_valid
    assert report.gdal_verdict is None
    assert "was not asked" in report.to_html()


def test_a_full_check_can_be_cancelled(cog):
    with pytest.raises(Cancelled):
        validate_cog(cog, full=True, progress=lambda done, total: False)


def test_many_are_judged_each_with_its_verdict_or_error(cog, make, tmp_path):
    sources = [cog, make(width=1300), tmp_path / "missing.tif", cog]
    found = list(validate_many(iter(sources), jobs=2))
    assert sorted(judged.verdict for judged in found) == ["invalid", "not judged", "valid", "valid"]
    missing = next(judged for judged in found if judged.error)
    assert missing.source == tmp_path / "missing.tif"
    assert "there is no such file" in str(missing.error)


def test_many_are_taken_lazily_and_stopped(cog):
    taken = []

    def sources():
        for number in range(1000):
            taken.append(number)
            yield cog

    with pytest.raises(Cancelled):
        list(validate_many(sources(), jobs=2, progress=lambda done, total: done < 3))
    assert len(taken) < 20


def test_the_report_is_json(make, out):
    source = make(
        kind=gdal.GDT_Float32,
        prepare=lambda d: d.GetRasterBand(1).SetNoDataValue(float("nan")),
    )
    report = validate_cog(convert_to_cog(source, out / "a.tif"))
    values = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert values["is_valid"] is True
    assert values["structure"]["nodata"] == "nan"
    assert values["structure"]["crs"]["authid"] == "EPSG:32633"
    assert values["structure"]["bbox"] == [400000, 4994000, 407000, 5000000]


def test_the_html_report_starts_with_the_verdict_and_holds_findings_and_structure(make):
    html = validate_cog(make(width=1300)).to_html()
    assert html.index("Not a valid COG") < html.index("<h2>Errors") < html.index("<h2>Structure")
    assert "1300 × 600 pixels" in html
    assert "WGS 84 / UTM zone 33N (EPSG:32633)" in html
    assert "(metre)" in html
    assert not re.search(r"(src|href)=|<script", html)


def test_the_html_report_escapes_all_that_comes_from_the_file():
    evil = '<script>alert("x")</script>&'
    finding = Finding(evil, "error", evil, evil, evil, evil, 7)
    part = Part(0, 9, "data", evil)
    report = CogReport(evil, errors=(finding,), gdal_verdict=evil, layout=(part,), size=9)
    html = report.to_html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;") >= 8
    ET.fromstring(report.layout_svg())


def test_the_layout_is_drawn_and_in_the_json(cog):
    report = validate_cog(cog)
    kinds = [part.kind for part in report.layout]
    assert kinds[:3] == ["header", "ghost area", "IFD"]
    data = [part for part in report.layout if part.kind == "data"]
    assert [part.level for part in data] == [2, 1, 0]
    assert data[-1].end == cog.stat().st_size - 4  # the last trailer
    assert report.to_dict()["layout"][0] == {
        "start": 0, "end": 8, "kind": "header", "label": "the header", "level": None, "exact": True,
    }  # fmt: skip
    picture = ET.fromstring(report.layout_svg())
    titles = [title.text for title in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert any(title.startswith("data: overview 2 (325 × 150), ") for title in titles)
    assert report.layout_svg() in report.to_html()


def test_findings_say_where_and_who_demands_it(make):
    finding = validate_cog(make(width=1300)).errors[0]
    assert finding.where == "the main image"
    assert finding.source == "OGC 21-026 /req/geotiff-format/tiling"
    assert finding.dispute.startswith("GDAL accepts strips up to 1024 pixels wide")
    html = validate_cog(make(width=1300)).to_html()
    assert "Demanded by: OGC 21-026" in html


@pytest.mark.parametrize("path", seeds(), ids=lambda path: path.name)
def test_what_once_broke_something_is_judged(path: Path) -> None:
    """Among them a file whose damage appears in GDAL's message, as bytes that are no text."""
    for full in (False, True):
        is_valid = path.name not in ("gdal_strips.tif", "crash-message-no-text.tif")
        assert validate_cog(path, full=full).is_valid == is_valid
