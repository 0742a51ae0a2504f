# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the XML that S3 and Azure answer: elements and text, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

#: What a page may weigh, in bytes, and its elements: Azure's pages of 5000 objects have the most.
MAX_XML = 16 << 20
_DEEPEST, _MOST = 20, 200_000


@dataclass
class Element:
    """Names are without their namespace."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def all(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]

    def value(self, *path: str) -> str:
        """The text of the first element at the path; empty where there is none."""
        at: Element | None = self
        for name in path:
            at = next((child for child in at.children if child.name == name), None) if at else None
        return at.text if at is not None else ""


def parse(body: bytes) -> Element:
    """The root. Raises `ValueError` for what is no XML, is too much, or has a document type."""
    if len(body) > MAX_XML:
        raise ValueError("XML too long")
    root, count = Element(""), 0
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > _DEEPEST or count > _MOST:
            raise ValueError("XML nested too deeply, or with too many elements")
        element = Element(name.rpartition(":")[2], attributes=attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def refuse(*_parts: Any) -> None:  # entities are defined there
        raise ValueError("XML with a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return root.children[0]
