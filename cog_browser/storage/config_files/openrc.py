# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the variables of an OpenStack ``openrc.sh`` without ever running it.

The file is shell; only what providers put there is understood: assignments, ``export``,
``unset``, quotes, comments, ``$NAME`` and ``${NAME:-default}``, ``if [ -z "$NAME" ]``, and the
``read -s`` prompt for the password with its ``echo``. What is understood means what bash makes of
it; anything else is refused with its line number. `shell_words` cuts the text into statements.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cog_browser.storage.config_files.shell_words import (
    NAME,
    Part,
    Statement,
    Word,
    refused,
    statements,
)
from cog_browser.storage.errors import ConfigurationError

_ASSIGNMENT = re.compile(rf"({NAME})=")
_IDENTIFIER = re.compile(rf"{NAME}\Z")
#: Commands of no effect on the variables.
_IGNORED = ("echo", "printf", "stty", "shopt", "true", ":")
_MAY_REDIRECT = ("echo", "printf", "stty", "read")
_SET_FLAGS = re.compile(r"[-+][aeuvx]+\Z")
#: Options of bash's `read` that take a value.
_READ_VALUES = "adinNptu"
#: Characters that all values together may have: `A=$A$A` doubles with every line.
_LONGEST = 1 << 20
_DEEPEST = 20


def parse_openrc(text: str) -> dict[str, str]:
    """The variables an ``openrc.sh`` sets.

    A variable whose value would be prompted for is absent. Raises `ConfigurationError` naming
    the line that can't be understood safely.
    """
    shell = _Shell()
    for statement in statements(text.lstrip("\ufeff")):
        shell.run(statement)
    values = shell.finish()
    if not any(name.startswith(("OS_", "ST_", "SWIFT_")) for name in [*values, *shell.prompted]):
        raise ConfigurationError(
            "This is no openrc file: it sets no OS_… variable. Download it from your provider's "
            "dashboard (Horizon: Project › API Access › Download OpenStack RC File)."
        )
    return values


@dataclass
class _Block:
    """One open ``if``."""

    line: int
    runs: bool  # the branch at hand
    ran: bool  # this branch, or one before it
    awaits_then: bool = True
    is_empty: bool = False
    has_else: bool = False


