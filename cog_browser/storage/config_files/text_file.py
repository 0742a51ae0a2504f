# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads small text files that a user chose."""

from __future__ import annotations

from pathlib import Path

from cog_browser.storage.errors import ConfigurationError

_LARGEST = 1 << 20


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 as Windows' PowerShell writes it.

    Raises `ConfigurationError` for what is no file, too large, or not text.
    """
    try:
        if not path.is_file():  # a pipe would be waited for
            what = "is not a file" if path.exists() else "doesn't exist"
            raise ConfigurationError(f"{path} {what}.")
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from None
    if len(content) > _LARGEST:
        raise ConfigurationError(f"{path} is too large to describe accounts.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} can't be read: it is not UTF-8 text.") from None
