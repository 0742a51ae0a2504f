# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:checkserver``."""

from __future__ import annotations

import json
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputString,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.network_settings import http_settings
from cog_browser.cog.server.check import check_server
from cog_browser.cog.server.report import ServerReport, verdict_of
from cog_browser.processing.base import CogBrowserAlgorithm, progress_of
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.storage.http import HttpSettings


class CheckServer(CogBrowserAlgorithm):
    """Whether a server lets a file be read in parts. A bad server is a result, not a failure."""

    URL, OUTPUT_HTML = "URL", OUTPUT_HTML
    OK, REPORT = "OK", "REPORT"

    _settings: HttpSettings

    def name(self) -> str:
        return "checkserver"

    def displayName(self) -> str:
        return tr("Check server of COG")

    def shortHelpString(self) -> str:
        return tr(
            "Tells whether a web server lets programs read a file on it in parts, as a Cloud "
            "Optimized GeoTIFF must be, and if not, what to change in the server's settings.\n\n"
            "About a dozen requests are sent, and at most some 50 KB are read: ranges, HEAD, "
            "compression, wrapped bodies, redirects, ETag, and what web pages of other sites may "
            "read (CORS). What only web pages meet is a warning: QGIS reads on regardless.\n\n"
            "Give a public URL: QGIS keeps it in the history. Objects of a connection are checked "
            "in the panel, by “Check server…” in their menu.\n\n"
            "A bad server is a result (OK is false); the algorithm fails only where the server "
            "can't be reached."
        )

    def tags(self) -> list[str]:
        return tr("cog,http,range,cors,server,web,url,nginx,apache,iis,swift,s3").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        url = QgsProcessingParameterString(self.URL, tr("URL of a file on the server"))
        url.setHelp(tr("E.g. https://data.example.org/dem/alps.tif."))
        self.addParameter(url)
        self.addParameter(report_page_parameter())
        self.addOutput(QgsProcessingOutputBoolean(self.OK, tr("Can be read in parts")))
        self.addOutput(QgsProcessingOutputString(self.REPORT, tr("Report (JSON)")))

    def prepare_work(self, _parameters: dict[str, Any], _context: QgsProcessingContext) -> None:
        self._settings = http_settings()

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        report = check_server(
            self.parameterAsString(parameters, self.URL, context),
            settings=self._settings,
            progress=progress_of(feedback),
        )
        _tell(report, feedback)
        results = {
            self.OK: report.is_ok,
            self.REPORT: json.dumps(report.to_dict(), ensure_ascii=False),
        }
        return {**results, **write_report_page(self, parameters, context, report)}


def _tell(report: ServerReport, feedback: QgsProcessingFeedback) -> None:
    said = f"{report.url}: {verdict_of(report)}."
    (feedback.pushInfo if report.is_ok else feedback.pushWarning)(said)
    for finding in report.findings:
        push = feedback.pushInfo if finding in report.notes else feedback.pushWarning
        push(f"{finding.id}: {finding.message} {finding.remedy}".rstrip())
