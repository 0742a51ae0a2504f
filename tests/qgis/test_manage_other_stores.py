# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Managing S3 and Azure in the panel, and copying and moving from one account to another."""

from __future__ import annotations

import dataclasses
import time
import uuid

import pytest
import requests
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QLineEdit

from cog_browser.adapters.layer_states import close_layer_states, layer_states
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.revive import Reviver
from cog_browser.adapters.sessions import copies_folder
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.manage.transfers_dialog import DONE, FAILED, RUNNING, STOPPED
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import NotFoundError
from cog_browser.storage.gateway.process import set_up_gateway
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.copy_across import CopyAcross
from tests.integration.store_accounts import SERVERS, account_in
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)


class Other:
    """A saved account of another kind, with a container of its own."""

    def __init__(self, connection, credentials):
        self.connection = connection
        self.store = open_store(connection, credentials)
        self.container = self.store.create_container(f"dock-{uuid.uuid4().hex[:12]}").name

    def keys(self):
        pages = self.store.list_objects(self.container, delimiter="")
        return [entry.key for page in pages for entry in page.objects]

    def put(self, tmp_path, key, data=b"x"):
        (tmp_path / "up").write_bytes(data)
        self.store.upload(tmp_path / "up", self.container, key)

    def get(self, tmp_path, key):
        self.store.download(self.container, key, tmp_path / "down")
        return (tmp_path / "down").read_bytes()


@pytest.fixture
def other(request, sessions):
    """Makes an `Other` of a kind; its secret is known for the session, or is not."""
    made = []

    def make(name, *, is_known=True):
        connection, credentials = account_in(name, request.getfixturevalue(SERVERS[name]))
        sessions.repository.save(connection)
        if is_known:
            sessions.secrets.save(connection.id, credentials, "session")
        made.append(Other(connection, credentials))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


@pytest.fixture
def transfers(controller):
    return controller.manage.up_and_down.transfers


def field(dialog, name):
    """The field that a screen reader calls so."""
    kinds = QComboBox, QLineEdit
    found = [w for kind in kinds for w in dialog.findChildren(kind) if w.accessibleName() == name]
    return found[0]


def choose_target(ui, dialog, there, name=None):
    connection = field(dialog, "Connection")
    connection.setCurrentIndex(connection.findData(there.connection.id))
    container = field(dialog, "Container")
    ui.wait(lambda: there.container in [container.itemText(n) for n in range(container.count())])
    container.setEditText(there.container)
    if name is not None:
        field(dialog, "Name" if "Name" in names(dialog) else "Folder").setText(name)


def names(dialog):
    return {w.accessibleName() for w in dialog.findChildren(QLineEdit)}


@pytest.mark.parametrize("kind", ["s3-moto", "azure"])
def test_folders_and_objects_are_copied_to_another_account(
    ui, dock, manager, transfers, saved, container, put, other, kind, tmp_path
):
    there = other(kind)
    for key in ("in/a é.tif", "in/deep/b.tif", "in/left.tif"):
        put(key, key.encode())
    ui.open(Place(saved.id, container, "in/"))
    manager.select("a é.tif", "deep")
    manager.choose("Copy to…")
    dialog = manager.asked()
    assert "Nothing is downloaded" in dialog.text.text()
    choose_target(ui, dialog, there, "out")
    assert "goes up from here" in dialog.text.text()
    assert "compared with the checksums of this store" in dialog.text.text()
    shoot(dialog, f"copy-across-{kind}")
    assert dialog.ok_button.isEnabled(), dialog.trouble.text()
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    shoot(transfers, "copy-across-list")
    assert there.connection.name in transfers.table.topLevelItem(0).text(0)
    assert there.keys() == ["out/a é.tif", "out/deep/b.tif"]
    assert there.get(tmp_path, "out/a é.tif") == "in/a é.tif".encode()
    assert len(manager.keys(container)) == 3
    assert list(copies_folder().iterdir()) == []


def test_what_is_there_is_replaced_in_the_other_account_only_after_a_question(
    ui, dock, manager, transfers, saved, container, put, other, tmp_path
):
    there = other("azure")
    there.put(tmp_path, "a.tif", b"old")
    put("a.tif", b"new")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Copy to…")
    dialog = manager.asked()
    choose_target(ui, dialog, there)
    dialog.ok_button.click()
    ui.wait(lambda: dialog.ok_button.text() == "Replace")
    assert dialog.names.toPlainText() == "a.tif"
    assert there.get(tmp_path, "a.tif") == b"old"
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert there.get(tmp_path, "a.tif") == b"new"


