# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files in a folder the keys of a store become. Keys are strangers' text."""

from __future__ import annotations

import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

_LONGEST = 255  # bytes of a name, on every usual file system
_PROPOSED = 200  # bytes: there must be room for the ending of an unfinished download
_LONGEST_ENDING = 20  # characters behind the last dot that are worth to be kept
_WINDOWS_REFUSES = re.compile(r'[<>:"|?*\\]|[. ]$')
_WINDOWS_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.I
)


def why_unusable(name: str, *, is_windows: bool = sys.platform == "win32") -> str:
    """Why a relative path with slashes can't be a file's; empty where it can."""
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return "it has an empty part, “.” or “..”"
        if any(ord(c) < 32 or ord(c) == 127 for c in part):
            return "it has a control character"
        if len(os.fsencode(part)) > _LONGEST:
            return f"a part of it is longer than {_LONGEST} bytes"
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
    stem, dot, ending = last.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = last, "", ""
    room = _PROPOSED - len(os.fsencode(dot + ending))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    found = f"{stem}{dot}{ending}"
    return f"_{found}" if why_unusable(found, is_windows=is_windows) else found


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
