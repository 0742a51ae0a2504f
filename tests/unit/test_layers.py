# SPDX-License-Identifier: GPL-2.0-or-later
"""The layers hold, and the check that says so sees each way of breaking them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomllib

ROOT = Path(__file__).resolve().parents[2]
_LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

LAYERS = "Layers point downwards"
STORAGE_QT = "storage knows neither Qt nor QGIS"
STORAGE_GDAL = "storage meets GDAL in vsi.py only"
REQUESTS = "requests sends from http.py only"
YAML = "PyYAML is read in clouds.py only"
KEYRING = "keyring is asked in keyring_store.py only"
KEYSTONEAUTH = "keystoneauth1 is met in federation.py only"
GOOGLE_AUTH = "google-auth is met in google_auth.py only"
DASK = "Dask is met in cluster/client.py only"
COG_QT = "cog knows GDAL, not Qt"

OFFENCES = [
    (LAYERS, "storage/errors.py", "import cog_browser.cog.report"),
    (LAYERS, "storage/models.py", "from cog_browser.adapters import log"),
    (LAYERS, "cog/report.py", "import cog_browser.adapters.i18n"),
    (LAYERS, "adapters/log.py", "from cog_browser.gui import text"),
    (LAYERS, "adapters/log.py", "import cog_browser.processing.provider"),
    (LAYERS, "gui/text.py", "import cog_browser.processing.provider"),
    (LAYERS, "processing/base.py", "from cog_browser.gui.text import count_text"),
    (LAYERS, "processing/base.py", "import cog_browser.api"),
    (LAYERS, "gui/text.py", "def late():\n    import cog_browser.plugin"),
    (STORAGE_QT, "storage/swift/store.py", "from qgis.PyQt.QtCore import QObject"),
    (STORAGE_QT, "storage/gateway/gateway.py", "import PyQt5.QtCore"),
    (STORAGE_QT, "storage/gateway/gateway.py", "def late():\n    import keyring"),
    (STORAGE_GDAL, "storage/http.py", "from osgeo import gdal"),
    (STORAGE_GDAL, "storage/gateway/gateway.py", "from osgeo import gdal"),
    (REQUESTS, "storage/swift/store.py", "import requests"),
    (REQUESTS, "processing/upload.py", "from requests import get"),
    (YAML, "storage/config_files/openrc.py", "import yaml"),
    (KEYRING, "adapters/log.py", "import keyring"),
    (KEYSTONEAUTH, "storage/sign_in/keystone.py", "import keystoneauth1"),
    (GOOGLE_AUTH, "storage/s3/key_sources.py", "import google.auth"),
    (DASK, "cog/cluster/worker.py", "import distributed"),
    (DASK, "processing/executor.py", "import dask.config"),
    (COG_QT, "cog/validate.py", "from qgis.core import QgsRasterLayer"),
    (COG_QT, "cog/conversion/convert.py", "import numpy"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _LINT, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "cog_browser", tmp_path / "cog_browser", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout


def test_every_contract_has_an_offence() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in OFFENCES}


@pytest.mark.parametrize(("contract", "file", "line"), OFFENCES)
def test_an_offence_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    path = copy / "cog_browser" / file
    path.write_text(f"{path.read_text()}\n\n{line}\n")
    found = lint(copy)
    assert found.returncode != 0, found.stdout
    assert f"{contract} BROKEN" in found.stdout
