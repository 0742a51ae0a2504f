# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Copying from a real web server into a real Swift."""

from __future__ import annotations

from contextlib import closing

import pytest
from qgis.PyQt.QtWidgets import QComboBox, QLineEdit

from cog_browser.gui.manage.transfers_dialog import DONE
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)
from tests.support.web_servers import nginx, public_folder


@pytest.fixture
def web(sessions):
    """A connection to a folder on a web server."""
    with public_folder() as site:
        (site / "cogs" / "2026").mkdir(parents=True)
        (site / "cogs" / "a é.tif").write_bytes(b"a" * 70_000)
        (site / "cogs" / "2026" / "b.tif").write_bytes(b"b")
        (site / "cogs" / "left.tif").write_bytes(b"left")
        with nginx(site) as server:
            connection = Connection("Web", kind="http", storage_url=f"{server.url}/cogs/")
            sessions.repository.save(connection)
            yield connection


def test_a_web_folder_is_copied_into_a_container(
    ui, dock, manager, controller, web, saved, container, stack
):
    ui.open(Place(web.id, "cogs"))
    manager.select("a é.tif", "2026")
    enabled = {action.text(): action.isEnabled() for action in objects_menu(dock).actions()}
    assert not enabled["Rename or move…"]
    assert not enabled["Delete…"]
    manager.choose("Copy to…")
    dialog = manager.asked()
    assert "goes up from here" in dialog.text.text()
    assert "Web servers tell no checksums" in dialog.text.text()
    assert dialog.trouble.text() == "Choose a connection."
    assert not dialog.ok_button.isEnabled()
    shoot(dialog, "copy-from-web")
    [folder] = [w for w in dialog.findChildren(QLineEdit) if w.accessibleName() == "Folder"]
    boxes = {box.accessibleName(): box for box in dialog.findChildren(QComboBox)}
    assert boxes["Container"].currentText() == ""
    boxes["Connection"].setCurrentIndex(boxes["Connection"].findData(saved.id))
    to = boxes["Container"]
    ui.wait(lambda: container in [to.itemText(number) for number in range(to.count())])
    to.setEditText(container)
    folder.setText("out")
    ui.wait(dialog.ok_button.isEnabled)
    dialog.ok_button.click()
    transfers = controller.manage.up_and_down.transfers
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert manager.keys(container) == ["out/2026/b.tif", "out/a é.tif"]
    with closing(stack.connection("demo")) as behind:
        assert behind.get_object(container, "out/a é.tif")[1] == b"a" * 70_000
