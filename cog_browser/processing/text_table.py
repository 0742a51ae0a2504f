# SPDX-License-Identifier: GPL-2.0-or-later
"""A table of texts as the output of an algorithm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
)
from qgis.PyQt.QtCore import QMetaType

OUTPUT = "OUTPUT"


def write_text_table(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> str:
    """Write all rows to the sink ``OUTPUT``, and return where it is."""
    fields = QgsFields()
    for name in names:
        fields.append(QgsField(name, QMetaType.Type.QString))
    sink, destination = algorithm.parameterAsSink(
        parameters, OUTPUT, context, fields, Qgis.WkbType.NoGeometry, QgsCoordinateReferenceSystem()
    )
    if sink is None:
        raise QgsProcessingException(algorithm.invalidSinkError(parameters, OUTPUT))
    for row in rows:
        feature = QgsFeature(fields)
        feature.setAttributes(list(row))
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise QgsProcessingException(algorithm.writeFeatureError(sink, parameters, OUTPUT))
    if not sink.flushBuffer():
        raise QgsProcessingException(algorithm.writeFeatureError(sink, parameters, OUTPUT))
    return destination
