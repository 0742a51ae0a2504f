# SPDX-License-Identifier: GPL-2.0-or-later
"""Converting and validating through Processing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProcessingException, QgsProject, QgsRasterBandStats, QgsRasterLayer

from cog_browser.cog.conversion.profiles import PROFILES
from tests.qgis.processing_fixtures import (
    RecordingFeedback,
    Run,
    make_raster,
    pixels_of,
    provider,
    run,
)

__all__ = ["make_raster", "provider", "run"]

Make = Callable[..., Path]


def _block_size(path: str) -> list[int]:
    size: list[int] = gdal.Open(path).GetRasterBand(1).GetBlockSize()
    return size


def _structure(path: str) -> dict[str, str]:
    metadata: dict[str, str] = gdal.Open(path).GetMetadata("IMAGE_STRUCTURE")
    return metadata


def _overviews(path: str) -> list[bytes]:
    dataset = gdal.Open(path)
    band = dataset.GetRasterBand(1)
    count = band.GetOverviewCount()
    return [band.GetOverview(i).ReadAsArray().tobytes() for i in range(count)]


def _resampled(path: Path, method: str) -> np.ndarray:
    """The raster's overview of half its size as GDAL makes it."""
    dataset = gdal.GetDriverByName("MEM").CreateCopy("", gdal.Open(str(path)))
    dataset.BuildOverviews(method, [2])
    array: np.ndarray = dataset.GetRasterBand(1).GetOverview(0).ReadAsArray()
    return array


def test_converts_to_a_cog_with_the_same_pixels(run: Run, make_raster: Make) -> None:
    source = make_raster()
    feedback = RecordingFeedback()

    made = run("converttocog", feedback, INPUT=str(source), OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]

    assert run("validatecog", INPUT=made)["VALID"] is True
    np.testing.assert_array_equal(pixels_of(made), pixels_of(source))
    assert _block_size(made) == [512, 512]
    assert _structure(made)["COMPRESSION"] == "DEFLATE"
    assert feedback.progress() == 100


def test_the_options_reach_gdal(run: Run, make_raster: Make, tmp_path: Path) -> None:
    source = make_raster()
    made = run(
        "converttocog",
        INPUT=str(source),
        COMPRESS="LZW",
        BLOCKSIZE=256,
        RESAMPLING="CUBIC",
        OPTIONS="OVERVIEW_COUNT=1|GEOTIFF_VERSION=1.1",
        OUTPUT=str(tmp_path / "made.tif"),
    )["OUTPUT"]

    assert made == str(tmp_path / "made.tif")
    assert _block_size(made) == [256, 256]
    assert _structure(made)["COMPRESSION"] == "LZW"
    assert _overviews(made) == [_resampled(source, "CUBIC").tobytes()]


def test_a_cancelled_conversion_leaves_nothing(run: Run, make_raster: Make, tmp_path: Path) -> None:
    source, folder = make_raster(width=3000, height=2000), tmp_path / "out"
    folder.mkdir()

    results = run(
        "converttocog", RecordingFeedback(20), INPUT=str(source), OUTPUT=str(folder / "a.tif")
    )

    assert "OUTPUT" not in results
    assert not list(folder.iterdir())


def test_what_the_profile_forbids_is_said_in_one_sentence(
    run: Run, make_raster: Make, tmp_path: Path
) -> None:
    with pytest.raises(QgsProcessingException, match="keeps every pixel value; leave it out"):
        run(
            "converttocog",
            INPUT=str(make_raster()),
            OPTIONS="MAX_Z_ERROR=0.5",
            OUTPUT=str(tmp_path / "made.tif"),
        )
    assert not (tmp_path / "made.tif").exists()


def test_no_parameter_is_kept_where_the_profile_decides(run: Run, make_raster: Make) -> None:
    source = make_raster()
    made = run(
        "converttocog", INPUT=str(source), PROFILE="web", OUTPUT="TEMPORARY_OUTPUT"
    )  # no BLOCKSIZE
    assert _block_size(made["OUTPUT"]) == [256, 256]
    assert json.loads(made["REPORT"])["pixels"] == "changed"


