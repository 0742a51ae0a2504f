# SPDX-License-Identifier: GPL-2.0-or-later
"""Alt and a letter lead to each field of a dialog, and no letter to two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Union

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QRadioButton,
    QStackedWidget,
    QTabBar,
    QWidget,
)

Named = Union[QLabel, QCheckBox, QRadioButton]

_MARKED = re.compile(r"&(.)", re.DOTALL)  # “&&” is a plain “&”


class Mnemonics(QObject):
    """Chooses the letters when the dialog is shown, and anew when other fields are.

    Translators could hardly do it: which fields are there together depends on what was chosen.
    ``parts`` are widgets in scroll areas, whose changes the dialog doesn't hear of.
    """

    def __init__(self, dialog: QWidget, *parts: QWidget) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        for widget in (dialog, *parts):
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.LayoutRequest):
            self._choose()
        return False

    def _choose(self) -> None:
        taken: set[str] = set()
        named: list[Named] = []
        for widget in self._dialog.findChildren(QWidget):
            if not _takes_part(widget, self._dialog):
                continue
            if isinstance(widget, QTabBar):
                taken |= {letter_of(widget.tabText(n)) for n in range(widget.count())}
            elif isinstance(widget, (QCheckBox, QRadioButton)) or _leads_to_a_field(widget):
                named.append(widget)
            elif isinstance(widget, QAbstractButton):
                taken |= {letter_of(widget.text())}
        texts = [_MARKED.sub(r"\1", widget.text()) for widget in named]
        for widget, text, at in zip(named, texts, _places(texts, taken)):
            parts = (text,) if at is None else (text[:at], text[at:])
            marked = "&".join(part.replace("&", "&&") for part in parts)
            if widget.text() != marked:
                widget.setText(marked)


def letter_of(text: str) -> str:
    """The letter, in upper case, that a text is marked with; empty where it has none."""
    found = next((m for m in _MARKED.finditer(text) if m[1] != "&"), None)
    return found[1].upper() if found else ""


def _takes_part(widget: QWidget, dialog: QWidget) -> bool:
    """Whether it is shown, or would be if the user turned to its page."""
    while widget is not dialog:
        parent = widget.parentWidget()
        if widget.isHidden() and not isinstance(parent, QStackedWidget):
            return False
        if parent is None or widget.isWindow():
            return False
        widget = parent
    return True


def _leads_to_a_field(widget: QWidget) -> bool:
    """Whether it is the label of a field. Of a row of several, it is that of the first."""
    if not isinstance(widget, QLabel) or widget.buddy() is None or not widget.text():
        return False
    field = widget.buddy()
    if _is_reached(field):
        return True
    inner = next((child for child in field.findChildren(QWidget) if _is_reached(child)), None)
    if inner is None:
        return False
    widget.setBuddy(inner)
    return True


def _is_reached(widget: QWidget) -> bool:
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(widget, QLabel)


def _places(texts: Sequence[str], taken: set[str]) -> list[int | None]:
    """Which letter of each text, so that as many as possible have one."""
    owners: dict[str, int] = {}

    def find(number: int, tried: set[str]) -> bool:
        letters = [letter for letter in _letters(texts[number]) if letter not in taken | tried]
        free = next((letter for letter in letters if letter not in owners), None)
        if free is not None:
            owners[free] = number
            return True
        for letter in letters:  # whose owner may have another
            tried.add(letter)
            if find(owners[letter], tried):
                owners[letter] = number
                return True
        return False

    for number in range(len(texts)):
        find(number, set())
    letters = {number: letter for letter, number in owners.items()}
    return [
        _place(text, letters[number]) if number in letters else None
        for number, text in enumerate(texts)
    ]


def _letters(text: str) -> Iterable[str]:
    """The first ones of words before others; keyboards have those of ASCII."""
    first = re.findall(r"\b\w", text, re.ASCII)
    rest = re.findall(r"\w", text, re.ASCII)
    return dict.fromkeys(letter.upper() for letter in (*first, *rest) if letter != "_")


def _place(text: str, letter: str) -> int:
    """Where the letter is; at the beginning of a word, if it begins one."""
    flags = re.ASCII | re.IGNORECASE
    return (re.search(rf"\b{letter}", text, flags) or re.search(letter, text, flags)).start()