class _Shell:
    """What bash would know after each statement. A value of None is one the user would type."""

    def __init__(self) -> None:
        self.prompted: set[str] = set()
        self._values: dict[str, str | None] = {}
        self._blocks: list[_Block] = []
        self._length = 0

    def finish(self) -> dict[str, str]:
        if self._blocks:
            raise refused(self._blocks[-1].line, "this “if” has no “fi”.")
        return {name: value for name, value in self._values.items() if value is not None}

    def run(self, statement: Statement) -> None:
        rest = self._follow(statement)
        if not rest:
            return
        if self._blocks:
            self._blocks[-1].is_empty = False
        if self._is_running():
            self._apply(rest, statement.is_redirected)

    def _follow(self, statement: Statement) -> Sequence[Word]:
        """Handle if, then, elif, else and fi; returns the command that comes after."""
        words = statement.words
        while words:
            keyword, line = words[0].plain, words[0].line
            block = self._blocks[-1] if self._blocks else None
            if block and block.awaits_then != (keyword == "then"):
                raise refused(line, "“then” is expected after the condition, and only there.")
            if keyword == "if":
                if block:
                    block.is_empty = False
                if len(self._blocks) == _DEEPEST:
                    raise refused(line, "too many “if” are inside each other.")
                test = _test_of(words[1:], line)
                holds = not self._is_running() or self._holds(*test)
                self._blocks.append(_Block(line, holds, holds))
                return ()
            if keyword not in ("then", "elif", "else", "fi"):
                return words
            if (
                block is None
                or (keyword != "then" and block.is_empty)
                or (keyword in ("elif", "else") and block.has_else)
            ):
                raise refused(line, f"“{keyword}” is out of place.")
            if keyword == "fi":
                self._blocks.pop()
                if len(words) > 1:
                    raise refused(line, "only a new line or ; may follow “fi”.")
                return ()
            if keyword == "elif":
                block.runs = block.awaits_then = False
                is_due = not block.ran and all(b.runs for b in self._blocks[:-1])
                test = _test_of(words[1:], line)
                block.runs = is_due and self._holds(*test)
                block.ran, block.awaits_then = block.ran or block.runs, True
                return ()
            if keyword == "else":
                block.runs, block.ran, block.has_else = not block.ran, True, True
            block.awaits_then, block.is_empty = False, True
            words = words[1:]
            if not words and statement.ends_with_semicolon:
                raise refused(line, f"; may not follow “{keyword}”.")
        return ()

    def _is_running(self) -> bool:
        return all(block.runs for block in self._blocks)

    def _holds(self, asks: str, word: Word, splits: bool) -> bool:
        """Whether a condition is true; unknown variables are empty in it."""
        value = self._expand(word.parts, word.line, unknown="")
        if value is None:
            return asks == "-n"  # the user types something
        if splits and not any(part.is_quoted for part in word.parts):
            if not value:
                return True  # nothing is left but [ -n ], which is true
            if re.search(r"[\s*?\[]", value):
                raise _unclear_condition(word.line)
        return bool(value) == (asks == "-n")

    def _apply(self, words: Sequence[Word], is_redirected: bool) -> None:
        command, line, operands = words[0].plain, words[0].line, words[1:]
        if is_redirected and command not in _MAY_REDIRECT:
            raise _needs_a_shell(line)
        if _assigns(words[0]):
            if not all(map(_assigns, words)):
                raise refused(line, "text after the value; put the value in quotes.")
            for word in words:
                self._values.update([self._assignment(word)])
        elif command == "export" and operands and all(map(_assigns, operands)):
            # bash expands all of them before it assigns the first
            self._values.update([self._assignment(word) for word in operands])
        elif command == "export" and operands and _assigns(operands[0]):
            raise refused(line, "text after the value; put the value in quotes.")
        elif command in ("export", "unset") and _are_names(operands):
            if command == "unset":
                for word in operands:
                    self._values.pop(word.plain, None)
        elif command == "read":
            for name in _read_names(operands, line):
                self._values[name] = None
                self.prompted.add(name)
        elif command == "printf" and operands and operands[0].plain.startswith("-"):
            raise _needs_a_shell(line)
        elif command == "set":
            if not all(_SET_FLAGS.match(word.plain) for word in operands):
                raise _needs_a_shell(line)
        elif command not in _IGNORED:
            raise _needs_a_shell(line)

    def _assignment(self, word: Word) -> tuple[str, str | None]:
        first = word.parts[0]
        name, _, rest = first.text.partition("=")
        parts = word.parts[1:]
        bare = rest + "".join(part.text for part in parts if not part.is_quoted)
        if "{" in bare and "}" in bare:
            raise refused(word.line, "put the value with its { } in quotes.")
        if rest.startswith("~"):
            is_own = rest.startswith("~/") or (rest == "~" and not parts)
            if not is_own or ":~" in bare:
                raise refused(word.line, "write the folder instead of ~.")
            rest = os.path.expanduser("~") + rest[1:]  # noqa: PTH111  (it keeps what follows)
        elif ":~" in bare:
            raise refused(word.line, "write the folder instead of ~.")
        value = self._expand([Part(rest), *parts], word.line)
        if value is None:
            self.prompted.add(name)
        return name, value

    def _expand(self, parts: Iterable[Part], line: int, unknown: str | None = None) -> str | None:
        """The text, or None where part of it would be typed."""
        pieces: list[str] = []
        for part in parts:
            piece: str | None = part.text
            if part.name:
                piece = self._values.get(part.name, unknown)
                is_set = part.name in self._values
                if part.default is not None and (
                    not is_set or (piece == "" and part.replaces_empty)
                ):
                    piece = self._expand(part.default, line, unknown)
                elif not is_set and unknown is None:
                    raise refused(
                        line, f"${part.name} is not set in this file. Write its value instead."
                    )
            if piece is None:
                return None
            pieces.append(piece)
            self._length += len(piece)
            if self._length > _LONGEST:
                raise refused(line, "the values become too long for an openrc file.")
        return "".join(pieces)


def _test_of(words: Sequence[Word], line: int) -> tuple[str, Word, bool]:
    """-z or -n, its word, and whether the shell splits that, of ``[ -z WORD ]`` or its like."""
    opening = words[0].plain if words else ""
    closing = {"[": ["]"], "[[": ["]]"], "test": []}.get(opening)
    if closing is None or len(words) != 3 + len(closing):
        raise _unclear_condition(line)
    asks, word = words[1].plain, words[2]
    if (
        asks not in ("-z", "-n")
        or [w.plain for w in words[3:]] != closing
        or any(re.search(r"[*?\[~{]", p.text) for p in word.parts if not p.is_quoted)
    ):
        raise _unclear_condition(line)
    return asks, word, opening != "[["


def _assigns(word: Word) -> bool:
    first = word.parts[0]
    return not first.is_quoted and bool(_ASSIGNMENT.match(first.text))


def _are_names(words: Sequence[Word]) -> bool:
    return bool(words) and all(_IDENTIFIER.match(word.plain) for word in words)


def _read_names(words: Sequence[Word], line: int) -> list[str]:
    """The variables that bash's ``read`` sets."""
    names, rest = [], list(words)
    while rest and rest[0].plain.startswith("-"):
        flags = rest.pop(0).plain[1:]
        found = re.search(f"[{_READ_VALUES}]", flags)
        if found:
            value = flags[found.end() :] or (rest.pop(0).plain if rest else "")
            if found[0] == "a":
                names.append(value)
    names += [word.plain for word in rest]
    if not all(_IDENTIFIER.match(name) for name in names):
        raise _needs_a_shell(line)
    return names or ["REPLY"]


def _needs_a_shell(line: int) -> ConfigurationError:
    return refused(
        line,
        "this command would have to be run, and openrc files are never executed here. "
        "Remove the line, or fill in the form.",
    )


def _unclear_condition(line: int) -> ConfigurationError:
    return refused(
        line,
        "this condition can't be followed without running the file. "
        "Fill in the form instead, or remove it.",
    )
