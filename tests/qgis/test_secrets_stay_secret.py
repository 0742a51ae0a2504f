# SPDX-License-Identifier: GPL-2.0-or-later
"""Known secrets are planted in every sign-in mode, and looked for everywhere afterwards."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
import traceback
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize

from cog_browser.adapters import log, path_translation
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.adapters.sessions import Sessions
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.gateway_process import shared_gateway
from cog_browser.storage.vsi import running_source
from tests.integration.test_sign_in_modes import passcode
from tests.support.rasters import make_cog


def password(stack):
    return Connection.from_environment(stack.environment("demo"))


def application_credential(stack):
    return Connection.from_environment(stack.environment("app-cred-demo-app"))


def totp(stack):
    connection, _ = password(stack)
    connection = dataclasses.replace(connection, auth_mode="totp", user_name="mfa")
    return connection, Credentials(password="mfapw", passcode=passcode())


def keystone_token(stack):
    connection, _ = password(stack)
    token, _ = stack.sign_in("demo")
    return dataclasses.replace(connection, auth_mode="keystone_token"), Credentials(token=token)


def ready_token(stack):
    token, _ = stack.sign_in("demo")
    url = stack.storage_url()
    return Connection("t", auth_mode="token", storage_url=url), Credentials(token=token)


def v1(stack):
    url = stack.regions["RegionOne"].v1_auth_url
    connection = Connection("v", auth_mode="v1", auth_url=url, user_name="test:tester")
    return connection, Credentials(password="testing")


MODES = (password, application_credential, totp, keystone_token, ready_token, v1)


@pytest.fixture
def own_sessions(monkeypatch, qgis_app):
    own = Sessions()
    for module in ("adapters.layers", "adapters.path_translation"):
        monkeypatch.setattr(f"cog_browser.{module}.sessions", lambda: own)
    path_translation.install()
    yield own
    path_translation.uninstall()
    QgsProject.instance().clear()
    for connection in own.repository.all():
        own.secrets.remove(connection.id)
        own.repository.remove(connection.id)
    own.close()


def in_worker(function):
    outcome = {}
    thread = threading.Thread(target=lambda: outcome.update(result=function()))
    thread.start()
    thread.join(60)
    return outcome["result"]


def drawn(layer, column=None, row=None):
    """Draw all of the layer, or a window in one 512 px tile; returns the errors."""
    extent = layer.extent()
    if column is not None:
        x, y = (
            extent.xMinimum() + 10 * (512 * column + 100),
            extent.yMaximum() - 10 * (512 * row + 100),
        )
        extent = QgsRectangle(x, y - 2000, x + 2000, y)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(200, 200))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return [error.message for error in job.errors()]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.__name__)
def test_no_secret_and_no_token_is_anywhere(own_sessions, stack, tmp_path, caplog, mode):
    connection, credentials = mode(stack)
    connection = dataclasses.replace(connection, name=f"planted {mode.__name__}")
    messages = []
    QgsApplication.messageLog().messageReceived.connect(lambda *told: messages.append(str(told)))
    handler = log.install()
    texts = [repr(connection), repr(credentials), str(connection.to_dict())]
    with caplog.at_level(logging.DEBUG):
        own_sessions.repository.save(connection)
        own_sessions.secrets.save(connection.id, credentials, "session")
        store = own_sessions.store(connection, credentials)
        container = store.create_container(stack.unique_name()).name
        store.upload(make_cog(tmp_path / "x.tif", 600, 500), container, "x.tif")
        layer = in_worker(lambda: build_layer(store, container, "x.tif"))
        add_to_project(layer)
        assert drawn(layer) == []
        assert QgsProject.instance().write(str(tmp_path / "p.qgs"))
        assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
        texts += [repr(store), repr(store.recipe), layer.source(), str(vars(layer))]
        for failing in (
            lambda: store.head_object(container, "missing"),
            lambda: store.upload(tmp_path / "x.tif", container, "x.tif"),
            lambda: store.delete_container("missing"),
        ):
            try:
                failing()
            except CogBrowserError as error:
                texts += ["".join(traceback.format_exception(error)), repr(error)]
    log.uninstall(handler)
    process = Path("/proc") / str(shared_gateway()._process.pid)
    texts += [(process / name).read_text(errors="replace") for name in ("cmdline", "environ")]
    texts += [caplog.text, *messages, (tmp_path / "p.qgs").read_text()]
    profile = Path(QgsApplication.qgisSettingsDirPath())
    texts += [p.read_text(errors="replace") for p in profile.rglob("*") if p.is_file()]
    token = store._auth.access().token
    planted = {v for v in dataclasses.asdict(credentials).values() if v} | {token}
    for secret in planted:
        for text in texts:
            assert secret not in text


def test_a_running_form_of_another_session_or_a_guessed_path_reads_nothing(own_sessions, stack):
    store = own_sessions.store(*password(stack))
    container = store.create_container(stack.unique_name()).name
    url = shared_gateway().url(store, container, "x.tif", store.source(container, "x.tif"))
    root = url.rsplit("/", 2)[0]
    mark = stack.mark()
    for guess in (f"{root}/{'0' * 32}/x.tif", f"{root}/x.tif", f"{root}/", f"{root}/../x.tif"):
        source = running_source(guess)
        assert path_translation.to_running_form(source) == source
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            assert gdal.Open(source) is None
        except RuntimeError:
            pass
        finally:
            gdal.PopErrorHandler()
    assert stack.swift_requests(since=mark) == []


def test_three_layers_of_two_projects_are_panned_across_many_tokens(
    own_sessions, make_stack, tmp_path
):
    stack = make_stack(token_seconds=5)
    layers = []
    for account, names in (("demo", "ab"), ("calibration", "c")):
        store = own_sessions.store(*Connection.from_environment(stack.environment(account)))
        container = store.create_container(stack.unique_name()).name
        for name in names:
            path = make_cog(tmp_path / f"{name}.tif", 2500, 2000)
            store.upload(path, container, f"{name}.tif")
            layers.append(
                in_worker(lambda s=store, c=container, n=name: build_layer(s, c, f"{n}.tif"))
            )
    mark = stack.mark()
    failures = []
    for column in range(5):  # tile by tile, so that nothing comes from a cache
        for row in range(4):
            for layer in layers:
                failures += drawn(layer, column, row)
            time.sleep(0.8)
    assert failures == []
    requests = [r for r in stack.swift_requests(since=mark) if r.path.endswith(".tif")]
    assert {r.status for r in requests} == {206}
    assert len(requests) > 40
    assert len(stack.keystone_requests(since=mark)) > 4
