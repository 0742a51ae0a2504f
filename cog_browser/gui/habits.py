# SPDX-License-Identifier: GPL-2.0-or-later
"""What users of QGIS expect of a panel: the locator, help, the keyboard, a word before the end."""

from __future__ import annotations

from typing import Any

from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.find.locator import LocatorEntry
from cog_browser.gui.help import HelpLinks
from cog_browser.gui.keyboard import KeyboardUse
from cog_browser.gui.manage.exit_question import ExitQuestion
from cog_browser.gui.panel_state import PanelState


class Habits:
    """One for each dock. Thread: main."""

    def __init__(
        self,
        iface: Any,
        dock: CogBrowserDock,
        controller: BrowserController,
        sessions: Sessions,
        workers: Workers,
    ) -> None:
        KeyboardUse(dock)
        self._state = PanelState(dock, sessions, workers, controller)
        self._help = HelpLinks(iface.mainWindow())
        self._locator = LocatorEntry(iface, dock, controller, sessions, workers)
        self._exit_question = ExitQuestion(iface, controller.manage.up_and_down.transfers)

    def stop(self) -> None:
        """Before the dock and the workers go."""
        self._exit_question.stop()
        self._locator.stop()
        self._help.stop()
        self._state.stop()
