# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a long JSON array item by item.

`json.loads` of ten thousand rows keeps Python's lock for 10 ms, in which no window draws; and
makes ten thousand dictionaries, for which the garbage collector comes round.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_decode = json.JSONDecoder().raw_decode
_begin = re.compile(r"[ \t\n\r]*\[[ \t\n\r]*(\])?").match
_between = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*").match


def items_of(text: str) -> Iterator[Any]:
    """The items of a JSON array. Raises `ValueError` where it comes to what is none."""
    found = _begin(text)
    while found and found[1] != "]":
        item, at = _decode(text, found.end())
        yield item
        found = _between(text, at)
    if not found or text[found.end() :].strip():
        raise ValueError("no array")
