# SPDX-License-Identifier: GPL-2.0-or-later
"""What users read when something went wrong. The only place that decides it."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QMenu, QPushButton, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.text import lines, one_line
from cog_browser.gui.wrapped_message import wrap
from cog_browser.storage.errors import (
    AlreadyExistsError,
    AuthenticationError,
    ChecksumError,
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    RasterError,
    ServerError,
    ThrottledError,
    TransportError,
)

log = logging.getLogger(__name__)

_UNDO_STAYS = 60_000  # milliseconds


@dataclass(frozen=True)
class Message:
    """Plain text: escape it where a widget would take it for HTML."""

    title: str
    text: str
    level: Qgis.MessageLevel = Qgis.MessageLevel.Warning
    advice: str = ""
    button: str = ""  # what the user can do about it; empty for “Retry”
    picture: str = ""  # an icon of ours; empty for a warning sign

    @property
    def full_text(self) -> str:
        return f"{self.text} {self.advice}".strip()


#: Error class → title, and advice where the error itself gives none. The most special class
#: comes first. Called when shown, for tr().
_KINDS: tuple[tuple[type[CogBrowserError], Callable[[], tuple[str, str]]], ...] = (
    (TransportError, lambda: (tr("No connection"), "")),
    (AuthenticationError, lambda: (tr("Sign-in refused"), "")),
    (
        PermissionDeniedError,
        lambda: (tr("Not allowed"), tr("Ask the owner of the project or container for access.")),
    ),
    (
        NotFoundError,
        lambda: (tr("Not found"), tr("Refresh to see what is there now.")),
    ),
    (AlreadyExistsError, lambda: (tr("It exists already"), "")),
    (
        QuotaExceededError,
        lambda: (tr("No room left"), tr("Ask the provider for more room, or remove something.")),
    ),
    (ThrottledError, lambda: (tr("The server is busy"), "")),
    (
        ServerError,
        lambda: (tr("The server failed"), tr("If it goes on, tell the provider the request.")),
    ),
    (ChecksumError, lambda: (tr("Damaged data"), tr("Try again."))),
    (ProtocolError, lambda: (tr("Unexpected answer"), "")),
    (RasterError, lambda: (tr("Not a usable raster"), "")),
    (ConfigurationError, lambda: (tr("It can't work like this"), "")),
)


_PICTURES = {TransportError: "connection-offline", AuthenticationError: "sign-out"}


def describe(error: Exception) -> Message:
    """What to tell about an error; one that isn't ours is logged, and not quoted."""
    for kind, words in _KINDS:
        if isinstance(error, kind):
            title, advice = words()
            level = (
                Qgis.MessageLevel.Critical
                if kind in (ChecksumError, ProtocolError)
                else Qgis.MessageLevel.Warning
            )
            button = tr("Sign in…") if kind is AuthenticationError else ""
            picture = _PICTURES.get(kind, "")
            return Message(title, one_line(str(error)), level, advice, button, picture)
    if isinstance(error, CogBrowserError):
        return Message(tr("COG Browser"), one_line(str(error)))
    log.error("Unexpected error", exc_info=error)
    return Message(
        tr("Unexpected error"),
        tr("{kind}: the log panel, tab “COG Browser”, has the details.").format(
            kind=type(error).__name__
        ),
        Qgis.MessageLevel.Critical,
    )


def not_signed_in() -> Message:
    text, picture = tr("Sign in to see what is in it."), _PICTURES[AuthenticationError]
    return Message(tr("Not signed in"), text, button=tr("Sign in…"), picture=picture)


def stopped() -> Message:
    text = tr("You have stopped the listing.")
    return Message(tr("Stopped"), text, button=tr("Go on"), picture="refresh")


def show(bar: QgsMessageBar, message: Message) -> None:
    """Put a message into a message bar, which renders HTML."""
    bar.pushMessage(
        html.escape(lines(message.title)), html.escape(lines(message.full_text)), message.level
    )
    wrap(bar.currentItem())


def show_once(bar: QgsMessageBar, message: Message) -> None:
    """As `show`, unless the same text can still be read there."""
    if html.escape(lines(message.full_text)) not in [item.text() for item in bar.items()]:
        show(bar, message)


def show_error(bar: QgsMessageBar, error: Exception) -> None:
    show(bar, describe(error))


def show_note(bar: QgsMessageBar, text: str) -> None:
    show(bar, Message(tr("COG Browser"), text, Qgis.MessageLevel.Info))


def show_choice(
    bar: QgsMessageBar,
    text: str,
    level: Qgis.MessageLevel,
    choices: Iterable[tuple[str, Callable[[], None]]],
    menu: tuple[str, Iterable[tuple[str, Callable[[], None]]]] | None = None,
) -> QWidget:
    """A message with a button for each label and deed; it stays until it is taken away.

    ``menu`` is for deeds that there may be many of: the label of one more button, and its menu.
    """
    item = bar.createMessage(html.escape(tr("COG Browser")), html.escape(lines(text)))
    wrap(item)
    if menu is not None:
        button, deeds = QPushButton(menu[0], item), QMenu(item)
        for label, act in menu[1]:
            deeds.addAction(label.replace("&", "&&")).triggered.connect(
                lambda _checked=False, act=act: act()
            )
        button.setMenu(deeds)
        item.layout().addWidget(button)
    for label, act in choices:
        button = QPushButton(label, item)
        button.clicked.connect(lambda _checked=False, act=act: act())
        item.layout().addWidget(button)
    return bar.pushWidget(item, level, 0)


def show_undo(bar: QgsMessageBar, text: str, undo: Callable[[], None]) -> None:
    """Say what was done, with a button to take it back; it goes after a minute."""

    def act() -> None:
        take_away(bar, item)
        undo()

    item = show_choice(bar, one_line(text), Qgis.MessageLevel.Info, [(tr("Undo"), act)])
    timer = QTimer(item)
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: take_away(bar, item))
    timer.start(_UNDO_STAYS)


def take_away(bar: QgsMessageBar, item: QWidget | None) -> None:
    """Close a message, unless the user has."""
    if item is not None and item in bar.items():
        bar.popWidget(item)
