# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""New containers from the panel: their names are judged while they are typed."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.gui.help import HelpWindow
from cog_browser.gui.manage.new_container import NewContainerDialog
from cog_browser.gui.manage.target_names import why_not_container
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.errors import ConfigurationError
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixture)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("swift", "", "Write a name"),
        ("swift", "..", "can't be names of containers"),
        ("swift", ".", "can't be names of containers"),
        ("swift", "a/b", "no “/”"),
        ("swift", "ä" * 129, "at most 256 bytes"),
        ("swift", "a\nb", "line break"),
        ("swift", "a\ud800", "broken character"),
        ("swift", "ä" * 128, ""),
        ("swift", "My Maps ..", ""),
        ("s3", "ab", "3 to 63"),
        ("s3", "maps-", "3 to 63"),
        ("gs", "a.b-c_d", ""),
        ("azure", "Maps", "lower-case"),
        ("azure", "a--b", "single hyphens"),
        ("azure", "a" * 64, "3 to 63"),
        ("azure", "a-1", ""),
        ("azure", "$root", ""),
    ],
)
def test_a_name_that_a_store_would_refuse_is_explained(kind, name, said):
    why_not = why_not_container(name, kind)
    assert (said in why_not) if said else not why_not


def test_ok_waits_for_a_name_that_can_be(dock, controller, saved, ui, manager, stack, qtbot):
    manager.choose("New container…", place=Place(saved.id))
    dialog = manager.dialog(NewContainerDialog)
    assert not dialog.ok_button.isEnabled()
    QTest.keyClicks(dialog.name, "..")
    assert "HTTP" in dialog.trouble.text()
    assert not dialog.ok_button.isEnabled()
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)  # no way round it
    assert dialog.isVisible()
    dialog.name.clear()
    name = stack.unique_name("new")
    QTest.keyClicks(dialog.name, f" {name} ")
    assert dialog.trouble.text() == ""
    dialog.ok_button.click()
    ui.wait(lambda: dock.current_place == Place(saved.id, name))
    ui.wait(lambda: dock.state is NodeState.READY)
    assert name in ui.children(Place(saved.id))
    assert manager.keys(name) == []


def test_the_help_of_the_dialog_is_about_new_containers(qtbot):
    dialog = NewContainerDialog("swift")
    qtbot.addWidget(dialog)
    dialog.show()
    [button] = [one for one in dialog.findChildren(QPushButton) if one.text() == "Help"]
    button.click()
    [window] = dialog.findChildren(HelpWindow)
    assert window.browser.textCursor().block().text() == "New containers"


def test_the_store_says_it_of_a_container_as_well(sessions, account):
    with pytest.raises(ConfigurationError, match="Choose another name"):
        sessions.store(*account).create_container("..")
