# SPDX-License-Identifier: GPL-2.0-or-later
"""How transfers are done, and the handle by which a running one is slowed, paused and watched."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from cog_browser.storage.errors import Cancelled
from cog_browser.storage.progress import Progress

_WINDOW = 10.0  # seconds that the rate is taken from
_TICK = 0.1  # seconds between two looks whether a pause has ended


def state_folder() -> Path:
    """Where this user's programs keep what must outlive a restart."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "cog-browser"


@dataclass(frozen=True)
class TransferSettings:
    """Sizes in bytes, times in seconds.

    Files above ``threshold`` go up in segments of at least ``segment_size``, ``parallel`` at once;
    ``strict`` sends every file that way and looks twice, so that of several who write one key at
    the same moment just one is told that it has succeeded. Objects come down in ranges of
    ``part_size``. ``journals`` is the folder that remembers unfinished uploads. Segments of a large
    object that was overwritten are kept for ``grace``, for those who are reading it.
    """

    threshold: int = 256 << 20
    segment_size: int = 64 << 20
    parallel: int = 4
    part_size: int = 16 << 20
    attempts: int = 6
    first_pause: float = 0.3
    longest_pause: float = 10.0
    grace: int = 3600
    strict: bool = False
    journals: Path = field(default_factory=lambda: state_folder() / "uploads")


class TransferControl:
    """One for a transfer, or shared by several, which then share the bandwidth. Thread: any."""

    def __init__(self, bandwidth: float | None = None) -> None:
        #: Bytes per second; None is no limit. May be set at any time.
        self.bandwidth = bandwidth
        self._running = threading.Event()
        self._running.set()
        self._lock = threading.Lock()
        self._due = 0.0
        self._samples: deque[tuple[float, int]] = deque()
        self._left: int | None = None

    @property
    def is_paused(self) -> bool:
        return not self._running.is_set()

    def pause(self) -> None:
        """Send and fetch nothing more, until `proceed`; nothing that has arrived is lost."""
        self._running.clear()

    def proceed(self) -> None:
        self._running.set()

    @property
    def rate(self) -> float:
        """Bytes per second of late."""
        with self._lock:
            if len(self._samples) < 2:
                return 0.0
            (started, first), (_, last) = self._samples[0], self._samples[-1]
        # until now, so that the rate of a transfer that stands still sinks
        return max(0.0, (last - first) / max(time.monotonic() - started, 1e-3))

    @property
    def seconds_left(self) -> float | None:
        """None while nobody can tell."""
        rate, left = self.rate, self._left
        return left / rate if rate > 0 and left is not None else None

    def note(self, done: int, total: int | None) -> None:
        """Remember where the transfer is."""
        now = time.monotonic()
        with self._lock:
            if self._samples and done < self._samples[-1][1]:
                self._samples.clear()  # a part is sent again, or another transfer began
            self._samples.append((now, done))
            while len(self._samples) > 2 and now - self._samples[0][0] > _WINDOW:
                self._samples.popleft()
            self._left = None if total is None else total - done

    def take(self, count: int, stopped: threading.Event) -> None:
        """Wait until ``count`` bytes may pass; raises `Cancelled` once ``stopped``."""
        while not self._running.wait(_TICK):
            if stopped.is_set():
                raise Cancelled
        if self.bandwidth:
            with self._lock:
                begin = max(self._due, time.monotonic())
                self._due = begin + count / self.bandwidth
            stopped.wait(max(0.0, begin - time.monotonic()))
        if stopped.is_set():
            raise Cancelled


def held_by(control: TransferControl | None, progress: Progress | None) -> Progress | None:
    """A callback that does not return while the transfer is paused, for work that only reports."""
    if control is None:
        return progress

    def held(done: int, total: int | None) -> bool:
        while progress is None or progress(done, total):
            if not control.is_paused:
                return True
            time.sleep(_TICK)
        return False

    return held
