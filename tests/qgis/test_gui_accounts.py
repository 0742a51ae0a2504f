# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's connections: adding, signing in and out, removing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QLabel, QMessageBox

from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.gui.accounts.certificate_dialog import CertificateDialog
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.menus import place_menu
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.certificates import distrust
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from tests.integration.test_sign_in_modes import passcode
from tests.support.patience import WAIT


def test_without_a_connection_the_dock_offers_to_add_one(dock, controller, qtbot):
    assert dock.welcome.isVisible()
    qtbot.mouseClick(dock.welcome.button, Qt.MouseButton.LeftButton)
    dialog = dock.findChild(ConnectionDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_a_connection_from_an_openrc_is_saved_opened_and_listed(
    ui, dock, controller, qtbot, stack, container, sessions
):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.show_openrc(stack.openrc("demo").read_text())
    dialog.form.secret_store.setCurrentIndex(dialog.form.secret_store.findData("session"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)
    connection = sessions.repository.all()[0]
    assert container in ui.children(Place(connection.id))
    assert not dock.welcome.isVisible()


def test_the_test_button_takes_every_step_and_offers_what_there_is(dock, controller, qtbot, stack):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.show_openrc(stack.openrc("demo").read_text())
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "It works" in dialog.steps.text(), timeout=WAIT)
    qtbot.waitUntil(dialog.test_button.isEnabled, timeout=WAIT)
    form = dialog.form
    assert dialog.steps.text().count("✓") == 4
    assert "⚠ Not encrypted (http)" in dialog.steps.text()
    assert dialog.focusWidget() is dialog.ok_button  # so that Enter keeps what was tested
    assert [form.project.itemText(i) for i in range(2)] == ["calibration", "demo"]
    assert [form.region.itemText(i) for i in range(2)] == ["RegionOne", "RegionTwo"]
    form.password.setText("wrong")
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "refuses to sign you in" in dialog.steps.text(), timeout=WAIT)
    assert dialog.steps.text().splitlines()[2].startswith("✗ Sign in")
    dialog.reject()


def test_a_newcomer_without_a_project_is_offered_those_there_are(
    ui, dock, controller, qtbot, stack
):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    form = dialog.form
    form.name.setText("new")
    form.auth_url.setText(stack.auth_url)
    form.user.setText("homeless")
    form.password.setText("homelesspw")
    form.region.setText("RegionOne")
    dialog.test_button.click()
    qtbot.waitUntil(lambda: form.project.count() == 2, timeout=WAIT)
    assert "Choose one: calibration, demo" in dialog.steps.text()
    form.project.setCurrentIndex(1)
    form.project.activated.emit(1)
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "It works" in dialog.steps.text(), timeout=WAIT)
    dialog.reject()


def test_a_server_s_certificate_is_shown_and_trusted(dock, controller, qtbot, make_stack):
    stack = make_stack(tls=True)
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.show_openrc(stack.openrc("demo").read_text())
    dialog.form.ca_bundle.setFilePath("")
    dialog.test_button.click()
    qtbot.waitUntil(dialog.steps.button.isVisible, timeout=WAIT)
    dialog.steps.button.click()
    qtbot.waitUntil(lambda: dialog.findChild(CertificateDialog) is not None, timeout=WAIT)
    shown = dialog.findChild(CertificateDialog)
    texts = [label.text() for label in shown.findChildren(QLabel)]
    assert "stack test CA" in texts
    assert shown.fingerprint.text().replace("\n", ":").count(":") == 31
    assert shown.trust_button.isEnabled()
    assert shown.buttons.button(shown.buttons.StandardButton.Close).isDefault()
    shown.trust_button.click()
    qtbot.waitUntil(lambda: bool(dialog.form.ca_bundle.filePath()), timeout=WAIT)
    path = Path(dialog.form.ca_bundle.filePath())
    assert path.parent == Path(QgsApplication.qgisSettingsDirPath(), "cog_browser", "certificates")
    assert distrust(stack.auth_url, str(path)) == ""
    dialog.reject()


