# SPDX-License-Identifier: GPL-2.0-or-later
"""Adding and editing a connection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QLineEdit, QPlainTextEdit

from cog_browser.adapters.network_settings import http_settings
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.accounts.sign_in_modes import MODES
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import AUTH_MODES, MODES_OF_KIND
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import AccountOptions, Project, Step
from tests.support.patience import WAIT


@pytest.fixture()
def make(qtbot: object, qgis_app: object) -> Callable[..., ConnectionDialog]:
    def dialog(*args: object, **options: object) -> ConnectionDialog:
        made = ConnectionDialog(*args, **options)
        qtbot.addWidget(made)
        made.show()
        return made

    return dialog


def submitted(dialog: ConnectionDialog, qtbot: object) -> tuple[Connection, Credentials, str]:
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as signal:
        dialog.ok_button.click()
    return tuple(signal.args)


def test_its_buttons_are_on_a_small_screen_too(make, monkeypatch):
    class Small:
        def availableSize(self):
            return QSize(960, 500)

    monkeypatch.setattr(ConnectionDialog, "screen", lambda _self: Small())
    dialog = make(None)
    assert dialog.height() < 500
    assert dialog.minimumSizeHint().height() < 400
    assert dialog.rect().contains(dialog.buttons.geometry())


@pytest.mark.parametrize("name", ["demo", "calibration", "app-cred-demo"])
def test_a_pasted_openrc_becomes_the_connection_it_describes(make, qtbot, stack, name):
    if not stack.openrc(name).exists():
        name = next(p.name for p in stack.folder.glob("app-cred*-openrc.sh"))[: -len("-openrc.sh")]
    expected, secret = Connection.from_openrc(stack.openrc(name))
    dialog = make()
    dialog.openrc.take(stack.openrc(name).read_text())
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


class SlowWork:
    """Stands in for `ConnectionWork` and answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.is_cancelled = False

    def test(self, *arguments: object) -> None:
        self.asked.append(arguments)

    def cancel(self) -> None:
        self.is_cancelled = True


def fill(form, **texts: str) -> None:
    for name, text in {"name": "x", **texts}.items():
        getattr(form, name).setText(text)


def choose_mode(form, mode: str) -> None:
    form.mode.setCurrentIndex(form.mode.findData(mode))


def test_the_steps_of_a_test_appear_one_by_one(make):
    work = SlowWork()
    dialog = make(work=work)
    assert not dialog.test_button.isEnabled()
    fill(dialog.form, auth_url="https://k.example.org/v3", user="me", password="p")
    dialog.test_button.click()
    connection, credentials, step, done, _ = work.asked[0]
    assert (connection.user_name, credentials) == ("me", Credentials(password="p"))
    assert dialog.steps.text().startswith("… Reach the host")
    step(Step("reach", True, 0.012))
    assert dialog.steps.text().splitlines()[:2] == [
        "✓ Reach the host 0.01 s",
        "… Speak TLS with it ",
    ]
    for name in ("tls", "sign_in", "catalogue"):
        step(Step(name, True, 0.1))
    step(Step("containers", True, 0.1, count=3))
    assert dialog.steps.text().endswith("It works: 3 containers.")
    assert not dialog.test_button.isEnabled()
    done(AccountOptions())
    assert dialog.test_button.isEnabled()
    dialog.reject()
    assert work.is_cancelled


def test_a_step_that_fails_is_the_last_and_says_why(make):
    work = SlowWork()
    dialog = make(work=work)
    fill(dialog.form, auth_url="https://k.example.org/v3", user="me", password="p")
    dialog.test_button.click()
    _, _, step, _, _ = work.asked[0]
    step(Step("reach", True, 0.01))
    step(Step("tls", False, 0.2, "<b>No</b>", untrusted_url="https://k.example.org/v3"))
    lines = dialog.steps.text().splitlines()
    assert lines[1:3] == ["✗ Speak TLS with it 0.20 s", "– Sign in "]
    assert lines[-1] == "<b>No</b>"
    assert dialog.steps.said.textFormat() == Qt.TextFormat.PlainText
    assert dialog.steps.button.isVisible()


