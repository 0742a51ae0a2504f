# SPDX-License-Identifier: GPL-2.0-or-later
"""All it takes to open a store again in another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.http import HttpSettings


@dataclass(frozen=True)
class StoreRecipe:
    """A connection with its secrets and network settings. Its representation hides the secrets."""

    connection: Connection
    credentials: Credentials
    settings: HttpSettings

    def to_document(self) -> dict[str, Any]:
        """Everything, secrets in clear: for a private pipe only."""
        return {
            "connection": self.connection.to_dict(),
            "credentials": self.credentials.to_json(),
            "settings": asdict(self.settings),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> StoreRecipe:
        settings = dict(document["settings"])
        settings["no_proxy"] = tuple(settings["no_proxy"])
        return cls(
            Connection.from_dict(document["connection"]),
            Credentials.from_json(document["credentials"]),
            HttpSettings(**settings),
        )
