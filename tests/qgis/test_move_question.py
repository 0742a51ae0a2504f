# SPDX-License-Identifier: GPL-2.0-or-later
"""What is promised of a copy's checks is what the stores do."""

from __future__ import annotations

import pytest

from cog_browser.gui.manage.move_question import question
from cog_browser.storage.connection_kinds import KINDS


def asked(kind):
    return question("Copy", "3 objects", kind, is_same_account=False)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_how_far_its_objects_are_checked(kind, qgis_app):
    assert "goes up from here. " in asked(kind)
    assert "compared" in asked(kind)
    assert "both times" not in asked(kind)


def test_what_has_no_checksum_is_not_said_to_be_compared_with_one(qgis_app):
    assert "tell no checksums" in asked("http")
    assert "stored in parts" in asked("s3") == asked("gs")
    assert "stored without one" in asked("azure")
    assert "dynamic large objects" in asked("swift")


def test_within_an_account_nothing_is_downloaded(qgis_app):
    said = question("Move", "1 object", "swift", is_same_account=True)
    assert said.endswith("Nothing is downloaded.")
