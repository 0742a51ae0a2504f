# SPDX-License-Identifier: GPL-2.0-or-later
"""An application credential is offered where a sign-in ends, and made only with consent."""

from __future__ import annotations

import html
import logging
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.gui.accounts.accounts_dialog import AccountsDialog
from cog_browser.gui.accounts.credential_dialog import CredentialDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.place import Place
from cog_browser.gui.text import account_text
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.vsi import gateway_url
from tests.integration.test_sign_in_modes import passcode
from tests.qgis.test_gui_overview import end_in
from tests.qgis.test_gui_secrets import Keyring
from tests.support.patience import WAIT
from tests.support.rasters import make_cog

BUTTON = "Stay signed in…"


def save_passing(sessions, stack, account="demo", **changes):
    """Save a connection by a Keystone token, which can't be renewed."""
    base, _ = Connection.from_environment(stack.environment("demo"))
    connection = replace(base, **{"name": "passing", "auth_mode": "keystone_token", **changes})
    sessions.repository.save(connection)
    token, _ = stack.sign_in(account)
    sessions.secrets.save(connection.id, Credentials(token=token), "session")
    return connection


@pytest.fixture()
def passing(sessions, stack):
    return save_passing(sessions, stack)


@pytest.fixture()
def mfa(sessions, stack):
    """A saved connection by password and passcode; the passcode is asked for."""
    base, _ = Connection.from_environment(stack.environment("demo"))
    connection = replace(base, name="mfa", auth_mode="totp", user_name="mfa", user_id="")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="mfapw"), "session")
    return connection


def buttons(message_bar, label=BUTTON):
    found = [b for item in message_bar.items() for b in item.findChildren(QPushButton)]
    return [button for button in found if button.text() == label]


def offer(message_bar, qtbot):
    """The button of the one offer, once it is made."""
    qtbot.waitUntil(lambda: len(buttons(message_bar)) == 1, timeout=WAIT)
    return buttons(message_bar)[0]


def dialog_after(dock, qtbot, click):
    """The consent dialog that the click leads to."""
    click()
    qtbot.waitUntil(lambda: dock.findChild(CredentialDialog) is not None, timeout=WAIT)
    return dock.findChild(CredentialDialog)


def agree(dialog, name, days=90, where="session"):
    dialog.name.setText(name)
    dialog.days.setValue(days)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData(where))
    dialog.ok_button.click()


def credentials_of(stack, user):
    """The user's application credentials as Keystone has them, by name."""
    token, _ = stack.sign_in("admin")
    with stack.session() as session:
        answer = session.get(
            f"{stack.auth_url}/users/{stack.users[user]['id']}/application_credentials",
            headers={"X-Auth-Token": token},
            timeout=30,
        )
    answer.raise_for_status()
    return {made["name"]: made for made in answer.json()["application_credentials"]}


def texts_of(dialog):
    return " ".join(label.text() for label in dialog.findChildren(type(dialog.end)))


def test_after_a_sign_in_with_a_passcode_the_offer_makes_one(
    ui, dock, controller, sessions, message_bar, mfa, stack, container, qtbot, caplog
):
    name = stack.unique_name("machine")
    caplog.set_level(logging.DEBUG)
    told = []
    QgsApplication.messageLog().messageReceived.connect(lambda *said: told.append(str(said)))
    dock.select(Place(mfa.id))
    sign_in = dock.findChild(SignInDialog)
    sign_in.secrets["passcode"].setText(passcode())
    sign_in.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)
    offered = "“mfa” can't be renewed without you"
    qtbot.waitUntil(lambda: offered in html.unescape(ui.told()), timeout=WAIT)
    assert dock.findChild(CredentialDialog) is None  # never by itself
    ui.open(Place(mfa.id, container))
    first = sessions.store(mfa)

    dialog = dialog_after(dock, qtbot, offer(message_bar, qtbot).click)
    assert "demo" in texts_of(dialog)  # the project
    assert "with your roles (member" in texts_of(dialog)
    assert dialog.secret_store.findData("auto") == -1
    agree(dialog, name, days=7)
    qtbot.waitUntil(lambda: "signs in by itself now" in ui.told(), timeout=WAIT)

    made = credentials_of(stack, "mfa")[name]
    assert made["unrestricted"] is False
    assert made["project_id"] == stack.projects["demo"]
    ends = datetime.fromisoformat(made["expires_at"][:19]).replace(tzinfo=timezone.utc)
    assert abs(ends - datetime.now(timezone.utc) - timedelta(days=7)) < timedelta(minutes=5)

    saved = sessions.repository.find(mfa.id)
    assert saved == replace(
        mfa,
        auth_mode="application_credential",
        application_credential_id=made["id"],
        application_credential_name=name,
    )
    assert account_text(saved).startswith("mfa at ")  # it is still this user's
    credentials = sessions.secrets.load(mfa.id)
    assert credentials.password is None
    assert sessions.store(saved) is not first
    assert sessions.store(saved).renews
    # what the user looked at is still there, and the next sign-in asks nothing
    assert dock.current_place == Place(mfa.id, container)
    assert buttons(message_bar) == []
    sessions.sign_out(mfa.id)
    ui.open(Place(mfa.id))
    assert container in ui.rows()
    assert not any(dialog.isVisible() for dialog in dock.findChildren(SignInDialog))

    profile = Path(QgsApplication.qgisSettingsDirPath())
    texts = [p.read_text(errors="replace") for p in profile.rglob("*") if p.is_file()]
    texts += [caplog.text, *told, ui.told(), repr(saved), repr(credentials), repr(saved.to_dict())]
    texts += [repr(sessions.store(saved)), repr(sessions.store(saved).recipe), repr(first)]
    for secret in (credentials.application_credential_secret, first.token()):
        assert len(secret) > 30
        assert not any(secret in text for text in texts)


