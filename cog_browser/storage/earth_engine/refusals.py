# SPDX-License-Identifier: GPL-2.0-or-later
"""What Earth Engine's refusals mean, and what to do.

Sources: Google's API design guide, "Errors" (``google.rpc.Status`` and ``ErrorInfo``); the Earth
Engine pages "Cloud GeoTiff-Backed Earth Engine Assets" and "Earth Engine access". The service's
sentences are no interface, so that one that nobody here knows is quoted.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from cog_browser.storage.errors import (
    AlreadyExistsError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServerError,
    StoreError,
    ThrottledError,
)
from cog_browser.storage.http import Response
from cog_browser.storage.http_errors import MAX_RETRY_AFTER

#: What a refusal may weigh, in bytes, and how much of it is quoted, in characters.
_LARGEST, _QUOTED = 256 << 10, 400
_OBJECT = re.compile(r"gs://[^\s`'\"”]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class _Refusal:
    status: int
    code: str  # e.g. PERMISSION_DENIED
    reasons: frozenset[str]  # e.g. SERVICE_DISABLED
    said: str
    project: str

    def says(self, *words: str) -> bool:
        return any(word in self.said.lower() for word in words)

    @property
    def named(self) -> str:
        """The object that it is about, with its generation."""
        found = _OBJECT.search(self.said)
        return f"“{found.group().rstrip('.,;:')}”" if found else "a file of the manifest"


def refusal(response: Response, project: str, token: str) -> StoreError:
    """The error for an answer that isn't 200. Reads and closes it; the token is never quoted."""
    found = _read(response, project, token)
    status = found.status
    kind, said = _meaning(found)
    if kind is ThrottledError:
        after = response.headers.get("Retry-After", "")
        wait = min(float(after[:20]), MAX_RETRY_AFTER) if after.isdecimal() else None
        return ThrottledError(said, status=status, retry_after=wait)
    return kind(said, status=status)


def _read(response: Response, project: str, token: str) -> _Refusal:
    try:
        found: Any = json.loads(response.read(_LARGEST))
        error: Any = found["error"]
        said, code = str(error.get("message") or ""), str(error.get("status") or "")
        details = [*(error.get("details") or ()), *(error.get("errors") or ())]
        reasons = frozenset(str(d.get("reason")) for d in details if isinstance(d, dict))
    except (StoreError, ValueError, KeyError, TypeError, AttributeError):
        said, code, reasons = "", "", frozenset[str]()
    said = _UNSEEN.sub(" ", said.replace(token, "…")).strip()
    return _Refusal(response.status, code, reasons, said, project)


def _quote(found: _Refusal) -> str:
    said = found.said if len(found.said) <= _QUOTED else found.said[: _QUOTED - 1] + "…"
    return f"“{said}”" if said else "it doesn't say why."


def _meaning(r: _Refusal) -> tuple[type[StoreError], str]:
    if r.status == 401:
        return AuthenticationError, (
            "Google refuses the token: it has ended, was taken back, or is none. Sign in again "
            "with “earthengine authenticate”, or paste a fresh access token."
        )
    about_project = _about_project(r)
    if about_project:
        return PermissionDeniedError, about_project
    if r.status != 403 and r.says("location", "region") and r.says("bucket", "storage", "gs://"):
        return ProtocolError, (
            "Earth Engine can't use the bucket where it is: it has to be in the US multi-region, "
            "in a US dual-region with US-CENTRAL1, or in US-CENTRAL1. Copy the objects into a "
            f"bucket there. It says: {_quote(r)}"
        )
    if r.says("storage class"):
        return ProtocolError, (
            "Earth Engine wants the bucket's storage class to be Standard. Change it, or copy the "
            f"objects into another bucket. It says: {_quote(r)}"
        )
    if r.says("failed to load the geotiff") or (r.says("gs://") and r.says("generation")):
        return NotFoundError, (
            f"Earth Engine can't load {r.named}. Either the object was overwritten or deleted "
            "since its generation (the number after “#”) was taken: build the manifest again. Or "
            "you may not read it: you need “Storage Legacy Bucket Reader” and “Storage Legacy "
            "Object Reader” on the bucket."
        )
    if r.status == 409 or r.code == "ALREADY_EXISTS" or r.says("already exists", "overwrite"):
        return AlreadyExistsError, (
            "There is an asset with this name already. Choose to overwrite it, or give another "
            "name."
        )
    if r.status == 403 and r.says("gs://", "storage.objects", "storage.buckets", "bucket"):
        return PermissionDeniedError, (
            "Earth Engine may not read the objects in your name: you need “Storage Legacy Bucket "
            "Reader” and “Storage Legacy Object Reader” on the bucket. It says: "
            f"{_quote(r)}"
        )
    if r.status == 403:
        return PermissionDeniedError, (
            f"You may not make assets in the project “{r.project}”: that takes the permission "
            "earthengine.imports.create, e.g. by the role “Earth Engine Resource Writer”, and a "
            f"folder that you may write. It says: {_quote(r)}"
        )
    if r.status in (400, 429) and r.says("quota", "limit") and r.says("asset", "storage"):
        return QuotaExceededError, (
            f"Earth Engine has no room left for this project's assets. It says: {_quote(r)}"
        )
    if r.status == 429 or r.code == "RESOURCE_EXHAUSTED":
        return ThrottledError, (
            f"Earth Engine has had too many requests of the project “{r.project}” (429). Try again "
            "in a minute."
        )
    if r.status == 404:
        return NotFoundError, (
            "Earth Engine finds no such place: the project, or the folder or collection that the "
            f"asset's name begins with, doesn't exist. Create it first. It says: {_quote(r)}"
        )
    if r.status == 400:
        return ProtocolError, f"Earth Engine finds the manifest wrong: {_quote(r)}"
    if r.status >= 500:
        return ServerError, f"Earth Engine failed ({r.status}): {_quote(r)}"
    return ProtocolError, f"Earth Engine refuses the request ({r.status}): {_quote(r)}"


def _about_project(r: _Refusal) -> str:
    """What is to be done in Google Cloud before anything works."""
    if r.reasons & {"SERVICE_DISABLED", "API_DISABLED", "accessNotConfigured"} or r.says(
        "has not been used in project"
    ):
        return (
            f"The Earth Engine API is not enabled in the project “{r.project}”. Enable it at "
            "https://console.cloud.google.com/apis/library/earthengine.googleapis.com"
            f"?project={r.project} and try again a few minutes later."
        )
    if r.says("is not registered", "not signed up"):
        return (
            f"The project “{r.project}” is not registered for Earth Engine. Register it at "
            f"https://code.earthengine.google.com/register?project={r.project}, or give another "
            "project."
        )
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in r.reasons or r.says("authentication scopes"):
        return (
            "The token is not made for Earth Engine: it lacks the scope "
            "https://www.googleapis.com/auth/earthengine (or cloud-platform). Sign in with "
            "“earthengine authenticate”, or paste a token with that scope."
        )
    if "USER_PROJECT_DENIED" in r.reasons or r.says("permission to use project"):
        return (
            f"You may not use the project “{r.project}”. Have its owner give you the role “Service "
            "Usage Consumer” (and “Earth Engine Resource Writer”), or give another project."
        )
    return ""
