# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the accounts that a file of another tool describes, for a preview before saving."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cog_browser.storage.config_files import clouds
from cog_browser.storage.config_files.openrc import parse_openrc
from cog_browser.storage.config_files.rclone import parse_rclone
from cog_browser.storage.config_files.text_file import read_text
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

_SECTION = re.compile(r"\[[^\]$\"'=]+\]\Z")
_CLOUDS = re.compile(r"""^["']?clouds["']?[ \t]*:|\A\s*\{\s*"clouds"\s*:""", re.MULTILINE)
_VARIABLE = re.compile(r"^[ \t]*(?:export[ \t]+)?(?:OS|ST|SWIFT)_\w+=", re.MULTILINE)


@dataclass(frozen=True)
class Candidate:
    """An account that can be imported, or why it can't (``problem``).

    ``origin`` is the file, empty for pasted text. With a ``problem`` the connection holds nothing
    but its name, and there are no credentials.
    """

    name: str
    connection: Connection
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    origin: str = ""
    problem: str | None = None


def find_candidates(path_or_text: str | os.PathLike[str]) -> list[Candidate]:
    """The accounts of an openrc.sh, clouds.yaml or rclone.conf, in the file's order.

    The format is told by the content, then by the file's name. A string of one line that names a
    file is a path, any other string is the text itself. Never raises: what can't be read is one
    candidate with a ``problem``.
    """
    path, origin, title = _path_of(path_or_text), "", ""
    if path is not None:
        origin, title = str(path), path.name
    try:
        text = str(path_or_text) if path is None else read_text(path)
        return list(_candidates(text, path, origin))
    except ConfigurationError as error:
        return [_unusable(title or "Text", origin, str(error))]


def _path_of(path_or_text: str | os.PathLike[str]) -> Path | None:
    if not isinstance(path_or_text, str):
        return Path(path_or_text)
    if "\n" in path_or_text or "\0" in path_or_text or not path_or_text.strip():
        return None
    is_path = os.path.exists(path_or_text)  # noqa: PTH110  (Path.exists raises for long texts)
    return Path(path_or_text) if is_path else None


def _candidates(text: str, path: Path | None, origin: str) -> Iterator[Candidate]:
    form = _form(text, path.name.lower() if path else "")
    if form == "rclone":
        for remote in parse_rclone(text):
            yield _candidate(remote.name, remote.values, origin, remote.problem)
    elif form == "clouds":
        found = clouds.parse_clouds(text) if path is None else clouds.read_clouds(path)
        for cloud in found:
            yield _candidate(cloud.title, cloud.values, origin, cloud.problem)
    elif form == "openrc":
        values = parse_openrc(text)
        yield _candidate(None, values, origin, None, fallback=path.name if path else "Text")
    else:
        raise ConfigurationError(
            "This is none of the files that accounts are imported from: openrc.sh, clouds.yaml "
            "or rclone.conf."
        )


def _form(text: str, name: str) -> str:
    lines = (line.strip() for line in text.lstrip("\ufeff").split("\n"))
    first = next((line for line in lines if line and line[0] not in "#;"), "")
    if first.startswith("RCLONE_ENCRYPT_V") or _SECTION.match(first):
        return "rclone"
    if _CLOUDS.search(text):
        return "clouds"
    if _VARIABLE.search(text):
        return "openrc"
    if name.endswith((".yaml", ".yml", ".json")):
        return "clouds"
    if name.endswith(".sh") or "openrc" in name:
        return "openrc"
    return "rclone" if name.startswith("rclone") else ""


def _candidate(
    name: str | None,
    values: Mapping[str, str],
    origin: str,
    problem: str | None,
    fallback: str = "",
) -> Candidate:
    if problem is None:
        try:
            connection, credentials = Connection.from_variables(values, name)
            return Candidate(connection.name, connection, credentials, origin)
        except ConfigurationError as error:
            problem = str(error)
    return _unusable(name or fallback, origin, problem)


def _unusable(name: str, origin: str, problem: str) -> Candidate:
    return Candidate(name, Connection(name), origin=origin, problem=problem)
