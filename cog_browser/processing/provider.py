# SPDX-License-Identifier: GPL-2.0-or-later
"""The provider ``cogbrowser``, as the Processing toolbox and ``qgis_process`` list it."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from cog_browser.adapters.i18n import tr
from cog_browser.processing.base import ICON
from cog_browser.processing.check_server import CheckServer
from cog_browser.processing.convert_to_cog import ConvertToCog
from cog_browser.processing.download import Download
from cog_browser.processing.earth_engine_manifest import EarthEngineManifest
from cog_browser.processing.list_objects import ListObjects
from cog_browser.processing.publish_cog import PublishCog
from cog_browser.processing.publish_folder import PublishFolder
from cog_browser.processing.share_link import ShareLink
from cog_browser.processing.upload import Upload
from cog_browser.processing.validate_cog import ValidateCog
from cog_browser.processing.validate_folder import ValidateFolder

_ALGORITHMS = (
    ListObjects,
    ConvertToCog,
    ValidateCog,
    ValidateFolder,
    CheckServer,
    EarthEngineManifest,
    Upload,
    Download,
    ShareLink,
    PublishCog,
    PublishFolder,
)


class CogBrowserProvider(QgsProcessingProvider):
    """Hand it to `QgsApplication.processingRegistry`, which then owns it."""

    def id(self) -> str:
        return "cogbrowser"

    def name(self) -> str:
        return "COG Browser"

    def longName(self) -> str:
        return tr("COG Browser (object stores and Cloud Optimized GeoTIFFs)")

    def icon(self) -> QIcon:
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        return ICON

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        return ["tif", "tiff"]

    def loadAlgorithms(self) -> None:
        for algorithm in _ALGORITHMS:
            self.addAlgorithm(algorithm())
