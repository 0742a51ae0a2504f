# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Which account brings a waiting layer to life, and when."""

from __future__ import annotations

import dataclasses
import threading

from osgeo import gdal
from qgis.core import (
    QgsProject,
)

from cog_browser.adapters import revive as revive_module
from cog_browser.adapters.ownership import owner_of
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.http import HttpClient
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    ALL_SET,
    KEY,
    account,
    alive,
    all_set,
    container,
    file,
    forget_headers,
    in_worker,
    pixels_of,
    project,
    qgis_events,
    saved_source,
    session,
)
from tests.support.faults import Fault
from tests.support.rasters import checksums


def test_a_saved_secret_brings_layers_to_life_by_itself(
    project, session, account, tmp_path, monkeypatch
):
    forget_headers(tmp_path)
    monkeypatch.setattr(
        type(session.sessions.secrets),
        "load",
        lambda _self, _id, may_prompt=True: None if may_prompt else account[1],
    )
    [layer] = session.open(project)
    session.wait(lambda: alive(session, layer))


def test_an_unknown_account_waits_for_a_connection_and_then_comes_alive(
    project, session, account, stack, container, tmp_path, file, monkeypatch
):
    forget_headers(tmp_path)
    session.sessions.repository.remove(account[0].id)
    session.restart()
    asked, exchange = [], HttpClient.exchange

    def note(self, method, url, headers, body=None):
        asked.append((method, threading.current_thread(), dict(headers)))
        return exchange(self, method, url, headers, body)

    monkeypatch.setattr(HttpClient, "exchange", note)
    mark = stack.mark()
    [layer] = session.open(project)
    assert session.state(layer) == "pending"
    assert session.reason(layer).startswith("It belongs to an account that isn't set up here: ")
    host, project_id = stack.storage_url().split("/")[2], stack.storage_url().split("AUTH_")[1]
    assert f"{host}, project {project_id}" in session.reason(layer)
    # It may be public.
    session.wait(lambda: len(stack.swift_requests(since=mark, within=container)) > 0)
    qgis_events(session, 0.5)
    [(method, thread, headers)] = asked
    assert (method, headers) == ("HEAD", {})  # without a token
    assert thread is not threading.main_thread()
    [request] = stack.swift_requests(since=mark, within=container)
    assert (request.status, request.user_agent) == (401, "COG-Browser")
    assert session.state(layer) == "pending"
    mine = dataclasses.replace(account[0], id="another id", name="Mine")
    session.sessions.repository.save(mine)
    session.sign_in(mine, account[1])
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))
    assert all_set(layer) == ALL_SET


def test_of_two_connections_to_an_account_the_signed_in_one_reads(
    project, session, account, tmp_path
):
    second = dataclasses.replace(account[0], id="0 second", name="Second")
    session.sessions.repository.save(second)
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "waiting")
    session.sign_in(second, account[1])
    session.wait(lambda: alive(session, layer))
    assert owner_of(saved_source(project)).connection_id == second.id


def test_an_ended_token_leaves_the_layer_waiting_with_the_stores_reason(
    project, session, account, stack, container, tmp_path
):
    connection = dataclasses.replace(
        account[0], auth_mode="token", auth_url="", storage_url=stack.storage_url()
    )
    session.sessions.repository.save(connection)
    session.sessions.secrets.remember(connection.id, Credentials(token="ended"))
    forget_headers(tmp_path)
    mark = stack.mark()
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "failing")
    assert session.reason(layer).startswith("The token has expired or been revoked")
    qgis_events(session, 3)
    # Nobody goes on asking.
    assert len(stack.swift_requests(since=mark, within=container)) <= 4
    session.sessions.repository.save(account[0])
    session.sessions.sign_out(connection.id)
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))


def test_a_refused_secret_is_not_sent_again(project, session, account, stack, tmp_path):
    session.sessions.secrets.remember(account[0].id, Credentials(password="wrong"))
    forget_headers(tmp_path)
    [layer] = session.open(project)
    session.wait(lambda: "refuses" in session.reason(layer))
    tries = []
    opened = type(session.sessions).find_credentials
    session.sessions.find_credentials = lambda *a, **k: tries.append(a) or opened(*a, **k)
    QgsProject.instance().addMapLayer(layer.clone())
    qgis_events(session, 3)
    assert tries == []
    assert session.state(layer) == "pending"


def test_a_sign_in_that_nothing_comes_of_is_named(
    session, faulty_store, container, tmp_path, monkeypatch
):
    monkeypatch.setattr(revive_module, "PATIENCE", 500)
    connection, credentials = Connection.from_environment(faulty_store.environment("demo"))
    connection = dataclasses.replace(connection, name="Far away")
    session.sessions.repository.save(connection)
    session.add(session.sign_in(connection, credentials), container, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    forget_headers(tmp_path)
    faulty_store.keystone.add(Fault(delay_s=600), times=None)
    session.sessions.secrets.remember(connection.id, credentials)
    [layer] = session.open(path)
    said = f"“{connection.name}” has not answered the sign-in so far."
    session.wait(lambda: session.reason(layer) == said)
    faulty_store.clear()
    faulty_store.keystone.hang_up()
    session.wait(lambda: alive(session, layer))


def test_a_sign_in_brings_back_a_layer_whose_new_object_was_refused(session, account, container):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    data = in_worker(lambda: store.read_range(container, KEY, 0, 10))
    assert data
    session.sessions.sign_out(account[0].id)  # so it can't be opened anew
    session.sessions.secrets.remove(account[0].id)
    shared_gateway().forget(account[0].id, container, KEY)
    session.wait(lambda: session.state(layer) == "failing")
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))


def test_two_reasons_to_try_an_account_again_are_one_try(session, account, monkeypatch, capsys):
    monkeypatch.setattr(revive_module, "FIRST", 0.01)
    session.reviver._try_again("a connection")
    session.reviver._try_again("a connection")
    qgis_events(session, 0.3)
    assert session.reviver._timers == {}
    assert "KeyError" not in capsys.readouterr().err
