# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import http.server
import json
import re
import sys
import threading
import time

import pytest
from osgeo import gdal

from cog_browser.cog import sources
from cog_browser.cog.convert import convert_to_cog
from cog_browser.cog.report import CogReport, Finding
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import ConfigurationError, RasterError
from cog_browser.storage.models import ObjectRef


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


def test_what_is_not_judged_yet_is_said(cog):
    report = validate_cog(cog)
    assert (report.classes, report.earth_engine_ready) == ((), False)
    assert "Earth Engine" in report.notes[0].message


def test_a_file_in_strips_without_overviews_is_no_cog(make):
    report = validate_cog(make(width=1300))
    assert not report.is_valid
    assert ids(report.errors) == {"V-TILED"}
    assert ids(report.warnings) == {"V-NO-OVR"}
    assert report.gdal_verdict == "invalid"
    assert report.structure.overviews == ()


def test_overviews_added_afterwards_are_found_out_of_order(make):
    source = make(width=1300, options=["TILED=YES"])
    dataset = gdal.Open(str(source), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2, 4])
    dataset = None
    assert "V-DATA-ORD" in ids(validate_cog(source).errors)


def test_an_external_overview_file_is_found(make):
    source = make(width=1300, options=["TILED=YES"])
    gdal.Open(str(source)).BuildOverviews("NEAREST", [2, 4])
    assert "V-OVR-EXT" in ids(validate_cog(source).errors)


def test_a_main_directory_elsewhere_is_reported_with_its_place(cog):
    dataset = gdal.OpenEx(str(cog), gdal.OF_UPDATE, open_options=["IGNORE_COG_LAYOUT_BREAK=YES"])
    dataset.SetMetadataItem("LONG", "x" * 5000)
    dataset = None
    found = {finding.id: finding for finding in validate_cog(cog).errors}
    place = found["V-IFD-POS"]
    assert int(place.expected) < int(place.found) == place.offset
    assert "V-KNOWN" in found


def test_a_full_check_finds_a_damaged_block(cog):
    data = bytearray(cog.read_bytes())
    data[-2:] = b"\xde\xad"  # the trailer of the last block
    cog.write_bytes(data)
    assert validate_cog(cog).is_valid
    report = validate_cog(cog, full=True)
    assert not report.is_valid
    assert ids(report.errors) == {"V-FULL"}


def test_a_truncated_file_is_an_error_and_no_crash(cog):
    cog.write_bytes(cog.read_bytes()[:-100_000])
    report = validate_cog(cog, full=True)
    assert not report.is_valid
    assert ids(report.errors) <= {"V-READ", "V-FULL"}


def test_a_raster_of_another_format_is_an_invalid_report(make):
    png = make(width=40, height=30).with_name("a.png")
    gdal.GetDriverByName("PNG").CreateCopy(str(png), gdal.Open(str(make())))
    report = validate_cog(png)
    assert not report.is_valid
    assert ids(report.errors) == {"T-HEAD"}
    assert "PNG" in report.errors[0].message


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
    "content", [b"", b"<html>404</html>", b"II*\0\xff\xff\xff\x7f", b"II+\0\x08\0\0\0" + bytes(80)]
)
def test_garbage_is_an_error_in_one_sentence(tmp_path, content):
    path = tmp_path / "garbage.tif"
    path.write_bytes(content)
    with pytest.raises(RasterError, match=r"garbage\.tif can't be opened as a raster: ") as caught:
        validate_cog(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RasterError, match="No such file"):
        validate_cog(tmp_path / "missing.tif")


def test_a_small_file_that_claims_billions_of_blocks_is_refused_at_once(tmp_path, utm):
    path = tmp_path / "bomb.tif"
    options = ["TILED=YES", "SPARSE_OK=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]
    gdal.GetDriverByName("GTiff").Create(str(path), 60_000, 60_000, options=options)
    start = time.monotonic()
    report = validate_cog(path)
    assert time.monotonic() - start < 5
    assert ids(report.errors) == {"T-LIMIT"}
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


def test_a_server_that_stalls_is_given_up(serve, monkeypatch):
    url, _asked = serve(None)
    impatient = sources._VSICURL.replace("low_speed_time=30", "low_speed_time=1")
    monkeypatch.setattr(sources, "_VSICURL", impatient.replace("max_retry=2", "max_retry=0"))
    start = time.monotonic()
    with pytest.raises(RasterError, match=r"127\.0\.0\.1"):
        validate_cog(f"{url}/{time.time_ns()}.tif")
    assert time.monotonic() - start < 10


def test_an_object_is_opened_by_its_store(cog):
    class Store:
        def open_dataset(self, container, key):
            assert (container, key) == ("maps", "x/a.tif")
            return gdal.Open(str(cog))

    report = validate_cog(ObjectRef(Store(), "maps", "x/a.tif"))
    assert report.is_valid
    assert report.source == "maps/x/a.tif"


def test_an_unknown_profile_is_refused(cog):
    with pytest.raises(ConfigurationError, match="'strict'; choose one of: cog"):
        validate_cog(cog, profile="strict")


def test_a_missing_gdal_script_says_what_to_install(cog, monkeypatch):
    monkeypatch.setitem(sys.modules, "osgeo_utils.samples", None)
    with pytest.raises(ConfigurationError, match="install python3-gdal"):
        validate_cog(cog)


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
    html = CogReport(evil, errors=(finding,), gdal_verdict=evil).to_html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;") == 7
