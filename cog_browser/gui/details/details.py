# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps the details pane, and the footprint on the canvas, at what is selected."""

from __future__ import annotations

from collections import Counter, OrderedDict
from functools import partial

from qgis.core import QgsUnitTypes
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QImage

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.description import NO_RASTER, Description
from cog_browser.cog.preview import Preview, preview_of
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.details.facts import Group, bounds_text, groups_of, verdict_text
from cog_browser.gui.details.footprints import Footprints, Shape, joint_bounds
from cog_browser.gui.details.headers import Headers, Subject
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.text import count_text
from cog_browser.storage.errors import AuthenticationError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.vsi import running_tiff_source

_ASKER, _PREVIEW, _TOTAL = "selection", ("details", "preview"), ("details", "total")
#: Milliseconds of rest before a selection is looked at: keys may run through a folder.
_REST = 150
#: With more selected, their headers aren't read: only counted, and their sizes added.
MOST_READ = 100
_AT_ONCE = 4
_PREVIEWS_KEPT = 30


class Details(QObject):
    """Thread: main. While the pane is closed nothing is read."""

    def __init__(
        self,
        dock: CogBrowserDock,
        sessions: Sessions,
        workers: Workers,
        accounts: Accounts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._dock, self._pane = dock, dock.details
        self._sessions, self._workers, self._accounts = sessions, workers, accounts
        self.headers = Headers(workers, sessions.store_of, self)
        self.footprints: Footprints | None = None
        self._subjects: tuple[Subject, ...] = ()  # as many as are read
        self._errors: dict[Subject, Exception] = {}
        self._total: tuple[int, int | None] = (0, 0)
        self._previews: OrderedDict[Subject, Preview] = OrderedDict()
        self._is_stopped = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._look)
        dock.table.selectionModel().selectionChanged.connect(self._on_changed)
        dock.objects_model.modelReset.connect(self._on_changed)
        dock.visibilityChanged.connect(self._on_changed)
        self._pane.toggled.connect(self._on_changed)
        self._pane.action_requested.connect(self._on_action)
        self._pane.zoom_requested.connect(self._on_zoom)
        self.headers.described.connect(self._on_described)
        self.headers.failed.connect(self._on_failed)

    def draw_on(self, canvas: QgsMapCanvas) -> None:
        """Show footprints there from now on."""
        self.footprints = Footprints(canvas, self)

    def stop(self) -> None:
        self._is_stopped = True  # the dock goes, and tells of it
        self._rest.stop()
        self._subjects = ()
        self.headers.stop()
        self._workers.cancel(_PREVIEW)
        self._workers.cancel(_TOTAL)
        if self.footprints is not None:
            self.footprints.stop()

    # What is selected

    def _on_changed(self, *_: object) -> None:
        """At once what costs nothing; the rest when the user rests."""
        if self._is_stopped:
            return
        if self._dock.selected_count == 0 or not self._is_shown:
            self._rest.stop()
            self._look()
        else:
            self._rest.start()

    @property
    def _is_shown(self) -> bool:
        return self._pane.is_open and not self._dock.isHidden()

    def _look(self) -> None:
        count = self._dock.selected_count if self._is_shown else 0
        place = self._dock.current_place
        entries = self._dock.selection.entries(MOST_READ + 1) if count and place else []
        subjects = [Subject.of(place.connection_id, entry) for entry in entries] if place else []
        few = tuple(subjects) if count <= MOST_READ else ()
        if few and few == self._subjects:
            return
        self._subjects, self._errors = few, {}
        self._workers.cancel(_PREVIEW)
        self._workers.cancel(_TOTAL)
        self.headers.want(_ASKER, few, _AT_ONCE)
        self._show_footprints()
        if count == 0:
            self._pane.show_nothing()
        elif count == 1:
            self._show_one(few[0])
        else:
            self._add_up(count)

    def _on_described(self, subject: Subject, found: Description) -> None:
        if subject in self._subjects:
            self._show_footprints()
            if len(self._subjects) == 1:
                self._show_description(subject, found)
            else:
                self._show_many()

    def _on_failed(self, subject: Subject, error: Exception) -> None:
        if subject not in self._subjects:
            return
        self._errors[subject] = error
        if len(self._subjects) == 1:
            message = messages.describe(error)
            button = message.button or tr("Retry")
            self._pane.show_failure(message.title, message.full_text, button)
        else:
            self._show_many()

    def _on_action(self) -> None:
        """Try again, after a sign-in where that was what failed."""
        if len(self._subjects) != 1:
            return
        [subject] = self._subjects
        self._subjects = ()
        connection_id = subject.address.connection_id
        is_refused = isinstance(self._errors.get(subject), AuthenticationError)
        if is_refused:
            self._accounts.mark_rejected(connection_id)
        if is_refused or self._sessions.store_of(connection_id) is None:
            self._accounts.with_store(connection_id, lambda _store: self._look(), self._look)
        else:
            self._look()

    # One object

    def _show_one(self, subject: Subject) -> None:
        known = self.headers.known(subject)
        if known is None:
            self._pane.show_loading(subject.address.name)
        else:
            self._show_description(subject, known)

    def _show_description(self, subject: Subject, found: Description) -> None:
        name = subject.address.name
        self._pane.show_object(name, found.verdict, found.report, groups_of(found))
        has_place = Shape.of(found) is not None
        self._pane.set_zoom_enabled(
            has_place and self.footprints is not None,
            "" if has_place else tr("It has no place on the map."),
        )
        if found.verdict == NO_RASTER:
            return
        preview = self._previews.get(subject)
        if preview is not None:
            self._show_preview(preview)
            return
        store = self._sessions.store_of(subject.address.connection_id)
        if store is None:
            return
        self._pane.show_no_picture(tr("Reading a preview…"))
        self._workers.run(
            partial(_read_preview, store, subject),
            done=partial(self._on_preview, subject),
            failed=self._on_no_preview,
            key=_PREVIEW,
        )

    def _on_preview(self, subject: Subject, preview: Preview) -> None:
        self._previews[subject] = preview
        while len(self._previews) > _PREVIEWS_KEPT:
            self._previews.popitem(last=False)
        if self._subjects == (subject,):
            self._show_preview(preview)

    def _on_no_preview(self, error: Exception) -> None:
        self._pane.show_no_picture(
            tr("No preview: {reason}").format(reason=messages.describe(error).text)
        )

    def _show_preview(self, preview: Preview) -> None:
        image = QImage(
            preview.rgba,
            preview.width,
            preview.height,
            4 * preview.width,
            QImage.Format.Format_RGBA8888,
        ).copy()
        self._pane.show_picture(image, _caption(preview))

    # Several

    def _add_up(self, count: int) -> None:
        """Sizes of a few at once; of many, in a worker."""
        self._total = (count, None)
        self._show_many()
        self._workers.run(
            self._dock.selection.size_job(),
            done=partial(self._on_added_up, count),
            key=_TOTAL,
        )

    def _on_added_up(self, count: int, size: int) -> None:
        self._total = (count, size)
        self._show_many()

    def _show_many(self) -> None:
        count, size = self._total
        text = count_text(0, count, size) if size is not None else tr("Adding up…")
        lines = [(tr("Selected"), text)]
        known = self._known()
        shapes = [shape for shape in map(Shape.of, known) if shape is not None]
        note = ""
        if not self._subjects:
            note = tr("Select at most {count} objects to see their joint extent.").format(
                count=MOST_READ
            )
        elif len(known) + len(self._errors) < len(self._subjects):
            note = tr("Reading headers: {done} of {total}…").format(
                done=len(known) + len(self._errors), total=len(self._subjects)
            )
        elif self._errors:
            reason = messages.describe(next(iter(self._errors.values())))
            note = tr("{count} could not be read. The first: {reason}").format(
                count=len(self._errors), reason=reason.text
            )
        if shapes:
            bounds, crs = joint_bounds(shapes)
            sides = (bounds.xMinimum(), bounds.yMinimum(), bounds.xMaximum(), bounds.yMaximum())
            unit = QgsUnitTypes.toString(crs.mapUnits())
            lines.append((tr("Joint extent"), bounds_text(sides, unit)))
            lines.append((tr("CRS"), crs.userFriendlyIdentifier()))
            lines.append((tr("Georeferenced"), str(len(shapes))))
        counted = Counter(verdict_text(one.verdict) for one in known)
        if counted:
            said = ", ".join(f"{text}: {number}" for text, number in counted.items())
            lines.append((tr("Verdicts"), said))
        self._pane.show_many([Group(tr("Selection"), tuple(lines))], note)
        self._pane.set_zoom_enabled(bool(shapes) and self.footprints is not None)

    # The map

    def _known(self) -> list[Description]:
        found = (self.headers.known(subject) for subject in self._subjects)
        return [description for description in found if description is not None]

    def _show_footprints(self) -> None:
        if self.footprints is not None:
            shapes = map(Shape.of, self._known())
            self.footprints.show(shape for shape in shapes if shape is not None)

    def _on_zoom(self) -> None:
        if self.footprints is not None and not self.footprints.zoom():
            self._pane.set_zoom_enabled(False, tr("The map's CRS has no place for it."))


def _read_preview(store: ObjectStore, subject: Subject, job: Job) -> Preview:
    address = subject.address
    source = running_tiff_source(shared_gateway(), store, address.container, address.key)
    job.check()
    return preview_of(source, f"“{address.key}”")


def _caption(preview: Preview) -> str:
    size = f"{preview.level_size[0]} × {preview.level_size[1]}"
    if preview.level:
        text = tr("Preview from overview {number} ({size} pixels).").format(
            number=preview.level, size=size
        )
    else:
        text = tr("Preview from full resolution ({size} pixels).").format(size=size)
    return " ".join((text, *preview.notes))
