# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers on S3: secret-free projects that reopen, also where accounts are hard to tell apart."""

from __future__ import annotations

import dataclasses
import re
import uuid

import pytest
from osgeo import gdal
from qgis.core import QgsProject

from cog_browser.adapters import path_translation
from cog_browser.adapters.ownership import owner_of
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.s3.store import S3Store
from cog_browser.storage.stores import open_store
from tests.qgis.pending_fixtures import KEY, in_worker, session  # noqa: F401 (fixtures)
from tests.support.rasters import checksums, make_cog

BUCKET = f"scenes-{uuid.uuid4().hex[:12]}"


def connection_of(name, url, **more):
    return Connection(name, kind="s3", endpoint=url, **more)


@pytest.fixture
def swift_keys(stack):
    """Two accounts at one end point, each with a bucket of the same name."""
    url = stack.regions["RegionOne"].url
    return [
        (
            connection_of(name, url),
            Credentials(access_key=keys["access"], secret_key=keys["secret"]),
        )
        for name, keys in sorted(stack.ec2.items())
    ]


@pytest.fixture
def amazon_account(amazon):
    credentials = Credentials(access_key="AKIAEXAMPLE", secret_key="a-planted-secret")
    return connection_of("amazon", amazon.url), credentials


def publish(account, path, size):
    store = S3Store(*account)
    store.create_container(BUCKET)
    store.upload(make_cog(path, size, 500), BUCKET, KEY, overwrite=True)
    return checksums(gdal.Open(str(path)))


def sources_in(project):
    return re.findall("<datasource>(/vsi.*)</datasource>", project.read_text())


def test_layers_of_three_accounts_reopen_each_with_its_own_pixels(
    session, swift_keys, amazon_account, tmp_path
):
    """Two of them share the end point, and all three have the same bucket and key."""
    accounts = [*swift_keys, amazon_account]
    expected = []
    for number, account in enumerate(accounts):
        session.sessions.repository.save(account[0])
        expected.append(publish(account, tmp_path / f"{number}.tif", 600 + 50 * number))
        session.add(session.sign_in(*account), BUCKET, KEY).setName(account[0].name)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    assert sorted(sources_in(path)) == sorted(
        S3Store(*account).source(BUCKET, KEY) for account in accounts
    )
    text = path.read_text()
    for _, credentials in accounts:
        assert credentials.secret_key not in text
        assert credentials.access_key not in text
    assert "Signature" not in text
    session.restart()
    layers = {layer.name(): layer for layer in session.open(path)}
    for account in accounts:
        session.sign_in(*account)
    session.wait(lambda: all(session.state(x) == "reading" for x in layers.values()))
    for (connection, _), pixels in zip(accounts, expected):
        assert checksums(gdal.Open(layers[connection.name].source())) == pixels


def test_a_colleague_with_another_connection_opens_the_project(session, amazon_account, tmp_path):
    session.sessions.repository.save(amazon_account[0])
    pixels = publish(amazon_account, tmp_path / "c.tif", 700)
    session.add(session.sign_in(*amazon_account), BUCKET, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    session.sessions.repository.remove(amazon_account[0].id)
    for header in (tmp_path / "headers").glob("*.header"):
        header.unlink()
    [layer] = session.open(path)
    assert session.state(layer) == "pending"
    theirs = dataclasses.replace(amazon_account[0], id=str(uuid.uuid4()), name="theirs")
    session.sessions.repository.save(theirs)
    in_worker(lambda: session.sessions.remember_root(session.sign_in(theirs, amazon_account[1])))
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == pixels


def test_a_public_url_on_the_same_end_point_is_left_alone(session, amazon_account):
    session.sessions.repository.save(amazon_account[0])
    store = session.sign_in(*amazon_account)
    in_worker(lambda: session.sessions.remember_root(store))
    saved = store.source(BUCKET, KEY)
    assert owner_of(saved).connection_id == amazon_account[0].id
    assert owner_of(saved.partition("#")[0]) is None
    for foreign in (
        saved.replace("127.0.0.1", "127.0.0.2"),
        saved.replace("http:", "https:"),
        saved.replace(f"/{BUCKET}", f"/x/../{BUCKET}"),
        saved.replace("//127", "//user@127"),
    ):
        assert owner_of(foreign) is None


def test_without_a_window_every_account_of_the_environment_is_read(
    session, stack, swift_keys, tmp_path, monkeypatch
):
    """Variables for Swift and for S3 at once are no reason to read neither."""
    connection, credentials = swift_keys[0]
    publish((connection, credentials), tmp_path / "c.tif", 600)
    swift = Connection.from_variables(stack.environment("demo"), "swift")
    by_swift = open_store(*swift)
    by_swift.create_container(BUCKET)
    by_swift.upload(tmp_path / "c.tif", BUCKET, KEY, overwrite=True)
    variables = {
        **stack.environment("demo"),
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_ENDPOINT_URL": connection.endpoint,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    path_translation.never_wait(False)
    for saved in (
        by_swift.source(BUCKET, KEY),
        S3Store(connection, credentials).source(BUCKET, KEY),
    ):
        path_translation._tried.clear()
        running = path_translation.to_running_form(saved)
        assert running.startswith("/vsicurl?"), running
        assert checksums(gdal.Open(running)) == checksums(gdal.Open(str(tmp_path / "c.tif")))


def test_adding_a_layer_takes_three_requests_and_writes_nothing(
    session, stack, swift_keys, tmp_path
):
    account = swift_keys[0]
    publish(account, tmp_path / "c.tif", 600)
    store = session.sign_in(*account)
    list(store.list_objects(BUCKET))  # as the panel does before
    since = stack.mark()
    session.add(store, BUCKET, KEY)
    sent = stack.swift_requests(since=since, within=BUCKET)
    assert {r.method for r in sent} <= {"GET", "HEAD"}
    assert len(sent) <= 3, sent
    assert account[1].secret_key not in stack.regions["RegionOne"].access_log.read_text()
