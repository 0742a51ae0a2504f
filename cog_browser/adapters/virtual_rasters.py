# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtual rasters (VRT) that were made of open layers refer to URLs that end with this QGIS."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from html import escape, unescape
from pathlib import Path

from cog_browser.adapters.held_sources import held_source
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.storage.errors import ConfigurationError

#: Bytes of a VRT that is looked at; more is no work of a few layers.
_LIMIT = 16 << 20
_RUNNING = re.compile(r"/vsicurl\?[^<>\"']+")


def refers_to_session(path: Path) -> bool:
    """Whether a VRT refers to objects by URLs of this session. Thread: any but main."""
    try:
        text = _read(path)
    except (OSError, ValueError):  # it is no text, or more than we would write
        return False
    return _saved(text) != text


def write_saved_form(path: Path) -> None:
    """Replace the session's URLs in a VRT by the objects' own, all or nothing.

    Thread: any but main. Raises `ConfigurationError`.
    """
    try:
        text = _saved(_read(path))
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(path.stat().st_mode & 0o777)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except ValueError:
        raise ConfigurationError(
            f"“{path.name}” is not as it was when it was added; add it to the map again."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"“{path.name}” can't be written: {error.strerror}. Check its folder's permissions."
        ) from None


def _read(path: Path) -> str:
    """The text of a VRT. Raises `OSError`, and `ValueError` for what can't be one of ours."""
    if path.stat().st_size > _LIMIT:
        raise ValueError("too long")
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _saved(text: str) -> str:
    return _RUNNING.sub(lambda found: escape(_path(unescape(found[0])), quote=False), text)


def _path(source: str) -> str:
    """The saved form as GDAL takes it; a VRT has no place for a secret."""
    saved = to_saved_form(source)
    held = held_source(saved)
    return held.path if held is not None else saved
