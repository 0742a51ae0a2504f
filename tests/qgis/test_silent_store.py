# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""What users see of a layer while its store takes requests and sends nothing."""

from __future__ import annotations

import threading
import time

from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    file,
    forget_pixels,
    iface,
    marks,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
    told,
)
from tests.support.faults import Fault
from tests.support.patience import WAIT

ANSWER_AFTER = 13.0  # seconds: more than silence may last, and less than any time-out


def test_a_layer_that_no_answer_comes_for_is_marked_until_it_comes(
    seen, iface, add, faulty_store, states, qtbot
):
    layer, bar, outcome = add(), iface.messageBar(), []
    forget_pixels(layer)
    faulty_store.swift.add(Fault(delay_s=ANSWER_AFTER), method="GET", times=None)
    started = time.monotonic()
    thread = threading.Thread(target=lambda: outcome.append(read(layer)))
    thread.start()
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    assert time.monotonic() - started > 9.5
    faulty_store.clear()  # the answer that is waited for is late all the same
    (mark,) = marks(iface, layer)
    assert "No answer for 10 s." in mark.toolTip()
    assert "“scene.tif” has sent nothing" in mark.toolTip()
    assert "as soon as the answer comes" in mark.toolTip()
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert told(bar)[0].startswith("“scene.tif” waits: The store of")
    assert states.state_of(layer).state == "silent"
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=WAIT)
    assert outcome == [True]
    qtbot.waitUntil(lambda: marks(iface, layer) == [] and told(bar) == [], timeout=WAIT)
    assert seen.meters.of(layer).failures == 0
