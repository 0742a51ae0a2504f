# SPDX-License-Identifier: GPL-2.0-or-later
"""Which rows of a listing a person means. No Qt: runs in any thread."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import translate

from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import DELIMITER
from cog_browser.storage.models import Container, ObjectEntry

RASTERS = (".tif", ".tiff", ".gtiff", ".btf", ".cog")
_WILDCARDS = re.compile(r"[*?\[]")


def is_raster(entry: ObjectEntry) -> bool:
    """Whether an object looks like a TIFF. Only its first bytes tell for sure."""
    return looks_like_raster(entry.key, entry.content_type)


def looks_like_raster(key: str, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "image/tiff" or key.lower().endswith(RASTERS)


@dataclass(frozen=True)
class NameFilter:
    """All words of ``text`` occur in a name, or the name is as its ``*``, ``?`` and ``[…]`` say.

    Case doesn't matter, nor how a letter with an accent is written. ``start`` is how many
    characters of each key are the folder's, and no part of the name.
    """

    text: str = ""
    rasters_only: bool = False
    start: int = 0
    _matches: Callable[[str], bool] | None = field(
        init=False, repr=False, compare=False, default=None
    )

    def __post_init__(self) -> None:
        text = folded(self.text.strip())
        if not text:
            return
        if has_wildcards(text):
            pattern = re.compile(translate(text))
            object.__setattr__(self, "_matches", lambda name: pattern.match(name) is not None)
            return
        words = text.split()
        object.__setattr__(self, "_matches", lambda name: all(word in name for word in words))

    def __bool__(self) -> bool:
        """Whether it may hide anything."""
        return self._matches is not None or self.rasters_only

    def takes(self, objects: ObjectRows, number: int) -> bool:
        key = objects.key(number)
        if self.rasters_only and not looks_like_raster(key, objects.content_type(number)):
            return False
        return self._matches is None or self._matches(folded(key[self.start :]))

    def takes_folder(self, folder: str | Container) -> bool:
        """Rasters may be in any folder."""
        if self._matches is None:
            return True
        name = folder[self.start :] if isinstance(folder, str) else folder.name
        return self._matches(folded(name.removesuffix(DELIMITER)))


def has_wildcards(text: str) -> bool:
    return _WILDCARDS.search(text) is not None


def folded(text: str) -> str:
    """For comparing what people type with what is there."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).casefold()
