# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates i18n/*.ts: every text of a ``tr("…")`` in the package, with its known translation.

pylupdate5 would take the class around a call for its context; here all texts share one (see
cog_browser/adapters/i18n.py). A text that is gone is dropped, a new one is marked unfinished.
"""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from cog_browser.cog.conversion.profiles import PROFILES

ROOT = Path(__file__).resolve().parents[1]
CONTEXT = "CogBrowser"
_DESCRIPTION = "description"  # the one attribute that tr() may be given: a profile's


def texts(package: Path) -> dict[str, str]:
    """The texts to translate, each with the file where it stands first."""
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")), path):
            found.setdefault(text, path.relative_to(package.parent).as_posix())
    for profile in PROFILES.values():  # of a layer that knows no Qt; see _DESCRIPTION
        found.setdefault(profile.description, "cog_browser/cog/conversion/profiles.py")
    return found


def _texts(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id != "tr":
            continue
        argument = node.args[0]
        if isinstance(argument, ast.Attribute) and argument.attr == _DESCRIPTION:
            continue
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise SystemExit(f"{path}:{node.lineno}: tr() needs a plain text, no expression")
        yield argument.value


def read(file: Path) -> dict[str, str]:
    """The finished translations of a .ts file."""
    if not file.exists():
        return {}
    known = {}
    for message in ET.parse(file).getroot().iter("message"):  # noqa: S314 - our own file
        translation = message.find("translation")
        if translation is not None and translation.get("type") is None and translation.text:
            known[message.findtext("source", "")] = translation.text
    return known


def write(file: Path, language: str, wanted: dict[str, str], known: dict[str, str]) -> int:
    """Write a .ts file; returns how many texts have no translation."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    unfinished = 0
    for text, place in sorted(wanted.items(), key=lambda item: (item[1], item[0])):
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "location", filename=f"../{place}")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        translation.text = known.get(text)
        if text not in known:
            translation.set("type", "unfinished")
            unfinished += 1
    ET.indent(root, "  ")
    body = ET.tostring(root, encoding="unicode")
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")
    return unfinished


def main() -> None:
    wanted = texts(ROOT / "cog_browser")
    for language in sys.argv[1:] or ["fr"]:
        file = ROOT / "i18n" / f"cog_browser_{language}.ts"
        unfinished = write(file, language, wanted, read(file))
        print(f"{file.relative_to(ROOT)}: {len(wanted)} texts, {unfinished} without translation")


if __name__ == "__main__":
    main()
