# SPDX-License-Identifier: GPL-2.0-or-later
"""A screen reader has a name for every widget that takes part, in the panel and all dialogs."""

from __future__ import annotations

import importlib
import pkgutil
from types import SimpleNamespace

import pytest
from qgis.core import QgsRasterLayer
from qgis.gui import QgsPasswordLineEdit
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QCalendarWidget,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTextEdit,
    QWidget,
)

import cog_browser.gui
from cog_browser.adapters.keyring_store import Question
from cog_browser.adapters.layer_states import layer_states
from cog_browser.cog.report import CogReport
from cog_browser.gui.accounts.accounts_dialog import AccountsDialog
from cog_browser.gui.accounts.certificate_dialog import CertificateDialog
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.connection_work import ConnectionWork
from cog_browser.gui.accounts.credential_dialog import CredentialDialog
from cog_browser.gui.accounts.import_dialog import ImportDialog
from cog_browser.gui.accounts.keyring_prompt import KeyringPasswordDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.data_source.page import DataSourcePage
from cog_browser.gui.details.reasons import ReasonsDialog
from cog_browser.gui.earth_engine.asset_dialog import AssetDialog
from cog_browser.gui.help import HelpWindow
from cog_browser.gui.layers.details import LayerDetails
from cog_browser.gui.layers.download_dialog import DownloadDialog
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.manage.new_container import NewContainerDialog
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.manage.transfers_dialog import TransfersDialog
from cog_browser.gui.many.band_dialog import BandDialog
from cog_browser.gui.objects.cors_dialog import CorsDialog
from cog_browser.gui.objects.repair_dialog import RepairDialog
from cog_browser.gui.objects.server_dialog import ServerDialog
from cog_browser.gui.options_page import OptionsPage
from cog_browser.gui.qgis_browser.browser import QgisBrowser
from cog_browser.gui.transfers.unfinished_dialog import UnfinishedDialog
from cog_browser.storage.certificates import ServerCertificate
from cog_browser.storage.connection import Connection
from cog_browser.storage.sign_in.application_credentials import TokenRights
from cog_browser.storage.swift.cors import cors_rules

_TAKING_PART = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTextEdit,
)
#: Parts of these are Qt's own.
_WHOLE = (QAbstractSpinBox, QComboBox, QCalendarWidget, QHeaderView, QLineEdit)


def unnamed(root: QWidget) -> list[str]:
    """Where a name is missing, as a path of classes and object names."""
    named = {label.buddy() for label in root.findChildren(QLabel) if label.buddy()}
    found = []
    for widget in root.findChildren(QWidget):
        is_own = not widget.objectName().startswith("qt_") and not _is_part(widget)
        if not is_own or not isinstance(widget, _TAKING_PART) or _is_qts(widget):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if isinstance(widget, QgsPasswordLineEdit) and not widget.isVisibleTo(root):
            continue  # it is called as the way to sign in needs it
        if isinstance(widget, QAbstractButton) and not text and widget.icon().isNull():
            continue  # it gets its text when it is shown
        if not (widget.accessibleName() or text) and widget not in named:
            found.append(_path(widget, root))
    return found


def _is_qts(widget: QWidget) -> bool:
    if widget.objectName() == "collapseButton":  # a group box's, whose title can be clicked
        return True
    return isinstance(widget, (QScrollBar, QHeaderView)) or (
        isinstance(widget.parentWidget(), QAbstractItemView)
        and isinstance(widget, QAbstractButton)  # a table's corner
    )


def _is_part(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, _WHOLE):
            return True
        parent = parent.parentWidget()
    return False


def _path(widget: QWidget, root: QWidget) -> str:
    names: list[str] = []
    while widget is not root and widget is not None:
        names.insert(0, f"{type(widget).__name__}({widget.objectName() or widget.toolTip()})")
        widget = widget.parentWidget()
    return " > ".join(names)


