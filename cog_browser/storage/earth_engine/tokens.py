# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the token comes from that Earth Engine is shown.

A token lives in memory only. Source: the files that ``earthengine authenticate`` and ``gcloud auth
application-default login`` write, and google-auth's documentation, "Application Default
Credentials".
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from cog_browser.storage import google_auth
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.s3.service_account import STORAGE_SCOPE
from cog_browser.storage.s3.signing import BearerToken
from cog_browser.storage.store import ObjectStore

SCOPES = (
    "https://www.googleapis.com/auth/earthengine",
    "https://www.googleapis.com/auth/cloud-platform",
    STORAGE_SCOPE,
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{20,4096}")


def pasted_token(text: str) -> BearerToken:
    """An access token as the user has pasted it; how long it is good for, nobody says."""
    bare = text.strip()
    if bare.lower().startswith("bearer "):
        bare = bare[7:].strip()
    if not _TOKEN.fullmatch(bare):
        raise ConfigurationError(
            "That is no access token. Copy the line that “gcloud auth print-access-token” prints, "
            "without spaces or line breaks."
        )
    return BearerToken(bare, "", 0.0)


def computer_token(settings: HttpSettings, environ: Mapping[str, str] = os.environ) -> BearerToken:
    """A token of whoever has signed in to Earth Engine or Google Cloud on this computer.

    Asks Google, so never on the GUI thread.
    """
    if not google_auth.is_installed():
        raise ConfigurationError(
            "Using this computer's Google sign-in needs the Python package google-auth (Debian: "
            "python3-google-auth; elsewhere: pip install google-auth), which is not installed. "
            "Paste an access token instead: “gcloud auth print-access-token” prints one."
        )
    path = _sign_in_file(environ)
    if path is None:
        raise ConfigurationError(
            "Nobody has signed in to Google on this computer. Run “earthengine authenticate” or "
            "“gcloud auth application-default login” once, or paste an access token."
        )
    document = google_auth.account_document(str(path), allows_user=True)
    return google_auth.sign_in(document, SCOPES, settings)


def connection_token(store: ObjectStore) -> BearerToken:
    """A token of the service account that a connection signs in as. Never on the GUI thread."""
    recipe = store.recipe
    if recipe.connection.auth_mode != google_auth.SERVICE_ACCOUNT:
        raise ConfigurationError(
            f"The connection “{recipe.connection.name}” has no service account. Use this "
            "computer's Google sign-in, or paste an access token."
        )
    document = google_auth.account_document(recipe.credentials.service_account or "")
    return google_auth.sign_in(document, SCOPES, recipe.settings)


def _sign_in_file(environ: Mapping[str, str]) -> Path | None:
    """The first that is there: what is asked for, Earth Engine's own, Google Cloud's."""
    if named := environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        cloud = Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "gcloud"
    else:
        cloud = home / ".config" / "gcloud"
    cloud = Path(environ.get("CLOUDSDK_CONFIG") or cloud)
    candidates = (
        home / ".config" / "earthengine" / "credentials",
        cloud / "application_default_credentials.json",
    )
    return next((path for path in candidates if path.is_file()), None)
