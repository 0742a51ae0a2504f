# SPDX-License-Identifier: GPL-2.0-or-later
"""How long sign-ins last, and a warning before one ends that can't be renewed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.gui import messages
from cog_browser.gui.accounts.credential_offer import CredentialOffer
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError

WARN_BEFORE = 600.0  # seconds
_LOOK_EVERY = 15_000  # milliseconds
_SAME_END = 30.0  # two ends within so many seconds are those of one token


@dataclass(frozen=True)
class SignedIn:
    """``seconds`` to the token's end; None where no token was fetched yet, or none is needed.

    Infinite where the end isn't known.
    """

    renews: bool
    seconds: float | None


def signed_in(sessions: Sessions, connection: Connection) -> SignedIn | None:
    """How a connection is signed in; None if it isn't. Sends nothing. Thread: main."""
    if not sessions.is_signed_in(connection.id):
        return None
    try:
        store = sessions.store(connection)
    except ConfigurationError:  # it was edited since
        return None
    return SignedIn(getattr(store, "renews", True), getattr(store, "signed_in_for", None))


class ExpiryWatch(QObject):
    """Warns once for each token that is about to end, and once more when it has ended."""

    def __init__(
        self,
        sessions: Sessions,
        bar: QgsMessageBar,
        sign_in: Callable[[str], None],
        offer: CredentialOffer,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._bar, self._sign_in, self._offer = sessions, bar, sign_in, offer
        #: connection id → the token's end (monotonic), whether it had ended, the message.
        self._warned: dict[str, tuple[float, bool, QWidget]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Warn where it is time to."""
        for connection in self._sessions.repository.all():
            state = signed_in(self._sessions, connection)
            if state is None or state.renews or state.seconds is None:
                self.forget(connection.id)
                continue
            end = time.monotonic() + state.seconds
            before = self._warned.get(connection.id)
            if before is not None and (math.isinf(end) or abs(end - before[0]) > _SAME_END):
                self.forget(connection.id)  # it is another token
                before = None
            has_ended = state.seconds <= 0
            if state.seconds < WARN_BEFORE and (before is None or before[1] != has_ended):
                self._warn(connection, end, has_ended, state.seconds)

    def forget(self, connection_id: str) -> None:
        """Take the warning away: the user has signed in or out."""
        _, _, item = self._warned.pop(connection_id, (0.0, False, None))
        messages.take_away(self._bar, item)

    def stop(self) -> None:
        self._timer.stop()
        for connection_id in list(self._warned):
            self.forget(connection_id)

    def _warn(self, connection: Connection, end: float, has_ended: bool, seconds: float) -> None:
        self.forget(connection.id)
        if has_ended:
            said = tr("The sign-in to “{name}” has ended. Your layers stay; sign in to go on.")
        else:
            said = tr("The sign-in to “{name}” ends in {minutes} min.")
        minutes = max(1, math.ceil(seconds / 60))
        text = said.format(name=connection.name, minutes=minutes)
        choices = [(tr("Sign in again"), lambda: self._sign_in(connection.id))]
        if not has_ended and self._offer.is_possible(connection):
            choices.insert(0, self._offer.button(connection.id))
        self._offer.withdraw(connection.id)
        shown = messages.show_choice(self._bar, text, Qgis.MessageLevel.Warning, choices)
        self._warned[connection.id] = (end, has_ended, shown)
