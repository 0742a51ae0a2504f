# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of connections, and how each may sign in."""

from __future__ import annotations

#: How a Swift connection signs in.
AUTH_MODES = (
    "password",  # Keystone v3
    "application_credential",  # Keystone v3
    "totp",  # Keystone v3, password and passcode
    "keystone_token",  # Keystone v3, a token from elsewhere
    "token",  # a ready token and the storage URL, no Keystone
    "v1",  # version 1, TempAuth: user and key
    "anonymous",  # public containers of the storage URL
    "oidc_client_credentials",  # the last three: Keystone v3 federation, through keystoneauth1
    "oidc_access_token",
    "oidc_password",
)
#: Kind → its ways to sign in; the first is the usual one.
MODES_OF_KIND: dict[str, tuple[str, ...]] = {
    "swift": AUTH_MODES,
    "s3": (
        "access_key",  # with a session token where the keys are temporary ones
        "profile",  # of ~/.aws
        "environment",  # the ordinary chain: AWS_* variables, then ~/.aws
        "instance_role",  # that of the cloud machine QGIS runs on; asks its metadata service
        "anonymous",
    ),
    "gs": (
        "hmac",
        "service_account",  # its JSON file, through google-auth
        "anonymous",
    ),
    "azure": ("account_key", "sas", "anonymous"),
    "http": ("anonymous", "basic", "bearer"),
}
KINDS = tuple(MODES_OF_KIND)
#: Kinds of which variables may describe an account.
KINDS_IN_ENVIRONMENT = ("swift", "s3")
#: Modes whose secret is nowhere in this package, or that have none.
WITHOUT_SECRET = ("anonymous", "profile", "environment", "instance_role")
#: Kinds of which several accounts share one end point, and so how their objects' URLs begin.
SHARED_ROOTS = ("s3", "gs")
#: Kind → GDAL's file system, as which projects may name its objects instead of by URL.
PATH_STYLE_OF = {"swift": "vsiswift", "s3": "vsis3", "gs": "vsigs", "azure": "vsiaz"}
#: How the bucket of an S3 connection stands in URLs: as first part of the path, or of the host.
ADDRESSING = ("path", "virtual")


def mode_of(kind: str, mode: str) -> str:
    """The mode, or the kind's usual one for the mode that a new `Connection` has."""
    return MODES_OF_KIND[kind][0] if kind != "swift" and mode == AUTH_MODES[0] else mode
