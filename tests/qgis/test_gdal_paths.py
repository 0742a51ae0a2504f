# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Projects that name objects by /vsis3/, /vsigs/ or /vsiaz/, as GDAL does."""

from __future__ import annotations

import dataclasses
import re
import uuid

import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.adapters import gdal_forms
from cog_browser.adapters.foreign_layers import connection_for
from cog_browser.adapters.gdal_forms import is_orphan
from cog_browser.adapters.path_translation import to_running_form, to_saved_form
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.layers.foreign_offer import ForeignOffer
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import PATH_STYLE_OF
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import SERVERS, account_in
from tests.qgis.pending_fixtures import KEY, in_worker, session  # noqa: F401 (fixtures)
from tests.support.rasters import checksums, make_cog

BUCKET = f"scenes-{uuid.uuid4().hex[:12]}"


@pytest.fixture(params=["s3-moto", "gs-moto", "azure"])
def styled(request):
    connection, credentials = account_in(
        request.param, request.getfixturevalue(SERVERS[request.param])
    )
    style = PATH_STYLE_OF[connection.kind]
    return dataclasses.replace(connection, path_style=style), credentials


@pytest.fixture
def amazon_styled(amazon):
    connection, credentials = account_in("s3-moto", amazon)
    return dataclasses.replace(connection, path_style="vsis3"), credentials


def publish(account, path, width=600):
    store = open_store(*account)
    store.create_container(BUCKET)
    store.upload(make_cog(path, width, 500), BUCKET, KEY, overwrite=True)
    store.close()
    return checksums(gdal.Open(str(path)))


def sources_in(project):
    return re.findall("<datasource>(/vsi.*)</datasource>", project.read_text())


def write_project(path, file, source):
    """A project of a QGIS without the plugin."""
    project, layer = QgsProject(), QgsRasterLayer(str(file), "old", "gdal")
    project.addMapLayer(layer)
    assert project.write(str(path))
    text = path.read_text()
    start = text.index("<datasource>", text.index("<projectlayers>")) + len("<datasource>")
    path.write_text(text[:start] + source + text[text.index("</datasource>", start) :])
    return path


def test_such_a_project_names_container_and_key_and_opens_again(styled, session, tmp_path):
    pixels = publish(styled, tmp_path / "c.tif")
    session.sessions.repository.save(styled[0])
    session.add(session.sign_in(*styled), BUCKET, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    assert sources_in(path) == [f"/{styled[0].path_style}/{BUCKET}/{KEY}"]
    session.restart()
    [layer] = session.open(path)
    assert session.state(layer) in ("waiting", "reading")
    session.sign_in(*styled)
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == pixels
    assert to_saved_form(layer.source()) == session.sessions.store(*styled).source(BUCKET, KEY)


@pytest.mark.parametrize("name", ["azure", "gs-moto"])
def test_a_layer_of_azure_and_of_google_is_added_saved_and_reopened(
    session, request, tmp_path, name
):
    account = account_in(name, request.getfixturevalue(SERVERS[name]))
    pixels = publish(account, tmp_path / "c.tif")
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, BUCKET, KEY)
    assert checksums(gdal.Open(layer.source())) == pixels
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    assert sources_in(path) == [store.source(BUCKET, KEY)]
    secrets = [getattr(account[1], n) for n in ("account_key", "secret_key", "access_key")]
    assert not [secret for secret in secrets if secret and secret in path.read_text()]
    session.restart()
    for header in (tmp_path / "headers").glob("*.header"):
        header.unlink()
    [layer] = session.open(path)
    assert session.state(layer) == "pending"
    in_worker(lambda: session.sessions.remember_root(session.sign_in(*account)))
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == pixels


