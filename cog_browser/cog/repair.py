# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a proper COG of an object that is none, without ever risking the original.

The object is downloaded, converted, proven and validated beside QGIS; it is replaced only when all
that has succeeded, the user has seen both verdicts, and nobody else has changed it meanwhile.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.pinned_object import Replacement, fetch, refuse_changed
from cog_browser.cog.private_folders import private_folder_in
from cog_browser.cog.report import CogReport
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import (
    Cancelled,
    ConfigurationError,
    ConversionError,
    InvalidCogError,
)
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.progress import Progress, part, report
from cog_browser.storage.store import ObjectStore

_DOWNLOADED, _CONVERTED, _CHECKED = 30, 95, 100  # per cent of the progress


@dataclass(frozen=True)
class RepairPlan:
    """What there is to repair. ``entry`` pins the object: another one is never replaced."""

    entry: ObjectEntry
    before: CogReport
    profile: str

    @property
    def is_needed(self) -> bool:
        return bool(self.before.errors or self.before.warnings)


@dataclass
class PreparedRepair:
    """A proper COG that waits beside the object it would replace. `close` throws it away."""

    plan: RepairPlan
    after: CogReport
    size: int
    _store: ObjectStore = field(repr=False)
    _made: Path = field(repr=False)
    _cleanup: ExitStack = field(repr=False)

    def replace(self, progress: Progress | None = None) -> ObjectEntry:
        """Upload it under the object's key, and compare what is there then.

        Raises `ProtocolError` if the object was changed since the plan, and leaves it alone.
        """
        return Replacement(self._store, self.plan.entry, self._made, self.size).send(progress)

    def close(self) -> None:
        """Remove all local files. May be called twice."""
        self._cleanup.close()


def plan_repair(
    store: ObjectStore, container: str, key: str, profile: str = "science"
) -> RepairPlan:
    """Judge an object as it is. Reads its headers only, and writes nothing."""
    entry = store.head_object(container, key)
    before = validate_cog(ObjectRef(store, container, key))
    refuse_changed(store, entry)
    return RepairPlan(entry, before, profile)


def prepare_repair(
    store: ObjectStore,
    plan: RepairPlan,
    progress: Progress | None = None,
    folder: str | Path | None = None,
) -> PreparedRepair:
    """Download, convert, prove and validate; the store is only read.

    Temporary files go to ``folder``, or the system's place, and stay until `close`.

    Raises:
      ConversionError: It is no TIFF, it is damaged, or there is no room.
      InvalidCogError: What was made is no valid COG.
      StoreError: The object can't be read, was changed meanwhile, or may not be replaced.
    """
    entry = plan.entry
    container, key = entry.container, entry.key
    store.check_upload(container, key, overwrite=True)
    parent = Path(folder or tempfile.gettempdir())
    _refuse_small_disk(parent, entry)
    with ExitStack() as cleanup:
        private = cleanup.enter_context(private_folder_in(parent))
        original, made = private / "original.tif", private / "cog.tif"
        fetch(store, entry, original, part(progress, 0, _DOWNLOADED))
        convert_to_cog(original, made, plan.profile, part(progress, _DOWNLOADED, _CONVERTED))
        original.unlink()
        after = replace(validate_cog(made), source=plan.before.source)
        if not after.is_valid:
            reasons = " ".join(finding.message for finding in after.errors)
            raise InvalidCogError(
                f"The conversion made no valid COG, so “{key}” was left as it is: {reasons}", after
            )
        report(progress, _CHECKED, _CHECKED)
        return PreparedRepair(plan, after, made.stat().st_size, store, made, cleanup.pop_all())


def repair(
    store: ObjectStore,
    container: str,
    key: str,
    profile: str = "science",
    *,
    confirm: Callable[[PreparedRepair], bool],
    progress: Progress | None = None,
    folder: str | Path | None = None,
) -> ObjectEntry:
    """Plan, prepare, and replace once ``confirm`` has agreed to what it is shown.

    Raises `Cancelled` where it doesn't, `ConfigurationError` where nothing is to be repaired, and
    what `prepare_repair` does. In all these cases the object is what it was.
    """
    plan = plan_repair(store, container, key, profile)
    if not plan.is_needed:
        raise ConfigurationError(
            f"“{key}” in container “{container}” is a valid COG already; nothing was changed."
        )
    prepared = prepare_repair(store, plan, part(progress, 0, 60), folder)
    try:
        if not confirm(prepared):
            raise Cancelled
        return prepared.replace(part(progress, 60, 100))
    finally:
        prepared.close()


def _refuse_small_disk(parent: Path, entry: ObjectEntry) -> None:
    try:
        disk = shutil.disk_usage(parent)
    except OSError as error:
        raise ConfigurationError(
            f"The folder for temporary files, {parent}, can't be used: {error.strerror}."
        ) from error
    if disk.total and disk.free < entry.size:
        raise ConversionError(
            f"No room in {parent}: “{entry.key}” has {entry.size / 1e6:.0f} MB and "
            f"{disk.free / 1e6:.0f} MB are free; free some space."
        )
