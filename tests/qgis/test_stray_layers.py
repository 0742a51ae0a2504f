# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers of accounts that no connection is for: public, private, or with a secret in the file."""

from __future__ import annotations

import uuid
from contextlib import closing
from html import escape, unescape

import pytest
from osgeo import gdal
from qgis.core import QgsLayerDefinition, QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QPushButton, QWidget

from cog_browser.adapters import path_translation
from cog_browser.adapters.foreign_layers import connection_for, foreign_address
from cog_browser.adapters.path_translation import to_running_form, to_saved_form, to_written_form
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.connection_fields import SECRETS
from cog_browser.gui.layers.foreign_offer import ForeignOffer
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import SERVERS, account_in
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    container,
    file,
    session,
)
from tests.support.fault_proxy import Fault
from tests.support.rasters import checksums


@pytest.fixture
def make_public(stack, container):
    with closing(stack.connection("demo")) as connection:
        connection.post_container(container, {"X-Container-Read": ".r:*"})


@pytest.fixture
def source(stack, container):
    return f"/vsicurl/{stack.storage_url()}{encoded_path((container, KEY))}"


@pytest.fixture
def write(tmp_path, file):
    """A project of another QGIS, without our list of accounts: write(*sources) → path."""

    def make(*sources):
        path, plain = tmp_path / "foreign.qgs", QgsProject()
        for number, _ in enumerate(sources):
            layer = QgsRasterLayer(str(file), f"layer {number}", "gdal")
            layer.setOpacity(0.4)
            plain.addMapLayer(layer)
        assert plain.write(str(path))
        text, at = path.read_text(), 0
        for one in sources:
            start = text.index("<datasource>", text.index("<projectlayers>") + at) + 12
            text = text[:start] + escape(one) + text[text.index("</datasource>", start) :]
            at = start - text.index("<projectlayers>")
        path.write_text(text)
        return path

    return make


def by_gdal(stack, mark, container):
    """What QGIS itself has asked the store for, on the main thread."""
    requests = stack.swift_requests(since=mark, within=container)
    return [r for r in requests if r.user_agent != "COG-Browser"]


def sources_in(path):
    text = path.read_text()
    parts = text[text.index("<projectlayers>") :].split("<datasource>")[1:]
    return [unescape(part.split("</datasource>")[0]) for part in parts]


@pytest.fixture
def gui(session, qtbot):
    """Message bar, accounts and offer, as the plugin makes them."""
    window = QWidget()
    qtbot.addWidget(window)
    bar = QgsMessageBar(window)
    accounts = Accounts(session.sessions, session.workers, bar, window)
    offer = ForeignOffer(session.sessions, session.workers, bar, accounts)
    yield bar, accounts
    offer.stop()
    accounts.stop()


def press(item, text):
    [button] = [b for b in item.findChildren(QPushButton) if b.text() == text]
    button.click()


def test_a_public_object_of_an_unknown_account_comes_alive_by_itself(
    session, make_public, source, write, stack, container, file, faulty_store
):
    source = source.replace(stack.storage_url(), faulty_store.storage_url())
    mark = stack.mark()
    [layer] = session.open(write(source))
    assert by_gdal(stack, mark, container) == []
    assert (session.state(layer), layer.opacity()) == ("pending", 0.4)
    assert "an account that isn't set up here" in session.reason(layer)
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(file)))
    assert layer.opacity() == 0.4
    assert to_written_form(layer.source()) == source
    sent = faulty_store.swift.requests
    assert sent
    assert by_gdal(stack, mark, container) == []
    for secret in ("X-Auth-Token", "Authorization", "Cookie"):
        assert [r for r in sent if r.header(secret) is not None] == []
    assert session.sessions.accounts() == []
    assert session.sessions.repository.roots() == {}
    assert QgsProject.instance().write()
    assert QgsProject.instance().readListEntry("cog_browser", "accounts")[0] == []


def test_a_private_object_waits_until_its_account_is_set_up(
    session, source, write, stack, account, container, file, qtbot
):
    path, mark = write(source), stack.mark()
    [layer] = session.open(path)
    session.wait(lambda: len(stack.swift_requests(since=mark, within=container)) == 1)
    assert stack.swift_requests(since=mark, within=container)[0].status == 401
    qtbot.wait(200)
    assert session.state(layer) == "pending"
    assert stack.storage_url().split("AUTH_")[1] in session.reason(layer)
    # It isn't asked again and again.
    assert len(stack.swift_requests(since=mark, within=container)) == 1
    session.sessions.repository.save(account[0])
    session.sign_in(*account)
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(file)))


