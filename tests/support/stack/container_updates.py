# SPDX-License-Identifier: GPL-2.0-or-later
"""Swift's container updater, for a store in which tests leave hundreds of containers."""

from __future__ import annotations

import os
import time

from eventlet import Timeout
from swift.container.updater import ContainerUpdater

_SETTLED_SECONDS = 1.0  # two changes at almost the same time may have the same file time
_Stamps = dict[str, tuple[int, int]]


class ChangedContainers(ContainerUpdater):
    """Looks only at what has changed since it found nothing to report.

    Swift's own walks all folders and opens all databases in each pass, which costs more than all
    requests of the tests. All but a few of these containers never change again.
    """

    def __init__(self, conf: dict[str, str]) -> None:
        super().__init__(conf)
        self._walked: dict[str, tuple[_Stamps, list[str]]] = {}
        self._nothing_to_report: dict[str, _Stamps] = {}

    def container_sweep(self, path: str) -> None:
        for dbfile in self._databases(path):
            try:
                self.process_container(dbfile)
            except (Exception, Timeout):  # as Swift's own: the others come all the same
                self.logger.exception("Error processing container %s", dbfile)

    def process_container(self, dbfile: str) -> None:
        files = _stamps([dbfile, f"{dbfile}.pending"])
        if self._nothing_to_report.get(dbfile) == files:
            return
        settled, without_changes = _are_settled(files), self.no_changes
        super().process_container(dbfile)
        if settled and self.no_changes > without_changes:
            self._nothing_to_report[dbfile] = files

    def _databases(self, path: str) -> list[str]:
        if path in self._walked:
            folders, databases = self._walked[path]
            if _stamps(folders) == folders:
                return databases
        above, databases = [], []
        for folder, _, files in os.walk(path):
            found = [os.path.join(folder, file) for file in files if file.endswith(".db")]
            databases += found
            if not found:  # only here can another container appear
                above.append(folder)
        folders = _stamps(above)
        if _are_settled(folders):
            self._walked[path] = folders, databases
        return databases


def _stamps(paths: list[str] | _Stamps) -> _Stamps:
    """The time and size of those that exist."""
    found = {}
    for path in paths:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _are_settled(stamps: _Stamps) -> bool:
    newest = max((time_ns for time_ns, _ in stamps.values()), default=0)
    return newest / 1e9 < time.time() - _SETTLED_SECONDS
