# SPDX-License-Identifier: GPL-2.0-or-later
"""Local files that GDAL makes: whole under their name, or not at all."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from osgeo import gdal

from cog_browser.cog.gdal_call import close, gdal_errors, no_echo_of_failed_closing
from cog_browser.cog.private_folders import private_folder_in
from cog_browser.cog.sources import display_name
from cog_browser.storage.errors import ConversionError
from cog_browser.storage.progress import Progress, report

_log = logging.getLogger(__name__)

_NO_ROOM = tuple(
    os.strerror(getattr(errno, name))
    for name in ("ENOSPC", "EDQUOT", "EFBIG")
    if hasattr(errno, name)
)
_NO_NEWS = ("WEBP_LEVEL is specified, but WEBP_LOSSLESS=YES",)  # the driver's own words, to itself
_SIDECARS = (".aux.xml", ".ovr", ".msk", ".msk.ovr")


def usable_target(target: str | os.PathLike[str]) -> Path:
    """The local path of a file to make. Raises `ConversionError` where none can be."""
    text = os.fspath(target)
    if text.startswith("/vsi") or "://" in text:
        raise ConversionError(
            f"{display_name(text)} is not a local file; convert to a local file and upload that."
        )
    goal = Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - keeps symbolic links
    if goal.is_dir():
        raise ConversionError(f"{goal} is a folder; name a file in it.")
    if not goal.parent.is_dir():
        raise ConversionError(f"The folder {goal.parent} does not exist; create it first.")
    return goal


@contextmanager
def private_folder(goal: Path) -> Iterator[Path]:
    """A folder on the target's file system for all that GDAL writes; removed in any case."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(private_folder_in(goal.parent))
        except OSError as problem:
            raise _cant_write(goal, problem) from None
        yield folder


def _cant_write(goal: Path, problem: OSError) -> ConversionError:
    if problem.strerror in _NO_ROOM:
        return _disk_full(goal, str(problem.strerror))
    return ConversionError(
        f"{goal} can't be written ({problem.strerror}); choose a folder you may write to, "
        "and close what has the file open."
    )


def _disk_full(goal: Path, reason: str) -> ConversionError:
    return ConversionError(
        f"No room for {goal} ({reason}); free some space, or choose another folder."
    )


def create_copy(
    driver_name: str,
    dataset: Any,
    made: Path,
    goal: Path,
    options: Mapping[str, str],
    progress: Progress | None,
    spelling: Mapping[str, str] | None = None,
) -> None:
    """Let a driver copy a dataset to ``made``, which messages call ``goal``.

    Every read and every write must succeed: raises `ConversionError`, and what ``progress``
    raises. ``spelling`` is as in `gdal_errors`.
    """
    steps = Steps(progress)
    pairs = [f"{key}={value}" for key, value in options.items()]
    spelling = {**(spelling or {}), str(made): goal.name}
    try:
        with (
            no_echo_of_failed_closing(),
            gdal_errors(f"{goal} can't be made", ConversionError, spelling) as reported,
        ):
            driver = reported.need(gdal.GetDriverByName(driver_name))
            result = reported.need(
                driver.CreateCopy(str(made), dataset, strict=0, options=pairs, callback=steps)
            )
            close(result)  # which may still fail
    except ConversionError:
        if steps.problem is not None:
            raise steps.problem from None
        for reason in _NO_ROOM:
            if any(reason in message for message in reported.failures):
                raise _disk_full(goal, reason) from None
        raise
    if steps.problem is not None:  # GDAL heeds no answer to its last call
        raise steps.problem
    for warning in reported.warnings:
        if warning.startswith(_NO_NEWS):
            continue
        _log.warning("%s: %s", goal, warning.replace(str(made), goal.name))


def publish(made: Path, goal: Path) -> None:
    """Replace the target; sidecar files of the old one would be taken for the new one's."""
    try:
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(made, goal)  # noqa: PTH105
    except OSError as problem:
        raise _cant_write(goal, problem) from None
    for suffix in _SIDECARS:
        _remove_sidecar(goal.with_name(goal.name + suffix))


def _remove_sidecar(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as problem:
        _log.warning("%s belongs to the file that was replaced; remove it: %s", file, problem)


class Steps:
    """GDAL's progress callback. Errors of ours wait here: GDAL would print and lose them."""

    def __init__(self, progress: Progress | None) -> None:
        self.problem: BaseException | None = None
        self._progress = progress
        self._done = 0

    def __call__(self, fraction: float, _message: str | None, _data: object) -> int:
        self._done = max(self._done, int(fraction * 1000))
        try:
            report(self._progress, self._done, 1000)
        except BaseException as problem:
            # the frames of a traceback know who called them, so they would keep the dataset open
            self.problem = problem.with_traceback(None)
            return 0
        return 1
