# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Share links, and public containers, in the panel on a real Swift."""

from __future__ import annotations

import dataclasses
import os
from contextlib import closing

import pytest
import requests
from qgis.PyQt.QtWidgets import QApplication, QComboBox

from cog_browser.adapters.sessions import transfer_settings
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from cog_browser.storage.swift.access import read_access, set_public
from cog_browser.storage.swift.store import SwiftStore
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)

SEGMENT = 256 << 10


def headers_of(stack, container):
    with closing(stack.connection("demo")) as behind:
        return behind.head_container(container)


@pytest.fixture
def large(account, container, tmp_path):
    """An object whose parts are in another container; its bytes."""
    path = tmp_path / "big"
    path.write_bytes(os.urandom(2 * SEGMENT + 1))
    small = dataclasses.replace(transfer_settings(), threshold=SEGMENT, segment_size=SEGMENT)
    with closing(open_store(*account, transfers=small)) as store:
        store.upload(path, container, "big.tif")
    return path.read_bytes()


@pytest.fixture
def keyless(stack):
    names = ("X-Account-Meta-Temp-URL-Key", "X-Account-Meta-Temp-URL-Key-2")
    with closing(stack.connection("demo")) as behind:
        behind.post_account(dict.fromkeys(names, ""))
        yield behind
        behind.post_account(dict.fromkeys(names, ""))


def test_a_link_is_made_with_consent_and_goes_to_the_clipboard(
    ui, dock, manager, saved, container, put, stack
):
    put("a b.tif", b"pixels")
    ui.open(Place(saved.id, container))
    manager.select("a b.tif")
    QApplication.clipboard().clear()
    manager.choose("Share link…")
    dialog = manager.asked()
    assert "treat it like a password" in dialog.text.text()
    assert "read, change and delete every object of this container" in dialog.warning.text()
    assert dialog.ok_button.text() == "Make a key and the link"
    [life] = dialog.findChildren(QComboBox)
    assert life.currentText() == "1 day"
    life.setCurrentText("1 hour")
    shoot(dialog, "share-ask")
    assert "x-container-meta-temp-url-key" not in headers_of(stack, container)
    dialog.ok_button.click()
    assert "on the clipboard" in manager.ended(dialog)
    shoot(dialog, "share-end")
    link = QApplication.clipboard().text()
    assert requests.get(link, timeout=60).content == b"pixels"
    assert dialog.names.toPlainText() == link == dialog.names.textCursor().selectedText()
    bars = dialog.names.horizontalScrollBar(), dialog.names.verticalScrollBar()
    ui.wait(lambda: not any(bar.isVisible() for bar in bars))  # it is seen whole
    assert "x-container-meta-temp-url-key" in headers_of(stack, container)
    dialog.close()
    # now that there is a key, no other is asked for
    manager.choose("Share link…")
    dialog = manager.asked()
    assert dialog.ok_button.text() == "Make the link"
    assert not dialog.warning.isVisible()
    dialog.close()


def test_a_large_objects_link_needs_the_projects_key(
    ui, dock, manager, saved, container, large, keyless
):
    ui.open(Place(saved.id, container))
    manager.select("big.tif")
    manager.choose("Share link…")
    dialog = manager.asked()
    assert "everything in this project" in dialog.warning.text()
    dialog.close()
    assert "x-account-meta-temp-url-key" not in keyless.head_account()
    manager.choose("Share link…")
    dialog = manager.asked()
    dialog.ok_button.click()
    manager.ended(dialog)
    assert requests.get(QApplication.clipboard().text(), timeout=60).content == large


@pytest.fixture
def reader(sessions, stack):
    """A connection of somebody who may only read."""
    connection, credentials = Connection.from_openrc(stack.openrc("reader"), "reader")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


def test_a_reader_gets_a_sentence(ui, dock, manager, reader, container, put):
    put("a.tif")
    ui.open(Place(reader.id, container))
    manager.select("a.tif")
    manager.choose("Share link…")
    dialog = manager.dialog()
    assert "your role lets you read, but only an owner" in manager.ended(dialog)
    shoot(dialog, "share-reader")
    dialog.close()
    manager.choose("Public or private…", place=Place(reader.id, container))
    dialog = manager.asked()
    dialog.ok_button.click()
    assert "only an owner of the project may" in manager.ended(dialog)


