# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files in a folder the keys of a store become. Keys are strangers' text."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

_LONGEST = 255  # bytes of a name, on every usual file system
_SPARED = 16  # bytes: other programs put endings behind a name
_MARK = 10  # letters of the hash in a shortened name
_LONGEST_ENDING = 20  # characters behind the last dot that are worth to be kept
_WINDOWS_REFUSES = re.compile(r'[<>:"|?*\\]|[. ]$')
_WINDOWS_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.I
)


def longest_name(folder: Path) -> int:
    """Bytes that a name in an existing folder may have; an encrypted home has 143."""
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):  # Windows, or a file system that doesn't say
        return _LONGEST


def is_too_long(name: str, longest: int = _LONGEST) -> bool:
    """Whether a part of a relative path with slashes is."""
    return any(len(os.fsencode(part)) > longest for part in name.split("/"))


def shortened(name: str, longest: int = _LONGEST) -> str:
    """The relative path with its parts that are too long cut, each with a hash of all of it.

    The same name is cut in the same way each time, and its ending stays. Objects of one folder
    stay together, since the hash of a folder is that of its own path.
    """
    parts = name.split("/")
    for number, part in enumerate(parts):
        if len(os.fsencode(part)) <= longest:
            continue
        path = os.fsencode("/".join(name.split("/")[: number + 1]))
        stem, ending = _split(part) if number == len(parts) - 1 else (part, "")
        ending = f"~{hashlib.sha256(path).hexdigest()[:_MARK]}{ending}"
        parts[number] = _cut(stem, longest - _SPARED - len(os.fsencode(ending))) + ending
    return "/".join(parts)


def beside(name: str, ending: str, longest: int) -> str:
    """A hidden name for what comes with a file, also where the file's own name fills its room."""
    whole = f".{name}{ending}"
    if len(os.fsencode(whole)) <= longest:
        return whole
    mark = hashlib.sha256(os.fsencode(name)).hexdigest()[: 2 * _MARK]
    return f".{mark}{ending}"


def why_unusable(
    name: str, *, is_windows: bool = sys.platform == "win32", longest: int = _LONGEST
) -> str:
    """Why a relative path with slashes can't be a file's; empty where it can."""
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return "it has an empty part, “.” or “..”"
        if any(ord(c) < 32 or ord(c) == 127 for c in part):
            return "it has a control character"
        if len(os.fsencode(part)) > longest:
            return f"a part of it is longer than {longest} bytes"
        if is_windows and _WINDOWS_REFUSES.search(part):
            return f"Windows takes no name like “{part}”"
        if is_windows and _WINDOWS_DEVICES.match(part):
            return f"“{part}” is reserved by Windows"
    return ""


def usable_name(name: str, *, is_windows: bool = sys.platform == "win32") -> str:
    """A name for one file that looks like ``name``, which may be unusable."""
    last = name.rstrip("/").rpartition("/")[2]
    last = "".join("_" if ord(c) < 32 or ord(c) == 127 else c for c in last)
    if is_windows:
        last = _WINDOWS_REFUSES.sub("_", last)
    found = shortened(last)
    return f"_{found}" if why_unusable(found, is_windows=is_windows) else found


def _split(name: str) -> tuple[str, str]:
    """What is before the ending, and the ending with its dot, where it is one worth keeping."""
    stem, dot, ending = name.rpartition(".")
    return (name, "") if not stem or len(ending) > _LONGEST_ENDING else (stem, dot + ending)


def _cut(text: str, room: int) -> str:
    """As much of it as has room, in bytes; no letter is cut in two."""
    while len(os.fsencode(text)) > room:
        text = text[:-1]
    return text


def collisions(names: Sequence[str], fold: Callable[[str], str] = str) -> list[tuple[int, int]]:
    """Indices of pairs that would be one file, or of which one would be a folder of the other.

    ``fold`` makes equal what the file system takes for equal.
    """
    files: dict[str, int] = {}
    found = []
    for number, name in enumerate(names):
        first = files.setdefault(fold(name), number)
        if first != number:
            found.append((first, number))
    for folded, number in files.items():
        above = folded
        while "/" in above:
            above = above.rpartition("/")[0]
            if above in files:
                found.append((files[above], number))
    return found


def folding(folder: Path) -> Callable[[str], str]:
    """How the file system of an existing folder compares names; tried with a file."""
    probe = folder / f".cogb-Case-\u00e9-{secrets.token_hex(4)}"
    probe.touch(exist_ok=False)
    try:
        ignores_case = probe.with_name(probe.name.swapcase()).exists()
        ignores_form = probe.with_name(unicodedata.normalize("NFD", probe.name)).exists()
    finally:
        probe.unlink()

    def fold(name: str) -> str:
        if ignores_form:
            name = unicodedata.normalize("NFC", name)
        return name.casefold() if ignores_case else name

    return fold
