# SPDX-License-Identifier: GPL-2.0-or-later
"""A search in all containers of a connection, a few at a time. No Qt: runs in workers."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Queue

from cog_browser.gui.find.query import Found, Query, search
from cog_browser.gui.listing import Page
from cog_browser.gui.place import Place
from cog_browser.storage.errors import AuthenticationError, CogBrowserError, TransportError
from cog_browser.storage.models import Container
from cog_browser.storage.pool import DaemonPool
from cog_browser.storage.store import ObjectStore

#: Containers that are listed at a time.
AT_ONCE = 4
_AHEAD = 8  # results that wait for the caller; then the threads wait as well


def search_everywhere(
    store: ObjectStore, connection: Place, query: Query, containers: Iterable[Container]
) -> Iterator[Found]:
    """A result for every page of every container, `Found.seen` over all of them.

    A container that can't be listed is left out; `Found.failed` names it. Raises where none can,
    and where nothing is answered. The threads end at their next page when the caller goes away.
    """
    results: Queue[Found | BaseException | None] = Queue(_AHEAD)
    is_over = threading.Event()

    def put(found: Found | BaseException | None) -> None:
        if not is_over.is_set():
            results.put(found)

    def look_into(container: Container) -> None:
        try:
            for found in search(store, connection.child(container.name), query):
                if is_over.is_set():
                    return
                # prefixes mean nothing without their container
                put(Found(Page((), found.page.objects), found.seen, seen_here=found.seen_here))
        except (AuthenticationError, TransportError) as error:  # so it would be for the others
            put(error)
        except CogBrowserError as error:
            errors.append(error)
            put(Found(failed=(container.name,)))
        except Exception as error:
            put(error)
        finally:
            put(None)

    pool, waiting, seen = DaemonPool(AT_ONCE, "cog-browser-search"), iter(containers), 0
    failed: tuple[str, ...] = ()
    errors: list[CogBrowserError] = []
    running = begun = 0
    try:
        while True:
            while running < AT_ONCE and (container := next(waiting, None)) is not None:
                pool.submit(lambda container=container: look_into(container))
                running, begun = running + 1, begun + 1
            if not running:
                if errors and len(errors) == begun:
                    raise errors[-1]
                return
            result = results.get()
            if result is None:
                running -= 1
                continue
            if isinstance(result, BaseException):
                raise result
            seen, failed = seen + result.seen_here, failed + result.failed
            yield Found(result.page, seen, failed, result.seen_here)
    finally:
        is_over.set()
        while not results.empty():  # so that nobody waits to put more
            results.get_nowait()
        pool.stop()