def test_public_containers_open_without_any_question(
    ui, dock, controller, sessions, stack, container, put, qtbot
):
    put("a.txt")
    with closing(stack.connection("demo")) as swift:
        swift.post_container(container, {"X-Container-Read": ".r:*,.rlistings"})
    public = Connection(
        "public",
        auth_mode="anonymous",
        storage_url=stack.storage_url(),
        containers=(container,),
    )
    sessions.repository.save(public)
    ui.open(Place(public.id, container))
    assert ui.rows() == ["a.txt"]
    dock.sign_in_requested.emit(public.id)
    assert dock.findChild(SignInDialog) is None


def test_a_passcode_is_asked_for_once_and_kept_nowhere(
    ui, dock, controller, sessions, stack, container, qtbot
):
    environment = Connection.from_environment(stack.environment("demo"))[0]
    connection = replace(environment, name="mfa", auth_mode="totp", user_name="mfa", user_id="")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="mfapw"), "session")
    dock.select(Place(connection.id))
    dialog = dock.findChild(SignInDialog)
    dialog.secrets["passcode"].setText(passcode())
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)
    assert sessions.secrets.load(connection.id) == Credentials(password="mfapw")


def test_an_openrc_file_is_read_off_the_gui_thread(dock, controller, qtbot, stack, tmp_path):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.read_file(str(stack.openrc("demo")))
    qtbot.waitUntil(lambda: dialog.form.user.text() == "demo", timeout=WAIT)
    dialog.read_file(str(tmp_path / "missing"))
    qtbot.waitUntil(lambda: "can't be read" in dialog.openrc_note.text(), timeout=WAIT)
    dialog.reject()


def test_a_store_that_is_away_is_reported_and_can_be_retried(
    ui, dock, controller, sessions, qtbot, workers
):
    away = Connection("away", auth_url="http://127.0.0.1:1/v3", user_name="x")
    sessions.repository.save(away)
    sessions.secrets.save(away.id, Credentials(password="x"), "session")
    dock.select(Place(away.id))
    qtbot.waitUntil(lambda: dock.state is NodeState.FAILED, timeout=WAIT)
    assert dock.notice.title.text() == "No connection"
    assert "127.0.0.1:1" in dock.notice.text.text()
    assert ui.children(Place(away.id)) == ["No connection"]
    with qtbot.waitSignal(dock.go_on_requested, timeout=WAIT):
        qtbot.mouseClick(dock.notice.button, Qt.MouseButton.LeftButton)
    assert dock.state is NodeState.LOADING


def test_a_missing_secret_is_asked_for_and_the_listing_goes_on(
    ui, dock, controller, sessions, account, container, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(credentials.password)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("session"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)


def test_declining_to_sign_in_leaves_a_button_that_asks_again(
    dock, controller, sessions, account, qtbot
):
    connection, _ = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dock.findChild(SignInDialog).reject()
    assert dock.state is NodeState.FAILED
    assert dock.notice.button.text() == "Sign in…"
    qtbot.wait(10)
    dock.notice.button.click()
    assert any(d.isVisible() for d in dock.findChildren(SignInDialog))


def test_a_wrong_password_is_asked_for_again_and_the_right_one_works(
    ui, dock, controller, sessions, account, container, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="wrong"), "session")
    dock.select(Place(connection.id))
    qtbot.waitUntil(lambda: dock.state is NodeState.FAILED, timeout=WAIT)
    assert dock.notice.title.text() == "Sign-in refused"
    dock.notice.button.click()
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText("also wrong")
    store = dialog.secret_store
    store.setCurrentIndex(store.findData("auto" if store.where == "session" else "session"))
    chosen = store.where
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: dock.state is NodeState.LOADING, timeout=WAIT)
    qtbot.waitUntil(lambda: dock.state is NodeState.FAILED, timeout=WAIT)
    qtbot.wait(10)  # the closed dialog is deleted
    dock.notice.button.click()
    dialog = dock.findChild(SignInDialog)
    assert dialog.secret_store.where == chosen
    dialog.secret.setText(credentials.password)
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)


