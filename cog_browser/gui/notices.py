# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panel says where there is nothing to list: why, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon

from cog_browser.adapters.i18n import tr
from cog_browser.gui.icons import icon
from cog_browser.gui.messages import Message
from cog_browser.gui.text import one_line
from cog_browser.gui.tree_model import NodeState

if TYPE_CHECKING:
    from cog_browser.gui.dock import CogBrowserDock


class Notice(NamedTuple):
    """As `NoticePage.show_notice` takes it; without ``button`` there is nothing to be done."""

    title: str
    text: str = ""
    button: str = ""
    picture: QIcon | None = None


def notice_of(dock: CogBrowserDock) -> Notice:
    """For the state that the panel is in, with no row to show."""
    place, model = dock.current_place, dock.objects_model
    if place is None:
        return Notice(tr("Select a connection, container or folder."), picture=icon("connection"))
    if dock.failure is not None:
        return _of_failure(dock.failure)
    if dock.state is not NodeState.READY:
        return Notice(tr("Loading…"), "", tr("Stop"))
    if dock.search_text:
        return Notice(tr("Nothing found"), dock.search_text, tr("Show the folder"), icon("folder"))
    if model.hidden_count:
        return _of_filter(dock.find.line.text().strip(), dock.find.rasters.isChecked())
    if not place.container:
        return Notice(tr("No containers yet"), "", tr("New container…"), icon("container"))
    if dock.tree_model.takes_objects(place):
        text = tr("Publish a raster here as a COG, or upload files as they are.")
        return Notice(tr("This folder is empty"), text, tr("Publish…"), icon("folder"))
    return Notice(tr("This folder is empty"), picture=icon("folder"))


def _of_failure(message: Message) -> Notice:
    theme = QgsApplication.getThemeIcon("/mIconWarning.svg")
    picture = icon(message.picture) if message.picture else theme
    return Notice(message.title, message.full_text, message.button or tr("Retry"), picture)


def _of_filter(words: str, rasters_only: bool) -> Notice:
    if words and rasters_only:
        text = tr("No raster here has “{words}” in its name. Enter searches in all folders below.")
    elif words:
        text = tr("No name here has “{words}” in it. Enter searches in all folders below.")
    else:
        text = tr("There are only other files here, and rasters alone are shown.")
    said = text.format(words=one_line(words))
    return Notice(tr("Nothing here matches"), said, tr("Show all"), icon("folder"))
