# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the variables of an OpenStack ``openrc.sh`` without ever running it.

The file is shell; only what providers put there is understood: assignments, ``export``,
``unset``, quotes, comments, ``$NAME`` of a variable assigned above, and the ``read -s`` prompt for
the password with its ``echo`` and ``if … fi``. Anything that would need a shell is refused
with its line number.
"""

from __future__ import annotations

import re

from cog_browser.storage.errors import ConfigurationError

_ASSIGNMENT = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_TEST = re.compile(r'\[\s+-([zn])\s+"?\$\{?(\w+)\}?"?\s+\]')
#: Lines of no effect on the variables. `if [ -z "$OS_REGION_NAME" ]; then unset …` is followed.
_IGNORED = re.compile(r"(?:echo|printf|set|shopt|stty|true)\b|:$|export(?:\s+[A-Za-z_]\w*)+$")


def parse_openrc(text: str) -> dict[str, str]:
    """The variables an ``openrc.sh`` sets.

    A variable whose value would be prompted for is absent. Raises `ConfigurationError` naming
    the line that can't be understood safely.
    """
    values: dict[str, str] = {}
    prompted: set[str] = set()
    skipping: list[bool] = []  # one entry per open `if`: is its branch left out?
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        for found in _statements(raw, number):
            statement = found
            if statement.startswith("if "):
                skipping.append(not _holds(statement, values, number))
                continue
            word, _, rest = statement.partition(" ")
            if word == "fi" and skipping:
                skipping.pop()
                continue
            if word in ("then", "else") and skipping:
                skipping[-1] ^= word == "else"
                statement = rest.strip()
            if statement and not any(skipping):
                _apply(statement, number, values, prompted)
    if not any(name.startswith(("OS_", "ST_", "SWIFT_")) for name in [*values, *prompted]):
        raise ConfigurationError(
            "This is no openrc file: it sets no OS_… variable. Download it from your provider's "
            "dashboard (Horizon: Project › API Access › Download OpenStack RC File)."
        )
    return values


def _statements(line: str, number: int) -> list[str]:
    """Split one line at its unquoted ``;``, without its comment."""
    statements, current, quote, escaped = [], "", "", False
    for index, char in enumerate(line):
        if escaped:
            current, escaped = current + char, False
        elif char == "\\" and quote != "'":
            current, escaped = current + char, True
        elif quote:
            current += char
            quote = "" if char == quote else quote
        elif char in "'\"":
            current, quote = current + char, char
        elif char == "#" and (index == 0 or line[index - 1] in " \t;"):
            break
        elif char == ";":
            statements.append(current)
            current = ""
        else:
            current += char
    if quote:
        raise ConfigurationError(f"Line {number}: a quote is not closed.")
    return [s.strip() for s in [*statements, current] if s.strip()]


def _holds(statement: str, values: dict[str, str], number: int) -> bool:
    found = _TEST.search(statement)
    if not found:
        raise ConfigurationError(
            f"Line {number}: this condition can't be followed without running the file. "
            "Fill in the form instead, or remove it."
        )
    is_empty = not values.get(found[2])
    return is_empty if found[1] == "z" else not is_empty


def _apply(statement: str, number: int, values: dict[str, str], prompted: set[str]) -> None:
    words = statement.split()
    if words[0] == "unset":
        for name in words[1:]:
            values.pop(name, None)
        return
    if words[0] == "read":
        prompted.add(words[-1])
        return
    assignment = _ASSIGNMENT.match(statement)
    if assignment:
        name, value = assignment[1], _value(assignment[2].strip(), number, values, prompted)
        if value is None:
            prompted.add(name)
        else:
            values[name] = value
        return
    if not _IGNORED.match(statement):
        raise ConfigurationError(
            f"Line {number}: this command would have to be run, and openrc files are never "
            "executed here. Remove the line, or fill in the form."
        )


def _value(text: str, number: int, values: dict[str, str], prompted: set[str]) -> str | None:
    """The value of the right-hand side, or None where a prompt would have set it."""
    result, index = "", 0
    while index < len(text):
        char = text[index]
        if char == "'":
            end = text.index("'", index + 1)
            result, index = result + text[index + 1 : end], end + 1
        elif char == '"':
            end = index + 1
            while text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            inner = _expand(text[index + 1 : end], number, values, prompted)
            if inner is None:
                return None
            result, index = result + re.sub(r'\\([$`"\\])', r"\1", inner), end + 1
        elif char == "\\":
            result, index = result + text[index + 1 : index + 2], index + 2
        elif char.isspace():
            raise ConfigurationError(
                f"Line {number}: text after the value; put the value in quotes."
            )
        else:
            end = index
            while end < len(text) and text[end] not in "'\"\\ \t":
                end += 1
            inner = _expand(text[index:end], number, values, prompted)
            if inner is None:
                return None
            result, index = result + inner, end
    return result


def _expand(text: str, number: int, values: dict[str, str], prompted: set[str]) -> str | None:
    bare = re.sub(r"\\.", "", text)
    if "`" in bare or "$(" in bare:
        raise ConfigurationError(
            f"Line {number}: a command substitution would have to be run, and openrc files are "
            "never executed here. Write the value itself."
        )
    names = [m[1] or m[2] for m in _VARIABLE.finditer(bare)]
    if any(name in prompted for name in names):
        return None
    for name in names:
        if name not in values:
            raise ConfigurationError(
                f"Line {number}: ${name} is not set in this file. Write its value instead."
            )
    expanded = re.sub(
        r"(\\.)|" + _VARIABLE.pattern,
        lambda m: m[1] or values[m[2] or m[3]],
        text,
    )
    if re.search(r"(?<!\\)\$", re.sub(_VARIABLE, "", bare)):
        raise ConfigurationError(f"Line {number}: a $ that names no variable; quote it with '…'.")
    return expanded