def test_an_open_layer_reads_on_while_the_sign_in_changes_and_after_the_old_one_ended(
    ui, dock, controller, sessions, message_bar, make_stack, tmp_path, qtbot
):
    stack = make_stack(token_cache_time=-1)
    passing = save_passing(sessions, stack)
    swift = stack.connection("demo")
    container = stack.unique_name("reading")
    swift.put_container(container)
    content = make_cog(tmp_path / "scene.tif", 3000, 3000).read_bytes()
    swift.put_object(container, "scene.tif", content, content_type="image/tiff")
    ui.open(Place(passing.id, container))
    old = sessions.store(passing)
    ui.double_click("scene.tif")
    qtbot.waitUntil(lambda: len(ui.layers()) == 1, timeout=WAIT)
    url = gateway_url(ui.layers()[0].source())

    wrong, step = [], 64 << 10
    done, has_changed = threading.Event(), threading.Event()
    position = [0]

    def read():
        with requests.Session() as session:
            session.trust_env = False
            while position[0] < len(content) and not done.is_set():
                start = position[0]
                stop = min(start + step, len(content))
                wanted = {"Range": f"bytes={start}-{stop - 1}"}
                answer = session.get(url, headers=wanted, timeout=60)
                if answer.content != content[start:stop]:
                    wrong.append((start, answer.status_code))
                position[0] = stop
                done.wait(0.02 if has_changed.is_set() else 0.5)  # so that enough is left to read

    reader = threading.Thread(target=read)
    reader.start()
    try:
        dialog = dialog_after(dock, qtbot, offer(message_bar, qtbot).click)
        agree(dialog, stack.unique_name("machine"))
        qtbot.waitUntil(lambda: "signs in by itself now" in ui.told(), timeout=WAIT)
        assert reader.is_alive()
        token = old._auth.access().token
        about = {"X-Auth-Token": token, "X-Subject-Token": token}
        ended = stack.session().delete(f"{stack.auth_url}/auth/tokens", headers=about, timeout=60)
        assert ended.status_code == 204
        has_changed.set()
        mark, where = stack.mark(), position[0]
        qtbot.waitUntil(lambda: position[0] > where + 20 * step, timeout=WAIT)
    finally:
        done.set()
        reader.join()
    assert wrong == []
    # the panel asks for other things of this object, whose answers are 200
    reads = [r for r in stack.swift_requests(since=mark, within=container) if r.range]
    assert {(r.method, r.status) for r in reads} == {("GET", 206)}


def test_the_accounts_dialog_makes_one_whose_secret_is_in_the_keyring(
    ui, dock, controller, sessions, passing, saved, stack, qtbot
):
    sessions.secrets._keyring = keyring = Keyring()
    for connection in (saved, passing):
        ui.open(Place(connection.id))
    controller.accounts.show_overview()
    overview = dock.findChild(AccountsDialog)
    item = {overview.table.topLevelItem(i).text(0): i for i in range(2)}
    overview.table.setCurrentItem(overview.table.topLevelItem(item["demo"]))
    assert not overview.credential_button.isEnabled()  # a password renews by itself
    overview.table.setCurrentItem(overview.table.topLevelItem(item["passing"]))
    name = stack.unique_name("machine")
    dialog = dialog_after(dock, qtbot, overview.credential_button.click)
    assert dialog.secret_store.where == "keyring"  # a lasting one is preferred
    agree(dialog, name, where="keyring")
    qtbot.waitUntil(lambda: passing.id in keyring.kept, timeout=WAIT)
    assert sessions.secrets.where(passing.id) == "keyring"
    assert True not in keyring.threads
    assert name in credentials_of(stack, "demo")
    qtbot.waitUntil(lambda: not overview.credential_button.isEnabled(), timeout=WAIT)
    assert overview.row("passing")[1] in ("yes, renews by itself", "at the next request")