def test_a_path_that_could_mean_either_of_two_accounts_is_written_as_a_url(
    amazon_styled, session, tmp_path
):
    publish(amazon_styled, tmp_path / "c.tif")
    second = dataclasses.replace(amazon_styled[0], id=str(uuid.uuid4()), name="second")
    store = session.sign_in(*amazon_styled)
    session.sessions.repository.save(amazon_styled[0])
    session.add(store, BUCKET, KEY)
    session.sessions.repository.save(second)
    session.add(session.sign_in(second, amazon_styled[1]), BUCKET, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    assert sorted(sources_in(path)) == sorted(
        store.source(BUCKET, KEY).replace(amazon_styled[0].id, one.id)
        for one in (amazon_styled[0], second)
    )
    old = write_project(tmp_path / "old.qgs", tmp_path / "c.tif", f"/vsis3/{BUCKET}/{KEY}")
    [layer] = session.open(old)
    assert session.state(layer) == "pending"
    assert session.reason(layer) == ("Its connection is not known: choose the one to read it with.")


def test_a_layer_whose_variables_are_gone_is_offered_connections_of_its_kind(
    styled, session, stack, tmp_path, qtbot
):
    plain = dataclasses.replace(styled[0], path_style="url", name="mine")
    pixels = publish(styled, tmp_path / "c.tif")
    source = f"/{styled[0].path_style}/{BUCKET}/{KEY}"
    swift = Connection.from_variables(stack.environment("demo"), "swift")
    for connection, credentials in ((plain, styled[1]), swift):
        session.sessions.repository.save(connection)
        session.sign_in(connection, credentials)
    [layer] = session.open(write_project(tmp_path / "old.qgs", tmp_path / "c.tif", source))
    assert session.state(layer) == "pending"
    bar = QgsMessageBar()
    qtbot.addWidget(bar)
    accounts = Accounts(session.sessions, session.workers, bar, bar)
    offer = ForeignOffer(session.sessions, session.workers, bar, accounts)
    session.wait(lambda: len(bar.items()) == 1)
    assert "The environment no longer holds the secret of “old”" in bar.items()[0].text()
    [button] = bar.items()[0].findChildren(QPushButton)
    assert button.text() == "Read with “mine”"
    button.click()
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == pixels
    offer.stop()
    accounts.stop()


@pytest.mark.parametrize(
    ("source", "option"),
    [
        ("/vsis3/b/k.tif", "AWS_ACCESS_KEY_ID"),
        ("/vsigs/b/k.tif", "GOOGLE_APPLICATION_CREDENTIALS"),
        ("/vsiaz/b/k.tif", "AZURE_STORAGE_ACCOUNT"),
    ],
)
def test_with_its_variables_it_is_left_to_gdal(session, source, option):
    assert is_orphan(source)
    gdal.SetConfigOption(option, "x")
    try:
        assert not is_orphan(source)
        assert to_running_form(source) == source
    finally:
        gdal.SetConfigOption(option, None)
    gdal.SetPathSpecificOption(source.rpartition("/")[0], option, "x")
    assert not is_orphan(source)
    gdal.ClearPathSpecificOptions()


def test_on_a_machine_or_with_files_that_give_gdal_keys_it_is_left_to_gdal(
    qgis_app, monkeypatch, tmp_path
):
    monkeypatch.setattr(gdal_forms, "_machine", lambda: "Amazon EC2")
    assert not is_orphan("/vsis3/b/k.tif")
    assert is_orphan("/vsigs/b/k.tif")
    monkeypatch.setattr(gdal_forms, "_machine", lambda: "")
    assert is_orphan("/vsis3/b/k.tif")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").touch()
    assert not is_orphan("/vsis3/b/k.tif")


def test_variables_are_not_overruled_by_a_connection_that_the_project_does_not_name(
    amazon_styled, session, tmp_path
):
    publish(amazon_styled, tmp_path / "c.tif")
    session.sessions.repository.save(amazon_styled[0])
    session.add(session.sign_in(*amazon_styled), BUCKET, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    QgsProject.instance().clear()
    gdal.SetConfigOption("AWS_ACCESS_KEY_ID", "other")
    try:
        source = f"/vsis3/{BUCKET}/{KEY}"
        assert to_running_form(source) == source
        [layer] = session.open(path)
        assert session.state(layer) == "reading"
    finally:
        gdal.SetConfigOption("AWS_ACCESS_KEY_ID", None)


@pytest.mark.parametrize(
    ("root", "key", "kind", "account"),
    [
        ("https://s3.example.org/", "b/k.tif#1", "s3", ""),
        ("https://storage.googleapis.com/", "b/k.tif#1", "gs", ""),
        ("https://scenes.blob.core.windows.net/", "b/k.tif", "azure", "scenes"),
    ],
)
def test_what_a_project_says_of_an_account_makes_a_connection_of_its_kind(
    session, root, key, kind, account
):
    entry = f"/vsicurl/{root}" + ("#" if "#" in key else "")
    QgsProject.instance().writeEntry("cog_browser", "accounts", [entry])
    draft = connection_for(f"/vsicurl/{root}{key}")
    assert (draft.kind, draft.account, draft.endpoint) == (kind, account, "")


@pytest.mark.parametrize(
    "source",
    [
        "/vsis3/b",
        "/vsis3/b/",
        "/vsis3_streaming/b/k.tif",
        "/vsizip//vsis3/b/k.zip",
        "/vsis3//k.tif",
    ],
)
def test_what_is_no_object_is_none_of_ours(qgis_app, source):
    assert not is_orphan(source)


def test_a_style_of_another_kind_is_refused():
    with pytest.raises(ConfigurationError, match=r"no path style of this kind.*url, vsis3"):
        Connection("x", kind="s3", path_style="vsiswift")
    with pytest.raises(ConfigurationError, match=r"use one of url\."):
        Connection("x", kind="http", path_style="vsis3")