def test_a_dropped_layer_definition_is_no_request_on_the_main_thread(
    session, make_public, source, write, stack, container, tmp_path
):
    [layer] = session.open(write(source))
    definition = tmp_path / "drop.qlr"
    root = QgsProject.instance().layerTreeRoot()
    assert QgsLayerDefinition.exportLayerDefinition(str(definition), [root.findLayer(layer)])[0]
    assert escape(source) in definition.read_text()
    QgsProject.instance().clear()
    mark = stack.mark()
    assert QgsLayerDefinition.loadLayerDefinition(str(definition), QgsProject.instance(), root)[0]
    assert by_gdal(stack, mark, container) == []
    [dropped] = QgsProject.instance().mapLayers().values()
    assert session.state(dropped) == "pending"
    session.wait(lambda: session.state(dropped) == "reading")


def test_an_unknown_host_that_does_not_answer_holds_up_nobody_and_is_asked_again(
    session, make_public, source, write, faulty_store, container
):
    far = f"/vsicurl/{faulty_store.storage_url()}{encoded_path((container, KEY))}"
    faulty_store.swift.add(Fault(status=503))
    [layer] = session.open(write(far))
    session.wait(lambda: len(faulty_store.swift.requests) > 0)
    assert session.state(layer) == "pending"
    faulty_store.clear()
    session.wait(lambda: session.state(layer) == "reading")


def test_without_a_window_a_public_object_is_read_as_it_opens(session, make_public, source, write):
    path_translation.never_wait(False)
    project = QgsProject()
    assert project.read(str(write(source)))
    [layer] = project.mapLayers().values()
    assert layer.isValid()
    assert layer.source().startswith("/vsicurl?")
    assert to_saved_form(layer.source()) == source


def test_what_is_known_of_an_unknown_account_is_filled_in_and_no_url_of_the_file(
    session, source, stack, account
):
    other = source.replace("AUTH_", "AUTH_0")
    draft = connection_for(other)
    assert (draft.project_id, draft.storage_url, draft.auth_url) == (
        "0" + stack.storage_url().split("AUTH_")[1],
        "",
        "",
    )
    session.sessions.repository.save(account[0])
    session.sessions.remember_root(session.sign_in(*account))
    assert connection_for(source) is None
    draft = connection_for(other)
    assert (draft.auth_url, draft.storage_url) == (account[0].auth_url, "")
    assert (draft.user_name, draft.project_name) == (account[0].user_name, "")
    assert draft.id != account[0].id
    far = connection_for(other.replace("127.0.0.1", "127.0.0.2"))
    assert far.auth_url == ""


def token_of(stack, account):
    with closing(open_store(*account)) as store:
        return store.token()


def in_other_store(name, server, file):
    """As `in_clear`, of a store that isn't Swift's."""
    connection, credentials = account_in(name, server)
    bucket = f"clear-{uuid.uuid4().hex[:12]}"
    with closing(open_store(connection, credentials)) as store:
        store.create_container(bucket)
        store.upload(file, bucket, KEY)
    if connection.kind == "azure":
        secret = credentials.account_key
        text = f"AccountName={connection.account};AccountKey={secret}"
        text += f";BlobEndpoint={connection.endpoint}"
        return f"/vsiaz/{bucket}/{KEY}|credential:AZURE_STORAGE_CONNECTION_STRING={text}", secret
    secret = "a-planted-secret"
    options = {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_S3_ENDPOINT": connection.endpoint.removeprefix("http://"),
        "AWS_HTTPS": "NO",
        "AWS_VIRTUAL_HOSTING": "FALSE",
    }
    return f"/vsis3/{bucket}/{KEY}" + "".join(
        f"|credential:{k}={v}" for k, v in options.items()
    ), secret


