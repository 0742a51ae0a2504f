# SPDX-License-Identifier: GPL-2.0-or-later
"""The names that objects and containers get, and what may be wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cog_browser.adapters.i18n import tr
from cog_browser.gui.place import DELIMITER
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.turns import in_turns

MOST_BYTES = 1024
#: What the stores say of containers' names; others than these are left to the store.
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_AZURE = re.compile(r"\$root|(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_MOST_BYTES_OF_CONTAINER = 256  # in Swift
_CHECKED = 500  # keys between two looks whether anybody still wants it


def renamed(keys: Iterable[str], before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Pairs of old and new keys: what begins with ``before`` begins with ``after`` then."""
    return tuple((key, after + key[len(before) :]) for key in keys)


def judged(
    keys: Sequence[str], before: str, after: str, progress: Progress
) -> tuple[tuple[str, str], ...]:
    """As `renamed`, for many keys in a worker; raises where one can't be called so."""
    pairs = renamed(in_turns(keys), before, after)
    for number, (_, key) in enumerate(in_turns(pairs)):
        if number % _CHECKED == 0:
            report(progress, number, None)
        if why_not := why_not_key(key):
            raise ConfigurationError(why_not)
    return pairs


def byte_count(key: str) -> int:
    return len(key.encode("utf-8", "surrogatepass"))


def folder_of(text: str) -> str:
    """What the user has written as a folder, with the delimiter at its end."""
    return text if not text or text.endswith(DELIMITER) else text + DELIMITER


def why_not_key(key: str) -> str:
    """Why an object can't be called so; empty where it can."""
    name = one_line(key if len(key) < 80 else key[:79] + "…")
    if not key:
        return tr("Write a name.")
    if byte_count(key) > MOST_BYTES:
        said = tr("“{name}” is too long: a name has at most {count} bytes, with its folders.")
        return said.format(name=name, count=MOST_BYTES)
    if {".", ".."} & set(key.split(DELIMITER)):
        said = tr("“{name}” has a “.” or “..” between slashes, which HTTP can't carry safely.")
        return said.format(name=name)
    if any(ord(character) < 32 or ord(character) == 127 for character in key):
        return tr("“{name}” has a line break or another control character.").format(name=name)
    if any(0xD800 <= ord(character) < 0xE000 for character in key):
        return tr("“{name}” has a broken character.").format(name=name)
    return ""


def why_not_container(name: str, kind: str) -> str:
    """Why a store of this kind of connection can have no container of this name."""
    if not name:
        return tr("Write a name.")
    if kind in ("s3", "gs") and not _BUCKET.fullmatch(name):
        return tr(
            "A bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots, and begins "
            "and ends with a letter or digit."
        )
    if kind == "azure" and not _AZURE.fullmatch(name):
        return tr(
            "A container's name has 3 to 63 lower-case letters, digits and single hyphens between "
            "them."
        )
    if DELIMITER in name:
        return tr("A container's name has no “/”. Folders come with the names of the objects.")
    if name in (".", ".."):
        return tr("“.” and “..” can't be names of containers: HTTP can't carry them safely.")
    if byte_count(name) > _MOST_BYTES_OF_CONTAINER:
        said = tr("The name is too long: a container's has at most {count} bytes.")
        return said.format(count=_MOST_BYTES_OF_CONTAINER)
    return why_not_key(name)


def why_not_object(key: str) -> str:
    """As `why_not_key`, for an object that is no folder's marker."""
    if key.endswith(DELIMITER):
        return tr(
            "A name that ends with “/” is that of a folder; write the object's name after it."
        )
    return why_not_key(key)


def why_not_folder(before: str, after: str, *, is_same_container: bool) -> str:
    """Why a folder can't become that one."""
    if not after:
        return tr("Write the folder's name.")
    if is_same_container and after != before and after.startswith(before):
        return tr("A folder can't be put into itself.")
    return why_not_key(after + "x")