def test_another_account_is_signed_in_to_first(ui, dock, manager, saved, container, put, other):
    there = other("azure", is_known=False)
    put("a.tif")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Copy to…")
    dialog = manager.asked()
    connection = field(dialog, "Connection")
    connection.setCurrentIndex(connection.findData(there.connection.id))
    assert not dialog.ok_button.isEnabled()
    assert "Signing in" in dialog.trouble.text()
    sign_in = manager.dialog(SignInDialog)
    sign_in.reject()
    ui.wait(lambda: "Sign in to this connection" in dialog.trouble.text())
    assert not dialog.ok_button.isEnabled()
    connection.setCurrentIndex(connection.findData(saved.id))
    ui.wait(lambda: "where it is now" in dialog.trouble.text())
    dialog.close()


def test_a_copy_to_another_account_is_paused_stopped_and_retried(
    ui, dock, manager, transfers, saved, container, put, other, monkeypatch, tmp_path
):
    there, data = other("s3-moto"), bytes(3 << 20)
    put("a.tif", data)
    real, held = CopyAcross.copy_object, []

    def slow(across, *names, **options):
        if not held:  # as if the line was slow
            across.control.bandwidth = 1e5  # half a minute
            held.append(across.control)
        return real(across, *names, **options)

    monkeypatch.setattr(CopyAcross, "copy_object", slow)
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Copy to…")
    dialog = manager.asked()
    choose_target(ui, dialog, there)
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [RUNNING] and bool(held))
    transfers.table.selectAll()
    transfers.pause_button.click()
    assert transfers.pause_button.text() == "Go on"
    assert "paused at" in transfers.table.topLevelItem(0).text(1)
    shoot(transfers, "transfers-paused")
    started = time.monotonic()
    transfers.stop_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [STOPPED])
    assert time.monotonic() - started < 10  # 1 s on a machine that isn't busy
    assert not transfers.pause_button.isEnabled()
    assert there.keys() == []
    transfers.retry_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert there.get(tmp_path, "a.tif") == data
    transfers.clear_button.click()
    assert transfers.table.topLevelItemCount() == 0


def test_a_copy_that_fails_is_told_and_only_that_is_tried_again(
    ui, dock, manager, transfers, saved, container, put, other, monkeypatch
):
    there = other("azure")
    put("in/a.tif", b"a")
    put("in/b.tif", b"b")
    real, tried = CopyAcross.copy_object, []

    def breaks(across, name, key, *names, **options):
        tried.append(key)
        if tried.count("in/b.tif") == 1 and key == "in/b.tif":
            raise NotFoundError("Could not copy “b”: it is gone.")
        return real(across, name, key, *names, **options)

    monkeypatch.setattr(CopyAcross, "copy_object", breaks)
    ui.open(Place(saved.id, container))
    manager.choose("Copy to…", place=Place(saved.id, container, "in/"))
    dialog = manager.asked()
    choose_target(ui, dialog, there)
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [FAILED])
    assert "1 failed: in/b.tif: Could not copy “b”" in transfers.table.topLevelItem(0).text(1)
    assert there.keys() == ["in/a.tif"]
    transfers.table.selectAll()
    transfers.retry_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert sorted(tried) == ["in/a.tif", "in/b.tif", "in/b.tif"]
    assert there.keys() == ["in/a.tif", "in/b.tif"]


@pytest.fixture
def states(sessions, workers):
    """The states of layers, as the plugin sets them up."""
    found = layer_states()
    set_up_gateway(notify=found.hear)
    reviver = Reviver(sessions, workers, found)
    yield found
    reviver.stop()
    set_up_gateway(notify=None)
    close_layer_states()


def test_a_move_to_another_account_takes_open_layers_along(
    ui, dock, manager, states, saved, container, put, cog, other
):
    there = other("azure")
    put("munich.tif", cog.read_bytes(), "image/tiff")
    put("other.txt")
    ui.open(Place(saved.id, container))
    ui.double_click("munich.tif")
    ui.wait(lambda: len(ui.layers()) == 1)
    [layer] = ui.layers()
    dock.table.selectAll()
    manager.choose("Rename or move…")
    dialog = manager.asked()
    choose_target(ui, dialog, there, "moved")
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Moved: 2 objects."
    assert manager.keys(container) == []
    assert there.keys() == ["moved/munich.tif", "moved/other.txt"]
    state = states.state_of(layer)
    assert (state.connection_id, state.key) == (there.connection.id, "moved/munich.tif")
    assert layer.customProperty(CONNECTION_PROPERTY) == there.connection.id
    assert layer.dataProvider().block(1, layer.extent(), 4, 4).value(1, 1) == 7
    QgsProject.instance().clear()