def test_the_report_and_the_log_hold_the_estimate_and_the_proof(
    run: Run, make_raster: Make
) -> None:
    source, feedback = make_raster(), RecordingFeedback()
    results = run("converttocog", feedback, INPUT=str(source), OUTPUT="TEMPORARY_OUTPUT")
    report = json.loads(results["REPORT"])
    checksum = hashlib.sha256(pixels_of(source).tobytes()).hexdigest()
    assert report["sha256"] == [checksum]
    assert report["pixels"] == "identical"
    said = "\n".join(feedback.infos)
    assert f"band 1: {checksum}" in said
    assert said.index("Expected: about") < said.index("Proven: every pixel is identical")


def test_the_proof_is_left_out_on_request(run: Run, make_raster: Make) -> None:
    feedback = RecordingFeedback()
    results = run(
        "converttocog", feedback, INPUT=str(make_raster()), VERIFY=False, OUTPUT="TEMPORARY_OUTPUT"
    )
    assert json.loads(results["REPORT"])["pixels"] == "not compared"
    assert "The pixels were not compared with the source's, as you asked." in feedback.infos


def test_a_folder_for_temporary_files_that_is_missing_is_named(
    run: Run, make_raster: Make, tmp_path: Path
) -> None:
    with pytest.raises(QgsProcessingException, match=r"folder for temporary files .*none can't be"):
        run(
            "converttocog",
            INPUT=str(make_raster()),
            TEMP=str(tmp_path / "none"),
            OUTPUT="TEMPORARY_OUTPUT",
        )


def test_a_block_size_of_no_tile_is_refused_in_the_form(run: Run, make_raster: Make) -> None:
    with pytest.raises(QgsProcessingException, match="multiple of 16"):
        run("converttocog", INPUT=str(make_raster()), BLOCKSIZE=200, OUTPUT="TEMPORARY_OUTPUT")


def test_statistics_that_qgis_estimated_do_not_travel(run: Run, make_raster: Make) -> None:
    source = make_raster(width=3000, height=2000)
    layer = QgsRasterLayer(str(source), "shown")
    layer.dataProvider().bandStatistics(1, QgsRasterBandStats.Stats.All, sampleSize=250_000)
    del layer
    sidecar = source.with_name(f"{source.name}.aux.xml")
    assert "STATISTICS_APPROXIMATE" in sidecar.read_text()
    made = run("converttocog", INPUT=str(source), OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]
    dataset = gdal.Open(made)
    kept = dataset.GetRasterBand(1).GetMetadata()
    assert not any(key.startswith("STATISTICS_") for key in kept) or (
        "STATISTICS_APPROXIMATE" not in kept  # a GDAL that computes exact ones
    )


def test_a_file_is_converted_without_a_trace_beside_it(run: Run, make_raster: Make) -> None:
    source = make_raster()
    run("converttocog", INPUT=str(source), OUTPUT="TEMPORARY_OUTPUT")
    assert [path.name for path in source.parent.iterdir()] == [source.name]


def test_losses_are_shown_as_warnings(run: Run, make_raster: Make) -> None:
    source = make_raster()
    dataset = gdal.Open(str(source), gdal.GA_Update)
    dataset.GetRasterBand(1).SetCategoryNames(["sea", "land"])
    dataset = None
    feedback = RecordingFeedback()

    run("converttocog", feedback, INPUT=str(source), OUTPUT="TEMPORARY_OUTPUT")

    assert any("category names of band 1" in warning for warning in feedback.warnings)


@pytest.mark.parametrize("given", ["layer", "id", "name"])
def test_a_layer_of_the_project_is_read_through_its_source(
    run: Run, make_raster: Make, qgis_new_project: None, given: str
) -> None:
    source = make_raster("some file.tif")
    layer = QgsRasterLayer(str(source), "Elevation")
    QgsProject.instance().addMapLayer(layer)
    value = {"layer": layer, "id": layer.id(), "name": "Elevation"}[given]

    made = run("converttocog", INPUT=value, OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]
    report = json.loads(run("validatecog", INPUT=value)["REPORT"])

    np.testing.assert_array_equal(pixels_of(made), pixels_of(source))
    assert report["source"] == str(source)


def test_a_layer_that_gdal_does_not_read_is_refused(run: Run, qgis_new_project: None) -> None:
    from qgis.core import QgsVectorLayer

    QgsProject.instance().addMapLayer(QgsVectorLayer("Point", "Towns", "memory"))
    with pytest.raises(QgsProcessingException, match="“Towns” is no raster that GDAL reads"):
        run("validatecog", INPUT="Towns")


