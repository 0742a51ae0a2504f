# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""What open layers have cost, and where that is shown; on the real store."""

from __future__ import annotations

import threading

from qgis.core import (
    QgsProject,
)

from cog_browser.gui.accounts.accounts_dialog import AccountsDialog
from cog_browser.gui.layers.details import LayerDetails
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.vsi import gateway_url
from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    break_reads,
    file,
    forget_pixels,
    iface,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
)
from tests.support.patience import WAIT


def test_meters_are_asked_for_in_a_worker_only(seen, add, monkeypatch, qtbot):
    layer, threads, gateway = add(), [], shared_gateway()
    ask = type(gateway).meter

    def spy(self, url):
        threads.append(threading.current_thread())
        return ask(self, url)

    monkeypatch.setattr(type(gateway), "meter", spy)
    with qtbot.waitSignal(seen.meters.changed, timeout=WAIT):
        seen.meters.refresh()
    assert threads
    assert threading.main_thread() not in threads
    assert seen.meters.of(layer).requests >= 2


def test_details_show_state_and_meter_and_follow_them(
    seen, iface, add, saved, container, faulty_store, qtbot
):
    layer = add()
    assert read(layer)
    seen.actions.show_details(layer)
    details = iface.mainWindow().findChild(LayerDetails)

    def shown(name):
        return details.values[name].text() if name in details.values else ""

    qtbot.waitUntil(lambda: shown("Requests to the store") not in ("", "0"), timeout=WAIT)
    assert (shown("Connection"), shown("Container")) == ("demo", container)
    assert (shown("Object"), shown("Failures")) == ("scene.tif", "0")
    assert "without errors" in shown("State")
    assert "MB" in shown("Read from the store")
    break_reads(faulty_store)
    forget_pixels(layer)
    assert not read(layer)
    qtbot.waitUntil(lambda: "503" in shown("Reason"), timeout=WAIT)
    qtbot.waitUntil(lambda: shown("Failures") != "0", timeout=WAIT)
    QgsProject.instance().removeMapLayer(layer.id())
    assert not details.isVisible()


def test_the_accounts_list_sums_the_layers_of_a_connection(
    seen, iface, dock, add, controller, qtbot
):
    layers = [add("a.tif"), add("b.tif")]
    assert all(read(layer) for layer in layers)
    controller.accounts.show_overview()
    overview = dock.findChild(AccountsDialog)
    qtbot.waitUntil(lambda: "requests" in overview.row("demo")[4], timeout=WAIT)

    def requests():
        found = [shared_gateway().meter(gateway_url(layer.source())) for layer in layers]
        return sum(meter.requests for meter in found)

    def are_shown():  # the gateway may still be reading ahead
        seen.meters.refresh()
        return f"{requests()} requests" in overview.row("demo")[4]

    qtbot.waitUntil(are_shown, timeout=WAIT)
    shown = overview.row("demo")[4]
    QgsProject.instance().clear()  # what layers have cost stays what it was
    seen.meters.refresh()
    qtbot.wait(200)
    overview.refresh()
    assert overview.row("demo")[4] == shown
