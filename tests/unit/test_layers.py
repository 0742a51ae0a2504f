# SPDX-License-Identifier: GPL-2.0-or-later
"""The layers hold, and the check that says so sees each way of breaking them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomllib

ROOT = Path(__file__).resolve().parents[2]
#: Takes folders, and answers with the exit status and the report; loading the linter takes longest.
_LINTER = """
import json, os, sys, tempfile
from importlinter.cli import lint_imports_command

for folder in iter(sys.stdin.readline, ""):
    with tempfile.TemporaryFile("w+") as report:
        if os.fork() == 0:
            os.dup2(report.fileno(), 1)
            os.chdir(folder.strip())
            lint_imports_command(["--no-cache", "--no-logo"])  # and ends
        _, status = os.wait()
        report.seek(0)
        print(json.dumps([status, report.read()]), flush=True)
"""

Lint = Callable[[Path], tuple[int, str]]

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


@pytest.fixture(scope="module")
def lint() -> Iterator[Lint]:
    command = [sys.executable, "-c", _LINTER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as linter:
        assert linter.stdin and linter.stdout
        answers = linter.stdout

        def ask(folder: Path) -> tuple[int, str]:
            print(folder, file=linter.stdin, flush=True)
            status, report = json.loads(answers.readline())
            return status, report

        yield ask
        linter.stdin.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "cog_browser", tmp_path / "cog_browser", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold(lint: Lint) -> None:
    status, report = lint(ROOT)
    assert status == 0, report
    assert "0 broken" in report


def test_every_contract_has_an_offence() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in OFFENCES}


@pytest.mark.parametrize(("contract", "file", "line"), OFFENCES)
def test_an_offence_breaks_its_contract(
    lint: Lint, copy: Path, contract: str, file: str, line: str
) -> None:
    path = copy / "cog_browser" / file
    path.write_text(f"{path.read_text()}\n\n{line}\n")
    status, report = lint(copy)
    assert status != 0, report
    assert f"{contract} BROKEN" in report
