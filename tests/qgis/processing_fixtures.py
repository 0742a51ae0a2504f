# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the Processing algorithms share: import the fixtures you use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsApplication, QgsProcessingFeedback

from cog_browser.processing.provider import CogBrowserProvider
from tests.support.gdal_exceptions import use_exceptions
from tests.support.stack_client import Stack

Run = Callable[..., dict[str, Any]]


class RecordingFeedback(QgsProcessingFeedback):
    """Remembers what an algorithm says; cancels itself at ``cancel_at`` per cent."""

    def __init__(self, cancel_at: float | None = None) -> None:
        super().__init__(logFeedback=False)
        self.infos: list[str] = []
        self.warnings: list[str] = []
        self.commands: list[str] = []
        self._cancel_at = cancel_at
        self.progressChanged.connect(self._on_progress)

    def _on_progress(self, percent: float) -> None:
        if self._cancel_at is not None and percent >= self._cancel_at:
            self.cancel()

    def pushInfo(self, info: str) -> None:
        self.infos.append(info)

    def pushCommandInfo(self, info: str) -> None:
        self.commands.append(info)

    def pushWarning(self, warning: str) -> None:
        self.warnings.append(warning)


@pytest.fixture
def provider(qgis_processing: None) -> Iterator[CogBrowserProvider]:
    use_exceptions(True)  # which Processing does once, when it starts
    registry = QgsApplication.processingRegistry()
    added = CogBrowserProvider()
    assert registry.addProvider(added)
    yield added
    registry.removeProvider(added)


@pytest.fixture
def run(provider: CogBrowserProvider) -> Run:
    """Runs an algorithm of ours, as scripts do."""
    import processing

    def run(
        name: str, feedback: QgsProcessingFeedback | None = None, **parameters: Any
    ) -> dict[str, Any]:
        results: dict[str, Any] = processing.run(
            f"cogbrowser:{name}", parameters, feedback=feedback or RecordingFeedback()
        )
        return results

    return run


@pytest.fixture
def env(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The store, with an environment that describes the account of ``demo``."""
    for name, value in stack.environment("demo").items():
        monkeypatch.setenv(name, value)
    return stack


@pytest.fixture
def container(stack: Stack) -> str:
    name = stack.unique_name()
    stack.connection().put_container(name)
    return name


def keys_in(stack: Stack, container: str) -> list[str]:
    return [row["name"] for row in stack.connection().get_container(container)[1]]


@pytest.fixture
def make_raster(tmp_path: Path) -> Callable[..., Path]:
    """Writes a raster in UTM metres whose pixels are random, so they don't compress."""

    def make(
        name: str = "dem.tif", *, width: int = 700, height: int = 600, epsg: int = 32633
    ) -> Path:
        path = tmp_path / name
        dataset = gdal.GetDriverByName("GTiff").Create(
            str(path), width, height, 1, gdal.GDT_Float32
        )
        if epsg:
            crs = osr.SpatialReference()
            crs.ImportFromEPSG(epsg)
            dataset.SetProjection(crs.ExportToWkt())
        dataset.SetGeoTransform((400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0))
        pixels = np.random.default_rng(7).random((height, width), dtype=np.float32)
        dataset.GetRasterBand(1).WriteArray(pixels)
        dataset = None
        return path

    return make


def pixels_of(source: Path | str) -> np.ndarray:
    array: np.ndarray = gdal.Open(str(source)).ReadAsArray()
    return array
