# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a container public or private, says what that means, and proves that it is so."""

from __future__ import annotations

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.text import one_line
from cog_browser.storage.progress import Progress
from cog_browser.storage.public_access import Access, CanBePublic
from cog_browser.storage.store import ObjectStore


def change_access(tasks: Tasks, store: ObjectStore, container: str) -> None:
    """Look how it is, ask, change, prove; or say where that is done. Thread: main."""
    name = one_line(container)
    dialog = tasks.open(
        tr("Access to container “{name}”").format(name=name), "CogBrowserAccessDialog"
    )
    if not isinstance(store, CanBePublic):
        dialog.show_end(_elsewhere(store.connection.kind))
        return

    def ask(now: Access) -> None:
        to_public = not now.is_public or now.has_locked_parts
        dialog.agreed.connect(lambda: change(to_public))
        dialog.ask(
            _question(now, name, to_public),
            tr("Make it public") if to_public else tr("Make it private"),
            now.changes(to_public),
            tr("Everybody in the world can then list and read all of it, without signing in.")
            if to_public
            else "",
        )

    def change(to_public: bool) -> None:
        dialog.show_working(tr("Setting, and trying it as a stranger…"))

        def work(progress: Progress) -> tuple[str, ...]:
            store.set_public(container, to_public)
            return store.prove_access(container, to_public, progress)

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
    tasks.run(dialog, lambda _progress: store.read_access(container), ask)


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
    if others := now.others(to_public):
        said = tr("Others that may read it now stay: {readers}.")
        text += " " + said.format(readers=", ".join(others))
    return text


def _elsewhere(kind: str) -> str:
    """Where there is no switch for one container alone."""
    if kind == "gs":
        return tr(
            "Google Cloud Storage makes buckets public by roles, which may hold for more than this "
            "bucket, so this is done in Google's console: open the bucket, then Permissions › "
            "Grant access, and give “allUsers” the role Storage Object Viewer. To give a single "
            "object away, use “Share link…”."
        )
    return tr(
        "S3 makes buckets public by a policy, and by blocks for the whole account, so this is done "
        "at the provider: in Amazon's console open the bucket, then Permissions, take away “Block "
        "public access”, and add a policy that allows everybody (“*”) s3:GetObject and "
        "s3:ListBucket. To give a single object away, use “Share link…”."
    )
