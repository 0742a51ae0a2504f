# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Who goes through all objects of a deed: they may be a million, so never the GUI thread."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.gui.manage import delete, move
from cog_browser.gui.manage.transfer_work import Copy, Upload
from cog_browser.gui.place import Place
from cog_browser.storage.many_objects import Transfer
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixtures)
from tests.qgis.test_manage_move import fields, states  # noqa: F401 (fixtures)


class Walked(tuple):
    """Knows which threads went through it; `[0]` and `len` cost nothing, and don't count."""

    walkers: set[threading.Thread]

    def __iter__(self):
        Walked.walkers.add(threading.current_thread())
        return super().__iter__()

    def __contains__(self, one):
        Walked.walkers.add(threading.current_thread())
        return super().__contains__(one)


@pytest.fixture(autouse=True)
def walkers(monkeypatch):
    """The threads that went through all keys or pairs of keys."""
    Walked.walkers = set()

    def survey(*arguments):
        found = real_survey(*arguments)
        return dataclasses.replace(found, keys=Walked(found.keys))

    def back(transfer):
        found = real_back(transfer)
        return dataclasses.replace(found, pairs=Walked(found.pairs))

    real_survey, real_judged, real_back = move.survey, move.judged, Transfer.reversed
    monkeypatch.setattr(move, "survey", survey)
    monkeypatch.setattr(delete, "survey", survey)
    monkeypatch.setattr(move, "judged", lambda *asked: Walked(real_judged(*asked)))
    monkeypatch.setattr(Transfer, "reversed", back)
    return Walked.walkers


def workers_only(walkers):
    return bool(walkers) and threading.main_thread() not in walkers


@pytest.fixture
def shown(ui, states, saved, container, put, cog):
    """A folder of two, of which a layer shows one, and an object beside it."""
    put("in/munich.tif", cog.read_bytes(), "image/tiff")
    put("in/other.txt")
    put("beside.txt")
    ui.open(Place(saved.id, container, "in/"))
    ui.double_click("munich.tif")
    ui.wait(lambda: len(ui.layers()) == 1)
    ui.open(Place(saved.id, container))
    yield ui.layers()[0]
    QgsProject.instance().clear()


def test_deleting(dock, manager, shown, container, walkers):
    dock.table.selectAll()
    manager.choose("Delete…")
    dialog = manager.asked()
    assert dialog.names.toPlainText() == "in/\nbeside.txt"
    assert shown.name() in dialog.warning.text()
    assert workers_only(walkers)
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Deleted: 3 objects."
    assert manager.keys(container) == []
    assert workers_only(walkers)


def test_moving_where_layers_follow_and_taking_it_back(
    ui, dock, manager, states, shown, container, walkers, message_bar
):
    before = manager.keys(container)
    dock.table.selectAll()
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText("moved/")
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Moved: 3 objects."
    assert states.state_of(shown).key == "moved/in/munich.tif"
    assert workers_only(walkers)
    [undo] = [b for b in message_bar.findChildren(QPushButton) if b.text() == "Undo"]
    undo.click()
    assert manager.ended(manager.dialog()) == "Moved: 3 objects."
    assert manager.keys(container) == before
    assert states.state_of(shown).key == "in/munich.tif"
    assert workers_only(walkers)


def test_what_the_transfers_list_is_to_do_is_gone_through_when_it_is_done(walkers):
    class Files(dict):
        def keys(self):
            walkers.add(threading.current_thread())
            return super().keys()

        __iter__ = None

    Copy(None, None, Transfer("a", "b", Walked([("old", "new")])))
    Upload(None, "a", Files(), overwrite=False)
    assert walkers == set()