@pytest.fixture(params=["token", "keystone", "header", "s3-moto", "azure"])
def in_clear(request, stack, account, container, source, file):
    """A source as QGIS's own cloud connections write it, and its secret."""
    if request.param in SERVERS:
        server = request.getfixturevalue(SERVERS[request.param])
        return in_other_store(request.param, server, file)
    connection, credentials = account
    path = f"/vsiswift/{container}/{KEY}"
    if request.param == "keystone":
        options = {
            "OS_IDENTITY_API_VERSION": "3",
            "OS_AUTH_URL": connection.auth_url,
            "OS_USERNAME": connection.user_name,
            "OS_PASSWORD": credentials.password,
            "OS_USER_DOMAIN_NAME": connection.user_domain_name or "Default",
            "OS_PROJECT_NAME": connection.project_name,
            "OS_PROJECT_DOMAIN_NAME": connection.project_domain_name or "Default",
            "OS_REGION_NAME": "RegionOne",
        }
        secret = credentials.password
    else:
        secret = token_of(stack, account)
        options = {"SWIFT_STORAGE_URL": stack.storage_url(), "SWIFT_AUTH_TOKEN": secret}
        if request.param == "header":
            path, options = source, {"GDAL_HTTP_HEADERS": f"X-Auth-Token: {secret}"}
    return path + "".join(f"|credential:{k}={v}" for k, v in options.items()), secret


def test_a_secret_in_clear_reads_off_the_main_thread_and_stays_in_the_file_alone(
    session, in_clear, write, stack, container, file, tmp_path
):
    written, secret = in_clear
    path, mark = write(written), stack.mark()
    [layer] = session.open(path)
    assert by_gdal(stack, mark, container) == []
    assert secret not in layer.source()
    assert secret not in to_saved_form(layer.source())
    assert connection_for(to_saved_form(layer.source())) is None  # its URLs could be a trap
    assert to_running_form(layer.source()) == layer.source()
    assert to_running_form(written) == layer.source()
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(file)))
    assert secret not in layer.source()
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    assert sources_in(again) == [written]  # nobody has agreed to anything yet


def test_a_connection_is_set_up_from_a_secret_in_clear(
    session, in_clear, write, stack, file, tmp_path, gui, qtbot
):
    written, secret = in_clear
    [layer] = session.open(write(written))
    address = foreign_address(layer)[1:]
    bar, accounts = gui
    session.wait(lambda: len(bar.items()) == 1)
    [item] = bar.items()
    assert "The project file holds the secret of “layer 0” in clear." in item.text()
    press(item, "Set up a connection from it…")
    [dialog] = [d for d in accounts._dialogs if isinstance(d, ConnectionDialog)]
    fields = [dialog.form.secret(n) for n in SECRETS]
    [field] = [field for field in fields if field.text() == secret]
    assert field.echoMode() == field.EchoMode.Password
    dialog.form.secret_store.setCurrentIndex(dialog.form.secret_store.findData("session"))
    dialog.form.name.setText("Mine")
    dialog.accept()
    [saved] = session.sessions.repository.all()
    session.wait(lambda: layer.customProperty("cog_browser/connection") == saved.id)
    assert session.state(layer) == "reading"
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(file)))
    said = [item.text() for item in bar.items()]
    assert any("its file still holds the secret of “layer 0”" in text for text in said), said
    again = tmp_path / "again.qgs"
    assert QgsProject.instance().write(str(again))
    [now] = sources_in(again)
    assert now == session.sessions.store(saved).source(*address)
    assert secret not in again.read_text()


def test_a_refused_secret_in_clear_waits_with_the_reason(session, write, stack, container):
    options = {"SWIFT_STORAGE_URL": stack.storage_url(), "SWIFT_AUTH_TOKEN": "ended"}
    clear = "".join(f"|credential:{k}={v}" for k, v in options.items())
    [layer] = session.open(write(f"/vsiswift/{container}/{KEY}{clear}"))
    session.wait(lambda: "has expired or been revoked" in session.reason(layer))
    assert session.state(layer) == "pending"
    assert "ended" not in session.reason(layer)


def test_secrets_for_stores_without_a_connection_are_told_and_left_to_qgis(session, gui):
    source = "/vsis3/b/k.tif|credential:AWS_SECRET_ACCESS_KEY=geheim|credential:AWS_NO_SIGN=x"
    assert to_running_form(source) == source
    bar, _ = gui
    layer = QgsRasterLayer(source, "bucket", "no such provider")  # it would ask the network
    assert layer.source() == source
    QgsProject.instance().addMapLayer(layer)
    session.wait(lambda: len(bar.items()) == 1)
    text = bar.items()[0].text()
    assert "“bucket” in clear (Amazon S3)" in text
    assert "geheim" not in text
    assert "t set up a connection from it" in text
