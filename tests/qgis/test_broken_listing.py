# SPDX-License-Identifier: GPL-2.0-or-later
"""A listing that fails half-way goes on where it broke off, if that is still right."""

from __future__ import annotations

import dataclasses

import pytest

from cog_browser.gui import listing
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.connection import Connection
from tests.support.faults import Fault

NAMES = ["f", "a.txt", "b.txt", "c.txt", "d.txt"]


@pytest.fixture
def place(sessions, faulty_store, container, put, monkeypatch):
    """A container behind a proxy, listed a row at a time."""
    for key in ("a.txt", "b.txt", "c.txt", "d.txt", "f/x.txt"):
        put(key)
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = dataclasses.replace(connection, name="Far")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    pages = listing.pages
    monkeypatch.setattr(listing, "pages", lambda store, place: pages(store, place, 1))
    return Place(connection.id, container)


def asked(faulty_store, place):
    """The markers of the pages that were asked for."""
    targets = (request.target for request in faulty_store.swift.requests)
    found = [target for target in targets if f"/{place.container}?" in target]
    return [target.partition("marker=")[2].partition("&")[0] for target in found]


def break_off(ui, dock, faulty_store, place, fault, after="b.txt"):
    dock.expand(place.parent)
    ui.wait(lambda: dock.tree_model.state(place.parent) is NodeState.READY)
    faulty_store.swift.add(fault, path=f"{place.container}.*marker={after}", times=None)
    dock.select(place)
    ui.wait(lambda: dock.state is NodeState.FAILED)
    faulty_store.clear()


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(refuse=True)], ids=["503", "reset"])
def test_it_goes_on_where_it_broke_off(ui, dock, controller, faulty_store, place, fault):
    break_off(ui, dock, faulty_store, place, fault)
    assert ui.rows() == ["a.txt", "b.txt"]
    assert dock.tree_model.state(place) is NodeState.FAILED
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == NAMES
    assert asked(faulty_store, place) == ["b.txt", "c.txt", "d.txt", "f%2F"]  # nothing twice
    assert ui.children(place) == ["f"]
    assert dock.tree_model.state(place) is NodeState.READY


def test_it_may_break_off_again(ui, dock, controller, faulty_store, place):
    break_off(ui, dock, faulty_store, place, Fault(status=503), after="a.txt")
    faulty_store.swift.add(Fault(status=503), path="marker=c.txt", times=None)
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.LOADING)
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert ui.rows() == ["a.txt", "b.txt", "c.txt"]
    faulty_store.clear()
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == NAMES
    assert asked(faulty_store, place)[0] == "c.txt"


def test_after_a_marker_was_refused_it_begins_anew(ui, dock, controller, faulty_store, place):
    break_off(ui, dock, faulty_store, place, Fault(status=412))
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == NAMES
    assert asked(faulty_store, place)[0] == ""


def test_a_refresh_begins_anew(ui, dock, controller, faulty_store, place):
    break_off(ui, dock, faulty_store, place, Fault(status=503))
    dock.refresh_action.trigger()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == NAMES
    assert asked(faulty_store, place)[0] == ""
