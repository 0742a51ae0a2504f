# SPDX-License-Identifier: GPL-2.0-or-later
"""The choice of who does the work. Which cluster that is stands in the options, in no model."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterEnum,
)

from cog_browser.adapters.cluster_settings import cluster_settings
from cog_browser.adapters.i18n import tr
from cog_browser.cog.cluster.settings import EXECUTORS, LOCAL, ClusterSettings, chosen_cluster

EXECUTOR = "EXECUTOR"


def executor_parameter() -> QgsProcessingParameterEnum:
    """The parameter, to be added by the algorithm."""
    parameter = QgsProcessingParameterEnum(
        EXECUTOR,
        tr("Executor"),
        options=list(EXECUTORS),
        defaultValue=LOCAL,
        usesStaticStrings=True,
    )
    parameter.setHelp(
        tr(
            "“dask” lets the workers of a Dask cluster do the work. Its scheduler is entered in "
            "Settings › Options › COG Browser; files must be on a disk that the workers share."
        )
    )
    return parameter


def chosen_executor(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> ClusterSettings | None:
    """The cluster, or None where this computer does it. Raises `ConfigurationError`."""
    return chosen_cluster(
        algorithm.parameterAsEnumString(parameters, EXECUTOR, context), cluster_settings
    )