def test_an_invalid_cog_is_a_result_with_reasons(
    run: Run, make_raster: Make, tmp_path: Path
) -> None:
    source = make_raster()
    gdal.Open(str(source)).BuildOverviews("AVERAGE", [2])  # in an .ovr beside it
    page = tmp_path / "report.html"
    feedback = RecordingFeedback()

    results = run("validatecog", feedback, INPUT=str(source), OUTPUT_HTML=str(page))

    report = json.loads(results["REPORT"])
    assert results["VALID"] is False
    assert results["ERRORS"] == len(report["errors"]) >= 1
    assert results["WARNINGS"] == len(report["warnings"])
    assert results["OUTPUT_HTML"] == str(page)
    assert "V-OVR-EXT" in page.read_text(encoding="utf-8")
    assert any(warning.startswith("V-OVR-EXT: ") for warning in feedback.warnings)


def test_the_full_check_finds_what_the_headers_hide(
    run: Run, make_raster: Make, tmp_path: Path
) -> None:
    made = tmp_path / "made.tif"
    run("converttocog", INPUT=str(make_raster(width=3000, height=3000)), OUTPUT=str(made))
    content = bytearray(made.read_bytes())
    dataset = gdal.Open(str(made))
    offset = int(dataset.GetRasterBand(1).GetMetadataItem("BLOCK_OFFSET_1_1", "TIFF"))
    dataset = None
    content[offset - 4] ^= 0xFF  # the block's leader, which repeats its size
    made.write_bytes(content)

    assert run("validatecog", INPUT=str(made))["VALID"] is True
    assert run("validatecog", INPUT=str(made), FULL=True)["VALID"] is False


def test_a_report_that_cannot_be_written_is_an_error(
    run: Run, make_raster: Make, tmp_path: Path
) -> None:
    page = tmp_path / "no" / "such" / "folder.html"
    with pytest.raises(QgsProcessingException, match="can't be used: No such file"):
        run("validatecog", INPUT=str(make_raster()), OUTPUT_HTML=str(page))


def test_what_is_no_tiff_is_an_invalid_cog(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("<html>not a raster</html>")
    results = run("validatecog", INPUT=str(text))
    assert (results["VALID"], results["ERRORS"]) == (False, 1)
    assert "It is a web page" in json.loads(results["REPORT"])["errors"][0]["message"]


def test_what_cannot_be_read_is_an_error(run: Run, tmp_path: Path) -> None:
    with pytest.raises(
        QgsProcessingException, match=r"no\.tif can't be read: there is no such file"
    ):
        run("validatecog", INPUT=str(tmp_path / "no.tif"))


@pytest.mark.parametrize(
    ("profile", "valid"), [("cog", True), ("ogc", True), ("earth-engine", True), ("web", False)]
)
def test_the_profile_decides(
    run: Run, make_raster: Make, tmp_path: Path, profile: str, valid: bool
) -> None:
    made = run("converttocog", INPUT=str(make_raster()), OUTPUT=str(tmp_path / "a.tif"))["OUTPUT"]
    results = run("validatecog", INPUT=made, PROFILE=profile)
    assert results["VALID"] is valid
    assert json.loads(results["REPORT"])["profile"] == profile


def test_a_cancelled_full_check_has_no_results(run: Run, make_raster: Make, tmp_path: Path) -> None:
    made = tmp_path / "made.tif"
    run("converttocog", INPUT=str(make_raster(width=3000, height=3000)), OUTPUT=str(made))
    assert "VALID" not in run("validatecog", RecordingFeedback(20), INPUT=str(made), FULL=True)


@pytest.mark.parametrize("given", [2, "2", "web"])
def test_choices_are_given_by_name_or_number(
    run: Run, make_raster: Make, tmp_path: Path, given: object
) -> None:
    names = list(PROFILES)
    assert names[2] == "web"
    target = str(tmp_path / "made.tif")
    run("converttocog", INPUT=str(make_raster()), PROFILE=given, OUTPUT=target)
    assert gdal.Open(target).GetMetadata("TILING_SCHEME")["NAME"] == "GoogleMapsCompatible"


@pytest.mark.parametrize("given", ["99", "-1", "nonsense"])
def test_choices_that_are_not_there_are_refused(
    run: Run, make_raster: Make, tmp_path: Path, given: str
) -> None:
    with pytest.raises(QgsProcessingException, match="PROFILE"):
        run(
            "converttocog",
            INPUT=str(make_raster()),
            PROFILE=given,
            OUTPUT=str(tmp_path / "made.tif"),
        )
