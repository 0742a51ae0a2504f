# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""“Copy as” in the panel: what is copied works, and holds no secret."""

from __future__ import annotations

import os
import shlex
import subprocess

import pytest
from osgeo import gdal
from qgis.PyQt.QtWidgets import QApplication

from cog_browser.gui.manage.address_forms import FORMS, command_for, text_of
from cog_browser.gui.place import Place
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.models import ObjectEntry
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixtures)

KEY = 'it\'s a #?%&+ "$HOME" é.tif'


@pytest.fixture
def copied(ui, dock, manager, saved, container, put, cog):
    """Copies the odd object in a form and returns the clipboard's text."""
    put(KEY, cog.read_bytes(), "image/tiff")
    put("z.tif")
    ui.open(Place(saved.id, container))
    manager.select(KEY)

    def copy(form):
        QApplication.clipboard().clear()
        manager.choose(f"Copy as > {form}")
        ui.wait(lambda: QApplication.clipboard().text() != "")
        return QApplication.clipboard().text()

    return copy


def test_names_of_all_selected_objects_are_copied(copied, dock):
    assert copied("Name") == KEY
    dock.table.selectAll()
    assert copied("Name") == f"{KEY}\nz.tif"


def test_the_url_is_the_objects(copied, stack, cog):
    url = copied("URL")
    assert url.startswith(stack.storage_url())
    token, _ = stack.sign_in("demo")
    with stack.session() as session:
        found = session.get(url, headers={"X-Auth-Token": token}, timeout=60)
        assert found.content == cog.read_bytes()


def test_the_path_and_the_command_work_for_who_is_signed_in(copied, container, stack):
    path = copied("GDAL path")
    assert path == f"/vsiswift/{container}/{KEY}"
    command = copied("GDAL command")
    assert shlex.split(command) == ["gdalinfo", path]
    token, _ = stack.sign_in("demo")
    signed_in = {"SWIFT_STORAGE_URL": stack.storage_url(), "SWIFT_AUTH_TOKEN": token}
    environment = {**os.environ, **signed_in}
    found = subprocess.run(
        command,
        check=False,
        shell=True,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Size is 512, 512" in found.stdout, found.stderr


def test_the_snippet_runs(copied, stack):
    snippet = copied("Python")
    assert all(secret not in snippet for secret in stack.secrets())
    names = {}
    exec(snippet, names)
    assert isinstance(names["dataset"], gdal.Dataset)
    assert names["dataset"].RasterXSize == 512
    names.clear()


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", "\x1b", "\x7f", "\x9b", "\u2028", "\u202e"])
@pytest.mark.parametrize("form", FORMS)
def test_what_might_run_where_it_is_pasted_is_not_copied(form, sign):
    entry = ObjectEntry("c", f"a.tif{sign}rm -rf ~", 0, None, "", "")
    with pytest.raises(ConfigurationError, match=r"nothing is copied\. Rename") as caught:
        text_of(form, None, entry)
    assert sign not in str(caught.value)


def test_a_command_for_windows_is_in_double_quotes():
    path = "/vsiswift/c/it's a #; (é), ~*?.tif"
    assert command_for(path, "c/k", "nt") == f'gdalinfo "{path}"'
    assert shlex.split(command_for(path, "c/k", "posix")) == ["gdalinfo", path]
    encoded = "/vsicurl/https://example.org/a%20b.tif"
    assert command_for(encoded, "c/a b.tif", "nt") == f'gdalinfo "{encoded}"'


@pytest.mark.parametrize("sign", [*'"%&|<>^!$`“”„'])
def test_a_name_with_a_sign_of_windows_is_no_command_there(sign):
    name = f"c/a{sign}calc.tif"
    with pytest.raises(ConfigurationError, match="Copy the GDAL path instead") as caught:
        command_for(f"/vsiswift/{name}", name, "nt")
    assert f" {sign}, " in str(caught.value)
    assert shlex.split(command_for(f"/vsiswift/{name}", name, "posix"))[1] == f"/vsiswift/{name}"
