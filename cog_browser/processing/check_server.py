# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:checkserver``."""

from __future__ import annotations

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
from cog_browser.processing.base import progress_of
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.processing.report_text import report_text
from cog_browser.processing.store_algorithm import CONNECTION, CONTAINER, KEY, StoreAlgorithm
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.models import ObjectRef


class CheckServer(StoreAlgorithm):
    """Whether a server lets a file be read in parts. A bad server is a result, not a failure."""

    URL, OUTPUT_HTML = "URL", OUTPUT_HTML
    OK, REPORT = "OK", "REPORT"

    _settings: HttpSettings

    def name(self) -> str:
        return "checkserver"

    def displayName(self) -> str:
        return tr("Check server of COG")

    def group(self) -> str:
        return tr("Cloud Optimized GeoTIFF")

    def groupId(self) -> str:
        return "cog"

    def shortHelpString(self) -> str:
        return tr(
            "Tells whether a web server lets programs read a file on it in parts, as a Cloud "
            "Optimized GeoTIFF must be, and if not, what to change in the server's settings.\n\n"
            "About a dozen requests are sent, and at most some 50 KB are read: ranges, HEAD, "
            "compression, wrapped bodies, redirects, ETag, and what web pages of other sites may "
            "read (CORS). What only web pages meet is a warning: QGIS reads on regardless.\n\n"
            "Give either a public URL, which is asked without any secret and which QGIS keeps in "
            "the history, or connection, container and key of an object, whose server is asked "
            "with the connection's sign-in.\n\n"
            "A bad server is a result (OK is false); the algorithm fails only where the server "
            "can't be reached."
        )

    def tags(self) -> list[str]:
        return tr("cog,http,range,cors,server,web,url,nginx,apache,iis,swift,s3").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        url = QgsProcessingParameterString(
            self.URL, tr("Public URL of a file on the server"), optional=True
        )
        url.setHelp(
            tr(
                "E.g. https://data.example.org/dem/alps.tif. Leave it out to check the server of "
                "an object of a connection."
            )
        )
        self.addParameter(url)
        self.add_connection_parameter(optional=True)
        self.add_container_parameter(optional=True)
        key = QgsProcessingParameterString(KEY, tr("Key"), optional=True)
        key.setHelp(tr("The object's full name in the container, e.g. dem/2024/alps.tif."))
        self.addParameter(key)
        self.addParameter(report_page_parameter())
        self.addOutput(QgsProcessingOutputBoolean(self.OK, tr("Can be read in parts")))
        self.addOutput(QgsProcessingOutputString(self.REPORT, tr("Report (JSON)")))

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        given = [bool(parameters.get(name)) for name in (CONNECTION, CONTAINER, KEY)]
        if bool(parameters.get(self.URL)) == any(given):
            return False, tr("Give either a URL, or connection, container and key.")
        if any(given) and not all(given):
            return False, tr("An object needs all of connection, container and key.")
        return super().checkParameterValues(parameters, context)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        self._settings = http_settings()
        if not parameters.get(self.URL):
            super().prepare_work(parameters, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        report = check_server(
            self._subject(parameters, context),
            settings=self._settings,
            progress=progress_of(feedback),
        )
        _tell(report, feedback)
        results = {
            self.OK: report.is_ok,
            self.REPORT: report_text(report),
        }
        return {**results, **write_report_page(self, parameters, context, report)}

    def _subject(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> str | ObjectRef:
        url = self.parameterAsString(parameters, self.URL, context)
        if url:
            return url
        container, key = (self.parameterAsString(parameters, n, context) for n in (CONTAINER, KEY))
        return ObjectRef(self.open_store(), container, key)


def _tell(report: ServerReport, feedback: QgsProcessingFeedback) -> None:
    said = f"{report.url}: {verdict_of(report)}."
    (feedback.pushInfo if report.is_ok else feedback.pushWarning)(said)
    for finding in report.findings:
        push = feedback.pushInfo if finding in report.notes else feedback.pushWarning
        push(f"{finding.id}: {finding.message} {finding.remedy}".rstrip())
