# SPDX-License-Identifier: GPL-2.0-or-later
"""Deletes objects, folders and empty containers, once the user knows what that means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.pinned import pinned_by
from cog_browser.gui.manage.shown_layers import keys_among, layers_of, names_of
from cog_browser.gui.manage.tasks import Outcome, Tasks
from cog_browser.gui.place import Place
from cog_browser.gui.text import count_text, one_line
from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.many_objects import (
    Survey,
    delete_all,
    delete_empty_container,
    holds_nothing,
    survey,
)
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.large_objects import SEGMENTS, segments_container
from cog_browser.storage.swift.store import SwiftStore
from cog_browser.storage.turns import in_turns

#: To delete more, their number has to be typed.
TYPED_ABOVE = 100

Refresh = Callable[[Place], None]


@dataclass(frozen=True)
class _Found:
    """What goes through all objects, and so is made in a worker."""

    survey: Survey
    names: list[str]  # folders, and what was chosen besides
    shown: list[str]  # keys of open layers
    warning: str


def delete_objects(tasks: Tasks, store: ObjectStore, chosen: Chosen, refresh: Refresh) -> None:
    """Count, ask, delete. Thread: main."""
    dialog = tasks.open(tr("Delete"), "CogBrowserDeleteDialog")
    container = chosen.container

    shown = layers_of(chosen.place.connection_id, container)
    shown_keys = frozenset(shown)

    def look(progress: Progress) -> _Found:
        found = survey(store, container, chosen.entries(), chosen.prefixes, progress)
        names = _named(found.keys, chosen.prefixes)
        among = keys_among(found.keys, shown_keys)
        return _Found(found, names, among, pinned_by(store, container, found.keys))

    def ask(found: _Found) -> None:
        count = len(found.survey.keys)
        if not count:
            dialog.show_end(tr("There is nothing to delete: the folder is gone already."))
            return
        dialog.agreed.connect(lambda: delete(found.survey))
        question = tr("Delete {what} from container “{container}”? This can't be undone.")
        said = count_text(len(chosen.folders), count, found.survey.size)
        warning = _warning(container, names_of(shown, found.shown))
        dialog.ask(
            question.format(what=said, container=one_line(container)),
            tr("Delete"),
            found.names,
            " ".join(filter(None, (found.warning, warning))),
            str(count) if count > TYPED_ABOVE else "",
        )

    def delete(found: Survey) -> None:
        dialog.show_working(tr("Deleting {count} objects…").format(count=len(found.keys)))

        def work(progress: Progress) -> Outcome:
            return Outcome(len(found.keys)).take(delete_all(store, container, found.keys, progress))

        tasks.run(dialog, work, ended)

    def ended(outcome: Outcome) -> None:
        refresh(chosen.place)
        done = tr("Deleted: {what}.").format(what=count_text(0, outcome.done, None))
        if outcome.failed or outcome.left:
            dialog.show_end(outcome.add_up(done), outcome.lines)
        else:
            tasks.finish(dialog, done)

    dialog.show_looking(tr("Counting…"))
    tasks.run(dialog, look, ask, tr("Counting… {count} objects"))


def delete_container(tasks: Tasks, store: ObjectStore, place: Place, refresh: Refresh) -> None:
    """Delete it if it is empty; otherwise say so. Thread: main."""
    name = place.container
    dialog = tasks.open(tr("Delete container"), "CogBrowserDeleteDialog")
    parts = segments_container(name) if isinstance(store, SwiftStore) else ""

    def ask(is_empty: bool) -> None:
        if not is_empty:
            dialog.show_end(_not_empty(name))
            return
        dialog.agreed.connect(delete)
        question = tr("Delete the empty container “{name}”?").format(name=one_line(name))
        dialog.ask(question, tr("Delete"))

    def delete() -> None:
        dialog.show_working(tr("Deleting…"))

        def work(_progress: Progress) -> bool | None:
            try:
                return delete_empty_container(store, name, parts)
            except ProtocolError as error:
                if error.status == 409:
                    return None
                raise

        tasks.run(dialog, work, ended)

    def ended(with_parts: bool | None) -> None:
        refresh(Place(place.connection_id))
        if with_parts is None:  # somebody has put something there meanwhile
            dialog.show_end(_not_empty(name))
            return
        text = tr("Container “{name}” is deleted.").format(name=one_line(name))
        if with_parts:
            said = tr("So is “{name}”, which held parts of its large objects.")
            text += " " + said.format(name=one_line(parts))
        tasks.finish(dialog, text)

    dialog.show_looking(tr("Looking whether it is empty…"))
    tasks.run(dialog, lambda _progress: holds_nothing(store, name), ask)


def _not_empty(name: str) -> str:
    return tr(
        "Container “{name}” is not empty, so it can't be deleted. Open it, select all that is in "
        "it (Ctrl+A), delete that, and try again."
    ).format(name=one_line(name))


def _named(keys: tuple[str, ...], prefixes: tuple[str, ...]) -> list[str]:
    """Folders by their names alone, and what was chosen by itself, not with its folder."""
    return [*prefixes, *(key for key in in_turns(keys) if not key.startswith(prefixes))]


def _warning(container: str, names: list[str]) -> str:
    """What breaks; ``names`` are those of open layers."""
    warnings = []
    if names:
        said = tr("Open layers show what is to be deleted, and won't draw any more: {names}.")
        warnings.append(said.format(names=", ".join(names)))
    if container.endswith(SEGMENTS):
        warnings.append(
            tr(
                "This container holds parts of large objects: those whose parts are deleted can't "
                "be read any more."
            )
        )
    return " ".join(warnings)
