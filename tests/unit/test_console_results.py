# SPDX-License-Identifier: GPL-2.0-or-later
"""What a console prints of the results of the API: one short line that says what matters."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from cog_browser.cog.publish.folder_scan import FoundFile
from cog_browser.cog.publish.outcome import FAILED, SKIPPED, FolderResult, Outcome
from cog_browser.cog.publish.plan import CONVERT, FolderJob, FolderPlan, PlannedFile
from cog_browser.cog.report import CogReport
from cog_browser.cog.rules.finding import ERROR, Finding
from cog_browser.cog.server.report import ServerReport
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.models import ROUNDED, ObjectEntry
from cog_browser.storage.stores import open_store

WHEN = datetime(2026, 1, 31, 12, 30, 5, tzinfo=timezone.utc)
BAD = Finding("x", ERROR, "It is\nno TIFF.")


def test_a_stored_object():
    entry = ObjectEntry("rasters", "a/b.tif", 1200, WHEN, "d41d", "image/tiff; profile=x")
    assert repr(entry) == (
        "<ObjectEntry 'rasters/a/b.tif', 1200 bytes, 2026-01-31 12:30:05 UTC, etag 'd41d'>"
    )


def test_an_object_of_a_web_page_does_not_claim_to_know_its_size():
    entry = ObjectEntry("web", "a\n.tif", 1200, None, "", "", ROUNDED)
    assert repr(entry) == "<ObjectEntry 'web/a\\n.tif', size rounded, etag ''>"


def test_a_folder_says_how_many_and_the_first_failure():
    files = tuple(
        PlannedFile(FoundFile(f"{n}.tif", 10, 0), f"2026/{n}.tif", "", CONVERT, "new")
        for n in range(500)
    )
    plan = FolderPlan(FolderJob(Path("scenes"), "rasters", "2026"), files)
    outcomes = (
        *(Outcome(f"{n}.tif", f"2026/{n}.tif", SKIPPED, "unchanged") for n in range(498)),
        Outcome("498.tif", "", FAILED, "It is\nno raster. " + "x" * 5000),
        Outcome("499.tif", "", FAILED, "another"),
    )
    printed = repr(FolderResult(plan, outcomes, Path("journal")))
    begin = (
        "<FolderResult 'rasters/2026': 2 failed, 498 skipped; first failure: '498.tif': "
        "'It is\\nno raster."
    )
    assert printed.startswith(begin)
    assert len(printed) < 400
    assert len(repr(plan)) < 400
    assert repr(FolderResult(plan, (), Path("journal"))) == (
        "<FolderResult 'rasters/2026': nothing to do>"
    )


def test_reports_say_their_verdict_and_the_first_error():
    assert repr(CogReport("a.tif")) == "<CogReport 'a.tif', cog: valid, 0 errors, 0 warnings>"
    assert repr(CogReport("a.tif", errors=(BAD,))) == (
        "<CogReport 'a.tif', cog: invalid, 1 errors, 0 warnings; first error: 'It is\\nno TIFF.'>"
    )
    assert repr(ServerReport("https://a.example/b.tif", (BAD,))) == (
        "<ServerReport 'https://a.example/b.tif': not ok, 1 errors, 0 warnings; "
        "first error: 'It is\\nno TIFF.'>"
    )


def test_a_store_names_its_connection_and_no_more():
    connection = Connection("demo", storage_url="https://u.example/v1/AUTH_x", auth_mode="token")
    store = open_store(connection, Credentials(token="s3cr3t"))
    assert repr(store) == "<SwiftStore of the connection 'demo'>"
    store.close()
    web = Connection("tiles", kind="http", storage_url="https://u.example/a/")
    assert repr(open_store(web, Credentials())) == "<WebStore of the connection 'tiles'>"
