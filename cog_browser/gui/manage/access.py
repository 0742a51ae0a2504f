# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a container public or private, says what that means, and proves that it is so."""

from __future__ import annotations

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.text import one_line
from cog_browser.storage.progress import Progress
from cog_browser.storage.swift.access import (
    Access,
    kept,
    prove_access,
    read_access,
    set_public,
)
from cog_browser.storage.swift.store import SwiftStore


def change_access(tasks: Tasks, store: SwiftStore, container: str) -> None:
    """Look how it is, ask, change, prove. Thread: main."""
    name = one_line(container)
    dialog = tasks.open(tr("Access to container “{name}”").format(name=name))

    def ask(now: Access) -> None:
        to_public = not now.is_public or now.has_locked_parts
        dialog.agreed.connect(lambda: change(to_public))
        dialog.ask(
            _question(now, name, to_public),
            tr("Make it public") if to_public else tr("Make it private"),
            _changes(now, to_public),
            tr("Everybody in the world can then list and read all of it, without signing in.")
            if to_public
            else "",
        )

    def change(to_public: bool) -> None:
        dialog.show_working(tr("Setting, and trying it as a stranger…"))

        def work(_progress: Progress) -> tuple[str, ...]:
            set_public(store, container, to_public)
            return prove_access(store, container, to_public)

        tasks.run(dialog, work, lambda tried: ended(to_public, tried))

    def ended(is_public: bool, tried: tuple[str, ...]) -> None:
        text = (
            tr("Container “{name}” is public.")
            if is_public
            else tr("Container “{name}” is private.")
        ).format(name=name)
        if not tried:
            text += " " + tr("It is empty, so there was nothing to try it with.")
        elif is_public:
            text += " " + tr("It was tried: these could be read without signing in.")
        else:
            text += " " + tr("It was tried: these can't be read without signing in.")
        dialog.show_end(text, tried)

    dialog.show_looking(tr("Looking who may read it…"))
    tasks.run(dialog, lambda _progress: read_access(store, container), ask)


def _question(now: Access, name: str, to_public: bool) -> str:
    if now.has_locked_parts:
        text = tr(
            "“{name}” is public, but the container with the parts of its large objects is not: "
            "large objects are listed, and can't be read. Open that as well?"
        )
    elif to_public:
        text = tr("“{name}” is private: only people of its project can read it. Make it public?")
    else:
        text = tr(
            "“{name}” is public: everybody can read it. Make it private? Web maps and layers that "
            "read it without signing in then fail."
        )
    text = text.format(name=name)
    if others := kept(now.readers, to_public):
        said = tr("Others that may read it now stay: {readers}.")
        text += " " + said.format(readers=", ".join(others))
    return text


def _changes(now: Access, to_public: bool) -> list[str]:
    """What will be set where."""
    added = [".r:*", ".rlistings"] if to_public else []
    lines = [
        f"{now.container}: X-Container-Read: {','.join([*kept(now.readers, to_public), *added])}"
    ]
    if now.parts:
        others = kept(now.parts_readers, to_public)
        lines.append(f"{now.parts}: X-Container-Read: {','.join([*others, *added[:1]])}")
    return lines
