# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a place. Runs in workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cog_browser.adapters.panel_settings import shows_part_containers
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.workers import Job
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.sorting import folder_name
from cog_browser.storage.models import Container
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.turns import in_turns

_CONTAINERS_A_PAGE = 1000


@dataclass(frozen=True)
class Page:
    """Some folders (containers, or full prefixes) and objects of a place."""

    folders: Sequence[str | Container]
    objects: ObjectRows

    @property
    def folder_names(self) -> list[str]:
        return [folder_name(folder) for folder in self.folders]


def pages(store: ObjectStore, place: Place) -> Iterator[Page]:
    """What is directly in the place, a page at a time.

    From the first page on, projects that are opened find the objects of this account.
    """
    for page in _pages(store, place):
        sessions().remember_root(store)
        yield page


def _pages(store: ObjectStore, place: Place) -> Iterator[Page]:
    if place.container:
        for listing in store.list_objects(place.container, place.prefix, DELIMITER):
            yield Page(listing.prefixes, ObjectRows(in_turns(listing.objects), place.prefix))
        return
    shows_parts = shows_part_containers()
    containers = (c for c in store.list_containers() if shows_parts or not c.holds_parts)
    while page := list(islice(containers, _CONTAINERS_A_PAGE)):
        yield Page(page, ObjectRows())


def stream(store: ObjectStore, place: Place, job: Job) -> None:
    """Emit each page as it comes."""
    for page in pages(store, place):
        job.emit(page)


def stream_folders(store: ObjectStore, place: Place, job: Job) -> None:
    """Emit the folders only, which is all a tree keeps."""
    for page in pages(store, place):
        job.check()
        if page.folders:
            job.emit(page.folder_names)


def collect(store: ObjectStore, place: Place, job: Job) -> Page:
    """All pages as one."""
    folders: list[str | Container] = []
    whole = Page(folders, ObjectRows())
    for page in pages(store, place):
        job.check()
        folders.extend(page.folders)
        whole.objects.extend(page.objects)
    return whole
