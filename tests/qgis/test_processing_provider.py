# SPDX-License-Identifier: GPL-2.0-or-later
"""What the provider promises to users, scripts and models."""

from __future__ import annotations

import re
import threading

import pytest
from qgis.core import QgsProcessingContext

from cog_browser.adapters.sessions import sessions
from cog_browser.processing.provider import CogBrowserProvider
from cog_browser.processing.rasters import tiff_name
from cog_browser.processing.store_algorithm import CONNECTION, target_key
from cog_browser.storage.connection import Connection
from cog_browser.storage.vsi import running_source
from tests.qgis.processing_fixtures import provider

__all__ = ["provider"]

#: Parameters and outputs by id: scripts and saved models rely on every name.
_NAMES = {
    "listobjects": (
        "CONNECTION CONTAINER PREFIX RECURSIVE OUTPUT",
        "OUTPUT COUNT SIZE",
    ),
    "converttocog": (
        "INPUT PROFILE COMPRESS BLOCKSIZE RESAMPLING OPTIONS VERIFY TEMP OUTPUT",
        "OUTPUT REPORT",
    ),
    "validatecog": (
        "INPUT CONNECTION CONTAINER KEY PROFILE FULL OUTPUT_HTML",
        "OUTPUT_HTML VALID ERRORS WARNINGS REPORT",
    ),
    "validatefolder": (
        "FOLDER CONNECTION CONTAINER PREFIX PROFILE FULL JOBS EXECUTOR OUTPUT OUTPUT_HTML",
        "OUTPUT OUTPUT_HTML VALID INVALID NOT_JUDGED",
    ),
    "checkserver": ("URL CONNECTION CONTAINER KEY OUTPUT_HTML", "OUTPUT_HTML OK REPORT"),
    "sharelink": ("CONNECTION CONTAINER KEY EXPIRES_IN CREATE_KEY OUTPUT", "OUTPUT"),
    "earthenginemanifest": (
        (
            "INPUTS CONNECTION ASSET BANDS START END PROPERTIES MISSING_DATA PYRAMIDING_POLICY "
            "PIN_GENERATION OUTPUT"
        ),
        "OUTPUT READY REPORT",
    ),
    "download": ("CONNECTION CONTAINER KEYS OVERWRITE SHORTEN OUTPUT", "OUTPUT COUNT SIZE SKIPPED"),
    "upload": ("INPUT CONNECTION CONTAINER KEY OVERWRITE", "SOURCE ETAG SIZE"),
    "publishcog": (
        "INPUT PROFILE CONNECTION CONTAINER KEY OVERWRITE REPORT OUTPUT_HTML OPTIONS VERIFY TEMP",
        "REPORT OUTPUT_HTML SOURCE ETAG SIZE PIXELS WARNINGS",
    ),
    "publishfolder": (
        (
            "FOLDER SOURCE_CONTAINER SOURCE_PREFIX PATTERN CONNECTION CONTAINER PREFIX PROFILE "
            "OVERWRITE JOBS JOURNAL TEMPLATE DRY_RUN OUTPUT_HTML EXECUTOR OPTIONS VERIFY TEMP "
            "OUTPUT"
        ),
        "OUTPUT_HTML OUTPUT DONE FAILED SKIPPED",
    ),
}
_CONNECTED = [name for name, (parameters, _) in _NAMES.items() if CONNECTION in parameters]


def _offered(provider: CogBrowserProvider, name: str) -> tuple[list[str], str | None]:
    """Which connections a new dialog of the algorithm offers, and which one it starts with."""
    algorithm = provider.algorithm(name).create()
    parameter = algorithm.parameterDefinition(CONNECTION)
    return parameter.metadata()["widget_wrapper"]["value_hints"], parameter.defaultValue()


def test_the_ids_parameters_and_outputs_are_the_documented_ones(
    provider: CogBrowserProvider,
) -> None:
    assert provider.id() == "cogbrowser"
    found = {
        algorithm.name(): (
            " ".join(d.name() for d in algorithm.parameterDefinitions()),
            " ".join(d.name() for d in algorithm.outputDefinitions()),
        )
        for algorithm in provider.algorithms()
    }
    assert found == _NAMES


@pytest.mark.parametrize("name", _NAMES)
def test_every_algorithm_explains_itself(provider: CogBrowserProvider, name: str) -> None:
    algorithm = provider.algorithm(name)
    assert re.fullmatch(r"[A-Z][^A-Z]*( [a-z]+| COG| Earth Engine)*", algorithm.displayName())
    assert len(algorithm.shortHelpString()) > 100
    assert len(algorithm.tags()) > 5
    assert all(tag == tag.strip() != "" for tag in algorithm.tags())
    assert algorithm.group()
    assert algorithm.groupId()
    assert not algorithm.icon().isNull()
    assert algorithm.svgIconPath().endswith("cog_browser.svg")
    assert all(d.description() for d in algorithm.parameterDefinitions())


@pytest.mark.parametrize("name", _NAMES)
def test_no_parameter_takes_a_secret(provider: CogBrowserProvider, name: str) -> None:
    for definition in provider.algorithm(name).parameterDefinitions():
        said = f"{definition.name()} {definition.description()}".lower()
        assert not re.search("password|secret|token|credential", said)


