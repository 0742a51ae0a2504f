# SPDX-License-Identifier: GPL-2.0-or-later
"""Known secrets are planted in every sign-in mode, and looked for everywhere afterwards."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import itertools
import json
import logging
import threading
import time
import traceback
import uuid
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsSettings,
)
from qgis.gui import QgsBrowserGuiModel, QgsGui, QgsMessageBar
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QApplication, QWidget

from cog_browser.adapters import log, path_translation
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.prepare import read_sources
from cog_browser.gui.earth_engine.asset_dialog import AssetDialog
from cog_browser.gui.earth_engine.registration import Registration
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import AUTH_MODES
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.gateway import process as gateway_process
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.integration.test_sign_in_modes import passcode
from tests.qgis.processing_fixtures import provider  # noqa: F401 (a fixture)
from tests.support.earth_engine_service import EarthEngineService
from tests.support.identity_provider import GOOD, identity_provider
from tests.support.identity_provider import connection as federated
from tests.support.patience import WAIT
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


def anonymous(stack):
    return Connection("a", auth_mode="anonymous", storage_url=stack.storage_url()), Credentials()


def oidc_client_credentials(stack, idp):
    return federated(idp, "oidc_client_credentials"), GOOD["oidc_client_credentials"]


def oidc_access_token(stack, idp):
    return federated(idp, "oidc_access_token"), GOOD["oidc_access_token"]


def oidc_password(stack, idp):
    return federated(idp, "oidc_password"), GOOD["oidc_password"]


FEDERATED = (oidc_client_credentials, oidc_access_token, oidc_password)
MODES = (
    password,
    application_credential,
    totp,
    keystone_token,
    ready_token,
    v1,
    anonymous,
    *FEDERATED,
)
#: Sign-ins that may lie around in the environment of QGIS; no child of it needs them.
AROUND = {
    name: f"planted-in-{name}"
    for name in ("OS_PASSWORD", "OS_TOKEN", "ST_KEY", "SWIFT_AUTH_TOKEN", "AWS_SECRET_ACCESS_KEY")
}


def test_no_mode_is_forgotten():
    assert sorted(mode.__name__ for mode in MODES if mode is not ready_token) == sorted(
        set(AUTH_MODES) - {"token"}
    )


@pytest.fixture
def own_sessions(sessions):
    path_translation.install()
    yield sessions
    QgsProject.instance().clear()
    path_translation.uninstall()


@pytest.fixture
def gateway(monkeypatch):
    """A gateway that is started from a QGIS in whose environment secrets lie around."""
    for name, value in AROUND.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(gateway_process, "_shared", None)
    started = shared_gateway()
    yield started
    started.stop()


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


def published(store, stack, tmp_path):
    """A container with ``x.tif``: by the account itself or, where it may not write, by another."""
    path = make_cog(tmp_path / "x.tif", 600, 500)
    if store.connection.auth_mode != "anonymous":
        container = store.create_container(stack.unique_name()).name
        store.upload(path, container, "x.tif")
        return container
    container = stack.unique_name()
    stack.connection().put_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    stack.connection().put_object(container, "x.tif", path.read_bytes())
    return container


def failures(store, container, path):
    """What the errors of a session show, and those of a sign-in that is refused."""
    planted = {
        f.name: "planted-and-wrong"
        for f in dataclasses.fields(Credentials)
        if getattr(store.recipe.credentials, f.name)
    }
    wrong = open_store(store.recipe.connection, Credentials(**planted))
    shown = []
    for failing in (
        lambda: store.head_object(container, "missing"),
        lambda: store.upload(path, container, "x.tif"),
        lambda: store.delete_container("missing"),
        lambda: wrong.delete_container("missing"),
    ):
        with pytest.raises(CogBrowserError) as caught:
            failing()
        error = caught.value
        shown += ["".join(traceback.format_exception(error)), repr(error), str(vars(error))]
    return shown


@pytest.fixture
def dialogs(provider, qgis_iface, monkeypatch):  # noqa: F811 (a fixture)
    """What algorithm dialogs need of QGIS's main window."""
    model = QgsBrowserGuiModel()
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model)


