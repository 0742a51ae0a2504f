# SPDX-License-Identifier: GPL-2.0-or-later
"""What all algorithms share: parameters, errors, progress and warnings.

A subclass implements `prepare_work`, on the main thread, and `work`, on any thread. Both may
raise `CogBrowserError`; it becomes a `QgsProcessingException` here and nowhere else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtGui import QIcon

from cog_browser.adapters.help_pages import help_url
from cog_browser.adapters.i18n import tr
from cog_browser.storage.errors import Cancelled, CogBrowserError
from cog_browser.storage.progress import Progress

ICON = str(Path(__file__).parents[1] / "icons" / "cog_browser.svg")


class CogBrowserAlgorithm(QgsProcessingAlgorithm):
    """Base of all algorithms of this provider."""

    _unprepared: CogBrowserError | None = None

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Take what only the main thread may touch: layers, connections, secrets."""

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Do it, and return the outputs."""
        raise NotImplementedError

    def createInstance(self) -> CogBrowserAlgorithm:
        return type(self)()

    def group(self) -> str:
        return tr("Cloud Optimized GeoTIFF")

    def groupId(self) -> str:
        return "cog"

    def helpUrl(self) -> str:
        return help_url(self.name())

    def icon(self) -> QIcon:
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        return ICON

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Check the form only; nothing is opened."""
        fits, why = super().checkParameterValues(self._with_names(parameters), context)
        for definition in self.destinationParameterDefinitions():
            value = parameters.get(definition.name())
            if fits and value is not None:
                fits, why = definition.isSupportedOutputValue(value, context)
        return fits, why

    def prepareAlgorithm(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> bool:
        try:
            self.prepare_work(parameters, context)
        except CogBrowserError as error:
            self._unprepared = error  # `processing.run` would lose its message here
        return True

    def processAlgorithm(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        try:
            with _errors_for_processing(), _warnings_shown(feedback):
                if self._unprepared is not None:
                    raise self._unprepared
                return self.work(parameters, context, feedback)
        except Cancelled:
            return {}

    def parameterAsEnumString(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> str:
        """The choice by name; it may have been given by its number."""
        return super().parameterAsEnumString(self._with_names(parameters), name, context)

    def _with_names(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Choices by name, where they were given by the numbers that ``qgis_process help`` shows.

        For one parameter QGIS takes names alone or numbers alone.
        """
        named = dict(parameters)
        for definition in self.parameterDefinitions():
            value = parameters.get(definition.name())
            if not isinstance(definition, QgsProcessingParameterEnum) or isinstance(value, bool):
                continue
            options, text = definition.options(), str(value)
            if isinstance(value, (int, str)) and text.isdecimal() and text not in options:
                number = int(text)
                named[definition.name()] = options[number] if number < len(options) else value
        return named


def progress_of(feedback: QgsProcessingFeedback) -> Progress:
    """Report to the feedback, and stop when the user cancels. Any thread may call it."""

    def progress(done: int, total: int | None) -> bool:
        if total:
            feedback.setProgress(100 * done / total)
        return not feedback.isCanceled()

    return progress


@contextmanager
def _errors_for_processing() -> Iterator[None]:
    try:
        yield
    except Cancelled:
        raise
    except CogBrowserError as error:
        raise QgsProcessingException(str(error)) from error
    except OSError as error:
        text = tr("{file} can't be used: {reason}.")
        raise QgsProcessingException(
            text.format(file=error.filename or tr("A file"), reason=error.strerror or error)
        ) from error


class _FeedbackHandler(logging.Handler):
    """Shows what this thread logs; a feedback takes messages from one thread only."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        super().__init__(logging.WARNING)
        self._feedback = feedback
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._feedback.pushWarning(record.getMessage())


@contextmanager
def _warnings_shown(feedback: QgsProcessingFeedback) -> Iterator[None]:
    handler = _FeedbackHandler(feedback)
    logger = logging.getLogger("cog_browser")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
