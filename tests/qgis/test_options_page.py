# SPDX-License-Identifier: GPL-2.0-or-later
"""The options page and what it changes of the gateway."""

from __future__ import annotations

import threading

from qgis.core import (
    QgsSettings,
)

from cog_browser.adapters.reading_settings import (
    ReadingSettings,
    reading_settings,
    save_reading_settings,
)
from cog_browser.gui.options_page import OptionsFactory
from cog_browser.storage.gateway import process as gateway_process
from cog_browser.storage.gateway.process import GatewayOptions
from tests.support.patience import WAIT


def test_the_options_page_saves_and_applies_in_a_worker(workers, monkeypatch, qtbot, qgis_app):
    applied = []
    monkeypatch.setattr(
        "cog_browser.gui.options_page.set_up_gateway",
        lambda **changes: applied.append((changes, threading.current_thread())),
    )
    try:
        save_reading_settings(ReadingSettings())
        page = OptionsFactory(workers).createWidget()
        qtbot.addWidget(page)
        assert (page.memory.value(), page.read_ahead.isChecked()) == (256, True)
        page.memory.setValue(512)
        page.read_ahead.setChecked(False)
        page.apply()
        assert reading_settings() == ReadingSettings(512, False)
        qtbot.waitUntil(lambda: len(applied) == 1, timeout=WAIT)
        changes, thread = applied[0]
        assert changes == {"cache_bytes": 512 << 20, "look_ahead": False}
        assert thread is not threading.main_thread()
    finally:
        QgsSettings().remove("plugins/cog_browser/reading")
        assert reading_settings() == ReadingSettings()


def test_a_new_budget_changes_nothing_else_of_the_gateway(monkeypatch):
    notify = print
    before = GatewayOptions(1, notify=notify)
    monkeypatch.setattr(gateway_process, "_options", before)
    monkeypatch.setattr(gateway_process, "_shared", None)
    gateway_process.set_up_gateway(cache_bytes=5)
    assert gateway_process._options == GatewayOptions(5, notify=notify)
