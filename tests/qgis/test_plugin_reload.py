# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""The plugin is reloaded while layers are open; the gateway goes on with what it was told."""

from __future__ import annotations

import dataclasses
import time

import pytest
from osgeo import gdal
from qgis.core import QgsProject

from cog_browser.adapters import gateway_start, layer_states, path_translation
from cog_browser.adapters import sessions as sessions_module
from cog_browser.adapters.revive import Reviver
from cog_browser.adapters.workers import Workers
from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway.process import running_gateway
from cog_browser.storage.vsi import gateway_url
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    alive,
    container,
    file,
    pixels_of,
    project,
    qgis_events,
    session,
)
from tests.support.faults import Fault
from tests.support.rasters import checksums


def reload_plugin(session):
    """What the plugin does when it is unloaded and loaded again; the gateway stays."""
    session.reviver.stop()
    session.workers.stop(0.5)
    path_translation.uninstall()
    layer_states.close_layer_states()
    sessions_module.close_sessions()
    session.sessions = sessions_module.sessions()
    session.states = layer_states.layer_states()
    path_translation.install()
    gateway_start.set_up(session.states.hear, start=True)
    session.workers = Workers()
    session.reviver = Reviver(session.sessions, session.workers, session.states)
    path_translation.never_wait(True)


def test_a_waiting_layer_is_known_to_wait_after_a_reload(project, session, account, file):
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "waiting")
    reason = session.reason(layer)
    reload_plugin(session)
    session.wait(lambda: session.state(layer) == "waiting", 3000)
    assert session.reason(layer) == reason
    session.sign_in(*account)
    session.wait(lambda: alive(session, layer))
    assert pixels_of(layer) == checksums(gdal.Open(str(file)))


def test_a_saved_secret_is_looked_for_again_after_a_reload(
    project, session, account, file, monkeypatch
):
    [layer] = session.open(project)
    session.wait(lambda: session.state(layer) == "waiting")
    monkeypatch.setattr(
        type(session.sessions.secrets),
        "load",
        lambda _self, _id, may_prompt=True: None if may_prompt else account[1],
    )
    set_up = gateway_start.set_up_gateway
    monkeypatch.setattr(  # later than the first look at the layers
        gateway_start, "set_up_gateway", lambda **how: time.sleep(0.5) or set_up(**how)
    )
    reload_plugin(session)
    gateway, url = running_gateway(), gateway_url(layer.source())
    session.wait(lambda: gateway.meter(url).state == "reading")


def test_a_failing_layer_is_known_to_fail_after_a_reload(session, faulty_store, container):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = dataclasses.replace(connection, name="Far")
    session.sessions.repository.save(connection)
    layer = session.add(session.sign_in(connection, credentials), container, KEY)
    faulty_store.swift.add(Fault(status=503), method="GET", times=None)
    layer.dataProvider().block(1, layer.extent(), 900, 700)
    session.wait(lambda: session.state(layer) == "failing")
    reload_plugin(session)
    session.wait(lambda: session.state(layer) == "failing", 3000)
    assert "503" in session.reason(layer)
    faulty_store.clear()
    session.wait(lambda: session.state(layer) == "reading")
    assert layer.dataProvider().block(1, layer.extent(), 900, 700).isValid()


@pytest.fixture
def told(monkeypatch):
    """What the gateway was told to be in use."""
    found = []
    kind = type(running_gateway())
    use = kind.use
    monkeypatch.setattr(kind, "use", lambda self, urls: found.append(set(urls)) or use(self, urls))
    return found


def test_the_gateway_knows_which_objects_layers_show(
    session, account, container, file, told, tmp_path
):
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    layer = session.add(store, container, KEY)
    url = gateway_url(layer.source())
    session.wait(lambda: told == [{url}])
    project, twin = QgsProject.instance(), layer.clone()
    project.addMapLayer(twin)
    project.removeMapLayer(twin)
    qgis_events(session, 0.5)
    assert told == [{url}]  # nothing has changed
    taken = project.takeMapLayer(layer)
    session.wait(lambda: told == [{url}, set()])
    project.addMapLayer(taken)  # as somebody does who takes the removal back
    session.wait(lambda: told == [{url}, set(), {url}])
    assert pixels_of(taken) == checksums(gdal.Open(str(file)))
    store.upload(file, container, KEY, overwrite=True)
    session.wait(lambda: gateway_url(taken.source()) != url and alive(session, taken))
    session.wait(lambda: told[-1] == {gateway_url(taken.source())})


def test_a_layer_that_was_removed_while_it_failed_draws_when_it_is_back(
    session, faulty_store, container, file
):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = dataclasses.replace(connection, name="Far")
    session.sessions.repository.save(connection)
    layer = session.add(session.sign_in(connection, credentials), container, KEY)
    faulty_store.swift.add(Fault(status=503), method="GET", times=None)
    layer.dataProvider().block(1, layer.extent(), 900, 700)
    session.wait(lambda: session.state(layer) == "failing")
    taken = QgsProject.instance().takeMapLayer(layer)
    faulty_store.clear()
    gateway, url = running_gateway(), gateway_url(taken.source())
    session.wait(lambda: gateway.meter(url).state == "reading")
    qgis_events(session, 0.3)
    QgsProject.instance().addMapLayer(taken)
    session.wait(lambda: session.state(taken) == "reading")
    assert pixels_of(taken) == checksums(gdal.Open(str(file)))