def test_the_same_account_by_another_connection_copies_by_itself(
    ui, dock, manager, transfers, saved, container, put, sessions, stack, monkeypatch
):
    twin, credentials = Connection.from_openrc(stack.openrc("demo"), "the same again")
    sessions.repository.save(twin)
    sessions.secrets.save(twin.id, credentials, "session")
    put("a.tif", b"x")
    monkeypatch.setattr(CopyAcross, "copy_object", None)
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Copy to…")
    dialog = manager.asked()
    connection = field(dialog, "Connection")
    connection.setCurrentIndex(connection.findData(twin.id))
    ui.wait(lambda: "where it is now" in dialog.trouble.text())
    field(dialog, "Name").setText("b.tif")
    assert "Nothing is downloaded" in dialog.text.text()
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Copied: 1 object."
    assert manager.keys(container) == ["a.tif", "b.tif"]
    assert transfers.rows == []


@pytest.mark.parametrize("kind", ["s3-moto", "s3-swift", "azure"])
def test_a_link_of_another_store_is_tried_and_goes_to_the_clipboard(
    ui, dock, manager, other, kind, tmp_path, caplog
):
    there = other(kind)
    there.put(tmp_path, "a é.tif", b"pixels")
    ui.open(Place(there.connection.id, there.container))
    manager.select("a é.tif")
    QApplication.clipboard().clear()
    manager.choose("Share link…")
    dialog = manager.asked()
    [life] = dialog.findChildren(QComboBox)
    assert [life.itemText(n) for n in range(life.count())] == ["1 hour", "1 day", "1 week"]
    assert not dialog.warning.isVisible()
    with caplog.at_level("DEBUG"):
        dialog.ok_button.click()
        assert "on the clipboard. It was tried" in manager.ended(dialog)
    link = QApplication.clipboard().text()
    assert dialog.names.toPlainText() == link
    shoot(dialog, f"share-{kind}")
    assert requests.get(link, timeout=60).content == b"pixels"
    if kind != "s3-moto":  # which does not look at signatures
        assert requests.put(link, b"evil", timeout=60).status_code >= 400
    assert caplog.text
    assert "ignature" not in caplog.text and "sig=" not in caplog.text


def test_a_sign_in_that_makes_no_links_gets_a_sentence(
    ui, dock, manager, other, sessions, tmp_path
):
    there = other("azure")
    there.put(tmp_path, "a.tif")
    there.store.set_public(there.container, True)
    public = dataclasses.replace(
        there.connection, id=uuid.uuid4().hex, name="public", auth_mode="anonymous",
        containers=(there.container,),
    )  # fmt: skip
    sessions.repository.save(public)
    sessions.secrets.save(public.id, Credentials(), "session")
    ui.open(Place(public.id, there.container))
    manager.select("a.tif")
    manager.choose("Share link…")
    dialog = manager.asked()
    dialog.ok_button.click()
    assert "its URL is the link" in manager.ended(dialog)


def test_a_container_of_azure_becomes_public_and_private_again(ui, dock, manager, other, tmp_path):
    there = other("azure")
    there.put(tmp_path, "a.tif", b"pixels")
    url = there.store.source(there.container, "a.tif").removeprefix("/vsicurl/")
    place = Place(there.connection.id, there.container)
    ui.open(place)
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    assert "is private" in dialog.text.text()
    assert dialog.names.toPlainText().endswith("x-ms-blob-public-access: container")
    assert requests.get(url, timeout=60).status_code in (403, 404)
    dialog.ok_button.click()
    assert "is public. It was tried" in manager.ended(dialog)
    assert dialog.names.toPlainText() == "a.tif"
    assert requests.get(url, timeout=60).content == b"pixels"
    dialog.close()
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    assert dialog.ok_button.text() == "Make it private"
    dialog.ok_button.click()
    assert "is private. It was tried" in manager.ended(dialog)
    assert requests.get(url, timeout=60).status_code in (403, 404)  # Azurite, Azure


def test_where_there_is_no_switch_it_is_said_what_to_do(ui, dock, manager, other):
    for kind, word in (("s3-moto", "Block public access"), ("gs-moto", "allUsers")):
        there = other(kind)
        place = Place(there.connection.id, there.container)
        ui.open(place)
        manager.choose("Public or private…", place=place)
        dialog = manager.dialog()
        assert word in manager.ended(dialog)
        shoot(dialog, f"public-{kind}")
        dialog.close()


def test_the_dialogs_height_stays_while_a_name_is_written(ui, dock, manager, saved, container, put):
    put("a.tif")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    ui.wait(lambda: bool(dialog.trouble.text()))
    QApplication.processEvents()
    name = field(dialog, "Name")
    places = set()
    for text in ("b.tif", "", "b/../c", "c.tif", "d/"):
        name.setText(text)
        for _ in range(3):
            QApplication.processEvents()
        places.add((dialog.height(), name.mapTo(dialog, name.rect().topLeft()).y()))
    assert len(places) == 1
    dialog.close()
