# SPDX-License-Identifier: GPL-2.0-or-later
"""One thing worth knowing about a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The severities a finding may have.
ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """``id`` is stable, ``remedy`` says what to do (it may be empty).

    ``offset`` is where in the file, in bytes; ``where`` the same in words. ``source`` is who asks
    for it, ``dispute`` who sees it differently.
    """

    id: str
    severity: str
    message: str
    remedy: str = ""
    expected: str | None = None
    found: str | None = None
    offset: int | None = None
    where: str = ""
    source: str = ""
    dispute: str = ""


def in_short(errors: Sequence[Finding], warnings: Sequence[Finding]) -> str:
    """Their numbers and the first error, for a console."""
    first = f"; first error: {errors[0].message!r}" if errors else ""
    return f"{len(errors)} errors, {len(warnings)} warnings{first}"