@pytest.mark.parametrize("name", _CONNECTED)
def test_the_connection_offers_saved_ones_and_the_environment(
    provider: CogBrowserProvider, name: str
) -> None:
    # these judge local files or public objects as well
    default = None if name.startswith(("validate", "earthengine", "checkserver")) else "env"
    assert _offered(provider, name) == (["", "env"], default)

    saved = Connection("Work", auth_url="https://keystone.example.org/v3")
    sessions().repository.save(saved)
    try:
        # without a default: nobody shall write to a wrong account
        assert _offered(provider, name) == (["", "Work", "env"], None)
    finally:
        sessions().repository.remove(saved.id)


def test_a_model_may_make_algorithms_in_a_worker(provider: CogBrowserProvider) -> None:
    made: list[object] = []
    worker = threading.Thread(target=lambda: made.append(_offered(provider, "publishcog")))
    worker.start()
    worker.join(60)
    assert made == [(["", "env"], "env")]


@pytest.mark.parametrize("name", ["converttocog", "publishcog", "validatecog"])
def test_checking_parameters_opens_nothing(provider: CogBrowserProvider, name: str) -> None:
    parameters = {"INPUT": "/not/there.tif", "OUTPUT": "/tmp/a.tif"}
    if name == "publishcog":
        parameters |= {"CONNECTION": "nobody", "CONTAINER": "c", "KEY": "k"}
    fits, why = (
        provider.algorithm(name).create().checkParameterValues(parameters, QgsProcessingContext())
    )
    assert fits, why


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("publishcog", {"INPUT": "a.tif", "CONTAINER": "c", "KEY": ""}, "KEY"),
        ("publishcog", {"CONTAINER": "c", "KEY": "k"}, "INPUT"),
        ("upload", {"INPUT": "a.tif", "CONTAINER": "", "KEY": "k"}, "CONTAINER"),
        ("converttocog", {"INPUT": "a.tif", "BLOCKSIZE": 500, "OUTPUT": "b.tif"}, "16"),
        ("converttocog", {"INPUT": "a.tif", "BLOCKSIZE": 64, "OUTPUT": "b.tif"}, "BLOCKSIZE"),
        ("converttocog", {"INPUT": "a.tif", "OPTIONS": "LEVEL", "OUTPUT": "b.tif"}, "NAME=VALUE"),
        ("converttocog", {"INPUT": "a.tif", "COMPRESS": "JPEG", "OUTPUT": "b.tif"}, "COMPRESS"),
        ("converttocog", {"INPUT": "a.tif", "OUTPUT": "b.png"}, "png"),
        ("validatecog", {}, "either"),
        ("validatefolder", {"OUTPUT": "memory:"}, "either a folder, or connection"),
        ("validatefolder", {"CONTAINER": "c", "OUTPUT": "memory:"}, "connection and container"),
        ("publishfolder", {"CONNECTION": "env", "OUTPUT": "memory:"}, "either a folder, or a c"),
        (
            "publishfolder",
            {"CONNECTION": "env", "FOLDER": "x", "SOURCE_CONTAINER": "c", "OUTPUT": "memory:"},
            "either a folder, or a c",
        ),
        (
            "publishfolder",
            {"CONNECTION": "env", "FOLDER": "x", "OUTPUT": "memory:"},
            "container that the folder is to go into is missing",
        ),
        ("validatecog", {"INPUT": "a.tif", "KEY": "k"}, "either"),
        ("validatecog", {"CONTAINER": "c", "KEY": "k"}, "all of"),
    ],
)
def test_wrong_parameters_are_named(
    provider: CogBrowserProvider, name: str, parameters: dict[str, object], said: str
) -> None:
    fits, why = (
        provider.algorithm(name).create().checkParameterValues(parameters, QgsProcessingContext())
    )
    assert not fits
    assert said in why


def test_a_key_ending_with_a_slash_takes_the_files_name() -> None:
    assert target_key("dem/", "alps.tif") == "dem/alps.tif"
    assert target_key("dem", "alps.tif") == "dem"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/data/dem.tif", "dem.tif"),
        ("/data/dem.TIFF", "dem.TIFF"),
        ("/data/dem.v2.vrt", "dem.v2.tif"),
        ("/data/dem", "dem.tif"),
        ("C:\\data\\dem.img", "dem.tif"),
        ('NETCDF:"/data/tas.nc":tas', "tas_tas.tif"),
        ("GPKG:/data/a.gpkg:dem", "a_dem.tif"),
        ("/vsizip//data/a.zip/dem.asc", "dem.tif"),
        ("https://host/a/dem.tif?token=x", "dem.tif"),
        ("/data/dem.vrt|layername=1", "dem.tif"),
        (running_source("http://127.0.0.1:1/abc/d%20em.tif"), "d em.tif"),
        (running_source("http://127.0.0.1:1/abc/%C3%BC%20%231%3F.tif"), "ü #1?.tif"),
        ("https://host/a/a%20b.tif?signature=1#x", "a b.tif"),
        ("/", "raster.tif"),
    ],
)
def test_a_published_raster_is_called_like_its_file(source: str, name: str) -> None:
    assert tiff_name(source) == name
