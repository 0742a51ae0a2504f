# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a link to one object, that ends, and puts it on the clipboard."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from qgis.PyQt.QtWidgets import QApplication, QComboBox, QFormLayout

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.text import one_line, time_text
from cog_browser.storage.http_store import HttpStore
from cog_browser.storage.progress import Progress
from cog_browser.storage.share_links import DAY
from cog_browser.storage.swift.store import SwiftStore
from cog_browser.storage.swift.temp_url import CONTAINER, SharePlan, plan_share

_HOUR = 3600  # seconds


def share_object(tasks: Tasks, store: HttpStore, chosen: Chosen) -> None:
    """Look for a key, ask, make and try the link. Thread: main."""
    [entry] = chosen.entries()
    container, key, name = entry.container, entry.key, one_line(entry.name)
    dialog = tasks.open(tr("Share “{name}”").format(name=name), "CogBrowserShareDialog")
    life = QComboBox(dialog)
    life.setAccessibleName(tr("The link works for"))
    for text, seconds in (
        (tr("1 hour"), _HOUR),
        (tr("1 day"), DAY),
        (tr("1 week"), 7 * DAY),
        (tr("30 days"), 30 * DAY),
        (tr("1 year"), 365 * DAY),
    ):
        if seconds <= store.longest_link:
            life.addItem(text, seconds)
    life.setCurrentIndex(1)
    form = QFormLayout()
    form.addRow(tr("The link works for"), life)

    def look(_progress: Progress) -> SharePlan | None:
        """Other stores than Swift sign by what the connection signs in with."""
        if isinstance(store, SwiftStore):
            return plan_share(store, container, key)
        store.head_object(container, key)  # raises where it can't be read
        return None

    def ask(plan: SharePlan | None) -> None:
        dialog.fields.addLayout(form)
        needs_key = plan is not None and plan.needs_key
        dialog.agreed.connect(lambda: make(needs_key))
        question = tr(
            "Whoever has the link can read “{name}”, and nothing else, until it ends. It can't be "
            "taken back singly before: treat it like a password."
        ).format(name=name)
        button = tr("Make a key and the link") if needs_key else tr("Make the link")
        dialog.ask(question, button, warning=_power(plan, container) if needs_key else "")

    def make(needs_key: bool) -> None:
        seconds = int(life.currentData())
        life.setEnabled(False)
        dialog.show_looking(tr("Making the link, and trying it…"))

        def work(_progress: Progress) -> str:
            return store.share_url(container, key, seconds, create_key=needs_key)

        tasks.run(dialog, work, lambda link: made(link, seconds))

    def made(link: str, seconds: int) -> None:
        QApplication.clipboard().setText(link)
        ends = time_text(datetime.now(timezone.utc) + timedelta(seconds=seconds))
        said = tr("The link is on the clipboard. It was tried, and works until {time}.")
        dialog.show_end(said.format(time=ends))
        dialog.show_whole(link)

    dialog.show_looking(tr("Looking for what can sign the link…"))
    tasks.run(dialog, look, ask)


def _power(plan: SharePlan, container: str) -> str:
    if plan.scope == CONTAINER:
        return tr(
            "Container “{name}” has no key for links yet. One will be made and kept in the "
            "container's metadata, which only owners of the project see. Whoever knows it can "
            "make links to read, change and delete every object of this container."
        ).format(name=one_line(container))
    return tr(
        "“Large” objects have their parts in another container, so only a key of the whole project "
        "can sign the link, and it has none yet. One will be made and kept in the account's "
        "metadata, which only owners of the project see. Whoever knows it can make links to read, "
        "change and delete everything in this project."
    )
