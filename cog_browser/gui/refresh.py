# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a place anew, and sorts the table's rows; what is selected stays selected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job
from cog_browser.gui import listing
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.kept_selection import Found, KeptSelection
from cog_browser.gui.listing import Page
from cog_browser.gui.sorting import Order, SortJob


@dataclass(frozen=True)
class NewRows:
    """A new listing, how its rows are shown, and which of them are selected."""

    stream: listing.Stream
    page: Page
    names: list[str]  # of its folders
    order: Order
    kept: KeptSelection
    found: Found


def collecting(dock: CogBrowserDock, stream: listing.Stream) -> Callable[[Job], NewRows]:
    """What lists a place in a worker, for `show_new_rows`. Thread: main."""
    pattern = dock.objects_model.order_of((), dock.objects_model.rows_of(()))
    return partial(_collect, stream, pattern, dock.selection.kept())


def _collect(stream: listing.Stream, pattern: SortJob, kept: KeptSelection, job: Job) -> NewRows:
    page = stream.collect(job)
    counts = {"folder_count": len(page.folders), "object_count": len(page.objects)}
    order = replace(pattern, folders=page.folders, objects=page.objects, **counts).run(job.check)
    names = page.folder_names
    found = kept.in_listing(names, page.objects, order, job.check)
    return NewRows(stream, page, names, order, kept, found)


def show_new_rows(dock: CogBrowserDock, new: NewRows) -> str:
    """Put them into the table at once. Returns what to tell the user."""
    model = dock.objects_model
    return _changed(
        dock,
        new.kept,
        new.found if model.wants_alike(new.order) else None,
        lambda: model.replace(new.page.folders, new.page.objects, new.order),
    )


def sorting(dock: CogBrowserDock, job: SortJob) -> Callable[[Job], tuple]:
    """What sorts in a worker, for `show_order`. Thread: main."""
    kept = dock.selection.kept()

    def run(running: Job) -> tuple:
        order = job.run(running.check)
        return order, kept, kept.in_order(order, running.check)

    return run


def show_order(dock: CogBrowserDock, result: tuple[Order, KeptSelection, Found]) -> str:
    """Show the rows in that order, if it is still wanted. Returns what to tell the user."""
    order, kept, found = result
    if not dock.objects_model.wants(order):
        return ""
    return _changed(dock, kept, found, lambda: dock.objects_model.apply_order(order))


def _changed(
    dock: CogBrowserDock, kept: KeptSelection, found: Found, change: Callable[[], None]
) -> str:
    if dock.selection.change_rows(kept, found, change):
        return ""
    return tr("The selected objects would have been scattered, so nothing is selected now.")
