# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of COGs judged through Processing, on this computer and on the real object store."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException

from cog_browser.cog.conversion.convert import convert_to_cog
from tests.qgis.processing_fixtures import (
    RecordingFeedback,
    Run,
    container,
    env,
    make_raster,
    provider,
    run,
)
from tests.support.stack_client import Stack

__all__ = ["container", "env", "make_raster", "provider", "run"]


@pytest.fixture
def folder(tmp_path: Path, make_raster: Callable[..., Path]) -> Path:
    place = tmp_path / "scenes"
    (place / "ü").mkdir(parents=True)
    convert_to_cog(make_raster(), place / "good.tif")
    make_raster("scenes/ü/plain.TIFF")
    (place / "<broken>.tif").write_text("no raster")
    (place / "empty.tif").touch()
    (place / "notes.txt").write_text("no TIFF")
    return place


EXPECTED = {"good.tif": "valid", "ü/plain.TIFF": "invalid", "<broken>.tif": "invalid"}


def test_a_local_folder_becomes_a_csv_table_and_a_page(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    table, page, feedback = tmp_path / "t.csv", tmp_path / "t.html", RecordingFeedback()
    results = run(
        "validatefolder", feedback, FOLDER=str(folder), OUTPUT=str(table), OUTPUT_HTML=str(page)
    )
    with table.open(encoding="utf-8", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    assert {key: rows[key]["verdict"] for key in EXPECTED} == EXPECTED
    assert sorted(rows) == sorted([*EXPECTED, "empty.tif"])
    plain = rows["ü/plain.TIFF"]
    assert int(plain["errors"]) >= 1
    assert plain["reason"].startswith("F-TILED: ")
    assert int(plain["size"]) == (folder / "ü" / "plain.TIFF").stat().st_size
    assert plain["link"] == (folder / "ü" / "plain.TIFF").as_uri()
    assert results["VALID"] + results["INVALID"] + results["NOT_JUDGED"] == 4
    assert results["VALID"] == 1
    html = page.read_text(encoding="utf-8")
    assert "<strong>1 valid, " in html
    assert "&lt;broken&gt;.tif" in html
    assert "<broken>" not in html
    assert f'href="{plain["link"]}"' in html
    assert len(feedback.warnings) == 3
    assert feedback.progress() == 100
    assert sorted(path.name for path in folder.rglob("*.aux.xml")) == []


def test_a_file_that_may_not_be_read_is_a_row(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cog_browser.cog import validate

    real = validate.open_source

    def refused(source: str) -> object:
        if str(source).endswith("good.tif"):
            raise PermissionError(13, "Permission denied", source)
        return real(source)

    monkeypatch.setattr(validate, "open_source", refused)
    results = run("validatefolder", FOLDER=str(folder), OUTPUT="memory:")
    rows = {f["key"]: f for f in results["OUTPUT"].getFeatures()}
    assert rows["good.tif"]["verdict"] == "not judged"
    assert rows["good.tif"]["reason"].endswith("can't be read: Permission denied.")
    assert rows["ü/plain.TIFF"]["verdict"] == "invalid"


def test_the_objects_below_a_prefix_become_a_table(
    run: Run, env: Stack, container: str, folder: Path
) -> None:
    swift = env.connection()
    for file in folder.rglob("*"):
        if file.is_file():
            key = f"x/{file.relative_to(folder).as_posix()}"
            swift.put_object(container, key, file.read_bytes())
    swift.put_object(container, "other.tif", b"not asked for")
    results = run(
        "validatefolder", CONNECTION="env", CONTAINER=container, PREFIX="x/", OUTPUT="memory:"
    )
    rows = {f["key"]: f for f in results["OUTPUT"].getFeatures()}
    assert sorted(rows) == sorted(f"x/{name}" for name in [*EXPECTED, "empty.tif"])
    assert {key: rows[f"x/{key}"]["verdict"] for key in EXPECTED} == EXPECTED
    assert rows["x/good.tif"]["size"] == (folder / "good.tif").stat().st_size
    assert rows["x/good.tif"]["link"].startswith("/vsi")
    assert results["VALID"] == 1


def test_cancelling_writes_neither_table_nor_page(run: Run, folder: Path, tmp_path: Path) -> None:
    table, page = tmp_path / "t.csv", tmp_path / "t.html"
    results = run(
        "validatefolder",
        RecordingFeedback(cancel_at=1),
        FOLDER=str(folder),
        JOBS=1,
        OUTPUT=str(table),
        OUTPUT_HTML=str(page),
    )
    assert results == {}
    assert not table.exists()
    assert not page.exists()


@pytest.mark.parametrize(
    "given", [{}, {"CONNECTION": "env"}, {"FOLDER": "/x", "CONNECTION": "env", "CONTAINER": "c"}]
)
def test_either_a_folder_or_a_container_is_needed(run: Run, given: dict[str, str]) -> None:
    with pytest.raises(QgsProcessingException, match="Give either a folder, or connection and"):
        run("validatefolder", OUTPUT="memory:", **given)


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match="none does not exist, or is no folder"):
        run("validatefolder", FOLDER=str(tmp_path / "none"), OUTPUT="memory:")
