# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Mosaics in projects: written, opened later and elsewhere, through failures and replacements."""

from __future__ import annotations

import hashlib
import html
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProject

from cog_browser.adapters.downloads import download_window
from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.layers import add_to_project
from cog_browser.adapters.mosaics import build_mosaic, build_stack
from cog_browser.adapters.path_translation import to_running_form, to_saved_form
from cog_browser.cog.description import describe
from cog_browser.cog.mosaic.document import is_document, objects_of
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConversionError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.stores import open_store
from tests.qgis.pending_fixtures import account, in_worker, qgis_events, session  # noqa: F401
from tests.support.mosaic_parts import composed, make_part

PLACES = {"a.tif": (0, 0), "b #é&.tif": (650, 10), "c.tif": (300, 550)}


@pytest.fixture
def files(tmp_path):
    return [make_part(tmp_path / name, *place, nodata=0) for name, place in PLACES.items()]


@pytest.fixture
def container(stack, account, files):
    store = open_store(*account)
    name = store.create_container(stack.unique_name()).name
    for path in files:
        store.upload(path, name, path.name)
    store.close()
    return name


def add(store, container, names=tuple(PLACES), name="Mosaic"):
    def work():
        described = [describe(ObjectRef(store, container, key)) for key in names]
        return build_mosaic(store, described, name)

    layer = in_worker(work)
    add_to_project(layer)
    return layer


@pytest.fixture
def project(session, account, container, tmp_path):
    """A project with a mosaic of a saved connection, written by an earlier QGIS."""
    session.sessions.repository.save(account[0])
    layer = add(session.sign_in(*account), container)
    layer.setName("Mine")
    layer.renderer().setOpacity(0.5)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    return path


def pixels(layer):
    opened = gdal.Open(layer.source())
    return opened.ReadAsArray()


def read(layer):
    """Its pixels, or None where they can't be read."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return pixels(layer)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def pixels_when_alive(session, layer):
    """GDAL keeps the failures of a layer that waited until a worker has let it forget them."""
    session.wait(lambda: session.state(layer) == "reading")
    session.wait(lambda: read(layer) is not None)
    return pixels(layer)


def test_a_project_holds_the_objects_urls_and_no_secret(session, project, account, container):
    text = html.unescape(project.read_text())
    store = open_store(*account)
    for name in PLACES:
        assert html.escape(store.source(container, name), quote=False) in text
    assert "/vsicurl?" not in text
    assert account[1].password not in text
    store.close()


def test_it_opens_at_once_waits_and_comes_alive_with_its_pixels(
    session, project, account, container, files, stack
):
    mark = stack.mark()
    [layer] = session.open(project)
    assert layer.isValid()
    values, _ = composed(files)
    assert (layer.width(), layer.height()) == (values.shape[2], values.shape[1])
    assert session.state(layer) == "waiting"
    assert read(layer) is None  # an error, not nodata
    requests = stack.swift_requests(since=mark, within=container)
    assert [r for r in requests if r.method != "GET"] == []
    session.sign_in(*account)
    assert np.array_equal(pixels_when_alive(session, layer), values)
    assert (layer.name(), layer.renderer().opacity()) == ("Mine", 0.5)


def test_it_can_be_saved_again_while_it_waits(session, project, tmp_path):
    before = to_saved_form(session.open(project)[0].source())
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    session.restart()
    [layer] = session.open(again)
    assert to_saved_form(layer.source()) == before


def test_a_colleague_needs_a_connection_to_the_same_account(session, project, account, files):
    [mine] = session.sessions.repository.all()
    session.sessions.repository.remove(mine.id)
    [layer] = session.open(project)
    assert session.state(layer) == "pending"
    assert "isn't set up here" in session.reason(layer)
    assert read(layer) is None
    theirs = Connection.from_dict({**account[0].to_dict(), "id": "theirs", "name": "Theirs"})
    session.sessions.repository.save(theirs)
    session.sign_in(theirs, account[1])
    # Only now is it known how its objects' URLs begin.
    in_worker(lambda: session.sessions.remember_root(session.sessions.store(theirs)))
    session.reviver._look_soon()
    assert np.array_equal(pixels_when_alive(session, layer), composed(files)[0])


def test_a_placeholder_of_a_mosaic_is_written_as_what_it_stands_for(
    session, project, files, tmp_path
):
    [mine] = session.sessions.repository.all()
    session.sessions.repository.remove(mine.id)
    [layer] = session.open(project)
    assert layer.source().startswith("/vsimem/")
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    assert "/vsimem/" not in again.read_text()
    etags = [hashlib.md5(p.read_bytes(), usedforsecurity=False).hexdigest() for p in files]
    assert [one.etag for one in objects_of(to_saved_form(layer.source()))] == etags


def test_the_running_form_is_the_same_again_and_leads_back(session, account, container):
    session.sessions.repository.save(account[0])
    layer = add(session.sign_in(*account), container)
    running = layer.source()
    saved = to_saved_form(running)
    assert is_document(saved)
    assert is_document(running)
    assert saved != running
    assert to_running_form(running) == running
    assert to_running_form(saved) == running
    assert to_saved_form(saved) == saved


def test_strangers_objects_in_a_document_get_no_credential(session, account, container):
    session.sessions.repository.save(account[0])
    layer = add(session.sign_in(*account), container)
    saved = to_saved_form(layer.source())
    first = objects_of(saved)[0].source
    foreign = saved.replace(first, "/vsicurl/https://evil.example.org/a.tif")
    assert to_running_form(foreign) != foreign  # a placeholder: not all of it is ours
    assert "/vsicurl?" not in to_running_form(foreign)
    other = foreign.replace('<MDI key="kind">mosaic</MDI>', "")
    assert to_running_form(other) == other  # no document of ours: QGIS's own business


def test_tokens_that_end_are_renewed(session, make_stack, files):
    stack = make_stack(token_seconds=4, regions="RegionOne")
    connection, credentials = Connection.from_environment(stack.environment("demo"))
    connection = replace(connection, name="Short tokens")
    session.sessions.repository.save(connection)
    store = session.sign_in(connection, credentials)
    name = store.create_container(stack.unique_name()).name
    for path in files:
        store.upload(path, name, path.name)
    layer = add(store, name)
    qgis_events(session, 5)
    mark = stack.mark()
    assert np.array_equal(pixels(layer), composed(files)[0])
    assert {r.status for r in stack.swift_requests(since=mark, within=name)} <= {200, 206, 401}
    assert session.state(layer) == "reading"


def test_a_replaced_object_is_shown_at_its_new_place(session, account, container, files, tmp_path):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = add(store, container)
    width = layer.width()
    (tmp_path / "new").mkdir()
    moved = make_part(tmp_path / "new" / "c.tif", 1000, 550, nodata=0)
    store.upload(moved, container, "c.tif", overwrite=True)
    results = []
    revive(layer, session.workers, results.append, anew=True)
    session.wait(lambda: results == [None])
    assert layer.width() == 1700 != width
    assert np.array_equal(pixels(layer), composed([*files[:2], moved])[0])


def test_an_object_that_was_replaced_meanwhile_is_never_mixed_in(
    session, project, account, container, files, tmp_path
):
    """Its bytes are others than the document's sizes and places hold for."""
    (tmp_path / "new").mkdir()
    moved = make_part(tmp_path / "new" / "c.tif", 1000, 550, (400, 300), nodata=0)
    store = open_store(*account)
    store.upload(moved, container, "c.tif", overwrite=True)
    store.close()
    [layer] = session.open(project)
    session.sign_in(*account)
    session.wait(lambda: session.state(layer) == "reading")
    read(layer)  # finds it out
    session.wait(lambda: layer.width() == 1400)
    assert np.array_equal(pixels_when_alive(session, layer), composed([*files[:2], moved])[0])


