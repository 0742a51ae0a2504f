# SPDX-License-Identifier: GPL-2.0-or-later
"""Closing QGIS while transfers are under way."""

from __future__ import annotations

import threading

import pytest
from qgis.gui import QgisInterface, QgsApplicationExitBlockerInterface
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QMainWindow, QMessageBox

from cog_browser.gui.manage.exit_question import ExitQuestion
from cog_browser.gui.manage.transfers_dialog import DONE, TransfersDialog
from cog_browser.storage.progress import report
from tests.support.patience import WAIT


class Window:
    """What QGIS does with its blockers when it is closed."""

    def __init__(self) -> None:
        self.window, self.blockers = QMainWindow(), []

    def mainWindow(self):
        return self.window

    def registerApplicationExitBlocker(self, blocker):
        assert isinstance(blocker, QgsApplicationExitBlockerInterface)
        self.blockers.append(blocker)

    def unregisterApplicationExitBlocker(self, blocker):
        self.blockers.remove(blocker)

    def close(self, answer: str = "") -> tuple[bool, list[str]]:
        """Whether QGIS closes, and what was asked before; ``answer`` is a button's text."""
        asked: list[str] = []

        def click():
            for box in self.window.findChildren(QMessageBox):
                if box.isVisible():
                    asked.append(box.text())
                    asked.append(box.informativeText())
                    [button] = [b for b in box.buttons() if b.text().replace("&", "") == answer]
                    button.click()

        timer = QTimer()
        timer.timeout.connect(click)
        timer.start(20)
        allowed = all(blocker.allowExit() for blocker in self.blockers)
        timer.stop()
        return allowed, asked


@pytest.fixture
def window(qtbot, qgis_app):
    made = Window()
    qtbot.addWidget(made.window)
    return made


@pytest.fixture
def transfers(workers, qtbot):
    dialog = TransfersDialog(workers)
    qtbot.addWidget(dialog)
    yield dialog
    dialog.stop_all()


@pytest.fixture
def under_way(transfers, qtbot):
    """Three transfers, of which one waits; they end when `go` is set."""
    go = threading.Event()

    def work(progress, _control):
        while not go.wait(0.02):
            report(progress, 1, 2)
        return []

    for name in "abc":
        transfers.add(name, work, lambda: None)
    yield go
    go.set()


def test_qgis_is_told_of_the_question_by_its_own_interface():
    for name in ("registerApplicationExitBlocker", "unregisterApplicationExitBlocker"):
        assert callable(getattr(Window, name)) and callable(getattr(QgisInterface, name))
    assert callable(QgsApplicationExitBlockerInterface.allowExit)


def test_without_transfers_qgis_closes_without_a_question(window, transfers):
    question = ExitQuestion(window, transfers)
    assert window.close() == (True, [])
    question.stop()
    assert window.blockers == []


def test_running_transfers_are_asked_about_once(window, transfers, under_way, qtbot):
    question = ExitQuestion(window, transfers)
    allowed, asked = window.close("Cancel")
    assert not allowed
    assert asked[0] == "3 transfers are under way. Close QGIS and stop them?"
    assert "Unfinished uploads…" in asked[1]
    assert len(asked) == 2
    assert transfers.under_way == 3  # nothing is stopped by the question
    allowed, asked = window.close("Close QGIS")
    assert allowed
    assert len(asked) == 2
    under_way.set()
    qtbot.waitUntil(lambda: {row.state for row in transfers.rows} == {DONE}, timeout=WAIT)
    assert window.close() == (True, [])
    question.stop()
