# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a bucket is, its storage class, and who may read it: an emulator, and answers by hand."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator

import pytest
import requests

from cog_browser.cog.earth_engine.bucket_findings import bucket_findings
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING
from cog_browser.storage.connection import Connection
from cog_browser.storage.earth_engine.tokens import pasted_token
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
)
from cog_browser.storage.gcs_bucket import (
    ACCESS,
    BAD,
    GOOD,
    LOCATION,
    READERS,
    STORAGE_CLASS,
    UNKNOWN,
    check_bucket,
    checklist,
)
from tests.support.faults import Fault
from tests.support.object_servers import Server, google_json

PASTED = "ya29.planted-token-0123456789"
BOTH = ["storage.buckets.get", "storage.objects.get"]


@pytest.fixture(scope="module")
def google() -> Iterator[Server]:
    with google_json() as server:
        yield server


def checked(url, bucket="maps"):
    connection = Connection("maps", kind="gs", endpoint=url)
    found = check_bucket(connection, bucket, pasted_token(PASTED))
    return {check.name: (check.state, check.found) for check in found}


@pytest.fixture
def answers(fault_proxy):
    """A service that gives these answers; None is a refusal."""

    def made(about=None, held=None, policy=None):
        proxy = fault_proxy()
        for path, document in (
            (r"/storage/v1/b/maps\?.*", about),
            (r"/storage/v1/b/maps/iam/testPermissions\?.*", held),
            (r"/storage/v1/b/maps/iam", policy),
        ):
            body = json.dumps(document or {"error": {"code": 403}}).encode()
            status = 403 if document is None else 200
            headers = {"Content-Type": "application/json"}
            fault = Fault(status=status, body=body, headers=headers)
            proxy.add(fault, path=f"{path}$", times=None)
        return proxy

    return made


def test_an_emulator_s_bucket_is_read(google):
    made = requests.post(
        f"{google.url}/storage/v1/b?project=p", json={"name": "maps-us"}, timeout=30
    )
    assert made.status_code == 200
    found = checked(google.url, "maps-us")
    assert found[LOCATION] == (GOOD, "US")
    assert found[STORAGE_CLASS] == (GOOD, "STANDARD")
    with pytest.raises(NotFoundError, match="There is no bucket “nowhere” on http://127"):
        checked(google.url, "nowhere")


def halves(*regions):
    """Of a dual-region."""
    return {"customPlacementConfig": {"dataLocations": list(regions)}}


@pytest.mark.parametrize(
    ("about", "state"),
    [
        ({"location": "US"}, GOOD),
        ({"location": "us-central1"}, GOOD),
        ({"location": "NAM4", "locationType": "dual-region"}, GOOD),
        ({"location": "US", **halves("US-EAST1", "US-CENTRAL1")}, GOOD),
        ({"location": "US", **halves("US-EAST1", "US-WEST1")}, BAD),
        ({"location": "EU"}, BAD),
        ({"location": "EUROPE-WEST1"}, BAD),
        ({"location": "US-EAST1"}, BAD),
        ({}, UNKNOWN),
    ],
)
def test_where_earth_engine_reads(answers, about, state):
    assert checked(answers(about).url)[LOCATION][0] == state


def test_rights_are_asked_for_and_readers_named(answers):
    policy = {
        "bindings": [
            {"role": "roles/storage.legacyBucketReader", "members": ["user:a@x.org", "allUsers"]},
            {"role": "roles/storage.objectViewer", "members": ["user:a@x.org", "user:b@x.org"]},
            {"role": "roles/storage.admin", "members": ["user:owner@x.org"]},
            {
                "role": "roles/storage.admin",
                "members": ["user:sometimes@x.org"],
                "condition": {"expression": "false"},
            },
        ]
    }
    proxy = answers({"location": "US"}, {"permissions": BOTH}, policy)
    found = checked(proxy.url)
    assert found[ACCESS] == (GOOD, "")
    assert found[READERS] == (GOOD, "user:a@x.org, user:owner@x.org")
    sent = {dict(request.headers)["Authorization"] for request in proxy.requests}
    assert sent == {f"Bearer {PASTED}"}
    assert checked(answers({}, {"permissions": BOTH[:1]}).url)[ACCESS] == (BAD, BOTH[1])


def test_what_may_not_be_seen_is_not_known(answers):
    assert set(checked(answers().url).values()) == {(UNKNOWN, "")}
    findings = bucket_findings("maps", checklist())
    assert {finding.severity for finding in findings} == {NOTE}
    text = " ".join(f"{finding.message} {finding.remedy}" for finding in findings)
    assert "“Storage Legacy Bucket Reader” and “Storage Legacy Object Reader”" in text
    assert "https://console.cloud.google.com/storage/browser/maps;tab=permissions" in text
    assert "US-CENTRAL1" in text


def test_a_bad_bucket_is_an_error_with_its_remedy(answers):
    proxy = answers({"location": "EU", "storageClass": "NEARLINE"}, {"permissions": []})
    connection = Connection("maps", kind="gs", endpoint=proxy.url)
    checks = check_bucket(connection, "maps", pasted_token(PASTED))
    found = {finding.id: finding for finding in bucket_findings("maps", checks)}
    assert found["E-LOCATION"].severity == found["E-ACCESS"].severity == ERROR
    assert found["E-LOCATION"].found == "EU"
    assert found["E-STORAGE-CLASS"].severity == WARNING
    assert found["E-ACCESS"].where == "gs://maps"


def test_a_token_is_sent_to_google_alone_and_never_shown(fault_proxy, caplog):
    for url in ("http://storage.googleapis.com", "https://storage.example.org"):
        with pytest.raises(ConfigurationError, match="Your Google token would be shown to others"):
            checked(url)
    proxy = fault_proxy()
    proxy.add(Fault(status=401, body=PASTED.encode()), times=None)
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthenticationError) as refused:
        checked(proxy.url)
    assert PASTED not in "".join(traceback.format_exception(refused.value)) + caplog.text
