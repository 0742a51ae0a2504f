# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts the read gateway beside QGIS, so that the GUI thread never has to."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from qgis.core import QgsApplication

from cog_browser.adapters.reading_settings import reading_settings
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.gateway.process import (
    Notify,
    ReadGateway,
    running_gateway,
    set_up_gateway,
    shared_gateway,
)

#: Seconds that who needs the gateway at once may wait for its start.
_PATIENCE = 1.0
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_start: tuple[threading.Thread, float] | None = None


def header_folder() -> Path:
    """Where headers of objects are kept, so that a project opens without asking any store."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "cog_browser" / "headers"


def set_up(notify: Notify | None, *, start: bool) -> None:
    """Tell the gateway the user's settings and who listens, and start it; waits for nothing."""
    _begin(notify, start, set_up_gateway_too=True)


def gateway_soon() -> ReadGateway | None:
    """The gateway; None if it needs longer than a second from its start. Thread: any."""
    with _lock:
        begun = _start
    if running_gateway() is None and (begun is None or not begun[0].is_alive()):
        begun = _begin(None, True, set_up_gateway_too=False)
    if begun is not None:
        thread, since = begun
        thread.join(max(0.0, since + _PATIENCE - time.monotonic()))
        if thread.is_alive():
            return None
    return running_gateway()


def _begin(
    notify: Notify | None, start: bool, *, set_up_gateway_too: bool
) -> tuple[threading.Thread, float]:
    global _start  # noqa: PLW0603
    chosen, folder = reading_settings(), header_folder()

    def work() -> None:
        try:
            if set_up_gateway_too:
                set_up_gateway(
                    cache_bytes=chosen.cache_bytes,
                    look_ahead=chosen.reads_ahead,
                    header_folder=folder,
                    notify=notify,
                )
            if start:
                shared_gateway()
        except CogBrowserError as error:
            _log.warning("%s", error)

    thread = threading.Thread(target=work, name="cog-browser-gateway-start", daemon=True)
    with _lock:
        _start = (thread, time.monotonic())
        begun = _start
    thread.start()
    return begun
