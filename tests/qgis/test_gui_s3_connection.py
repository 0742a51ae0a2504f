# SPDX-License-Identifier: GPL-2.0-or-later
"""The connection dialog for S3 and Google Cloud Storage."""

from __future__ import annotations

import dataclasses

import pytest

from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.connection_work import ConnectionWork
from cog_browser.gui.text import account_text
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import MODES_OF_KIND, PATH_STYLE_OF
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from tests.support.patience import WAIT


@pytest.fixture
def form(qtbot):
    dialog = ConnectionDialog()
    qtbot.addWidget(dialog)
    yield dialog.form  # which doesn't keep its dialog alive


def choose(box, value):
    box.setCurrentIndex(box.findData(value))
    assert box.currentData() == value


def shown(form):
    names = ("endpoint", "profile", "access_key", "secret_key", "session_token", "auth_url", "user",
             "containers", "addressing", "storage_url", "path_style", "interface")  # fmt: skip
    return {name for name in names if not getattr(form, name).isHidden()}


def test_each_kind_has_its_fields(form):
    assert "auth_url" in shown(form)
    choose(form.kind, "s3")
    always = {"endpoint", "containers", "addressing", "path_style"}
    keys = {*always, "access_key", "secret_key", "session_token"}
    assert shown(form) == keys
    assert form.path_style.itemText(1) == "/vsis3/…"
    for mode, fields in {
        "profile": {*always, "profile"},
        "instance_role": always,
        "anonymous": always,
    }.items():
        choose(form.mode, mode)
        assert shown(form) == fields
    choose(form.kind, "gs")
    assert shown(form) == keys - {"session_token"}
    choose(form.kind, "swift")
    assert "auth_url" in shown(form)
    assert "endpoint" not in shown(form)


@pytest.mark.parametrize("kind", ["s3", "gs"])
def test_what_is_shown_comes_back(form, kind):
    for mode in MODES_OF_KIND[kind]:
        connection = Connection(
            "mine", kind, auth_mode=mode, endpoint="https://s3.example.org", region="r-1",
            containers=("a", "b"), addressing="path", requester_pays=True,
            profile="work" if mode == "profile" else "",
            path_style=PATH_STYLE_OF[kind],
        )  # fmt: skip
        credentials = Credentials(
            access_key="AK" if mode in ("access_key", "hmac") else None,
            secret_key="SK" if mode in ("access_key", "hmac") else None,
            service_account="/a.json" if mode == "service_account" else None,
        )
        form.show_connection(connection, credentials)
        assert form.connection() == connection
        assert form.credentials() == credentials


def test_azure_has_its_fields_and_comes_back(form):
    choose(form.kind, "azure")
    assert shown(form) == {"endpoint", "containers", "path_style"}
    assert not form.account.isHidden()
    form.name.setText("mine")
    with pytest.raises(ConfigurationError, match="storage account's name"):
        form.connection()
    for mode, secrets in (
        ("account_key", {"account_key": "a2V5"}),
        ("sas", {"sas_token": "sv=1&sig=x"}),
        ("anonymous", {}),
    ):
        connection = Connection("mine", "azure", auth_mode=mode, account="myaccount1")
        form.show_connection(connection, Credentials(**secrets))
        assert form.connection() == connection
        assert form.credentials() == Credentials(**secrets)


def test_an_account_has_a_name_for_people():
    url = "https://s3.example.org"
    for connection, text in (
        (Connection("c", "s3", endpoint=url, region="r-1"), "s3.example.org, r-1"),
        (Connection("c", "s3", auth_mode="profile", profile="work"), "work at Amazon S3"),
        (Connection("c", "azure", account="maps"), "maps at Azure"),
    ):
        assert account_text(connection) == text


def test_what_is_missing_is_said(form):
    choose(form.kind, "s3")
    form.name.setText("mine")
    assert form.connection().endpoint == ""  # Amazon's own
    with pytest.raises(ConfigurationError, match="Fill in the access key"):
        form.credentials()
    form.access_key.setText("AK")
    with pytest.raises(ConfigurationError, match="Fill in the secret key"):
        form.credentials()
    form.secret_key.setText("SK")
    assert form.credentials() == Credentials(access_key="AK", secret_key="SK")
    form.endpoint.setText("s3.example.org")
    with pytest.raises(ConfigurationError, match="end point URL"):
        form.connection()
    form.clear_secrets()
    assert not any(form.secret(name).text() for name in ("access_key", "secret_key"))


def test_a_providers_end_point_follows_the_region(form):
    choose(form.kind, "s3")
    names = [form.provider.itemText(i) for i in range(form.provider.count())]
    assert "Scaleway" in names
    form.provider.setCurrentIndex(names.index("Scaleway"))
    form.provider.activated.emit(form.provider.currentIndex())
    form.region.setText("nl-ams")
    assert form.endpoint.text() == "https://s3.nl-ams.scw.cloud"


@pytest.mark.parametrize("secret", ["right", "wrong"])
def test_the_test_button_tries_the_buckets(qtbot, sessions, workers, stack, secret):
    keys = stack.ec2["demo"]
    connection = Connection("s3", "s3", endpoint=stack.regions["RegionOne"].url)
    credentials = Credentials(
        access_key=keys["access"], secret_key=keys["secret"] if secret == "right" else "x"
    )
    steps, ended = [], []
    work = ConnectionWork(sessions, workers)
    work.test(connection, credentials, steps.append, ended.append, ended.append)
    qtbot.waitUntil(lambda: bool(ended), timeout=WAIT)
    assert [step.name for step in steps] == ["reach", "tls", "containers"]
    assert steps[-1].ok == (secret == "right")
    if secret == "wrong":
        assert "the secret key does not fit the access key" in steps[-1].detail


def test_a_kind_can_be_changed_without_keeping_what_is_not_its_own(form):
    swift = Connection("c", auth_url="https://k.example.org/v3", user_name="u", project_name="p")
    form.show_connection(swift, Credentials(password="x"), keeps_secret=True)
    choose(form.kind, "s3")
    form.access_key.setText("AK")
    form.secret_key.setText("SK")
    made = form.connection()
    assert made == dataclasses.replace(
        Connection("c", "s3", id=swift.id), containers=made.containers
    )
