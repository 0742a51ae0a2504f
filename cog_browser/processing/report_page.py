# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTML page that an algorithm writes where the user asks for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterFileDestination,
)

from cog_browser.adapters.i18n import tr

OUTPUT_HTML = "OUTPUT_HTML"


class _Report(Protocol):
    def to_html(self) -> str: ...


def report_page_parameter() -> QgsProcessingParameterFileDestination:
    """The parameter, to be added by the algorithm. It has no default: no page is usual."""
    return QgsProcessingParameterFileDestination(
        OUTPUT_HTML,
        tr("Report"),
        tr("HTML files") + " (*.html)",
        optional=True,
        createByDefault=False,
    )


def write_report_page(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    report: _Report,
) -> dict[str, Any]:
    """Write the page if one is asked for; what to add to the algorithm's results."""
    page = algorithm.parameterAsFileOutput(parameters, OUTPUT_HTML, context)
    if not page:
        return {}
    Path(page).write_text(report.to_html(), encoding="utf-8")
    return {OUTPUT_HTML: page}