def test_what_was_refused_is_not_sent_again_before_something_is_changed(make, qtbot):
    work = SlowWork()
    dialog = make(work=work)
    fill(dialog.form, auth_url="https://k.example.org/v3", user="me", password="p")
    dialog.test_button.click()
    _, _, step, done, _ = work.asked[0]
    step(Step("reach", True, 0.01))
    step(Step("sign_in", False, 0.2, "Keystone refuses to sign you in.", is_refused=True))
    done(AccountOptions())
    with qtbot.assertNotEmitted(dialog.submitted):
        dialog.accept()
    assert not dialog.ok_button.isEnabled()
    assert not dialog.test_button.isEnabled()
    assert dialog.problem.text().startswith("This was refused.")
    assert "refuses to sign you in" in dialog.steps.text()
    dialog.form.name.setText("another name")  # which Keystone doesn't see
    assert not dialog.ok_button.isEnabled()
    dialog.form.password.setText("q")
    assert dialog.ok_button.isEnabled()
    assert not dialog.problem.isVisible()
    dialog.form.password.setText("p")
    assert not dialog.ok_button.isEnabled()
    dialog.form.user.setText("you")
    assert submitted(dialog, qtbot)[1] == Credentials(password="p")


def test_a_server_without_tls_is_no_good_step(make):
    work = SlowWork()
    dialog = make(work=work)
    fill(dialog.form, auth_url="http://k.example.org/v3", user="me", password="p")
    dialog.test_button.click()
    _, _, step, _, _ = work.asked[0]
    step(Step("tls", True, 0.0, "k.example.org is used without TLS", is_unsafe=True))
    assert "⚠ Not encrypted (http) 0.00 s" in dialog.steps.text().splitlines()


def test_the_page_on_sign_ins_names_the_modes_as_the_form_does():
    page = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text()
    table = page[page.index("|---") :].partition("\n\n")[0].splitlines()[1:]
    named = [row.split("|")[1].strip() for row in table]
    assert named == [MODES[name].label() for name in MODES if name in MODES_OF_KIND["swift"]]


def test_what_an_account_offers_can_be_chosen_and_typed_over(make, qtbot):
    work = SlowWork()
    dialog = make(work=work)
    form = dialog.form
    fill(form, auth_url="https://k.example.org/v3", user="me", password="p", region="R9")
    dialog.test_button.click()
    projects = (Project("p1", "maps", "default"), Project("p2", "maps", "d2"))
    work.asked[0][3](AccountOptions(projects, ("R1", "R2"), ("internal", "public")))
    assert form.region.text() == "R9"
    assert [form.region.itemText(i) for i in range(form.region.count())] == ["R1", "R2"]
    assert [form.interface.itemText(i) for i in range(2)] == ["public", "internal"]
    assert form.interface.count() == 2
    form.project.setCurrentIndex(1)
    form.project.activated.emit(1)
    connection, _, _ = submitted(dialog, qtbot)
    assert (connection.project_name, connection.project_id) == ("maps", "p2")
    assert connection.project_domain_id == "d2"


def test_a_chosen_project_typed_over_loses_its_id(make, qtbot):
    dialog = make()
    form = dialog.form
    fill(form, auth_url="https://k.example.org/v3", user="me", password="p")
    form.show_options(AccountOptions((Project("p1", "maps", "default"),)))
    form.project.setCurrentIndex(0)
    form.project.activated.emit(0)
    form.project.setText("other")
    connection, _, _ = submitted(dialog, qtbot)
    assert (connection.project_name, connection.project_id) == ("other", "")


def test_the_form_has_every_mode(make):
    form = make().form
    modes = [form.mode.itemData(i) for i in range(form.mode.count())]
    assert sorted(modes) == sorted(AUTH_MODES)
    assert set(MODES) >= set(AUTH_MODES)


_URL = {"auth_url": "https://k.example.org/v3"}
_STORE = {"storage_url": "https://s.example.org/v1/AUTH_x"}
_PROVIDER = {**_URL, "identity_provider": "idp", "protocol": "openid"}
_CLIENT = {"discovery_endpoint": "https://idp.example.org/o", "client_id": "c"}


