# SPDX-License-Identifier: GPL-2.0-or-later
"""What users read about the state of a layer and about what it has cost."""

from __future__ import annotations

from qgis.PyQt.QtCore import QLocale

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_states import PENDING
from cog_browser.gui.text import size_text
from cog_browser.storage.gateway.fetch import SILENCE
from cog_browser.storage.gateway.shared_object import (
    FAILING,
    READING,
    REPLACED,
    SILENT,
    WAITING,
    Meter,
)

#: The states that a user is told of, each with its icon.
ICONS = {
    WAITING: "layer-waiting",
    PENDING: "layer-waiting",
    SILENT: "layer-waiting",
    FAILING: "layer-failing",
    REPLACED: "layer-replaced",
}


def state_title(state: str) -> str:
    """The state in a few words."""
    return {
        READING: tr("Reads without errors"),
        WAITING: tr("Waits for a sign-in"),
        PENDING: tr("Waits to be opened"),
        SILENT: tr("No answer for {seconds} s").format(seconds=_number(round(SILENCE))),
        FAILING: tr("Can't be read at the moment"),
        REPLACED: tr("Replaced in the store"),
    }.get(state, state)


def state_advice(state: str) -> str:
    """What happens next, or what the user can do."""
    return {
        WAITING: tr("It is drawn as soon as you sign in."),
        PENDING: tr("It opens by itself as soon as its account can be reached."),
        SILENT: tr("It is drawn as soon as the answer comes."),
        FAILING: tr("It is tried again by itself, and drawn when it works."),
        REPLACED: tr("Reload it to see what is there now."),
    }.get(state, "")


def meter_text(meter: Meter) -> str:
    """“12 requests, 3.4 MB from the store, 1.2 MB from memory, 1 failure”."""
    parts = [
        tr("1 request")
        if meter.requests == 1
        else tr("{count} requests").format(count=_number(meter.requests)),
        tr("{size} from the store").format(size=size_text(meter.bytes_fetched)),
        tr("{size} from memory").format(size=size_text(meter.bytes_cached)),
    ]
    if meter.failures:
        parts.append(
            tr("1 failure")
            if meter.failures == 1
            else tr("{count} failures").format(count=_number(meter.failures))
        )
    return ", ".join(parts)


def _number(value: int) -> str:
    return QLocale().toString(value)