def test_the_warning_before_the_end_offers_it_too_and_is_taken_away(
    ui, dock, controller, sessions, message_bar, passing, stack, qtbot
):
    ui.open(Place(passing.id))
    offer(message_bar, qtbot)
    end_in(sessions, passing, 60)
    controller.accounts.watch.look()
    assert len(message_bar.items()) == 1  # the warning stands for the offer
    button = offer(message_bar, qtbot)
    agree(dialog_after(dock, qtbot, button.click), stack.unique_name("machine"))
    qtbot.waitUntil(lambda: "signs in by itself now" in ui.told(), timeout=WAIT)
    assert "ends in" not in ui.told()


def test_when_the_sign_in_has_ended_only_signing_in_again_is_offered(
    ui, controller, sessions, message_bar, passing, qtbot
):
    ui.open(Place(passing.id))
    offer(message_bar, qtbot)
    end_in(sessions, passing, -1)
    controller.accounts.watch.look()
    assert buttons(message_bar) == []
    assert len(buttons(message_bar, "Sign in again")) == 1


def test_it_is_offered_once_and_only_where_a_sign_in_ends(
    ui, dock, message_bar, controller, passing, saved, qtbot
):
    ui.open(Place(saved.id))
    assert message_bar.items() == []
    ui.open(Place(passing.id))
    offer(message_bar, qtbot)
    message_bar.popWidget(message_bar.items()[0])
    dock.refresh_requested.emit(Place(passing.id))
    ui.open(Place(saved.id))
    ui.open(Place(passing.id))
    assert buttons(message_bar) == []


def test_declining_makes_nothing_and_asking_again_is_possible(
    ui, dock, controller, sessions, message_bar, passing, stack, qtbot
):
    ui.open(Place(passing.id))
    before = credentials_of(stack, "demo")
    mark = stack.mark()
    dialog = dialog_after(dock, qtbot, offer(message_bar, qtbot).click)
    dialog.name.setText("  ")
    assert not dialog.ok_button.isEnabled()
    dialog.reject()
    qtbot.waitUntil(lambda: dock.findChild(CredentialDialog) is None, timeout=WAIT)
    assert [r.method for r in stack.keystone_requests(since=mark)] == ["GET"]
    assert credentials_of(stack, "demo") == before
    assert sessions.repository.find(passing.id) == passing
    again = dialog_after(dock, qtbot, lambda: controller.accounts.credentials.begin(passing.id))
    assert again.isVisible()


def test_a_token_that_may_not_make_one_is_told_in_a_sentence(
    ui, dock, controller, sessions, message_bar, stack, qtbot
):
    connection = save_passing(sessions, stack, account="app-cred-demo-app")
    ui.open(Place(connection.id))
    agree(dialog_after(dock, qtbot, offer(message_bar, qtbot).click), "another")
    qtbot.waitUntil(lambda: "The connection stays as it is" in ui.told(), timeout=WAIT)
    assert "does not let this sign-in make an application credential (403)" in ui.told()
    assert "Ask the owner" not in ui.told()
    assert sessions.repository.find(connection.id) == connection
    assert sessions.store(connection).token()


def test_a_name_that_is_taken_is_told(
    ui, dock, controller, sessions, message_bar, passing, stack, qtbot
):
    ui.open(Place(passing.id))
    agree(dialog_after(dock, qtbot, offer(message_bar, qtbot).click), "demo-app")
    qtbot.waitUntil(lambda: "“demo-app” of yours already (409)" in ui.told(), timeout=WAIT)
    assert sessions.repository.find(passing.id) == passing


def test_nothing_is_made_whose_secret_can_t_be_kept(
    ui, dock, controller, sessions, message_bar, passing, stack, qtbot
):
    sessions.secrets._keyring = keyring = Keyring()
    keyring.is_locked = True
    ui.open(Place(passing.id))
    dialog = dialog_after(dock, qtbot, offer(message_bar, qtbot).click)
    name = stack.unique_name("machine")
    agree(dialog, name, where="keyring")
    qtbot.waitUntil(lambda: "The keyring stayed locked." in ui.told(), timeout=WAIT)
    assert name not in credentials_of(stack, "demo")
    assert sessions.repository.find(passing.id) == passing


def test_a_connection_that_is_edited_meanwhile_is_left_alone(
    ui, dock, controller, sessions, message_bar, passing, stack, qtbot
):
    ui.open(Place(passing.id))
    name = stack.unique_name("machine")
    agree(dialog_after(dock, qtbot, offer(message_bar, qtbot).click), name)
    edited = replace(passing, region="RegionTwo")
    sessions.repository.save(edited)
    qtbot.waitUntil(lambda: "was changed meanwhile" in ui.told(), timeout=WAIT)
    assert f"credential “{name}” is not used" in ui.told()
    assert sessions.repository.find(passing.id) == edited