class Maker:
    """Makes each dialog as the panel does."""

    def __init__(self, sessions, workers, controller, window) -> None:
        self._sessions, self._workers = sessions, workers
        self._controller, self._window = controller, window
        self.browser = None
        self._connection = Connection(
            "demo", auth_url="https://keystone.example/v3", user_name="me", project_name="maps"
        )

    def __call__(self, kind: type) -> QDialog:
        work = ConnectionWork(self._sessions, self._workers, self._controller)
        makers = {
            AssetDialog: lambda: AssetDialog("projects/maps/assets/x", self._window),
            BandDialog: lambda: BandDialog(2, self._window),
            DataSourcePage: self._page,
            AccountsDialog: lambda: AccountsDialog(self._sessions, self._window),
            CertificateDialog: lambda: CertificateDialog(
                ServerCertificate("a.example", "", "AB"), self._window
            ),
            ConnectionDialog: lambda: ConnectionDialog(None, work=work, parent=self._window),
            CorsDialog: lambda: CorsDialog("c", cors_rules(("https://a.example",)), self._window),
            CredentialDialog: lambda: CredentialDialog(
                self._connection, TokenRights("maps", ("member",)), self._window
            ),
            DownloadDialog: lambda: DownloadDialog(
                "x", "a.tif", "all", has_forms=True, workers=self._workers
            ),
            HelpWindow: lambda: HelpWindow(self._window),
            ImportDialog: lambda: ImportDialog(self._workers, parent=self._window),
            KeyringPasswordDialog: lambda: KeyringPasswordDialog(
                Question("x", is_new=True), self._window
            ),
            LayerDetails: self._layer,
            ReasonsDialog: lambda: ReasonsDialog("a", "bad", CogReport("a"), self._window),
            NewContainerDialog: lambda: NewContainerDialog("swift", self._window),
            RepairDialog: lambda: RepairDialog("a.tif", self._window),
            ServerDialog: lambda: ServerDialog("a.tif", has_cors=True, parent=self._window),
            SignInDialog: lambda: SignInDialog(self._connection, parent=self._window),
            TaskDialog: self._task,
            TransfersDialog: lambda: TransfersDialog(self._workers, self._window),
            UnfinishedDialog: lambda: UnfinishedDialog("demo", self._window),
        }
        assert kind in makers, f"{kind.__name__} is new: say here how it is made"
        return makers[kind]()

    def _page(self) -> DataSourcePage:
        self.browser = QgisBrowser(self._window, self._controller, self._sessions, self._workers)
        return DataSourcePage(self.browser)

    def _task(self) -> TaskDialog:
        dialog = TaskDialog("Delete", self._window)
        dialog.ask("Really?", "Delete", ["a"], typed="2")
        return dialog

    def _layer(self) -> LayerDetails:
        self.layer = QgsRasterLayer()
        actions = SimpleNamespace(retry=print, reload=print)
        meters = LayerMeters(self._workers, self._window)
        return LayerDetails(self.layer, layer_states(), meters, actions, self._window)


def dialogs() -> list[type]:
    """All of the package that are classes of their own."""
    for module in pkgutil.walk_packages(cog_browser.gui.__path__, "cog_browser.gui."):
        importlib.import_module(module.name)
    found, open_ends = set(), [QDialog]
    while open_ends:
        for kind in open_ends.pop().__subclasses__():
            if kind not in found:
                found.add(kind)
                open_ends.append(kind)
    return sorted(
        (kind for kind in found if kind.__module__.startswith("cog_browser.gui.")),
        key=lambda kind: kind.__name__,
    )


def test_every_widget_of_the_panel_has_a_name(dock, controller, saved):
    dock.find.more.setChecked(True)
    assert unnamed(dock) == []


def test_every_widget_of_the_options_page_has_a_name(workers, qtbot):
    page = OptionsPage(workers)
    qtbot.addWidget(page)
    assert unnamed(page) == []


def test_a_widget_without_a_name_is_noticed(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    QLineEdit(window)
    assert unnamed(window) == ["QLineEdit()"]


@pytest.mark.parametrize("kind", dialogs(), ids=lambda kind: kind.__name__)
def test_every_widget_of_the_dialogs_has_a_name(kind, sessions, workers, controller, dock, qtbot):
    maker = Maker(sessions, workers, controller, dock)
    dialog = maker(kind)
    qtbot.addWidget(dialog)
    dialog.show()
    found = unnamed(dialog)
    if maker.browser is not None:
        maker.browser.stop()  # its rows would be in the next test's Browser panel as well
    assert found == []
    assert dialog.windowTitle() or kind is HelpWindow  # which has its page's


def test_every_way_to_sign_in_has_named_fields(sessions, workers, controller, dock, qtbot):
    dialog = Maker(sessions, workers, controller, dock)(ConnectionDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    fields = dialog.form
    for kind in range(fields.kind.count()):
        fields.kind.setCurrentIndex(kind)
        for mode in range(fields.mode.count()):
            fields.mode.setCurrentIndex(mode)
            assert unnamed(dialog) == [], (fields.kind.currentText(), mode)
