# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""``cogbrowser:sharelink`` and ``checkserver`` of an object, as scripts call them."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import requests
from qgis.core import QgsProcessingException

from cog_browser.processing.share_link import write_privately
from tests.qgis.processing_fixtures import (  # noqa: F401 (fixtures)
    RecordingFeedback,
    Run,
    container,
    env,
    provider,
    run,
)
from tests.support.stack_client import Stack


def test_the_link_is_in_the_file_alone(
    run: Run, env: Stack, container: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    swift = env.connection()
    swift.put_object(container, "k.tif", b"pixels")
    swift.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    file, feedback = tmp_path / "link.txt", RecordingFeedback()
    file.write_text("older, and readable by all")
    file.chmod(0o644)
    with caplog.at_level(logging.DEBUG):
        results = run(
            "sharelink",
            feedback,
            CONNECTION="env",
            CONTAINER=container,
            KEY="k.tif",
            EXPIRES_IN=60,
            OUTPUT=str(file),
        )
    link = file.read_text().strip()
    assert requests.get(link, timeout=60).content == b"pixels"
    assert file.stat().st_mode & 0o777 == 0o600
    assert results == {"OUTPUT": str(file)}
    assert any(str(file) in said for said in feedback.infos)
    assert "temp_url_sig" not in repr((results, feedback.infos, feedback.warnings)) + caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["link.txt"]


def test_a_life_that_no_link_has_is_refused(
    run: Run, env: Stack, container: str, tmp_path: Path
) -> None:
    env.connection().put_object(container, "k.tif", b"pixels")
    target = {"CONNECTION": "env", "CONTAINER": container, "OUTPUT": str(tmp_path / "link.txt")}
    with pytest.raises(QgsProcessingException, match="up to ten years"):
        run("sharelink", KEY="k.tif", EXPIRES_IN=2_000_000_000, **target)
    with pytest.raises(QgsProcessingException, match=r"none\.tif"):
        run("sharelink", KEY="none.tif", **target)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_privately(tmp_path / "folder", "secret")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_the_server_of_a_private_object_is_checked(
    run: Run, env: Stack, container: str, cog: Path
) -> None:
    env.connection().put_object(container, "k.tif", cog.read_bytes())
    results = run("checkserver", CONNECTION="env", CONTAINER=container, KEY="k.tif")
    assert results["OK"] is True
    assert json.loads(results["REPORT"])["server"] == "Swift"
    assert "exchanges" in json.loads(results["REPORT"])
    assert all(secret not in results["REPORT"] for secret in env.secrets())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Give either a URL, or connection"),
        ({"URL": "https://x.example.org/a.tif", "KEY": "a"}, "Give either a URL, or connection"),
        ({"KEY": "a", "CONTAINER": "c"}, "needs all of connection"),
    ],
)
def test_either_a_url_or_an_object_is_needed(run: Run, given: dict[str, str], said: str) -> None:
    with pytest.raises(QgsProcessingException, match=said):
        run("checkserver", **given)
