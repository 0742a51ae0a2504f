# SPDX-License-Identifier: GPL-2.0-or-later
"""Federated sign-in (OpenID Connect) through keystoneauth1, where that is installed.

The only module that knows keystoneauth1. It speaks to the identity provider and to Keystone over
this package's own HTTP session, so neither redirects nor ``.netrc`` come in.
"""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    ProtocolError,
    TransportError,
)
from cog_browser.storage.http import HttpClient
from cog_browser.storage.sign_in.auth import Access, RenewingAuth, access_for
from cog_browser.storage.sign_in.catalog import storage_endpoint

try:
    from keystoneauth1 import exceptions as ks_errors
    from keystoneauth1 import session as ks_session
    from keystoneauth1.identity.v3 import oidc
except ImportError:  # no QGIS bundles it
    oidc = None

log = logging.getLogger(__name__)


class FederatedAuth(RenewingAuth):
    """Access through an identity provider.

    Client credentials and a password sign in again by themselves; an access token can't.
    """

    def __init__(self, connection: Connection, credentials: Credentials, http: HttpClient) -> None:
        super().__init__()
        if oidc is None:
            raise ConfigurationError(
                "Federated sign-in needs the Python package keystoneauth1 (Debian: "
                "python3-keystoneauth1; elsewhere: pip install keystoneauth1), which is not "
                "installed. An application credential works without it."
            )
        _require(connection, credentials)
        self._connection, self._http = connection, http
        self._plugin = _plugin(connection, credentials)
        self.renews = connection.auth_mode != "oidc_access_token"

    def _sign_in(self) -> Access:
        host = urlsplit(self._connection.auth_url).netloc
        if not self.renews and self._access is not None:
            raise AuthenticationError(
                f"Your sign-in at {host} has ended, and an access token can't renew it. Sign in "
                "again with a new one.",
                status=401,
            )
        session = ks_session.Session(
            session=self._http.session,
            verify=self._http.verify,
            redirect=False,
            timeout=self._http.timeout[1],
        )
        self._plugin.invalidate()
        try:
            found = self._plugin.get_access(session)
        except (ks_errors.Unauthorized, ks_errors.Forbidden):
            raise AuthenticationError(
                f"The sign-in through {self._connection.identity_provider} was refused: the "
                "client, secret, password or token is wrong or has ended, or it may not use this "
                "project.",
                status=401,
            ) from None
        except ks_errors.ConnectionError:
            raise TransportError(
                f"The identity provider or Keystone at {host} can't be reached; check the URLs "
                "and the network."
            ) from None
        except ks_errors.ClientException as error:
            raise ProtocolError(
                f"The sign-in through {self._connection.identity_provider} failed "
                f"({type(error).__name__}); check the provider, the protocol and its URLs."
            ) from None
        catalog = found.service_catalog.catalog if found.has_service_catalog() else []
        url = storage_endpoint(catalog, self._connection)
        log.info("Signed in at %s through %s", host, self._connection.identity_provider)
        return access_for(found.auth_token, url, _lifetime(found))


def _plugin(connection: Connection, credentials: Credentials) -> Any:
    auth_url = connection.auth_url
    common = {
        "auth_url": auth_url if auth_url.endswith("/v3") else auth_url + "/v3",
        "identity_provider": connection.identity_provider,
        "protocol": connection.protocol,
        "discovery_endpoint": connection.discovery_endpoint or None,
        "project_id": connection.project_id or None,
        "project_name": (not connection.project_id and connection.project_name) or None,
        "project_domain_id": (not connection.project_id and connection.project_domain_id) or None,
        "project_domain_name": (not connection.project_id and connection.project_domain_name)
        or None,
    }
    if connection.auth_mode == "oidc_access_token":
        return oidc.OidcAccessToken(access_token=credentials.token, **common)
    client = {"client_id": connection.client_id, "client_secret": credentials.client_secret}
    if connection.auth_mode == "oidc_client_credentials":
        return oidc.OidcClientCredentials(**client, **common)
    return oidc.OidcPassword(
        username=connection.user_name, password=credentials.password, **client, **common
    )


def _require(connection: Connection, credentials: Credentials) -> None:
    wanted = {
        "authentication URL": connection.auth_url,
        "identity provider": connection.identity_provider,
        "protocol": connection.protocol,
    }
    if connection.auth_mode == "oidc_access_token":
        wanted["access token"] = credentials.token or ""
    else:
        wanted["discovery URL"] = connection.discovery_endpoint
        wanted["client ID"] = connection.client_id
    if connection.auth_mode == "oidc_client_credentials":
        wanted["client secret"] = credentials.client_secret or ""
    if connection.auth_mode == "oidc_password":
        wanted["user name"] = connection.user_name
        wanted["password"] = credentials.password or ""
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise ConfigurationError(f"Federated sign-in needs the {' and the '.join(missing)}.")


def _lifetime(found: Any) -> float:
    """Seconds by Keystone's own clock where it says when the token was issued."""
    issued = found.issued or datetime.now(timezone.utc)
    return max(float((found.expires - issued).total_seconds()), 0.0)
