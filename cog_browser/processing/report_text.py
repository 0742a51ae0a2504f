# SPDX-License-Identifier: GPL-2.0-or-later
"""The output REPORT: JSON, in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from qgis.PyQt.QtCore import QCoreApplication

_FINDINGS = ("errors", "warnings")
_VERDICTS = ("source", "url", "profile", "server", "is_valid", "ok", "web_ready")


class _Report(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


def report_text(report: _Report) -> str:
    """All of it; only the verdict and the rules that were broken where people read it.

    `qgis_process` prints every output, and has told of each finding in words before. With
    ``--json`` a program reads it.
    """
    found = report.to_dict()
    if is_for_people():
        verdict = {name: found[name] for name in _VERDICTS if name in found}
        broken = {name: [{"id": each["id"]} for each in found[name]] for name in _FINDINGS}
        found = {**verdict, **broken}
    return json.dumps(found, ensure_ascii=False)


def is_for_people() -> bool:
    """Whether outputs are printed on a command line, as text."""
    program, *given = QCoreApplication.arguments() or [""]
    is_json = "--json" in given or given[-1:] == ["-"]
    return Path(program).name.startswith("qgis_process") and not is_json
