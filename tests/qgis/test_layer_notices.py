# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Messages on layers that can't be read; on the real store."""

from __future__ import annotations

from qgis.core import (
    Qgis,
)
from qgis.PyQt.QtWidgets import (
    QPushButton,
)

from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.storage.gateway.process import GatewayProcess
from cog_browser.storage.vsi import gateway_url
from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    break_reads,
    failing,
    file,
    iface,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
    told,
)
from tests.support.patience import WAIT


def test_many_failing_layers_of_a_connection_give_one_message(
    seen, iface, add, faulty_store, states, qtbot
):
    layers = [add(f"{number}.tif") for number in range(8)]
    break_reads(faulty_store)
    assert not any(read(layer) for layer in layers)
    expected = "8 layers of “demo” can&#x27;t be read. The first: "
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) == 1 and expected in told(bar)[0], timeout=WAIT)
    assert "503" in told(bar)[0]
    buttons = [b.text() for b in bar.items()[0].findChildren(QPushButton)]
    assert buttons == ["Retry", "Sign in…"]
    faulty_store.clear()
    qtbot.waitUntil(lambda: told(bar) == [], timeout=WAIT)


def test_qgis_s_own_messages_on_failed_reads_give_way_to_ours(
    seen, iface, add, faulty_store, states, qtbot
):
    layers, bar = [add("a.tif"), add("b.tif")], iface.messageBar()
    bar.pushMessage("a.tif", "IReadBlock failed at X offset 0", Qgis.MessageLevel.Warning, 0)
    qtbot.wait(500)
    assert len(told(bar)) == 1  # the gateway knows of no failure: QGIS's word is all there is
    break_reads(faulty_store)
    assert not any(read(layer) for layer in layers)
    for name in ("a.tif", "b.tif", "another"):
        bar.pushMessage(name, "IReadBlock failed at X offset 9", Qgis.MessageLevel.Warning, 0)
    qtbot.waitUntil(lambda: any("2 layers of" in text for text in told(bar)), timeout=WAIT)
    qtbot.waitUntil(lambda: len(told(bar)) == 2, timeout=WAIT)
    assert [item.title() for item in bar.items() if "IReadBlock" in item.text()] == ["another"]


def test_a_message_that_was_closed_stays_closed(seen, iface, add, faulty_store, states, qtbot):
    layers, bar = [add("a.tif"), add("b.tif")], iface.messageBar()
    break_reads(faulty_store)
    assert not read(layers[0])
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    bar.popWidget(bar.items()[0])
    assert not read(layers[1])
    qtbot.waitUntil(lambda: failing(states, layers[1]), timeout=WAIT)
    qtbot.wait(600)
    assert told(bar) == []


def test_retry_in_the_message_tries_at_once(
    seen, iface, add, faulty_store, states, qtbot, monkeypatch
):
    """That the gateway then waits no longer is in `test_gateway_states`."""
    layer, bar, asked = add(), iface.messageBar(), []
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    ask = GatewayProcess.retry
    monkeypatch.setattr(
        GatewayProcess, "retry", lambda self, url: asked.append(url) or ask(self, url)
    )
    faulty_store.clear()
    retry, _ = bar.items()[0].findChildren(QPushButton)
    retry.click()
    qtbot.waitUntil(lambda: asked == [gateway_url(layer.source())], timeout=WAIT)
    qtbot.waitUntil(lambda: not failing(states, layer), timeout=WAIT)


def test_sign_in_in_the_message_asks_for_the_secret(
    seen, iface, dock, add, faulty_store, states, qtbot
):
    layer, bar = add(), iface.messageBar()
    break_reads(faulty_store, 403)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    bar.items()[0].findChildren(QPushButton)[1].click()
    assert dock.findChild(SignInDialog).isVisible()
