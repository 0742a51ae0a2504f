# SPDX-License-Identifier: GPL-2.0-or-later
"""Adding and editing a connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from qgis.PyQt.QtWidgets import QLineEdit, QPlainTextEdit

from cog_browser.gui.connection_dialog import ConnectionDialog
from cog_browser.gui.sign_in_dialog import SignInDialog
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials


@pytest.fixture()
def make(qtbot: object, qgis_app: object) -> Callable[..., ConnectionDialog]:
    def dialog(*args: object, **options: object) -> ConnectionDialog:
        made = ConnectionDialog(*args, **options)
        qtbot.addWidget(made)
        made.show()
        return made

    return dialog


def submitted(dialog: ConnectionDialog, qtbot: object) -> tuple[Connection, Credentials, str]:
    with qtbot.waitSignal(dialog.submitted) as signal:
        dialog.ok_button.click()
    return tuple(signal.args)


@pytest.mark.parametrize("name", ["demo", "calibration", "app-cred-demo"])
def test_a_pasted_openrc_becomes_the_connection_it_describes(make, qtbot, stack, name):
    if not stack.openrc(name).exists():
        name = next(p.name for p in stack.folder.glob("app-cred*-openrc.sh"))[: -len("-openrc.sh")]
    expected, secret = Connection.from_openrc(stack.openrc(name))
    dialog = make()
    dialog.openrc.insertPlainText(stack.openrc(name).read_text())
    connection, credentials, where = submitted(dialog, qtbot)
    assert connection.to_dict() == {**expected.to_dict(), "id": connection.id}
    assert credentials == secret
    assert where == "auto"


def test_an_openrc_that_prompts_leaves_only_the_password_to_fill_in(make, qtbot):
    dialog = make()
    dialog.show_openrc(
        "export OS_AUTH_URL=https://k.example.org/v3\nexport OS_USERNAME=me\n"
        'read -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD="$OS_PASSWORD_INPUT"\n'
    )
    assert not dialog.ok_button.isEnabled()
    assert dialog.problem.text() == "Fill in the password."
    dialog.form.password.setText("secret")
    assert dialog.ok_button.isEnabled()
    assert submitted(dialog, qtbot)[1] == Credentials(password="secret")


def test_an_openrc_that_can_t_be_read_says_at_which_line(make):
    dialog = make()
    dialog.show_openrc("export OS_AUTH_URL=https://k.example.org/v3\nexport OS_PASSWORD=$(pass x)")
    assert "Line 2" in dialog.openrc_note.text()
    assert dialog.form.auth_url.text() == ""


def test_a_filled_in_form_is_submitted_without_spaces_around(make, qtbot):
    dialog = make()
    form = dialog.form
    assert dialog.problem.text() == "Give the connection a name."
    form.name.setText(" mine ")
    form.auth_url.setText("https://k.example.org/v3/ ")
    form.user.setText("me")
    form.project.setText("maps")
    form.password.setText(" p ")
    connection, credentials, _ = submitted(dialog, qtbot)
    assert connection.name == "mine"
    assert connection.auth_url == "https://k.example.org/v3"
    assert (connection.user_name, connection.user_domain_id) == ("me", "default")
    assert (connection.project_name, connection.project_domain_id) == ("maps", "default")
    assert credentials == Credentials(password=" p ")


def test_a_wrong_url_is_reported_while_typing(make):
    dialog = make()
    dialog.form.name.setText("x")
    dialog.form.auth_url.setText("keystone")
    dialog.form.user.setText("me")
    assert "URL must look like" in dialog.problem.text()
    assert not dialog.ok_button.isEnabled()


@pytest.mark.parametrize("name", ["taken", "env", "Environment"])
def test_a_name_that_is_taken_or_reserved_is_refused(make, name):
    dialog = make(taken_names=["taken"])
    form = dialog.form
    form.auth_url.setText("https://k.example.org/v3")
    form.user.setText("me")
    form.password.setText("p")
    form.name.setText(name)
    assert not dialog.ok_button.isEnabled()
    assert dialog.problem.text()


def test_a_ready_token_needs_the_storage_url_and_no_keystone(make, qtbot):
    dialog = make()
    form = dialog.form
    form.name.setText("x")
    form.mode.setCurrentIndex(form.mode.findData("token"))
    assert not form.auth_url.isVisible()
    form.token.setText("t")
    assert "storage URL" in dialog.problem.text()
    form.storage_url.setText("https://s.example.org/v1/AUTH_x")
    connection, credentials, _ = submitted(dialog, qtbot)
    assert connection.auth_mode == "token"
    assert credentials == Credentials(token="t")


def test_editing_keeps_the_id_and_the_secret_and_shows_none(make, qtbot):
    before = Connection(
        "mine",
        auth_url="https://k.example.org/v3",
        user_name="me",
        user_id="u1",
        user_domain_id="default",
        project_name="maps",
        project_id="p1",
        project_domain_id="default",
    )
    dialog = make(before, taken_names=["mine"])
    assert dialog.form.password.text() == ""
    assert dialog.form.password.placeholderText() == "unchanged"
    dialog.form.project.setText("other")
    dialog.form.region.setText("R2")
    connection, credentials, _ = submitted(dialog, qtbot)
    assert credentials is None
    assert connection.id == before.id
    assert connection.user_id == "u1"
    assert (connection.project_name, connection.project_id) == ("other", "")
    assert connection.region == "R2"


def test_another_sign_in_mode_asks_for_its_secret(make):
    dialog = make(Connection("x", auth_url="https://k.example.org", user_name="me"))
    form = dialog.form
    form.mode.setCurrentIndex(form.mode.findData("application_credential"))
    form.credential_id.setText("id")
    assert dialog.problem.text() == "Fill in the application credential's secret."


@pytest.mark.parametrize("end", ["accept", "reject"])
def test_no_secret_stays_in_a_widget_after_closing(make, stack, end):
    dialog = make()
    dialog.show_openrc(stack.openrc("demo").read_text())
    password = stack.users["demo"]["password"]
    assert dialog.form.password.text() == password
    assert dialog.form.password.echoMode() == QLineEdit.EchoMode.Password
    getattr(dialog, end)()
    for edit in dialog.findChildren(QLineEdit):
        edit.undo()
        assert edit.text() != password or edit is dialog.form.name or edit is dialog.form.user
    assert dialog.form.password.text() == ""
    for edit in dialog.findChildren(QPlainTextEdit):
        edit.undo()
        assert edit.toPlainText() == ""


def test_the_test_button_tells_the_answer(make):
    asked = []
    dialog = make(tester=lambda *arguments: asked.append(arguments))
    form = dialog.form
    assert not dialog.test_button.isEnabled()
    form.name.setText("x")
    form.auth_url.setText("https://k.example.org/v3")
    form.user.setText("me")
    form.password.setText("p")
    dialog.test_button.click()
    connection, credentials, answer = asked[0]
    assert (connection.user_name, credentials) == ("me", Credentials(password="p"))
    answer("It works: 3 containers.", True)
    assert dialog.problem.text() == "It works: 3 containers."
    assert dialog.ok_button.isEnabled()


def test_signing_in_hands_the_secret_over_and_forgets_it(qtbot, qgis_app):
    dialog = SignInDialog(Connection("<b>x</b>", user_name="me"))
    qtbot.addWidget(dialog)
    assert not dialog.ok_button.isEnabled()
    dialog.secret.setText("p")
    with qtbot.waitSignal(dialog.submitted) as signal:
        dialog.ok_button.click()
    assert signal.args == [Credentials(password="p"), "auto"]
    dialog.secret.undo()
    assert dialog.secret.text() == ""
