# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows findings with their remedies. All of it may be a stranger's text: never markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtWidgets import QTextBrowser, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.cog.report import ERROR, WARNING, Finding
from cog_browser.gui.text import one_line


class FindingsView(QTextBrowser):
    """A list to read and to copy from. It opens and fetches nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setAccessibleName(tr("Findings"))

    def loadResource(self, _kind: int, _name: QUrl) -> None:
        """Nothing, whatever a page may name."""

    def show_parts(self, parts: Iterable[tuple[str, Iterable[Finding]]]) -> None:
        """Titles, each with its findings."""
        self.setHtml("".join(_part(title, tuple(findings)) for title, findings in parts))


def _part(title: str, findings: tuple[Finding, ...]) -> str:
    items = "".join(map(_item, findings)) or f"<p>{escape(tr('No findings.'))}</p>"
    return (f"<h3>{escape(one_line(title))}</h3>" if title else "") + items


def _item(finding: Finding) -> str:
    kinds = {ERROR: tr("Error"), WARNING: tr("Warning")}
    kind = kinds.get(finding.severity, tr("Note"))
    text = f"<p><b>{escape(kind)}:</b> {escape(one_line(finding.message))}"
    if finding.remedy:
        text += f"<br>{escape(one_line(finding.remedy))}"
    details = [
        tr("expected: {value}").format(value=finding.expected) if finding.expected else "",
        tr("found: {value}").format(value=finding.found) if finding.found else "",
        finding.id,
    ]
    said = "; ".join(escape(one_line(detail)) for detail in details if detail)
    return f"{text}<br><i>{said}</i></p>"
