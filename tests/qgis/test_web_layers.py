# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers and the panel on real web servers: what is sent, saved, reopened and shown."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from qgis.core import QgsProject

from cog_browser.adapters.ownership import owner_of
from cog_browser.gui import listing
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.menus import objects_menu, place_menu
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.gateway.shared_object import READING
from cog_browser.storage.vsi import gateway_url
from tests.qgis.pending_fixtures import in_worker, session  # noqa: F401 (fixtures)
from tests.support.patience import WAIT
from tests.support.rasters import make_cog
from tests.support.web_servers import WebServer, apache, nginx, public_folder

SECRET = "pl4nted-web-secret"  # pragma: allowlist secret
KEY = "2026/scène 1.tif"


@pytest.fixture(scope="module")
def site() -> Iterator[Path]:
    with public_folder() as folder:
        (folder / "cogs" / "2026").mkdir(parents=True)
        make_cog(folder / "cogs" / KEY, 500, 400)
        (folder / "cogs" / "big.bin").write_bytes(b"x" * 3_000_000)
        (folder / "cogs" / "small.tif").write_bytes(b"II*\0")
        yield folder


@pytest.fixture(scope="module")
def private(site: Path) -> Iterator[WebServer]:
    """Wants a user and password below /cogs/."""
    digest = base64.b64encode(hashlib.sha1(SECRET.encode()).digest()).decode()
    with public_folder() as work:
        (work / "users").write_text(f"me:{{SHA}}{digest}\n")
        with nginx(site, f'autoindex on; auth_basic "x"; auth_basic_user_file {work}/users;') as s:
            yield s


@pytest.fixture
def account(private: WebServer) -> tuple[Connection, Credentials]:
    connection = Connection(
        "Web", kind="http", auth_mode="basic", user_name="me", storage_url=f"{private.url}/cogs/"
    )
    return connection, Credentials(password=SECRET)


def test_a_private_layer_is_saved_by_its_url_waits_and_reopens(session, account, private, tmp_path):
    connection, credentials = account
    session.sessions.repository.save(connection)
    store = session.sign_in(connection, credentials)
    before = len(private.requests())
    layer = session.add(store, "cogs", KEY)
    asked = private.requests()[before:]
    assert {line.split()[0] for line in asked} == {"GET"}
    assert len(asked) <= 3, asked
    assert gateway_url(layer.source())
    saved = f"/vsicurl/{private.url}/cogs/2026/sc%C3%A8ne%201.tif"
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    text = path.read_text()
    assert saved in text
    assert SECRET not in text
    assert base64.b64encode(f"me:{SECRET}".encode()).decode() not in text

    session.restart()
    before = len(private.requests())
    (waiting,) = session.open(path)
    assert waiting.isValid()
    assert private.requests()[before:] == []  # a project opens without the network
    session.sign_in(connection, credentials)
    session.wait(lambda: session.state(waiting) == READING)
    provider = waiting.dataProvider()
    assert provider.block(1, provider.extent(), 50, 40).isValid()

    session.leave()
    session.enter()
    session.sessions.repository.remove(connection.id)  # a colleague has none
    before = len(private.requests())
    (orphan,) = session.open(path)
    assert orphan.isValid()
    assert private.requests()[before:] == []
    assert QgsProject.instance().write(str(path))
    assert saved in path.read_text()


def test_a_public_single_file_reopens_by_itself(session, site, tmp_path):
    with nginx(site) as server:
        url = f"{server.url}/cogs/2026/sc%C3%A8ne%201.tif"
        connection = Connection("One", kind="http", storage_url=url)
        session.sessions.repository.save(connection)
        store = session.sign_in(connection, Credentials())
        host = urlsplit(server.url).netloc
        session.add(store, host, "scène 1.tif")
        path = tmp_path / "project.qgs"
        assert QgsProject.instance().write(str(path))
        assert f"/vsicurl/{url}" in path.read_text()
        session.restart()
        (layer,) = session.open(path)
        session.wait(lambda: session.state(layer) == READING)
        assert owner_of(f"/vsicurl/{url}").connection_id == connection.id


