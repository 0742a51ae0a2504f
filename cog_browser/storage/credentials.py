# SPDX-License-Identifier: GPL-2.0-or-later
"""The secrets of a connection, kept apart from everything that may be saved or shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Credentials:
    """What proves who signs in. The connection's ``auth_mode`` says which fields are set.

    Only a secret store may write these down, through `to_json`.
    """

    password: str | None = field(default=None, repr=False)
    application_credential_secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    #: Of an OpenID Connect client.
    client_secret: str | None = field(default=None, repr=False)
    #: The second factor of mode "totp": good once, for half a minute, and never stored.
    passcode: str | None = field(default=None, repr=False)
    #: S3, and the HMAC keys of Google Cloud Storage; the session token belongs to temporary keys.
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    #: Google: the content of a service account's JSON file, or its path.
    service_account: str | None = field(default=None, repr=False)
    #: Azure: the storage account's key, or a shared access signature.
    account_key: str | None = field(default=None, repr=False)
    sas_token: str | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        held = [f"{f.name}=***" for f in fields(self) if getattr(self, f.name)]
        return f"Credentials({', '.join(held)})"

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    def to_json(self) -> str:
        """The secrets in clear, for an encrypted store only."""
        kept = (f.name for f in fields(self) if f.name != "passcode")
        return json.dumps({name: v for name in kept if (v := getattr(self, name))})

    @classmethod
    def from_json(cls, text: str) -> Credentials:
        """The inverse of `to_json`; unknown names of a newer version are dropped."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: v for name, v in json.loads(text).items() if name in known})
