# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panel says where there is nothing to list, and what its button then does."""

from __future__ import annotations

import dataclasses
import threading
import uuid

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog

from cog_browser.gui import listing
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.manage.new_container import NewContainerDialog
from cog_browser.gui.menus import objects_menu, place_menu
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.gui.wrapped_label import WrappedLabel
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from tests.qgis.manage_fixtures import shoot
from tests.support.faults import Fault


def said(dock) -> tuple[str, str]:
    """The title and the button of the notice that can be seen."""
    assert dock.notice.isVisible()
    return dock.notice.title.text(), dock.notice.button.text() * dock.notice.button.isVisible()


@pytest.fixture
def far(sessions, faulty_store):
    """The demo account through fault proxies."""
    connection, credentials = Connection.from_environment(faulty_store.environment("demo"))
    connection = dataclasses.replace(connection, name="far", id=str(uuid.uuid4()))
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


def test_no_connection_yet(dock, controller, sessions, ui):
    assert dock.welcome.isVisible()
    text = dock.welcome.text.text()
    for name in ("Swift", "S3", "Google Cloud Storage", "Azure", "web"):
        assert name in text
    shoot(dock, "state-welcome")
    dock.welcome.button.click()
    (dialog,) = dock.findChildren(ConnectionDialog)
    titles = [box.title() for box in dialog.findChildren(type(dialog.form.parentWidget()))]
    assert "From an openrc.sh or a URL" in titles
    dialog.reject()


def test_nothing_is_selected(dock, controller, saved):
    assert said(dock) == ("Select a connection, container or folder.", "")
    shoot(dock, "state-nothing-selected")


def test_a_long_name_makes_no_window_wider(ui, dock, controller, saved):
    dock.select(Place(saved.id, "y" * 250))
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert "y" * 250 in dock.notice.text.text()
    assert dock.minimumSizeHint().width() < 400


def test_what_can_be_copied_from_a_label_is_what_was_written(qgis_app):
    label = WrappedLabel()
    label.setText("y" * 250)
    narrow = label.minimumSizeHint().width()
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    assert label.minimumSizeHint().width() > 3 * narrow
    label.setSelection(0, 250)
    assert label.selectedText() == label.text() == "y" * 250


def test_loading_and_stopped(ui, dock, controller, saved, container, monkeypatch):
    go_on = threading.Event()
    original = listing.pages

    def slow(store, place):
        go_on.wait(60)
        yield from original(store, place)

    monkeypatch.setattr(listing, "pages", slow)
    dock.select(Place(saved.id, container))
    assert said(dock) == ("Loading…", "Stop")
    shoot(dock, "state-loading")
    dock.notice.button.click()
    assert said(dock) == ("Stopped", "Go on")
    shoot(dock, "state-stopped")
    go_on.set()
    dock.notice.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)


def test_an_empty_container_and_a_filter_that_finds_nothing(
    ui, dock, controller, saved, container, put
):
    ui.open(Place(saved.id, container))
    assert said(dock) == ("This folder is empty", "Publish…")
    shoot(dock, "state-empty-folder")
    put("a.txt")
    dock.refresh_action.trigger()
    ui.wait(lambda: ui.rows() == ["a.txt"])
    dock.find.line.setText("zzz")
    ui.wait(dock.notice.isVisible)
    assert said(dock) == ("Nothing here matches", "Show all")
    shoot(dock, "state-nothing-matches")
    dock.notice.button.click()
    assert ui.rows() == ["a.txt"]


def test_an_account_without_containers(ui, dock, controller, saved, monkeypatch):
    monkeypatch.setattr(listing, "pages", lambda _store, _place: iter(()))
    dock.select(Place(saved.id))
    ui.wait(lambda: dock.state is NodeState.READY)
    assert said(dock) == ("No containers yet", "New container…")
    shoot(dock, "state-no-containers")
    dock.notice.button.click()
    (dialog,) = dock.findChildren(NewContainerDialog)
    dialog.reject()


def test_an_error_says_why_and_can_be_tried_again(
    ui, dock, controller, far, faulty_store, container, put
):
    put("a.txt")
    faulty_store.swift.add(Fault(status=503), method="GET", times=None)
    dock.select(Place(far.id, container))
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert said(dock) == ("The server failed", "Retry")
    assert "503" in dock.notice.text.text()
    assert not dock.notice.picture.pixmap().isNull()
    shoot(dock, "state-error")
    faulty_store.clear()
    dock.notice.button.click()
    ui.wait(lambda: ui.rows() == ["a.txt"])
    assert dock.notice.isHidden() or not dock.notice.isVisible()


def test_offline(ui, dock, controller, sessions, unused_port):
    connection = Connection(
        "far", auth_url=f"http://127.0.0.1:{unused_port}/v3", user_name="me", project_name="maps"
    )
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="x"), "session")
    dock.select(Place(connection.id))
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert said(dock) == ("No connection", "Retry")
    shoot(dock, "state-offline")


def test_signed_out(ui, dock, controller, saved, sessions, container):
    ui.open(Place(saved.id, container))
    controller.accounts.sign_out(saved.id)
    assert said(dock) == ("Select a connection, container or folder.", "")
    dock.select(Place(saved.id))
    dialog = dock.findChild(SignInDialog)
    dialog.reject()
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert said(dock) == ("Not signed in", "Sign in…")
    shoot(dock, "state-signed-out")
    dock.notice.button.click()
    assert [d for d in dock.findChildren(SignInDialog) if d.isVisible()]
    for dialog in dock.findChildren(QDialog):
        dialog.reject()


def test_a_sign_in_that_has_ended(ui, dock, controller, sessions, stack, container):
    connection, _ = Connection.from_openrc(stack.openrc("demo"), "ended")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="changed meanwhile"), "session")
    dock.select(Place(connection.id, container))
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert said(dock) == ("Sign-in refused", "Sign in…")
    shoot(dock, "state-expired")
    dock.resize(380, 720)
    dock.splitter.setSizes([600, 300])  # words before pictures, where there isn't room for both
    ui.wait(dock.notice.picture.isHidden)
    dock.resize(380, 1600)
    dock.splitter.setSizes([100, 1500])
    ui.wait(dock.notice.picture.isVisible)


def test_a_copied_name_is_offered_once(ui, dock, controller, saved, container, put):
    put("a.txt")
    ui.open(Place(saved.id, container))
    ui.click("a.txt")
    menu = objects_menu(dock)

    def texts(one) -> list[str]:
        inner = [  # titles of columns are something else
            text
            for a in one.actions()
            if a.menu() and a.text() != "Sort by"
            for text in texts(a.menu())
        ]
        return [a.text() for a in one.actions() if a.text()] + inner

    found = texts(menu)
    assert found.count("Name") == 1
    assert not [text for text in found if text == "Copy name"]
    assert len(found) == len(set(found))
    menu.deleteLater()
    place = texts(place_menu(dock, Place(saved.id, container)))
    assert len(place) == len(set(place))


def test_a_valid_cog_is_not_to_be_repaired(ui, dock, controller, saved, container, put, cog):
    put("valid.tif", cog.read_bytes(), "image/tiff")
    put("other.tif", b"no raster", "image/tiff")
    ui.open(Place(saved.id, container))

    def repair(name):
        ui.click(name)
        (action,) = (a for a in objects_menu(dock).actions() if "proper COG" in a.text())
        return action.isEnabled(), action.toolTip()

    ui.wait(lambda: repair("valid.tif") == (False, "It is a valid COG."))
    assert repair("other.tif")[0]
