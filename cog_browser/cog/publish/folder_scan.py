# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files of a folder, or objects of a container, are meant, and which keys they get."""

from __future__ import annotations

import os
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.store import ObjectStore

#: What is taken of a folder, and what it is called, where nothing else is said.
PATTERN, TEMPLATE = "*.tif;*.tiff", "{folder}/{stem}.tif"
_PLACES = ("name", "stem", "suffix", "folder")


@dataclass(frozen=True)
class FoundFile:
    """``path`` is relative to the folder, with slashes; the time is in nanoseconds.

    An object has no time here, but its ETag.
    """

    path: str
    size: int
    modified: int
    etag: str = ""

    @property
    def shown(self) -> str:
        """The path as text, where the file system has bytes that are none."""
        return self.path.encode("utf-8", "backslashreplace").decode()


def find_files(folder: Path, pattern: str = PATTERN) -> list[FoundFile]:
    """The files of a folder and all below it that match one of the patterns, in order.

    Patterns are separated by semicolons, and match names in any case; one with a slash matches the
    path in the folder. What is hidden by a dot is left out.

    Raises `ConfigurationError` where the folder can't be read.
    """
    wanted = _patterns(pattern)
    if not folder.is_dir():
        raise ConfigurationError(f"The folder {folder} does not exist, or is no folder.")
    return sorted(_matching(folder, wanted), key=lambda file: file.path)


def find_objects(
    store: ObjectStore, container: str, prefix: str, pattern: str = PATTERN
) -> list[FoundFile]:
    """The same for the objects of a container below a prefix. Raises `StoreError`."""
    wanted, start = _patterns(pattern), folder_prefix(prefix)
    return [
        FoundFile(path, entry.size, 0, entry.etag)
        for page in store.list_objects(container, start, delimiter="")
        for entry in page.objects
        if (path := entry.key[len(start) :])
        and not any(part.startswith(".") for part in path.split("/"))
        and _matches(path, wanted)
    ]


def folder_prefix(prefix: str) -> str:
    """How the keys in a folder of a container begin; without an own name it is all of them."""
    inside = "/".join(part for part in prefix.split("/") if part)
    return f"{inside}/" if inside else ""


def _patterns(text: str) -> list[str]:
    wanted = [part.strip().lower() for part in text.split(";") if part.strip()]
    if not wanted:
        raise ConfigurationError(f"No pattern is given; write for example {PATTERN}.")
    return wanted


def _matches(path: str, wanted: list[str]) -> bool:
    low = path.lower()
    name = low.rpartition("/")[2]
    return any(fnmatch(low if "/" in one else name, one) for one in wanted)


def _matching(folder: Path, wanted: list[str]) -> Iterator[FoundFile]:
    def unreadable(error: OSError) -> None:
        # what is left out in silence would be missing in the store in silence
        raise ConfigurationError(f"{error.filename} can't be read: {error.strerror}.") from error

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(parent).relative_to(folder)
        for name in names:
            path = (inside / name).as_posix()
            if name.startswith(".") or not _matches(path, wanted):
                continue
            file = Path(parent, name)
            if file.is_file():
                found = file.stat()
                yield FoundFile(path, found.st_size, found.st_mtime_ns)


def check_template(template: str) -> None:
    """Raises `ConfigurationError` for what is no template of keys."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ConfigurationError(f"The template “{template}” can't be read: {error}.") from None
    places = [place for _, place, _, _ in parts if place is not None]
    listed = ", ".join(f"{{{place}}}" for place in _PLACES)
    for _, place, spec, conversion in parts:
        if place is not None and (place not in _PLACES or spec or conversion):
            raise ConfigurationError(
                f"The template “{template}” has a place that isn't known; write one of {listed}."
            )
    if not {"name", "stem"} & set(places):
        raise ConfigurationError(
            f"The template “{template}” gives all files of a folder the same key; "
            "it needs {name} or {stem}."
        )


def key_of(path: str, template: str, prefix: str = "") -> str:
    """The key of a file; segments that came out empty are left out.

    >>> key_of("2024/alps.TIFF", "{folder}/{stem}.tif", "dem")
    'dem/2024/alps.tif'

    Without a template, the path as it is: objects keep their names.

    Raises `ConfigurationError` where there can be no such key.
    """
    if not template:
        encoded_path((path,))
        return folder_prefix(prefix) + path
    file = PurePosixPath(path)
    folder = "" if file.parent == PurePosixPath() else str(file.parent)
    filled = template.format(name=file.name, stem=file.stem, suffix=file.suffix, folder=folder)
    key = "/".join(part for part in f"{prefix}/{filled}".split("/") if part)
    try:
        encoded_path((key,))
        key.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"The name of {path!r} is no Unicode text, so it can't be a key; rename the file."
        ) from None
    if any(ord(character) < 32 for character in key):
        raise ConfigurationError(f"The name of {path!r} has a control character; rename the file.")
    return key


def keys_of(
    paths: Iterable[str], template: str, prefix: str = ""
) -> tuple[dict[str, str], dict[str, str]]:
    """The keys of all files, none twice, and why others can have none.

    Raises `ConfigurationError` for a template that gives two files one key.
    """
    if template:
        check_template(template)
    keys: dict[str, str] = {}
    refused: dict[str, str] = {}
    owners: dict[str, str] = {}
    for path in paths:
        try:
            key = key_of(path, template, prefix)
        except ConfigurationError as error:
            refused[path] = str(error)
            continue
        if key in owners:
            raise ConfigurationError(
                f"{owners[key]} and {path} would both get the key “{key}”; choose a template that "
                "tells them apart, e.g. with {name} or {folder}, or a narrower pattern."
            )
        owners[key], keys[path] = path, key
    return keys, refused