def test_a_container_becomes_public_and_private_again_with_its_segments(
    ui, dock, manager, saved, container, put, large, stack
):
    put("a.tif", b"plain")
    with closing(stack.connection("demo")) as behind:
        behind.post_container(container, {"X-Container-Read": "other:*"})
    url = f"{stack.storage_url()}/{container}"
    assert requests.get(f"{url}/a.tif", timeout=60).status_code == 401
    place = Place(saved.id, container)
    ui.open(place)
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    assert "is private" in dialog.text.text()
    assert "Others that may read it now stay: other:*." in dialog.text.text()
    assert "Everybody in the world" in dialog.warning.text()
    lines = dialog.names.toPlainText().splitlines()
    assert lines[0] == f"{container}: X-Container-Read: other:*,.r:*,.rlistings"
    assert lines[1] == f"{container}_segments: X-Container-Read: .r:*"
    shoot(dialog, "public-ask")
    dialog.ok_button.click()
    assert "is public. It was tried" in manager.ended(dialog)
    assert set(dialog.names.toPlainText().splitlines()) == {"a.tif", "big.tif"}
    assert requests.get(f"{url}/big.tif", timeout=60).content == large
    assert requests.get(f"{url}?format=json", timeout=60).status_code == 200
    assert headers_of(stack, container)["x-container-read"] == "other:*,.r:*,.rlistings"
    dialog.close()
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    assert dialog.ok_button.text() == "Make it private"
    dialog.ok_button.click()
    assert "is private. It was tried" in manager.ended(dialog)
    shoot(dialog, "private-end")
    for key in ("a.tif", "big.tif"):
        assert requests.get(f"{url}/{key}", timeout=60).status_code == 401
    assert headers_of(stack, container)["x-container-read"] == "other:*"


def test_a_private_container_has_no_readers_without_a_sign_in(account, container, large, stack):
    names, left = (container, f"{container}_segments"), "other:*"
    with closing(stack.connection("demo")) as behind:
        for name in names:
            read = f"{left},.r:*,.rlistings,.r:maps.example.org,.r:-bad.example.org"
            behind.post_container(name, {"X-Container-Read": read})
    with closing(open_store(*account)) as store:
        assert set_public(store, container, False).is_private
        for name in names:
            assert headers_of(stack, name)["x-container-read"] == left
        with closing(stack.connection("demo")) as behind:
            behind.post_container(names[1], {"X-Container-Read": ".r:maps.example.org"})
        assert not read_access(store, container).is_private


def test_private_parts_of_a_public_container_are_noticed_and_opened(
    ui, dock, manager, saved, container, large, stack
):
    with closing(stack.connection("demo")) as behind:
        behind.post_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    url = f"{stack.storage_url()}/{container}/big.tif"
    assert requests.get(url, timeout=60).status_code == 409
    place = Place(saved.id, container)
    ui.open(place)
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    assert "the parts of its large objects is not" in dialog.text.text()
    dialog.ok_button.click()
    assert "is public" in manager.ended(dialog)
    assert requests.get(url, timeout=60).content == large


def test_an_acl_that_does_not_hold_is_not_called_public(
    ui, dock, manager, saved, container, put, monkeypatch
):
    put("a.tif")
    monkeypatch.setattr(SwiftStore, "set_public", lambda *_: None)
    place = Place(saved.id, container)
    ui.open(place)
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    dialog.ok_button.click()
    assert "strangers still can't read “a.tif” (401)" in manager.ended(dialog)


def test_an_empty_container_has_nothing_to_prove_it_with(ui, dock, manager, saved, container):
    place = Place(saved.id, container)
    ui.open(place)
    manager.choose("Public or private…", place=place)
    dialog = manager.asked()
    dialog.ok_button.click()
    assert "nothing to try it with" in manager.ended(dialog)
