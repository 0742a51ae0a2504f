# SPDX-License-Identifier: GPL-2.0-or-later
"""An S3 account as environment variables describe it.

Sources: AWS SDKs and Tools Reference Guide, "Environment variables"; GDAL's /vsis3/ for
AWS_S3_ENDPOINT, AWS_HTTPS, AWS_VIRTUAL_HOSTING, AWS_NO_SIGN_REQUEST and AWS_REQUEST_PAYER.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NO = ("", "NO", "FALSE", "0", "OFF")


def describes_s3(environ: Mapping[str, str]) -> bool:
    """Whether there are keys, or a word on whose to take."""
    has_keys = environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY")
    return bool(has_keys or environ.get("AWS_PROFILE") or is_on(environ, "AWS_NO_SIGN_REQUEST"))


def s3_fields(environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of the connection and of its credentials."""
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
    if not endpoint and environ.get("AWS_S3_ENDPOINT"):
        endpoint = environ["AWS_S3_ENDPOINT"]
        if "://" not in endpoint:
            is_http = environ.get("AWS_HTTPS", "YES").upper() in _NO
            endpoint = f"{'http' if is_http else 'https'}://{endpoint}"
    fields: dict[str, Any] = {
        "kind": "s3",
        "endpoint": "" if endpoint.rstrip("/") == "https://s3.amazonaws.com" else endpoint,
        "region": environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION", ""),
        "ca_bundle": environ.get("AWS_CA_BUNDLE", "") if endpoint else "",
        "requester_pays": environ.get("AWS_REQUEST_PAYER", "").lower() == "requester",
    }
    if environ.get("AWS_VIRTUAL_HOSTING"):
        fields["addressing"] = "virtual" if is_on(environ, "AWS_VIRTUAL_HOSTING") else "path"
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if is_on(environ, "AWS_NO_SIGN_REQUEST"):
        return {**fields, "auth_mode": "anonymous"}, {}
    if access and secret:
        keys = {"access_key": access, "secret_key": secret}
        token = environ.get("AWS_SESSION_TOKEN", "")
        return {**fields, "auth_mode": "access_key"}, {**keys, "session_token": token}
    profile = {
        "auth_mode": "profile",
        "profile": environ.get("AWS_PROFILE", ""),
        "key_file": environ.get("AWS_SHARED_CREDENTIALS_FILE", ""),
    }
    return {**fields, **profile}, {}


def is_on(environ: Mapping[str, str], name: str) -> bool:
    """Whether an option of GDAL is set to something that means yes."""
    return environ.get(name, "").upper() not in _NO
