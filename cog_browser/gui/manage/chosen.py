# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user has chosen to do something with: objects and folders, or a container."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cog_browser.gui.place import Place
from cog_browser.storage.models import ObjectEntry

if TYPE_CHECKING:
    from cog_browser.gui.dock import CogBrowserDock


_LOOKED_AT = 1_000  # selected objects, whether all are in one container


@dataclass(frozen=True)
class Chosen:
    """``place`` is where it was chosen. ``entries`` makes the list of objects, in any thread.

    No objects and no folders mean the container itself.
    """

    place: Place
    object_count: int = 0
    entries: Callable[[], Sequence[ObjectEntry]] = tuple
    folders: tuple[Place, ...] = ()

    @property
    def container(self) -> str:
        return self.place.container

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(folder.prefix for folder in self.folders)

    @property
    def count(self) -> int:
        """Objects and folders."""
        return self.object_count + len(self.folders)


def chosen_place(place: Place) -> Chosen:
    """A container, or a folder as its parent lists it."""
    if not place.prefix or place.parent is None:
        return Chosen(place)
    return Chosen(place.parent, folders=(place,))


def chosen_in_tree(dock: CogBrowserDock) -> Chosen | None:
    """The selected row; the current one may be the first by itself, which nobody chose."""
    places = [dock.tree_model.place(index) for index in dock.tree.selectedIndexes()]
    return chosen_place(places[0]) if places and places[0] is not None else None


def chosen_in_table(dock: CogBrowserDock) -> Chosen | None:
    """The selected rows; of containers only a single one, and objects of one container."""
    place, folders = dock.current_place, dock.selection.folders()
    if place is None:
        return None
    count = dock.selected_count
    if not place.container and not count:
        return Chosen(folders[0]) if len(folders) == 1 else None
    if not place.container:  # found by a search in all of them
        containers = {entry.container for entry in dock.selection.entries(_LOOKED_AT + 1)}
        if folders or count > _LOOKED_AT or len(containers) > 1:
            return None
        place = place.child(*containers)
    if not count and not folders:
        return None
    return Chosen(place, count, dock.selection.entries_job(), tuple(folders))
