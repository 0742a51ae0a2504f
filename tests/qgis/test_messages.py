# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages in a window that is not wide."""

from __future__ import annotations

import pytest
from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QPushButton, QTextBrowser, QVBoxLayout, QWidget

from cog_browser.gui import messages
from tests.support.patience import WAIT

_LONG = (
    "“orthophoto of a long name, 2026.tif” waits: It belongs to an account that isn't set up here: "
    "storage.gra.cloud.example.org, project 84a8da018102480e8ec4d4c4711aa10b. Set it up, and the "
    "layer comes alive by itself."
)


@pytest.fixture
def bar(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    layout, found = QVBoxLayout(window), QgsMessageBar()
    layout.addWidget(found)
    layout.addStretch()
    window.resize(1000, 400)
    window.show()
    qtbot.waitExposed(window, timeout=WAIT)
    yield found


def is_whole(item) -> bool:
    browser = item.findChild(QTextBrowser)
    return browser.height() + 1 >= browser.document().size().height()


def test_a_message_with_buttons_is_as_high_as_its_text(bar, qtbot):
    choices = [("Set up connection…", print), ("Retry", print)]
    item = messages.show_choice(bar, _LONG, Qgis.MessageLevel.Warning, choices)
    qtbot.waitUntil(lambda: item.height() > 70 and is_whole(item), timeout=WAIT)
    tall = item.height()
    item.setText("Short.")
    qtbot.waitUntil(lambda: item.height() < tall and is_whole(item), timeout=WAIT)


def test_an_error_is_as_high_as_its_text(bar, qtbot):
    messages.show(bar, messages.Message("Sign-in refused", _LONG + " " + _LONG))
    [item] = bar.items()
    qtbot.waitUntil(lambda: item.height() > 70 and is_whole(item), timeout=WAIT)


def test_many_choices_are_a_menu_that_leaves_the_text_room(bar, qtbot):
    asked = []
    deeds = [(f"a connection & {i}", lambda i=i: asked.append(i)) for i in range(9)]
    item = messages.show_choice(bar, _LONG, Qgis.MessageLevel.Info, [], ("Read with", deeds))
    qtbot.waitUntil(lambda: is_whole(item), timeout=WAIT)
    [button] = [b for b in item.findChildren(QPushButton) if b.menu()]
    button.menu().actions()[7].trigger()
    assert asked == [7]
    assert item.findChild(QTextBrowser).width() > 600
