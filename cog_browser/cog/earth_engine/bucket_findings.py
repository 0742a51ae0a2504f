# SPDX-License-Identifier: GPL-2.0-or-later
"""What a look at a bucket means for an asset that reads it, with the remedy."""

from __future__ import annotations

from collections.abc import Iterable

from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING, Finding
from cog_browser.storage.gcs_bucket import (
    ACCESS,
    BAD,
    GOOD,
    LOCATION,
    READERS,
    ROLES,
    STORAGE_CLASS,
    BucketCheck,
    permissions_page,
)

_SOURCE = "Earth Engine, cloud GeoTIFF-backed assets"


def bucket_findings(bucket: str, checks: Iterable[BucketCheck]) -> list[Finding]:
    """Errors and warnings, and what nobody could look at. What is good is left out."""
    found = []
    for check in checks:
        finding = _finding(bucket, check)
        if finding is not None:
            found.append(finding)
    return found


def _finding(bucket: str, check: BucketCheck) -> Finding | None:
    grant = f"Grant “{ROLES[0]}” and “{ROLES[1]}” at {permissions_page(bucket)}"
    if check.name == READERS:
        if check.state == GOOD:
            return _make(
                "E-READERS", NOTE, bucket,
                f"By the bucket's own policy, these may read what the asset shows: {check.found}.",
                f"{grant} to whoever else is to read it.",
            )  # fmt: skip
        return _make(
            "E-READERS", NOTE, bucket,
            "It is not known who else may read the bucket.",
            f"{grant} to everybody who is to read the asset.",
        )  # fmt: skip
    if check.state == GOOD:
        return None
    is_bad = check.state == BAD
    if check.name == LOCATION:
        rule = "the US multi-region, a US dual-region with US-CENTRAL1, or US-CENTRAL1"
        return _make(
            "E-LOCATION", ERROR if is_bad else NOTE, bucket,
            "Earth Engine can't use the bucket where it is." if is_bad
            else "It is not known where the bucket is.",
            f"Copy the COGs into a bucket in {rule}." if is_bad
            else f"Look whether it is in {rule}.",
            rule, check.found,
        )  # fmt: skip
    if check.name == STORAGE_CLASS:
        return _make(
            "E-STORAGE-CLASS", WARNING if is_bad else NOTE, bucket,
            "The bucket's storage class isn't the one that Earth Engine asks for." if is_bad
            else "The bucket's storage class is not known.",
            "Change it to Standard." if is_bad else "Look whether it is Standard.",
            "STANDARD", check.found,
        )  # fmt: skip
    if check.name == ACCESS:
        return _make(
            "E-ACCESS", ERROR if is_bad else NOTE, bucket,
            "Whoever the token is of may not read the bucket, so Earth Engine may not either."
            if is_bad else "It is not known whether Earth Engine may read the bucket in your name.",
            f"{grant}.", "storage.buckets.get, storage.objects.get",
            f"without {check.found}" if is_bad else "",
        )  # fmt: skip
    return None


def _make(
    name: str,
    severity: str,
    bucket: str,
    message: str,
    remedy: str,
    expected: str = "",
    found: str = "",
) -> Finding:
    return Finding(
        name,
        severity,
        message,
        remedy,
        expected or None,
        found or None,
        where=f"gs://{bucket}",
        source=_SOURCE,
    )
