# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the headers of objects, a few at a time, for whoever wants them just now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.description import Description, describe
from cog_browser.gui.place import ObjectAddress
from cog_browser.storage.errors import Cancelled, ConfigurationError
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.store import ObjectStore

_KEPT = 500


@dataclass(frozen=True)
class Subject:
    """An object as a listing has named it: another ETag is another subject."""

    address: ObjectAddress
    etag: str

    @classmethod
    def of(cls, connection_id: str, entry: ObjectEntry) -> Subject:
        return cls(ObjectAddress(connection_id, entry.container, entry.key), entry.etag)


class Headers(QObject):
    """Thread: main. What was read stays known by connection, container, key and ETag.

    Each asker says what it wants now (`want`). What nobody wants any more is not begun, and what
    runs ends before its next request.
    """

    described = pyqtSignal(object, object)  # Subject, Description
    failed = pyqtSignal(object, object)  # Subject, Exception

    def __init__(
        self,
        workers: Workers,
        store_of: Callable[[str], ObjectStore | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workers, self._store_of = workers, store_of
        self._known: OrderedDict[Subject, Description] = OrderedDict()
        self._waiting: dict[str, list[Subject]] = {}
        self._limits: dict[str, int] = {}
        self._running: dict[Subject, str] = {}
        self._wanted: frozenset[Subject] = frozenset()  # replaced, never changed: workers look

    def known(self, subject: Subject) -> Description | None:
        found = self._known.get(subject)
        if found is not None:
            self._known.move_to_end(subject)
        return found

    def want(self, asker: str, subjects: Iterable[Subject], at_once: int = 2) -> None:
        """From now on this asker wants these, ``at_once`` at a time, and nothing else."""
        self._waiting[asker] = [s for s in dict.fromkeys(subjects) if s not in self._known]
        self._limits[asker] = at_once
        self._wanted = frozenset(s for waiting in self._waiting.values() for s in waiting)
        self._start_more()

    @property
    def running_count(self) -> int:
        return len(self._running)

    def stop(self) -> None:
        """Nothing is begun or told any more."""
        self._waiting.clear()
        self._wanted = frozenset()
        self.blockSignals(True)

    def _start_more(self) -> None:
        for asker, waiting in self._waiting.items():
            free = self._limits[asker] - sum(one == asker for one in self._running.values())
            for subject in [s for s in waiting if s not in self._running][: max(free, 0)]:
                self._start(asker, subject)

    def _start(self, asker: str, subject: Subject) -> None:
        address = subject.address
        store = self._store_of(address.connection_id)

        def work(_job: Job) -> Description | None:
            if store is None:
                raise ConfigurationError("Sign in to the connection first.")
            reference = ObjectRef(store, address.container, address.key)
            try:
                return describe(reference, lambda: subject in self._wanted)
            except Cancelled:
                return None

        self._running[subject] = asker
        self._workers.run(
            work, done=partial(self._on_done, subject), failed=partial(self._on_failed, subject)
        )

    def _on_done(self, subject: Subject, found: Description | None) -> None:
        if found is not None:
            # By the ETag it has now as well: the listing may be older.
            for known in (subject, replace(subject, etag=found.entry.etag)):
                self._known[known] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            self._drop(subject)
            self.described.emit(subject, found)
        self._running.pop(subject, None)
        self._start_more()

    def _on_failed(self, subject: Subject, error: Exception) -> None:
        self._drop(subject)
        self._running.pop(subject, None)
        self.failed.emit(subject, error)
        self._start_more()

    def _drop(self, subject: Subject) -> None:
        for waiting in self._waiting.values():
            if subject in waiting:
                waiting.remove(subject)
