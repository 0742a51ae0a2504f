# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:listobjects``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QDateTime, QMetaType, QTimeZone

from cog_browser.adapters.i18n import tr
from cog_browser.processing.store_algorithm import CONTAINER, StoreAlgorithm
from cog_browser.storage.errors import Cancelled, ConfigurationError
from cog_browser.storage.models import EXACT, ObjectEntry
from cog_browser.storage.store import ObjectStore

_FIELDS = (
    ("container", QMetaType.Type.QString),
    ("key", QMetaType.Type.QString),
    ("size", QMetaType.Type.LongLong),
    ("last_modified", QMetaType.Type.QDateTime),
    ("etag", QMetaType.Type.QString),
    ("content_type", QMetaType.Type.QString),
    ("source", QMetaType.Type.QString),
)


class ListObjects(StoreAlgorithm):
    """A container's objects as a table."""

    PREFIX, RECURSIVE, OUTPUT = "PREFIX", "RECURSIVE", "OUTPUT"
    COUNT, SIZE = "COUNT", "SIZE"

    def name(self) -> str:
        return "listobjects"

    def displayName(self) -> str:
        return tr("List objects")

    def shortHelpString(self) -> str:
        return tr(
            "Lists the objects of a container as a table: container, key, size in bytes, time of "
            "the last change in UTC, ETag, content type, and the source under which a layer of "
            "the object is saved in projects. The source holds no password.\n\n"
            "Large containers are listed page by page, in the server's order."
        )

    def tags(self) -> list[str]:
        return tr("swift,s3,openstack,cloud,bucket,container,inventory,directory,files").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.add_connection_parameter()
        self.add_container_parameter()
        prefix = QgsProcessingParameterString(self.PREFIX, tr("Prefix"), optional=True)
        prefix.setHelp(tr("Only keys that begin with this, e.g. dem/2024/."))
        self.addParameter(prefix)
        recursive = QgsProcessingParameterBoolean(
            self.RECURSIVE, tr("Include everything below"), defaultValue=True
        )
        recursive.setHelp(
            tr("If not set, only the objects that a folder view shows at the prefix are listed.")
        )
        self.addParameter(recursive)
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, tr("Objects"), Qgis.ProcessingSourceType.Vector
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of objects")))
        self.addOutput(QgsProcessingOutputNumber(self.SIZE, tr("Total size in bytes")))

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        store = self.open_store()
        container = self.parameterAsString(parameters, CONTAINER, context)
        prefix = self.parameterAsString(parameters, self.PREFIX, context)
        recursive = self.parameterAsBoolean(parameters, self.RECURSIVE, context)
        pages = iter(store.list_objects(container, prefix, delimiter="" if recursive else "/"))
        page = next(pages, None)  # before the table: a failure shall not leave an empty one
        fields = _fields()
        sink, destination = self.parameterAsSink(
            parameters,
            self.OUTPUT,
            context,
            fields,
            Qgis.WkbType.NoGeometry,
            QgsCoordinateReferenceSystem(),
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, self.OUTPUT))
        count = size = 0
        try:
            while page is not None:
                features = [_feature(store, fields, entry) for entry in page.objects]
                if not sink.addFeatures(features, QgsFeatureSink.Flag.FastInsert):
                    raise QgsProcessingException(
                        self.writeFeatureError(sink, parameters, self.OUTPUT)
                    )
                count += len(features)
                size += sum(entry.size for entry in page.objects if entry.size_is == EXACT)
                feedback.setProgressText(tr("{count} objects").format(count=count))
                if feedback.isCanceled():
                    raise Cancelled
                page = next(pages, None)
            if not sink.flushBuffer():
                raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
        except BaseException:
            del sink  # closes the file
            _remove_unfinished(destination)
            raise
        return {self.OUTPUT: destination, self.COUNT: count, self.SIZE: size}


def _fields() -> QgsFields:
    fields = QgsFields()
    for name, kind in _FIELDS:
        fields.append(QgsField(name, kind))
    return fields


def _feature(store: ObjectStore, fields: QgsFields, entry: ObjectEntry) -> QgsFeature:
    modified = None
    if entry.last_modified is not None:
        milliseconds = round(entry.last_modified.timestamp() * 1000)
        modified = QDateTime.fromMSecsSinceEpoch(milliseconds, QTimeZone.utc())
    try:
        source = store.source(entry.container, entry.key)
    except ConfigurationError:  # keys with dot segments are listed, but can't be opened
        source = None
    feature = QgsFeature(fields)
    feature.setAttributes(
        [
            entry.container,
            entry.key,
            entry.size if entry.size_is == EXACT else None,
            modified,
            entry.etag,
            entry.content_type,
            source,
        ]
    )
    return feature


def _remove_unfinished(destination: str) -> None:
    """Delete the table's file; a table inside a database stays."""
    path = Path(destination)
    if path.is_file():
        path.unlink()