@pytest.mark.parametrize(
    ("mode", "texts", "secrets"),
    [
        ("password", {**_URL, "user": "me"}, {"password": "s"}),
        ("application_credential", {**_URL, "credential_id": "i"},
         {"application_credential_secret": "s"}),
        ("totp", {**_URL, "user": "me"}, {"password": "s", "passcode": "123456"}),
        ("keystone_token", _URL, {"token": "s"}),
        ("token", _STORE, {"token": "s"}),
        ("v1", {**_URL, "user": "test:tester"}, {"password": "s"}),
        ("anonymous", _STORE, {}),
        ("oidc_client_credentials", {**_PROVIDER, **_CLIENT}, {"client_secret": "s"}),
        ("oidc_access_token", _PROVIDER, {"token": "s"}),
        ("oidc_password", {**_PROVIDER, **_CLIENT, "user": "me"}, {"password": "s"}),
    ],
)  # fmt: skip
def test_each_mode_asks_for_its_fields_one_by_one_and_survives_editing(
    make, qtbot, mode, texts, secrets
):
    dialog = make()
    form = dialog.form
    choose_mode(form, mode)
    form.name.setText("x")
    for name, text in texts.items():
        assert not dialog.ok_button.isEnabled()
        assert dialog.problem.text() or dialog.problem.isVisible()
        assert getattr(form, name).isVisibleTo(form), name
        getattr(form, name).setText(text)
    for name, text in secrets.items():
        assert not dialog.ok_button.isEnabled()
        assert form.secret(name).isVisibleTo(form), name
        form.secret(name).setText(text)
    assert dialog.problem.text() == ""
    connection, credentials, _ = submitted(dialog, qtbot)
    assert connection.auth_mode == mode
    assert credentials == Credentials(**secrets)
    again = make(connection, taken_names=["x"])
    kept, unchanged, _ = submitted(again, qtbot)
    assert kept == connection
    assert unchanged == (None if secrets else Credentials())


def test_an_application_credential_may_be_known_by_its_name_and_user(make, qtbot):
    dialog = make()
    form = dialog.form
    choose_mode(form, "application_credential")
    fill(form, **_URL, credential_secret="s")
    assert not form.user.isVisible()
    form.credential_by.setCurrentIndex(1)
    assert form.user.isVisible()
    assert not form.credential_id.isVisible()
    form.credential_name.setText("laptop")
    assert dialog.problem.text() == "Fill in the user."
    form.user.setText("me")
    connection, _, _ = submitted(dialog, qtbot)
    assert connection.application_credential_name == "laptop"
    assert connection.application_credential_id == ""
    assert (connection.user_name, connection.user_domain_id) == ("me", "default")
    assert make(connection).form.credential_by.currentIndex() == 1


def test_containers_and_a_storage_url_are_among_the_rarely_needed(make, qtbot):
    dialog = make()
    form = dialog.form
    fill(form, **_URL, user="me", password="p")
    assert form.more.isCollapsed()
    form.more.setCollapsed(False)
    form.storage_url.setText("https://s.example.org/v1/AUTH_other")
    form.containers.setPlainText(" scenes \n\nraw/x\nscenes\nold maps")
    assert "raw/x" in dialog.problem.text()
    form.containers.setPlainText(" scenes \n\nscenes\nold maps")
    connection, _, _ = submitted(dialog, qtbot)
    assert connection.containers == ("scenes", "old maps")
    assert connection.storage_url == "https://s.example.org/v1/AUTH_other"
    again = make(connection).form
    assert not again.more.isCollapsed()
    assert again.containers.toPlainText() == "scenes\nold maps"


