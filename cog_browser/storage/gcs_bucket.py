# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether Earth Engine can read a bucket: where it is, its storage class, and who may read it.

Source: Cloud Storage JSON API, "Buckets: get", "testIamPermissions" and "getIamPolicy"; the Earth
Engine page "Cloud GeoTiff-Backed Earth Engine Assets", "Location" to "Permissions for sharing".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    StoreError,
)
from cog_browser.storage.google_auth import is_googles
from cog_browser.storage.http import RETRIES, HttpClient, HttpSettings
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.signing import BearerToken

GOOD, BAD, UNKNOWN = "good", "bad", "unknown"
LOCATION, STORAGE_CLASS, ACCESS, READERS = "location", "storage-class", "access", "readers"
#: What gives the two permissions that Earth Engine's readers need.
ROLES = ("Storage Legacy Bucket Reader", "Storage Legacy Object Reader")
_PERMISSIONS = ("storage.buckets.get", "storage.objects.get")
#: Predefined roles that hold each of these permissions.
_HOLDERS = {
    "storage.buckets.get": {
        "roles/storage.legacyBucketReader",
        "roles/storage.legacyBucketWriter",
        "roles/storage.legacyBucketOwner",
        "roles/storage.bucketViewer",
        "roles/storage.admin",
    },
    "storage.objects.get": {
        "roles/storage.legacyObjectReader",
        "roles/storage.legacyObjectOwner",
        "roles/storage.objectViewer",
        "roles/storage.objectUser",
        "roles/storage.objectAdmin",
        "roles/storage.admin",
    },
}
_CENTRAL = "US-CENTRAL1"
#: Predefined dual-regions of the US with it: Iowa and South Carolina.
_DUAL_REGIONS = {"NAM4"}


@dataclass(frozen=True)
class BucketCheck:
    """``name`` is one of the constants above; ``found`` is what the service says."""

    name: str
    state: str
    found: str = ""


def permissions_page(bucket: str) -> str:
    """Where an owner grants the roles."""
    return f"https://console.cloud.google.com/storage/browser/{quote(bucket)};tab=permissions"


def checklist() -> tuple[BucketCheck, ...]:
    """What nobody could look at."""
    return tuple(BucketCheck(name, UNKNOWN) for name in (LOCATION, STORAGE_CLASS, ACCESS, READERS))


def check_bucket(
    connection: Connection,
    bucket: str,
    token: BearerToken,
    settings: HttpSettings | None = None,
) -> tuple[BucketCheck, ...]:
    """Look with the rights of the token; what it may not see is `UNKNOWN`.

    Raises where nothing can be said at all, e.g. `NotFoundError` for a bucket that isn't there.
    """
    base = Place(connection).base
    if not is_googles(base):
        raise ConfigurationError(
            f"{base} isn't Google's, or is reached without TLS. Your Google token would be shown "
            "to others, so the bucket is not looked at; see for yourself where it is."
        )
    url = f"{base}/storage/v1/b/{quote(bucket, safe='')}"
    http = HttpClient.for_connection(connection, settings)
    headers = {"Authorization": f"Bearer {token.token}"}

    def get(path: str) -> Any:
        doing = f"look at bucket “{bucket}”"
        answer = http.call("GET", url + path, doing, headers=headers, retries=RETRIES)
        found = answer.json()
        return found if isinstance(found, dict) else {}

    try:
        try:
            about = get("?fields=location,locationType,storageClass,customPlacementConfig")
        except PermissionDeniedError:
            about = {}
        except NotFoundError as error:
            raise NotFoundError(
                f"There is no bucket “{bucket}” on {base}.", status=404, request_id=error.request_id
            ) from None
        return (_location(about), _storage_class(about), *_rights(get))
    finally:
        http.close()


def _location(about: dict[str, Any]) -> BucketCheck:
    location = str(about.get("location") or "").upper()
    if not location:
        return BucketCheck(LOCATION, UNKNOWN)
    placement = about.get("customPlacementConfig")
    regions = placement.get("dataLocations") if isinstance(placement, dict) else None
    named = [str(region).upper() for region in regions] if isinstance(regions, list) else []
    if named:  # a dual-region whose halves were chosen; its location is the continent
        is_good = location == "US" and _CENTRAL in named
        return BucketCheck(LOCATION, GOOD if is_good else BAD, f"{location} ({', '.join(named)})")
    is_good = location in {"US", _CENTRAL, *_DUAL_REGIONS}
    return BucketCheck(LOCATION, GOOD if is_good else BAD, location)


def _storage_class(about: dict[str, Any]) -> BucketCheck:
    found = str(about.get("storageClass") or "").upper()
    if not found:
        return BucketCheck(STORAGE_CLASS, UNKNOWN)
    return BucketCheck(STORAGE_CLASS, GOOD if found == "STANDARD" else BAD, found)


def _rights(get: Any) -> Iterator[BucketCheck]:
    """What the token may do, and who else is named in the bucket's own policy."""
    asked = "&".join(f"permissions={one}" for one in _PERMISSIONS)
    try:
        held = get(f"/iam/testPermissions?{asked}").get("permissions")
        missing = [one for one in _PERMISSIONS if one not in (held or ())]
        yield BucketCheck(ACCESS, BAD if missing else GOOD, ", ".join(missing))
    except StoreError:
        yield BucketCheck(ACCESS, UNKNOWN)
    try:
        bindings = get("/iam").get("bindings")
    except StoreError:
        yield BucketCheck(READERS, UNKNOWN)
        return
    readers = _readers(bindings if isinstance(bindings, list) else [])
    yield BucketCheck(READERS, GOOD if readers else UNKNOWN, ", ".join(readers))


def _readers(bindings: list[Any]) -> list[str]:
    """The members that hold both permissions by the bucket's policy; a project's may name more."""
    groups = []
    for roles in _HOLDERS.values():
        members = {
            str(member)
            for binding in bindings
            if isinstance(binding, dict)
            and binding.get("role") in roles
            and not binding.get("condition")
            for member in binding.get("members") or ()
        }
        groups.append(members)
    return sorted(set.intersection(*groups))
