# SPDX-License-Identifier: GPL-2.0-or-later
"""What the menu of one object does with it: check its server, make a proper COG of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

from qgis.core import QgsProcessingUtils
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.repair import PreparedRepair, RepairPlan, plan_repair, prepare_repair
from cog_browser.cog.server.check import ORIGIN, check_server
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.job_progress import progress_of
from cog_browser.gui.manage.pinned import pinned_by
from cog_browser.gui.objects.cors_dialog import CorsDialog, cors_elsewhere
from cog_browser.gui.objects.repair_dialog import RepairDialog
from cog_browser.gui.objects.server_dialog import ServerDialog
from cog_browser.gui.place import ObjectAddress
from cog_browser.gui.text import one_line
from cog_browser.storage.cors import CorsSetting, SetsCors, cors_setter
from cog_browser.storage.errors import Cancelled
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.store import ObjectStore

CHECK_SERVER, REPAIR = "check-server", "repair"


class ObjectActions(QObject):
    """Thread: main; what touches network, disk or GDAL runs in workers."""

    def __init__(
        self,
        accounts: Accounts,
        workers: Workers,
        bar: QgsMessageBar,
        window: QWidget,
        refresh: Callable[[str, str, str], None],
    ) -> None:
        super().__init__(window)
        self._accounts, self._workers, self._bar = accounts, workers, bar
        self._window, self._refresh = window, refresh
        self._numbers = itertools.count()
        self._dialogs: set[QDialog] = set()
        self._prepared: dict[QDialog, PreparedRepair] = {}

    def run(self, action: str, address: ObjectAddress) -> None:
        """Begin `CHECK_SERVER` or `REPAIR`."""
        begin = {CHECK_SERVER: self._check, REPAIR: self._repair}[action]
        self._accounts.with_store(address.connection_id, partial(begin, address))

    def stop(self) -> None:
        """Close all dialogs, and throw away what waits in them."""
        for prepared in self._prepared.values():
            prepared.close()  # here: no worker begins anything any more
        self._prepared.clear()
        for dialog in list(self._dialogs):
            dialog.reject()

    # The server

    def _check(self, address: ObjectAddress, store: ObjectStore) -> None:
        setter = cors_setter(store)
        dialog = ServerDialog(
            address.name,
            has_cors=setter is not None,
            cors_elsewhere=cors_elsewhere(store.connection.kind),
            parent=self._window,
        )
        key = self._open(dialog)
        ref = ObjectRef(store, address.container, address.key)

        def check(origin: str = ORIGIN) -> None:
            dialog.show_running()
            self._work(
                dialog, key,
                lambda job: check_server(ref, origin=origin, progress=progress_of(job)),
                dialog.show_report,
            )  # fmt: skip

        dialog.again_requested.connect(check)
        if setter is not None:
            ask = partial(self._ask_cors, dialog, key, setter, address.container, check)
            dialog.cors_requested.connect(ask)
        check()

    def _ask_cors(
        self,
        server: ServerDialog,
        key: object,
        store: SetsCors,
        container: str,
        check: Callable[[str], None],
    ) -> None:
        """What is set now, then the user's consent, then another check as one of the origins."""

        def ask(now: CorsSetting) -> None:
            server.show_cors_done()
            dialog = CorsDialog(container, now, server)
            self._open(dialog)
            dialog.submitted.connect(partial(write, now))

        def write(now: CorsSetting, origins: tuple[str, ...]) -> None:
            work(lambda _job: store.write_cors(container, now, origins), written)

        def written(setting: CorsSetting) -> None:
            text = tr("The CORS metadata of container “{name}” is set.")
            messages.show_note(self._bar, text.format(name=one_line(container)))
            origin = next((o for o in setting.origins if o != "*"), ORIGIN)
            check(origin)

        def work(function: Callable[[Job], CorsSetting], done: Callable[[Any], None]) -> None:
            server.show_cors_running()
            self._workers.run(function, done=done, failed=server.show_cors_failure, key=key)

        work(lambda _job: store.read_cors(container), ask)

    # The repair

    def _repair(self, address: ObjectAddress, store: ObjectStore) -> None:
        dialog = RepairDialog(address.name, self._window)
        key = self._open(dialog)
        plans: list[RepairPlan] = []
        folder = QgsProcessingUtils.tempFolder()

        def look(_job: Job) -> tuple[RepairPlan, str]:
            plan = plan_repair(store, address.container, address.key)
            return plan, pinned_by(store, address.container, [address.key])

        def planned(looked: tuple[RepairPlan, str]) -> None:
            plan, warning = looked
            plans[:] = [plan]
            dialog.show_plan(plan, warning)

        def prepare(profile: str) -> None:
            plan = RepairPlan(plans[0].entry, plans[0].before, profile)
            dialog.show_preparing()
            self._work(dialog, key, lambda job: _prepared(job, store, plan, folder), prepared)

        def prepared(repair: PreparedRepair) -> None:
            self._prepared[dialog] = repair
            dialog.show_prepared(repair)

        def replace() -> None:
            repair = self._prepared[dialog]
            dialog.show_replacing()
            self._work(dialog, key, lambda job: repair.replace(progress_of(job)), replaced)

        def replaced(_entry: ObjectEntry) -> None:
            dialog.accept()
            text = tr("“{name}” is a proper COG now.").format(name=one_line(address.name))
            messages.show_note(self._bar, text)
            place = address.place
            self._refresh(place.connection_id, place.container, place.prefix)

        dialog.prepare_requested.connect(prepare)
        dialog.replace_requested.connect(replace)
        self._work(dialog, key, look, planned)

    # Dialogs and their work

    def _open(self, dialog: QDialog) -> object:
        """Show it; closing it cancels the work of the key that is returned."""
        key = ("object", next(self._numbers))

        def forget(_result: int) -> None:
            self._workers.cancel(key)
            self._dialogs.discard(dialog)
            prepared = self._prepared.pop(dialog, None)
            if prepared is not None:
                self._workers.run(lambda _job: prepared.close())
            dialog.deleteLater()

        self._dialogs.add(dialog)
        dialog.finished.connect(forget)
        dialog.show()
        return key

    def _work(
        self,
        dialog: ServerDialog | RepairDialog,
        key: object,
        function: Callable[[Job], Any],
        done: Callable[[Any], None],
    ) -> None:
        self._workers.run(
            function, item=dialog.show_progress, done=done, failed=dialog.show_failure, key=key
        )


def _prepared(job: Job, store: ObjectStore, plan: RepairPlan, folder: str) -> PreparedRepair:
    repair = prepare_repair(store, plan, progress_of(job), folder)
    if job.is_cancelled:  # nobody will take it
        repair.close()
        raise Cancelled
    return repair
