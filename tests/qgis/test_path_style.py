# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Projects that name objects by /vsiswift/, for people who read them without the plugin too."""

from __future__ import annotations

import dataclasses
import re

import pytest
from osgeo import gdal
from qgis.core import QgsProject

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    container,
    file,
    session,
)
from tests.support.rasters import checksums, make_cog


@pytest.fixture
def styled(account):
    connection, credentials = account
    return dataclasses.replace(connection, path_style="vsiswift"), credentials


def sources_in(project):
    return re.findall("<datasource>(/vsi.*)</datasource>", project.read_text())


def test_such_a_project_names_container_and_key_and_opens_again(
    styled, session, container, file, tmp_path
):
    session.sessions.repository.save(styled[0])
    session.add(session.sign_in(*styled), container, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    assert sources_in(path) == [f"/vsiswift/{container}/{KEY}"]
    session.restart()
    [layer] = session.open(path)
    assert session.state(layer) in ("waiting", "reading")
    session.sign_in(*styled)
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(file)))


def test_the_project_says_which_of_two_accounts_it_means(
    styled, session, stack, container, file, tmp_path
):
    """Both projects have a container and a key of these names, with other pixels."""
    connection, credentials = Connection.from_variables(stack.environment("other"), "Other")
    other = dataclasses.replace(connection, path_style="vsiswift"), credentials
    pixels = make_cog(tmp_path / "other.tif", 700, 500)
    for each in (styled, other):
        session.sessions.repository.save(each[0])
    theirs = session.sign_in(*other)
    theirs.create_container(container)
    theirs.upload(pixels, container, KEY)
    session.add(theirs, container, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    assert sources_in(path) == [f"/vsiswift/{container}/{KEY}"]
    session.add(session.sign_in(*styled), container, KEY)  # so that both are known later
    session.restart()
    for each in (styled, other):
        session.sign_in(*each)
    [layer] = session.open(path)
    session.wait(lambda: session.state(layer) == "reading")
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(pixels)))


def test_a_path_that_may_mean_either_of_two_accounts_means_none(
    styled, session, stack, container, file, tmp_path
):
    connection, credentials = Connection.from_variables(stack.environment("other"), "Other")
    other = dataclasses.replace(connection, path_style="vsiswift"), credentials
    for each in (styled, other):
        session.sessions.repository.save(each[0])
        session.sessions.remember_root(session.sign_in(*each))
    session.add(session.sign_in(*styled), container, KEY)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    text = re.sub(r"<accounts.*?</accounts>", "", path.read_text(), flags=re.DOTALL)
    assert text != path.read_text()
    path.write_text(text)
    session.restart()
    for each in (styled, other):
        session.sessions.remember_root(session.sign_in(*each))
    mark = stack.mark()
    [layer] = session.open(path)
    assert session.state(layer) == "pending"
    assert stack.swift_requests(since=mark, within=container) == []


def test_an_unknown_style_is_refused():
    with pytest.raises(ConfigurationError, match="path style"):
        Connection("x", path_style="vsis3")