def test_only_what_is_below_the_url_belongs_to_the_connection(session, private, account):
    connection, credentials = account
    session.sessions.repository.save(connection)
    root = f"/vsicurl/{private.url}"
    ours = f"{root}/cogs/2026/sc%C3%A8ne%201.tif"
    strangers = [
        f"{root}/a.tif",
        f"{root}/cogs2/a.tif",
        f"{root}/cogs/../a.tif",
        f"{root}/cogs/%2e%2e/a.tif",
        ours.replace("http://", "https://"),
        ours.replace("127.0.0.1", "127.0.0.2"),
        ours.replace("127.0.0.1", "me@127.0.0.1"),
        f"{ours}?x",
    ]
    for _ in range(2):  # before and after somebody has signed in
        found = owner_of(ours)
        assert (found.connection_id, found.container, found.key) == (connection.id, "cogs", KEY)
        assert [s for s in strangers if owner_of(s) is not None] == []
        store = session.sign_in(connection, credentials)
        in_worker(lambda store=store: list(listing.pages(store, Place(connection.id))))


def test_the_panel_shows_a_web_folder_and_offers_no_writing(ui, dock, controller, sessions, site):
    with apache(site) as server:
        connection = Connection("Web", kind="http", storage_url=f"{server.url}/cogs/")
        sessions.repository.save(connection)
        place = Place(connection.id, "cogs")
        ui.open(place)
        assert ui.rows() == ["2026", "big.bin", "small.tif"]
        model = dock.objects_model
        sizes = [model.data(model.index(row, 1)) for row in range(3)]
        assert sizes[0] == ""
        assert sizes[1].startswith("≈ 3")
        assert "≈" not in sizes[2]
        assert sizes[2].startswith("4")
        assert dock.status.text() == "1 folder, 2 objects"
        assert not dock.publish_action.isEnabled()
        ui.click("small.tif")
        menus = [place_menu(dock, Place(connection.id)), place_menu(dock, place)]
        texts = [action.text() for menu in menus for action in menu.actions()]
        assert "Edit connection…" in texts
        assert not {"New container…", "Publish here…", "Export connection"} & set(texts)
        enabled = {a.text(): a.isEnabled() for a in objects_menu(dock).actions()}
        assert enabled["Check server…"] is True
        assert enabled["Make it a proper COG…"] is False
        ui.open(Place(connection.id, "cogs", "2026/"))
        ui.double_click("scène 1.tif")
        ui.wait(lambda: len(ui.layers()) == 1)
        assert ui.layers()[0].isValid()


@pytest.mark.parametrize(
    ("mode", "secrets"),
    [("anonymous", {}), ("basic", {"password": "s"}), ("bearer", {"token": "s"})],
)
def test_the_form_makes_web_connections_and_edits_them(qtbot, mode, secrets):
    def choose(box, value):
        box.setCurrentIndex(box.findData(value))

    dialog = ConnectionDialog()
    qtbot.addWidget(dialog)
    form = dialog.form
    choose(form.kind, "http")
    modes = [form.mode.itemData(i) for i in range(form.mode.count())]
    assert modes == ["anonymous", "basic", "bearer"]
    choose(form.mode, mode)
    form.name.setText("Web")
    assert dialog.problem.text() == "Fill in the URL of a web folder or file."
    assert not form.provider.isVisibleTo(form)
    form.storage_url.setText("https://data.example.org/a.tif?sig=x")
    if mode == "basic":
        form.user.setText("me")
    for name, text in secrets.items():
        form.secret(name).setText(text)
    assert "none of a listing" in dialog.problem.text()
    form.storage_url.setText("https://data.example.org/cogs/")
    assert dialog.problem.text() == ""
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as caught:
        dialog.accept()
    connection, credentials, _ = caught.args
    user = "me" if mode == "basic" else ""
    assert (connection.kind, connection.auth_mode, connection.user_name) == ("http", mode, user)
    assert credentials == Credentials(**secrets)
    again = ConnectionDialog(connection)
    qtbot.addWidget(again)
    assert again.form.kind.currentData() == "http"
    assert again.form.connection() == connection


def test_a_url_that_is_pasted_fills_in_the_form(qtbot):
    dialog = ConnectionDialog(taken_names=["my cogs"])
    qtbot.addWidget(dialog)
    dialog.show_openrc(" https://data.example.org/my%20cogs/\n")
    assert dialog.openrc_note.text() == "Read. Check the fields below."
    connection = dialog.form.connection()
    assert (connection.kind, connection.auth_mode) == ("http", "anonymous")
    assert connection.name == "my cogs 2"
    assert connection.storage_url == "https://data.example.org/my%20cogs/"
    dialog.show_openrc("https://data.example.org/a.tif?X-Amz-Signature=x")
    assert "often secrets that end" in dialog.openrc_note.text()
    assert dialog.openrc.toPlainText() == "https://data.example.org/a.tif?••••••••"
    assert dialog.form.connection() == connection
