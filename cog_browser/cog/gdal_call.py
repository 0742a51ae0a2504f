# SPDX-License-Identifier: GPL-2.0-or-later
"""The one door to GDAL: right whether GDAL's Python exceptions are on or off.

QGIS switches them on when Processing initialises, and other plugins do as they like, so nothing
here switches them. Every GDAL call of this package runs inside `gdal_errors`, and every answer
that may be None goes through `Reported.need`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from traceback import clear_frames
from typing import Any

from osgeo import gdal

from cog_browser.storage.errors import RasterError

#: A damaged file's own bytes may be part of GDAL's message.
_NO_TEXT = "GDAL's reason holds bytes that are no text"
#: What GDAL says of a server -> what is wrong, and what to do.
_PLAINLY = {
    "Range downloading not supported by this server!": (
        "its server sends whole files only, no parts of them; cogbrowser:checkserver tells what "
        "to change there"
    ),
}
_ENOUGH = 50  # messages kept: a broken file may report one per block


class Reported:
    """What GDAL has reported in one `gdal_errors` block."""

    def __init__(self, doing: str, error: type[RasterError], spelling: Mapping[str, str]) -> None:
        self.failures: list[str] = []
        self.warnings: list[str] = []
        self._doing = doing
        self._error = error
        self._spelling = spelling

    def need(self, answer: Any) -> Any:
        """``answer`` itself, or the block's error where GDAL answered None."""
        if answer is None:
            raise self.as_error()
        return answer

    def as_error(self, otherwise: str = "GDAL gave no reason") -> RasterError:
        """GDAL's first failure is the cause; those after it are its consequences."""
        reason = self.failures[0] if self.failures else otherwise
        reason = _PLAINLY.get(reason.strip(), reason)
        for long, short in self._spelling.items():
            reason = reason.replace(long, short)
        return self._error(f"{self._doing}: {self._without_repetition(reason)}.")

    def _without_repetition(self, reason: str) -> str:
        """GDAL says the file's name once more, or twice, before what is wrong with it."""
        for name in filter(None, self._spelling.values()):
            while self._doing.startswith(name) and reason.startswith(f"{name}:"):
                reason = reason[len(name) + 1 :].lstrip()
        return reason.strip().rstrip(".")

    def collect(
        self, level: int = gdal.CE_Failure, _number: int = 0, message: str = _NO_TEXT
    ) -> None:
        """GDAL's error handler. It is called with nothing when the message is no UTF-8."""
        kept = self.failures if level >= gdal.CE_Failure else self.warnings
        if level >= gdal.CE_Warning and len(kept) < _ENOUGH:
            kept.append(message)


@contextmanager
def gdal_errors(
    doing: str,
    error: type[RasterError] = RasterError,
    spelling: Mapping[str, str] | None = None,
) -> Iterator[Reported]:
    """Turn every failure GDAL reports inside into ``error``, and print none of them.

    GDAL keeps a handler per thread, so blocks in several threads don't meet. Failures that
    GDAL's own worker threads report are seen only as far as GDAL hands them on.

    Args:
      doing: Starts the message, e.g. "a.tif can't be opened"; GDAL's reason follows.
      error: What is raised.
      spelling: What to replace in GDAL's reason, e.g. a URL with a secret by the object's name.
    """
    reported = Reported(doing, error, spelling or {})
    gdal.PushErrorHandler(reported.collect)
    try:
        yield reported
    except RuntimeError as problem:
        if type(problem) is not RuntimeError:  # GDAL's are exactly that; a subclass is a bug
            raise
        raise reported.as_error(otherwise=str(problem)) from None
    except SystemError as problem:
        if not _is_about_text(problem):
            raise
        raise reported.as_error(otherwise=_NO_TEXT) from None
    finally:
        gdal.PopErrorHandler()
    if reported.failures:
        raise reported.as_error()


def _is_about_text(problem: BaseException) -> bool:
    """Whether Python could not hand GDAL's message over."""
    link: BaseException | None = problem
    while link is not None and not isinstance(link, UnicodeDecodeError):
        link = link.__cause__
    return link is not None


@contextmanager
def datasets_released() -> Iterator[None]:
    """Let no error keep a dataset of the functions called inside open by its traceback.

    An open file can't be deleted on Windows, and one that outlives GDAL crashes the process.
    """
    try:
        yield
    except BaseException as problem:
        link: BaseException | None = problem
        while link is not None:  # GDAL's own exception, too, knows who was called with what
            clear_frames(link.__traceback__)
            link = link.__context__
        raise


@contextmanager
def no_echo_of_failed_closing() -> Iterator[None]:
    """Keep Python from printing that a dataset failed to close, which is an error already.

    With exceptions on, GDAL's CreateCopy drops a half-made dataset before it raises; what fails
    then reaches ``sys.unraisablehook`` only.
    """
    before = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if getattr(unraisable.object, "__name__", "") != "delete_Dataset":
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def close(dataset: Any) -> None:
    """Close a dataset that was written, so that a failure of it can be caught.

    What fails when Python drops the dataset is only printed. Before GDAL 3.8 there is no
    ``Close``; SWIG's destructor does the same and takes the pointer away from the object.
    """
    if hasattr(dataset, "Close"):
        dataset.Close()
    else:
        type(dataset).__swig_destroy__(dataset)


@contextmanager
def thread_option(key: str, value: str) -> Iterator[None]:
    """Set a GDAL configuration option for this thread only, and put the old value back."""
    before = gdal.GetThreadLocalConfigOption(key, None)
    gdal.SetThreadLocalConfigOption(key, value)
    try:
        yield
    finally:
        gdal.SetThreadLocalConfigOption(key, before)


def unlink(name: str) -> None:
    """Remove a file of a GDAL file system if it is there; with exceptions on, GDAL minds."""
    if gdal.VSIStatL(name) is not None:
        gdal.Unlink(name)
