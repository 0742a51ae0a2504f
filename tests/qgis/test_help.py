# SPDX-License-Identifier: GPL-2.0-or-later
"""Help buttons open the right page, from the plugin itself."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProcessingRegistry
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton, QWidget

from cog_browser.adapters.help_pages import FOLDER, PAGES, SCHEME, help_url, page_file
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.help import HelpLinks, HelpWindow, anchor_of, show_help
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.processing.provider import CogBrowserProvider
from cog_browser.storage.connection import Connection
from scripts import stage
from tests.support.patience import WAIT

GUI = Path(__file__).parents[2] / "cog_browser" / "gui"
TASKS = re.compile(r'tasks\.open\([^;]*?"(CogBrowser\w+)"')
#: Dialogs that are a single question, a list of files or the help itself.
WITHOUT_HELP = {
    "CogBrowserHelp",
    "CogBrowserRemoveDialog",
    "CogBrowserCleanUpDialog",
}
#: Pages of what is no dialog, or of every one of its kind.
OTHERS = {"CogBrowserDock", "CogBrowserDataSourcePage", "CogBrowserTaskDialog"}


def headings(file: Path) -> set[str]:
    found = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {anchor_of(heading) for heading in found}


def test_every_page_and_heading_exists_and_is_shipped(tmp_path: Path) -> None:
    with zipfile.ZipFile(stage.package(tmp_path)) as archive:
        shipped = set(archive.namelist())
    for page, heading in PAGES.values():
        assert f"cog_browser/help/{page}.md" in shipped
        assert not heading or anchor_of(heading) in headings(page_file(page)), (page, heading)


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for file in FOLDER.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", file.read_text(encoding="utf-8")):
            target = (file.parent / link[0]) if link[0] else file
            assert target.is_file(), (file, link)
            assert not link[1] or link[1] in headings(target), (file, link)


def test_every_dialog_and_every_algorithm_has_a_page() -> None:
    named = set()
    for file in GUI.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if re.search(r"\(QDialog\)|QMessageBox\(|QInputDialog\(", text):
            named |= set(re.findall(r'\.setObjectName\("(CogBrowser\w+)"\)', text))
        named |= set(TASKS.findall(text))
    named -= {name for name in named if not re.search("Dialog|Reasons|LayerDetails|Help", name)}
    assert named - WITHOUT_HELP <= set(PAGES)
    provider = CogBrowserProvider()
    provider.loadAlgorithms()
    algorithms = {algorithm.name() for algorithm in provider.algorithms()}
    assert algorithms
    assert algorithms <= set(PAGES)
    assert set(PAGES) <= named | algorithms | OTHERS


def test_every_task_has_a_page_of_its_own_and_a_heading() -> None:
    names = set()
    for file in GUI.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        begun = re.findall(r"tasks\.open\(", text)
        found = TASKS.findall(text)
        assert len(found) == len(begun), file
        names |= set(found)
    assert len(names) > 5
    assert [name for name in names if not PAGES[name][1]] == []


def help_window(parent: QWidget) -> HelpWindow:
    (found,) = parent.findChildren(HelpWindow)
    return found


@pytest.fixture
def sign_in(qtbot: object) -> SignInDialog:
    connection = Connection("demo", auth_url="https://keystone.example/v3", user_name="me")
    dialog = SignInDialog(connection)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_button_and_f1_open_the_page_of_the_dialog(sign_in, qtbot) -> None:
    (button,) = (b for b in sign_in.findChildren(QPushButton) if b.text() == "Help")
    button.click()
    window = help_window(sign_in)
    assert window.windowTitle() == "Signing in – COG Browser"
    assert "application credential" in window.browser.toPlainText()
    window.close()
    qtbot.waitUntil(lambda: not sign_in.findChildren(HelpWindow), timeout=WAIT)
    with qtbot.waitActive(sign_in, timeout=WAIT):
        sign_in.activateWindow()
    QTest.keyClick(sign_in, Qt.Key.Key_F1)
    assert help_window(sign_in).isVisible()
    assert sign_in.isVisible()


def test_links_lead_to_other_pages_and_back(qtbot) -> None:
    dialog = TaskDialog("Delete")
    qtbot.addWidget(dialog)
    dialog.show()
    (button,) = (b for b in dialog.findChildren(QPushButton) if b.text() == "Help")
    button.click()
    window = help_window(dialog)
    assert not window.back.isEnabled()
    window.browser.anchorClicked.emit(QUrl("web.md#sign-in"))
    assert window.windowTitle().startswith("Web folders")
    assert window.browser.textCursor().block().text() == "Sign-in"
    window.browser.anchorClicked.emit(QUrl("../metadata.txt"))  # no page
    assert window.windowTitle().startswith("Web folders")
    window.back.click()
    assert window.windowTitle().startswith("Managing")
    assert not window.back.isEnabled()


def test_pages_show_no_markup_and_no_broken_picture(qtbot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    for page in sorted({page for page, _ in PAGES.values()}):
        window.show_page(page_file(page))
        text = window.browser.toPlainText()
        assert "![" not in text and "\ufffc" not in text, page
        assert not re.search(r"^#+ [A-Z]", text, re.MULTILINE), page


def test_processing_opens_the_page_in_qgis_and_a_file_elsewhere(qtbot, qgis_app) -> None:
    provider = CogBrowserProvider()
    registry: QgsProcessingRegistry = QgsApplication.processingRegistry()
    assert registry.addProvider(provider)
    window = QWidget()
    qtbot.addWidget(window)
    try:
        algorithm = registry.algorithmById("cogbrowser:checkserver")
        assert QUrl(algorithm.helpUrl()).toLocalFile() == str(page_file("server-check"))
        links = HelpLinks(window)
        assert algorithm.helpUrl() == f"{SCHEME}:checkserver"
        assert QDesktopServices.openUrl(QUrl(algorithm.helpUrl()))
        assert help_window(window).windowTitle().startswith("Check a server")
        links.stop()
        assert algorithm.helpUrl().startswith("file:")
        assert help_url("nothing") == ""
    finally:
        registry.removeProvider(provider)


@pytest.mark.parametrize("subject", [name for name, (_, heading) in PAGES.items() if heading])
def test_the_window_opens_at_the_heading(subject, qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    window = show_help(subject, parent)
    browser = window.browser
    assert anchor_of(browser.textCursor().block().text()) == anchor_of(PAGES[subject][1])
    assert 0 <= browser.cursorRect().top() < 40