def test_time_outs_are_qgis_s_unless_the_connection_has_its_own(make, qtbot):
    dialog = make()
    fill(dialog.form, **_URL, user="me", password="p")
    usual = http_settings()
    assert dialog.form.connect_timeout.text() == f"as QGIS: {usual.connect_timeout:.0f} s"
    assert dialog.form.read_timeout.text() == f"as QGIS: {usual.read_timeout:.0f} s"
    dialog.form.connect_timeout.setValue(5)
    dialog.form.read_timeout.setValue(120)
    connection, _, _ = submitted(dialog, qtbot)
    assert (connection.connect_timeout, connection.read_timeout) == (5, 120)
    again = make(connection).form
    assert not again.more.isCollapsed()
    assert (again.connect_timeout.value(), again.read_timeout.value()) == (5, 120)


def test_a_provider_fills_in_what_is_known_of_it_and_follows_the_url(make, qtbot):
    dialog = make()
    form = dialog.form
    choose_mode(form, "anonymous")
    index = form.provider.findText("OVHcloud")
    form.provider.setCurrentIndex(index)
    form.provider.activated.emit(index)
    assert form.mode.currentData() == "password"
    assert form.auth_url.text() == "https://auth.cloud.ovh.net/v3"
    assert "GRA" in [form.region.itemText(i) for i in range(form.region.count())]
    fill(form, user="me", password="p")
    connection, _, _ = submitted(dialog, qtbot)
    assert connection.user_domain_name == connection.project_domain_name == "Default"
    form = make(connection).form
    assert form.provider.currentText() == "OVHcloud"
    form.auth_url.setText("https://auth.example.org/v3")
    assert form.provider.currentText() == "Other"


def test_another_mode_drops_what_belongs_to_the_old_one(make, qtbot):
    before = Connection("x", auth_url="https://k.example.org", user_name="me", project_id="p")
    dialog = make(before)
    choose_mode(dialog.form, "token")
    fill(dialog.form, **_STORE, token="t")
    connection, _, _ = submitted(dialog, qtbot)
    assert connection.to_dict() == {
        "name": "x", "kind": "swift", "id": before.id, "auth_mode": "token",
        "interface": "public", "path_style": "url", "storage_url": _STORE["storage_url"],
    }  # fmt: skip


def test_the_keyboard_goes_through_the_fields_from_top_to_bottom(make, qtbot):
    form = make().form
    expected = [form.provider, form.name, form.mode, form.auth_url, form.user, form.user_domain]
    expected += [form.password, form.project, form.project_domain, form.region]
    form.provider.setFocus()
    reached = []
    for _ in expected:
        reached.append(form.window().focusWidget())
        qtbot.keyClick(form.window().focusWidget(), Qt.Key.Key_Tab)
    assert reached == expected


def test_a_sign_in_with_a_passcode_asks_for_both_and_hands_both_over(qtbot, qgis_app):
    dialog = SignInDialog(Connection("x", auth_mode="totp", user_name="me"))
    qtbot.addWidget(dialog)
    assert list(dialog.secrets) == ["password", "passcode"]
    dialog.secrets["password"].setText("p")
    assert not dialog.ok_button.isEnabled()
    dialog.secrets["passcode"].setText("123456")
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as signal:
        dialog.ok_button.click()
    assert signal.args == [Credentials(password="p", passcode="123456"), "auto"]
    assert [e.text() for e in dialog.secrets.values()] == ["", ""]


def test_a_known_password_may_stay_while_the_passcode_is_typed(qtbot, qgis_app):
    connection = Connection("x", auth_mode="totp", user_name="me")
    dialog = SignInDialog(connection, known=Credentials(password="p"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.secrets["password"].text() == ""
    assert dialog.focusWidget() is dialog.secrets["passcode"]
    dialog.secrets["passcode"].setText("123456")
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as signal:
        dialog.ok_button.click()
    assert signal.args[0] == Credentials(password="p", passcode="123456")


def test_signing_in_hands_the_secret_over_and_forgets_it(qtbot, qgis_app):
    dialog = SignInDialog(Connection("<b>x</b>", user_name="me"))
    qtbot.addWidget(dialog)
    assert not dialog.ok_button.isEnabled()
    dialog.secret.setText("p")
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as signal:
        dialog.ok_button.click()
    assert signal.args == [Credentials(password="p"), "auto"]
    dialog.secret.undo()
    assert dialog.secret.text() == ""
