# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a place. Runs in workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cog_browser.adapters.panel_settings import shows_part_containers
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.workers import Job
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.sorting import folder_name
from cog_browser.storage.models import Container, ObjectEntry
from cog_browser.storage.store import ObjectStore

_CONTAINERS_A_PAGE = 1000


@dataclass(frozen=True)
class Page:
    """Some folders (containers, or full prefixes) and objects of a place."""

    folders: Sequence[str | Container]
    objects: Sequence[ObjectEntry]

    @property
    def folder_names(self) -> list[str]:
        return [folder_name(folder) for folder in self.folders]


def pages(store: ObjectStore, place: Place, page_size: int | None = None) -> Iterator[Page]:
    """What is directly in the place, a page at a time.

    From the first page on, projects that are opened find the objects of this account.
    """
    for page in _pages(store, place, page_size):
        sessions().remember_root(store)
        yield page


def _pages(store: ObjectStore, place: Place, page_size: int | None) -> Iterator[Page]:
    if place.container:
        for listing in store.list_objects(place.container, place.prefix, DELIMITER, page_size):
            yield Page(listing.prefixes, listing.objects)
        return
    shows_parts = shows_part_containers()
    containers = (c for c in store.list_containers() if shows_parts or not c.holds_parts)
    while page := list(islice(containers, _CONTAINERS_A_PAGE)):
        yield Page(page, ())


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
    whole = Page([], [])
    for page in pages(store, place):
        job.check()
        whole.folders.extend(page.folders)
        whole.objects.extend(page.objects)
    return whole