def test_a_replacement_that_does_not_fit_is_said(session, account, container, tmp_path):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = add(store, container)
    odd = make_part(tmp_path / "odd.tif", bands=3, nodata=0)
    store.upload(odd, container, "c.tif", overwrite=True)
    results = []
    revive(layer, session.workers, results.append, anew=True)
    session.wait(lambda: bool(results))
    assert "“c.tif” has 3" in str(results[0])


def test_bands_of_several_objects_come_back(session, account, container, files, tmp_path):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)

    def work():
        chosen = [(describe(ObjectRef(store, container, "a.tif")), band) for band in (2, 1)]
        return build_stack(store, chosen, "Bands")

    add_to_project(in_worker(work))
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    [layer] = session.open(path)
    session.sign_in(*account)
    session.wait(lambda: session.state(layer) == "reading")
    results = []
    revive(layer, session.workers, results.append, anew=True)
    session.wait(lambda: results == [None])
    assert np.array_equal(pixels(layer), gdal.Open(str(files[0])).ReadAsArray()[::-1])


def test_a_failed_read_is_an_error_and_the_state_of_the_layer(
    session, faulty_store, files, tmp_path
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = replace(connection, name="Faulty")
    session.sessions.repository.save(connection)
    store = session.sign_in(connection, credentials)
    name = store.create_container(f"mosaic-{connection.id[:8]}").name
    for path in files:
        store.upload(path, name, path.name)
    layer = add(store, name)
    assert len(gateway_urls(layer.source())) == 3
    store.delete_object(name, "c.tif")
    assert read(layer) is None
    session.wait(lambda: session.state(layer) == "failing")
    assert "c.tif" in session.reason(layer)
    target = Path(tmp_path / "window.tif")
    with pytest.raises(ConversionError, match=r"c\.tif"):
        in_worker(lambda: download_window(layer.source(), target, None, "GTiff"))
    assert not target.exists()
