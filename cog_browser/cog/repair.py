# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a proper COG of an object that is none, without ever risking the original.

The object is downloaded, converted, proven and validated beside QGIS; it is replaced only when all
that has succeeded, the user has seen both verdicts, and nobody else has changed it meanwhile.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.private_folders import private_folder_in
from cog_browser.cog.report import CogReport
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import (
    Cancelled,
    ConfigurationError,
    ConversionError,
    InvalidCogError,
    ProtocolError,
    ServerError,
    StoreError,
    TransportError,
)
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.object_names import COG_CONTENT_TYPE, TIFF_MAGIC
from cog_browser.storage.progress import Progress, part, report
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.metadata import read_metadata, write_metadata

_log = logging.getLogger(__name__)

_DOWNLOADED, _CONVERTED, _CHECKED = 30, 95, 100  # per cent of the progress
_CHUNK = 1 << 20


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
        entry, store = self.plan.entry, self._store
        _refuse_changed(store, entry)
        metadata = read_metadata(store, entry.container, entry.key)
        uploaded = self._upload(progress)
        _keep_metadata(store, uploaded, metadata)
        return uploaded

    def close(self) -> None:
        """Remove all local files. May be called twice."""
        self._cleanup.close()

    def _upload(self, progress: Progress | None) -> ObjectEntry:
        """Look again before the last bytes are sent: until then the store keeps the old object."""
        entry, store, is_checked = self.plan.entry, self._store, [False]

        def watched(done: int, total: int | None) -> bool:
            if done != total:
                is_checked[0] = False  # a sign-in that ended makes the store send it all again
            elif not is_checked[0]:
                is_checked[0] = True
                self._refuse_foreign()
            return progress is None or progress(done, total)

        try:
            return store.upload(
                self._made,
                entry.container,
                entry.key,
                overwrite=True,
                content_type=COG_CONTENT_TYPE,
                progress=watched,
            )
        except (TransportError, ServerError) as error:
            return self._after_a_lost_answer(error)

    def _refuse_foreign(self) -> None:
        """Raise unless the object is the old one, or by a lost answer the new one already."""
        entry = self.plan.entry
        now = self._store.head_object(entry.container, entry.key)
        if not (_is_same(now, entry) or self._is_new(now)):
            raise _changed(entry)

    def _after_a_lost_answer(self, error: StoreError) -> ObjectEntry:
        """The store may have the new object all the same."""
        entry = self.plan.entry
        try:
            now = self._store.head_object(entry.container, entry.key)
        except StoreError:
            raise error from None
        if self._is_new(now):
            return now
        raise error

    def _is_new(self, now: ObjectEntry) -> bool:
        return now.size == self.size and now.etag == _md5(self._made)


def plan_repair(
    store: ObjectStore, container: str, key: str, profile: str = "science"
) -> RepairPlan:
    """Judge an object as it is. Reads its headers only, and writes nothing."""
    entry = store.head_object(container, key)
    before = validate_cog(ObjectRef(store, container, key))
    _refuse_changed(store, entry)
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
        store.download(container, key, original, progress=part(progress, 0, _DOWNLOADED))
        _refuse_changed(store, entry)
        _refuse_non_tiff(original, entry)
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


def _refuse_changed(store: ObjectStore, entry: ObjectEntry) -> None:
    if not _is_same(store.head_object(entry.container, entry.key), entry):
        raise _changed(entry)


def _is_same(now: ObjectEntry, entry: ObjectEntry) -> bool:
    return (now.etag, now.size) == (entry.etag, entry.size)


def _changed(entry: ObjectEntry) -> ProtocolError:
    return ProtocolError(
        f"“{entry.key}” in container “{entry.container}” has been replaced by somebody else "
        "meanwhile, so it was left as it is. Refresh, and look at the new one."
    )


def _refuse_non_tiff(original: Path, entry: ObjectEntry) -> None:
    """GDAL would take a VRT of any name, and put other files' pixels into the store."""
    with original.open("rb") as file:
        if file.read(4) not in TIFF_MAGIC:
            raise ConversionError(
                f"“{entry.key}” in container “{entry.container}” is no TIFF, so it can't become a "
                "COG under the same name. Download it, and publish it under another."
            )


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


def _keep_metadata(store: ObjectStore, entry: ObjectEntry, metadata: Mapping[str, str]) -> None:
    try:
        write_metadata(store, entry.container, entry.key, metadata)
    except StoreError as error:  # the pixels are safe; the rest can be written again
        _log.warning(
            "“%s” is a proper COG now, but lost its metadata (%s); write it again. %s",
            entry.key,
            ", ".join(metadata),
            error,
        )


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
