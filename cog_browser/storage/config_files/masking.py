# SPDX-License-Identifier: GPL-2.0-or-later
"""Hides the secrets in a text of an openrc.sh, clouds.yaml or rclone.conf that is to be shown."""

from __future__ import annotations

import re

MASK = "••••••••"

#: A name that says it is a secret, and what stands before its value.
_SECRET = re.compile(
    r"(?:^|(?<=[\W_]))(?:\w*pass(?:word|wd|code|phrase)?|pw|secret|token|key)(?:[_.-]\w+)*"
    r"[\"']?\s*[=:]\s*(?=\S)",
    re.IGNORECASE,
)
#: The query of a URL may be a signature.
_QUERY = re.compile(r"(://[^\s?\"']*\?)\S+")
_USER = re.compile(r"(?<=://)[^/\s]*@")
#: Lines that show by themselves what they are; any other may be the rest of a secret.
_PLAIN = re.compile(
    r"""\s*(?:
        \#.* | \[[\w .@+-]*\]\s* | [{}\[\],\s-]* | (?:then|else|fi|do|done|---)\s*;?
        | (?:if|elif|unset|read|echo|export|set)\s.*
        | (?:-\s+)?(?:export\s+)?["']?[\w.-]+["']?\s*[=:].*
    )""",
    re.VERBOSE,
)


def hide_secrets(text: str) -> str:
    """The text with the same lines, each without what is or could be part of a secret."""
    return "\n".join(_hide(line) for line in text.splitlines())


def _hide(line: str) -> str:
    if not line.strip():
        return line
    if not _PLAIN.fullmatch(line):
        return MASK
    found = _SECRET.search(line)
    if found:
        line = line[: found.end()] + MASK
    return _USER.sub(MASK + "@", _QUERY.sub(r"\1" + MASK, line))