def test_after_a_refusal_the_connection_can_be_edited(dock, controller, sessions, account, qtbot):
    connection, _ = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dialog = dock.findChild(SignInDialog)
    dialog.edit_button.click()
    assert not dialog.isVisible()
    edited = dock.findChild(ConnectionDialog)
    assert edited.isVisible()
    assert edited.form.user.text() == connection.user_name


def test_signing_out_forgets_the_secret_and_the_listing(
    ui, dock, controller, sessions, saved, container
):
    ui.open(Place(saved.id, container))
    dock.sign_out_requested.emit(saved.id)
    assert dock.current_place is None
    assert ui.rows() == []
    assert sessions.secrets.load(saved.id) is None
    assert dock.tree_model.state(Place(saved.id)) is NodeState.IDLE


def test_signing_out_says_that_open_layers_read_on(
    ui, dock, controller, saved, container, message_bar
):
    ui.open(Place(saved.id, container))
    layer = QgsRasterLayer("", "open", "gdal")
    layer.setCustomProperty(CONNECTION_PROPERTY, saved.id)
    QgsProject.instance().addMapLayer(layer)
    try:
        dock.sign_out_requested.emit(saved.id)
        [item] = [i for i in message_bar.items() if i.title() == "Signed out"]
        assert "go on reading until you remove them: 1" in item.text()
    finally:
        QgsProject.instance().removeMapLayer(layer)


def test_removing_a_connection_asks_first_and_selects_no_other(
    ui, dock, controller, sessions, saved
):
    sessions.repository.save(Connection("other", auth_url="https://k.example.org/v3"))
    ui.open(Place(saved.id))
    dock.remove_connection_requested.emit(saved.id)
    box = dock.findChild(QMessageBox)
    assert "demo" in box.text()
    next(b for b in box.buttons() if "Remove" in b.text()).click()
    assert [c.name for c in sessions.repository.all()] == ["other"]
    assert dock.current_place is None
    assert dock.findChild(SignInDialog) is None


def test_a_new_container_is_created_and_shown(ui, dock, controller, saved, stack, qtbot):
    ui.open(Place(saved.id))
    name = stack.unique_name("new")
    controller.new_containers.create(saved.id, name)
    qtbot.waitUntil(lambda: dock.current_place == Place(saved.id, name), timeout=WAIT)
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    assert name in ui.children(Place(saved.id))


def test_the_menu_of_a_connection_offers_its_actions(dock, controller, saved):
    menu = place_menu(dock, Place(saved.id))
    labels = [action.text() for action in menu.actions() if action.text()]
    assert labels == [
        "Refresh",
        "New container…",
        "Unfinished uploads…",
        "Sign in…",
        "Sign out",
        "Edit connection…",
        "Export connection",
        "Remove connection…",
    ]


def test_the_menu_of_a_folder_offers_to_publish_and_to_validate_all(dock, controller, saved):
    place, asked = Place(saved.id, "scenes", "2026/"), []
    dock.validate_requested.disconnect()
    dock.validate_requested.connect(asked.append)
    actions = {action.text(): action for action in place_menu(dock, place).actions()}
    assert list(actions)[:3] == ["Refresh", "Publish here…", "Validate all…"]
    actions["Validate all…"].trigger()
    assert asked == [place]


def test_validate_all_opens_the_form_with_the_place_filled_in(dock, controller, saved, monkeypatch):
    import processing

    opened = []

    def create(name, values):
        opened.append((name, values))
        return QDialog()

    monkeypatch.setattr(processing, "createAlgorithmDialog", create)
    dock.validate_requested.emit(Place(saved.id, "scenes", "2026/"))
    values = {"CONNECTION": saved.name, "CONTAINER": "scenes", "PREFIX": "2026/"}
    assert opened == [("cogbrowser:validatefolder", values)]
