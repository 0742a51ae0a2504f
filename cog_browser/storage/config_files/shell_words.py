# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts shell text into statements and words, as bash does, without running any of it.

Command substitution, here-documents, lists (``&&``), pipes and functions are refused, each with
its line number. No message quotes the text, which may hold a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cog_browser.storage.errors import ConfigurationError

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_BLANKS = re.compile(r"(?:[ \t]|\r(?=\n|\Z)|\\\r?\n)*")
_CONTINUED = re.compile(r"\\\r?\n")
_PLAIN = re.compile(r"[^\\'\"`$ \t\r\n;&|()<>]+|\r(?!\n|\Z)")
_IN_QUOTES = re.compile(r'[^\\"`$]+')
_IN_DEFAULT = re.compile(r"[\w .:/@%+,=^-]+")
_VARIABLE = re.compile(rf"\$(?:({NAME})|\{{({NAME})(\}}|:?-))")
_REDIRECTION = re.compile(r"&>>?|>>|>&|<&|[<>]")
_DEEPEST = 8
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Part:
    """A piece of a word: literal ``text``, or the variable ``name`` and what stands in for it."""

    text: str = ""
    is_quoted: bool = False
    name: str = ""
    default: tuple[Part, ...] | None = None
    replaces_empty: bool = False  # ${NAME:-default}, not ${NAME-default}


@dataclass(frozen=True)
class Word:
    """One word; adjacent unquoted text is one part."""

    parts: tuple[Part, ...]
    line: int

    @property
    def plain(self) -> str:
        """The text where all of it is literal and unquoted, otherwise nothing."""
        is_plain = len(self.parts) == 1 and not self.parts[0].is_quoted
        return self.parts[0].text if is_plain else ""


@dataclass(frozen=True)
class Statement:
    """A command, or a keyword with what follows it up to the next ``;`` or line."""

    words: tuple[Word, ...]
    ends_with_semicolon: bool
    is_redirected: bool


def refused(line: int, reason: str) -> ConfigurationError:
    """The error for a line; ``reason`` is a sentence that doesn't quote it."""
    return ConfigurationError(f"Line {line}: {reason}")


def statements(text: str) -> Iterator[Statement]:
    """Every statement of the text, in order. Raises `ConfigurationError`."""
    if len(text) > _LARGEST:
        raise ConfigurationError("This is too large to be an openrc file.")
    if "\0" in text:
        raise refused(text.count("\n", 0, text.index("\0")) + 1, "this is not text.")
    yield from _Scanner(text).statements()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._depth = 0

    def statements(self) -> Iterator[Statement]:
        words: list[Word] = []
        is_redirected = False
        while True:
            self._take(_BLANKS)
            char = self._next()
            if char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char in ("", "\n", ";"):
                if words:
                    yield Statement(tuple(words), char == ";", is_redirected)
                elif char == ";" or is_redirected:
                    raise refused(self._line, "a command is missing here.")
                words, is_redirected = [], False
                if not char:
                    return
                self._skip(1)
            elif char in "&|()<>":
                self._redirect(words)
                is_redirected = True
            else:
                words.append(self._word())

    def _redirect(self, words: list[Word]) -> None:
        adjacent = self._text[self._at - 1 : self._at].isdigit()
        if adjacent and words and re.fullmatch("[0-9]+", words[-1].plain):
            words.pop()  # the 2 of 2>
        found = self._take(_REDIRECTION)
        self._take(_BLANKS)
        if not found or self._next() in ("", *"\n;&|()<>#"):
            raise refused(
                self._line,
                "this would have to be run by a shell, and openrc files are never executed here. "
                "Put a value with & | ( ) < > in quotes, remove the line, or fill in the form.",
            )
        self._word()

    def _word(self) -> Word:
        parts: list[Part] = []
        line = self._line
        while True:
            char = self._next()
            plain = self._take(_PLAIN)
            if plain or self._take(_CONTINUED):
                if plain and parts and not parts[-1].is_quoted and not parts[-1].name:
                    plain = parts.pop().text + plain
                if plain:
                    parts.append(Part(plain))
            elif char == "\\":
                if self._at + 1 == len(self._text):
                    raise refused(self._line, "a \\ at the end of the file.")
                parts.append(Part(self._text[self._at + 1], is_quoted=True))
                self._skip(2)
            elif char == "'":
                parts.append(self._single_quoted())
            elif char == '"':
                parts += self._double_quoted()
            elif char and char in "`$":
                parts.append(self._variable(is_quoted=False))
            else:
                return Word(tuple(parts), line)

    def _single_quoted(self) -> Part:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise refused(self._line, "a quote is not closed.")
        text = self._text[self._at + 1 : end]
        self._skip(len(text) + 2)
        return Part(text, is_quoted=True)

    def _double_quoted(self) -> list[Part]:
        opened = self._line
        parts = [Part("", is_quoted=True)]
        self._skip(1)
        while True:
            char = self._next()
            plain = self._take(_IN_QUOTES)
            if plain:
                parts.append(Part(plain, is_quoted=True))
            elif char == '"':
                self._skip(1)
                return parts
            elif char == "\\":
                escaped = self._text[self._at + 1 : self._at + 2]
                if not self._take(_CONTINUED):
                    text = escaped if escaped and escaped in '$`"\\' else char + escaped
                    parts.append(Part(text, is_quoted=True))
                    self._skip(1 + len(escaped))
            elif char:
                parts.append(self._variable(is_quoted=True))
            else:
                raise refused(opened, "a quote is not closed.")

    def _variable(self, *, is_quoted: bool) -> Part:
        start = self._text[self._at : self._at + 2]
        if start[0] == "`" or start == "$(":
            raise refused(
                self._line,
                "a command substitution would have to be run, and openrc files are never executed "
                "here. Write the value itself.",
            )
        found = _VARIABLE.match(self._text, self._at)
        if not found:
            raise refused(self._line, "a $ that names no variable; quote it with '…'.")
        self._skip(found.end() - self._at)
        name = found[1] or found[2]
        if found[1] or found[3] == "}":
            return Part(name=name, is_quoted=is_quoted)
        default = self._default(is_quoted)
        return Part(
            name=name, is_quoted=is_quoted, default=default, replaces_empty=found[3] == ":-"
        )

    def _default(self, is_quoted: bool) -> tuple[Part, ...]:
        """What follows ``${NAME:-``, up to and with its ``}``."""
        parts: list[Part] = []
        self._depth += 1
        if self._depth > _DEEPEST:
            raise refused(self._line, "${…} are nested too deeply.")
        while self._next() != "}":
            char = self._next()
            plain = self._take(_IN_DEFAULT)
            if plain:
                parts.append(Part(plain, is_quoted))
            elif char == "'" and not is_quoted:
                parts.append(self._single_quoted())
            elif char == '"':
                parts += self._double_quoted()
            elif char and char in "`$":
                parts.append(self._variable(is_quoted=is_quoted))
            else:
                raise refused(self._line, "this ${…} can't be followed; write the value itself.")
        self._skip(1)
        self._depth -= 1
        return tuple(parts)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if not found:
            return ""
        self._skip(found.end() - found.start())
        return found[0]

    def _skip(self, length: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + length)
        self._at += length
