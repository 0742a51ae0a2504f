# SPDX-License-Identifier: GPL-2.0-or-later
"""From the objects to the manifest and what to do with it: the whole path in one call."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cog_browser.cog.earth_engine.builder import Wishes, build_manifest
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.manifest import Manifest
from cog_browser.cog.earth_engine.names import asset_name
from cog_browser.cog.earth_engine.preflight import BucketCheck, Preflight, preflight
from cog_browser.cog.earth_engine.source_image import SourceImage, read_source
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.local_files import whole_file_or_nothing

_AT_ONCE = 8
_URL = re.compile(r"(/vsicurl/)?https://storage\.(googleapis|cloud\.google)\.com/")
_GDAL = "/vsigs/"
_PATIENCE = 0.5  # seconds until one that waits looks whether it is still wanted

#: Makes the wishes once the headers are known: bands are chosen among those that there are.
WishesOf = Callable[[Sequence[SourceImage]], Wishes]


@dataclass(frozen=True)
class Prepared:
    """``images`` are in the order of the tilesets."""

    images: tuple[SourceImage, ...]
    manifest: Manifest
    preflight: Preflight

    @property
    def is_ready(self) -> bool:
        """Whether nothing is known that Earth Engine refuses."""
        return self.preflight.is_ready

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"manifest": self.manifest.to_dict(), **self.preflight.to_dict()}

    def write(self, path: str | os.PathLike[str]) -> None:
        """The manifest's file: the whole file or nothing. Raises `ConfigurationError`."""
        with whole_file_or_nothing(Path(path)) as file:
            file.write(self.manifest.to_json().encode())


def prepare(
    store: ObjectStore,
    inputs: Sequence[str | GsUri],
    asset: str,
    wishes: Wishes | WishesOf | None = None,
    *,
    pin: bool = False,
    check_bucket: BucketCheck | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Read the headers of the COGs, several at a time, and build and judge the manifest.

    ``inputs`` are gs://bucket/key or bucket/key. ``pin`` writes into the manifest which
    generation of each object was read, so that Earth Engine takes no other.

    Raises:
      ConfigurationError: No manifest can be made of them, with the reason.
      StoreError: One of the objects can't be read.
      Cancelled: By ``progress``.
    """
    uris = [given if isinstance(given, GsUri) else gs_uri_of(given) for given in inputs]
    asset_name(asset)  # before anything is read
    images = read_sources(store, uris, pin=pin, progress=progress)
    wanted = wishes(images) if callable(wishes) else wishes
    manifest = build_manifest(images, asset, wanted)
    return Prepared(images, manifest, preflight(images, manifest, check_bucket))


def read_sources(
    store: ObjectStore,
    uris: Sequence[GsUri],
    *,
    pin: bool = False,
    progress: Progress | None = None,
) -> tuple[SourceImage, ...]:
    """The headers of all, in their order; see `read_source`. False from ``progress`` cancels."""
    stopped: list[bool] = []
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="earth-engine")
    try:
        jobs: list[Future[SourceImage]] = [
            pool.submit(read_source, store, uri, pin=pin, is_wanted=lambda: not stopped)
            for uri in uris
        ]
        waiting = set(jobs)
        while waiting:
            done, waiting = wait(waiting, _PATIENCE, FIRST_COMPLETED)
            for job in done:
                job.result()  # raises the first failure at once
            report(progress, len(jobs) - len(waiting), len(jobs))
        return tuple(job.result() for job in jobs)
    finally:
        stopped.append(True)
        pool.shutdown(wait=False, cancel_futures=True)


def gs_uri_of(text: str) -> GsUri:
    """gs://bucket/key, or what else stands for it: bucket/key, GDAL's path, the object's URL.

    Raises `ConfigurationError`.
    """
    text = text.strip()
    by_url = _URL.match(text)
    if by_url:  # what follows a “#” isn't part of it; in a key that is %23
        text = "gs://" + unquote(text[by_url.end() :].partition("#")[0])
    elif text.startswith(_GDAL):
        text = "gs://" + text[len(_GDAL) :]
    elif "://" not in text and not text.startswith("/"):
        text = "gs://" + text
    return GsUri.parse(text)


def upload_command(path: str, *, overwrite: bool = False) -> str:
    """What to paste into a shell (of Linux or macOS) to have Earth Engine make the asset."""
    if not path:
        raise ConfigurationError("The command needs the file of the manifest.")
    force = " --force" if overwrite else ""
    return f"earthengine upload external_image --manifest {shlex.quote(path)}{force}"
