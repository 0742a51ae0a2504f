# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a place. Runs in workers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cog_browser.adapters.panel_settings import shows_part_containers
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.workers import Job
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.sorting import folder_name
from cog_browser.storage.errors import ServerError, ThrottledError, TransportError
from cog_browser.storage.models import Container, Listing
from cog_browser.storage.paging import Pages
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.turns import in_turns

#: Rows after which a listing stops by itself, so that none fills the memory. It can go on.
MOST_AT_ONCE = 2_000_000
_CONTAINERS_A_PAGE = 1000


@dataclass(frozen=True)
class Page:
    """Some folders (containers, or full prefixes) and objects of a place."""

    folders: Sequence[str | Container]
    objects: ObjectRows

    @property
    def folder_names(self) -> list[str]:
        return [folder_name(folder) for folder in self.folders]


def pages(store: ObjectStore, place: Place, page_size: int | None = None) -> Iterator[Page]:
    """What is directly in the place, a page at a time.

    From the first page on, projects that are opened find the objects of this account.
    """

    def page_of(listing: Listing) -> Page:
        sessions().remember_root(store)
        return Page(listing.prefixes, ObjectRows(in_turns(listing.objects), place.prefix))

    if not place.container:
        return _pages_of_containers(store)
    listings = store.list_objects(place.container, place.prefix, DELIMITER, page_size)
    return listings.map(page_of) if isinstance(listings, Pages) else map(page_of, listings)


def _pages_of_containers(store: ObjectStore) -> Iterator[Page]:
    containers = shown_containers(store)
    while page := list(islice(containers, _CONTAINERS_A_PAGE)):
        sessions().remember_root(store)
        yield Page(page, ObjectRows())


def shown_containers(store: ObjectStore) -> Iterator[Container]:
    """Without those that only hold parts of large objects, unless the user wants to see them."""
    shows_parts = shows_part_containers()
    return (c for c in store.list_containers() if shows_parts or not c.holds_parts)


class Stream:
    """The listing of a place for the table: it can be stopped, and goes on where it stopped."""

    def __init__(self, store: ObjectStore, place: Place) -> None:
        self.place, self._pages = place, pages(store, place)
        self._can_go_on = isinstance(self._pages, Pages)
        self._wish_to_stop = threading.Event()
        self._listed, self.limit = 0, MOST_AT_ONCE
        self.is_complete = False

    @property
    def is_stopped(self) -> bool:
        return self._wish_to_stop.is_set()

    def stop(self) -> None:
        """Ask for no further page; the one that is on its way still comes."""
        self._wish_to_stop.set()

    def outlives(self, error: Exception | None) -> bool:
        """Whether what was listed stays right after an error; then it is as after a `stop`."""
        is_passing = isinstance(error, (TransportError, ThrottledError, ServerError))
        if is_passing and self._can_go_on and self._listed:
            self.stop()
            return True
        return False

    def go_on(self) -> None:
        """After a `stop`: the next `run`, or the one that hasn't ended yet, lists the rest."""
        self._wish_to_stop.clear()

    def run(self, job: Job) -> bool:
        """Emit each page as it comes; False where it was stopped before the end."""
        for page in self._rest():
            job.emit(page)
        return self.is_complete

    def collect(self, job: Job) -> Page:
        """All pages as one; not `is_complete` where it stopped by itself."""
        folders: list[str | Container] = []
        whole = Page(folders, ObjectRows())
        for page in self._rest():
            job.check()
            folders.extend(page.folders)
            whole.objects.extend(page.objects)
        return whole

    def _rest(self) -> Iterator[Page]:
        while not self.is_stopped:
            page = next(self._pages, None)
            if page is None:
                self.is_complete = True
                return
            self._listed += len(page.folders) + len(page.objects)
            if self._listed >= self.limit:
                self.limit += MOST_AT_ONCE
                self.stop()
            yield page


def stream_folders(store: ObjectStore, place: Place, job: Job) -> None:
    """Emit the folders only, which is all a tree keeps."""
    for page in pages(store, place):
        job.check()
        if page.folders:
            job.emit(page.folder_names)


def collect(store: ObjectStore, place: Place, job: Job) -> Page:
    """All pages as one, as far as a listing goes without being asked."""
    return Stream(store, place).collect(job)