def ran_from_the_toolbox(name, container, qtbot):
    """Run an algorithm in its dialog, which writes QGIS's Processing history."""
    import processing

    values = {"CONNECTION": name, "CONTAINER": container, "PREFIX": ""}
    dialog = processing.createAlgorithmDialog("cogbrowser:listobjects", values)
    with qtbot.waitSignal(dialog.algorithmFinished, timeout=WAIT):
        dialog.runAlgorithm()
    told = dialog.windowTitle() + str(dialog.history_details) + str(dialog.results())
    dialog.close()
    entries = QgsGui.historyProviderRegistry().queryEntries()
    assert any(name in str(entry.entry) for entry in entries)
    return [told, *(str(entry.entry) for entry in entries)]


def files_of_qgis(tmp_path):
    """The project in both formats, all settings, databases and whatever else is in the profile."""
    QgsSettings().sync()
    with zipfile.ZipFile(tmp_path / "p.qgz") as archive:
        texts = [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    profile = Path(QgsApplication.qgisSettingsDirPath())
    files = [tmp_path / "p.qgs", Path(QgsSettings().fileName())]
    files += [path for path in profile.rglob("*") if path.is_file()]
    assert any(path.name == "user-history.db" for path in files)
    return texts + [path.read_bytes().decode(errors="replace") for path in files if path.exists()]


def spellings(secret):
    """As it is, in a URL, and as HTTP's basic authentication and JSON's ASCII write it."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret, safe=""), encoded, json.dumps(secret)[1:-1]}


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.__name__)
def test_no_secret_and_no_token_is_anywhere(
    own_sessions, gateway, dialogs, stack, tmp_path, caplog, qtbot, mode
):
    with contextlib.ExitStack() as cleanup:
        secrets = set(AROUND.values()) | {"planted-and-wrong"}
        if mode in FEDERATED:
            idp = cleanup.enter_context(identity_provider(stack))
            connection, credentials = mode(stack, idp)
        else:
            connection, credentials = mode(stack)
        connection = dataclasses.replace(connection, name=f"planted {mode.__name__}")
        messages = []
        told = QgsApplication.messageLog().messageReceived
        listener = told.connect(lambda *message: messages.append(str(message)))
        cleanup.callback(lambda: told.disconnect(listener))
        handler = log.install()
        cleanup.callback(lambda: log.uninstall(handler))
        texts = [repr(connection), repr(credentials), str(connection.to_dict())]
        with caplog.at_level(logging.DEBUG):
            own_sessions.repository.save(connection)
            own_sessions.secrets.save(connection.id, credentials, "session")
            store = own_sessions.store(connection, credentials)
            container = published(store, stack, tmp_path)
            layer = in_worker(lambda: build_layer(store, container, "x.tif"))
            add_to_project(layer)
            assert drawn(layer) == []
            assert QgsProject.instance().write(str(tmp_path / "p.qgs"))
            assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
            access = store._auth.access()
            texts += [repr(store), repr(store.recipe), repr(access), repr(store._auth)]
            texts += [layer.source(), str(vars(layer)), layer.htmlMetadata()]
            texts += failures(store, container, tmp_path / "x.tif")
            texts += ran_from_the_toolbox(connection.name, container, qtbot)
        if mode in FEDERATED:
            assert idp.seen
            secrets |= {"good-token"}
            secrets |= {h["X-Auth-Token"] for _, h, _ in idp.seen if "X-Auth-Token" in h}
    process = Path("/proc") / str(gateway._process.pid)
    texts += [(process / name).read_text(errors="replace") for name in ("cmdline", "environ")]
    texts += [caplog.text, *messages, *files_of_qgis(tmp_path)]
    secrets |= {v for v in dataclasses.asdict(credentials).values() if v} | {access.token} - {""}
    assert len(texts) > 20
    for secret in secrets:
        for spelling in spellings(secret):
            assert [text[:200] for text in texts if spelling in text] == []


def test_a_token_pasted_for_earth_engine_is_nowhere(
    own_sessions, workers, qtbot, amazon, tmp_path, caplog, monkeypatch
):
    """Refused with the token in the answer, lost, registered, and closed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    token, messages = "ya29.planted-token-0123456789", []
    told = QgsApplication.messageLog().messageReceived
    listener = told.connect(lambda *message: messages.append(str(message)))
    handler = log.install()
    connection, credentials = account_in("gs-moto", amazon)
    store = own_sessions.store(connection, credentials)
    container = store.create_container(f"maps-{uuid.uuid4().hex[:12]}").name
    store.upload(make_cog(tmp_path / "x.tif", 600, 500), container, "x.tif")
    images = read_sources(store, [GsUri(container, "x.tif")])
    window = QWidget()
    qtbot.addWidget(window)
    tasks, shown = Tasks(workers, window, QgsMessageBar(window)), []
    with EarthEngineService() as service, caplog.at_level(logging.DEBUG):
        QgsSettings().setValue("plugins/cog_browser/earth_engine/endpoint", service.url)
        dialog = AssetDialog("projects/maps-123/assets/x", window)
        dialog.show_images(images)
        registration = Registration(tasks, dialog, store)
        registration.begin()
        task, fields = registration.dialog, registration.tokens
        fields.paste.setChecked(True)
        fields.pasted.setText(token)
        shown += [repr(registration), str(fields.source(store.recipe.settings))]
        service.refuse(403, f"Bearer {token} may not do that.")
        task.agreed.emit()
        qtbot.waitUntil(lambda: "may not do that" in task.warning.text(), timeout=WAIT)
        shown.append(task.warning.text())
        service.cuts = True
        task.agreed.emit()
        qtbot.waitUntil(lambda: "Nobody knows" in task.warning.text(), timeout=WAIT)
        shown.append(task.warning.text())
        service.cuts, service.status, service.answer = False, 200, "{}"
        task.agreed.emit()
        qtbot.waitUntil(lambda: task.text.text().startswith("Registered"), timeout=WAIT)
        shown += [task.text.text(), QApplication.clipboard().text()]
        assert len(service.registrations) == 3
        assert fields.pasted.text() == ""
        task.reject()
    assert QgsProject.instance().write(str(tmp_path / "p.qgs"))
    QgsSettings().sync()
    log.uninstall(handler)
    told.disconnect(listener)
    kept = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    kept += list(Path(QgsApplication.qgisSettingsDirPath()).rglob("*"))
    kept += [Path(QgsSettings().fileName()), tmp_path / "p.qgs"]
    texts = [path.read_bytes().decode(errors="replace") for path in kept if path.is_file()]
    assert any("projects/maps-123/assets/x" in text for text in texts)  # that is remembered
    texts += [*shown, caplog.text, *messages]
    for spelling in spellings(token):
        assert [text[:200] for text in texts if spelling in text] == []
    QgsSettings().remove("plugins/cog_browser/earth_engine")


def test_three_layers_of_two_projects_are_panned_across_many_tokens(
    own_sessions, make_stack, tmp_path
):
    stack = make_stack(token_seconds=5)
    layers, containers = [], []
    for account, names in (("demo", "ab"), ("calibration", "c")):
        store = own_sessions.store(*Connection.from_environment(stack.environment(account)))
        container = store.create_container(stack.unique_name()).name
        containers.append(container)
        for name in names:
            path = make_cog(tmp_path / f"{name}.tif", 2500, 2000)
            store.upload(path, container, f"{name}.tif")
            layers.append(
                in_worker(lambda s=store, c=container, n=name: build_layer(s, c, f"{n}.tif"))
            )
    mark = stack.mark()
    failures, begun = [], time.monotonic()
    for number, (column, row) in enumerate(itertools.product(range(5), range(4))):
        for layer in layers:  # tile by tile, so that nothing comes from a cache
            failures += drawn(layer, column, row)
        time.sleep(max(0.0, begun + 0.6 * number - time.monotonic()))
    assert failures == []
    sent = [r for name in containers for r in stack.swift_requests(since=mark, within=name)]
    requests = [r for r in sent if r.range]
    assert {r.status for r in requests} == {206}
    assert len(requests) > 40
    assert len(stack.keystone_requests(since=mark)) >= 4  # two accounts, each twice or more
