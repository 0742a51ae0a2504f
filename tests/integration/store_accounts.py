# SPDX-License-Identifier: GPL-2.0-or-later
"""One account in each kind of store, on a real server."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
from tests.support.object_servers import AZURITE_ACCOUNT, AZURITE_KEY

Account = tuple[Connection, Credentials]
#: Name → the fixtures that it needs.
SERVERS = {
    "swift": "stack",
    "s3-swift": "stack",
    "s3-moto": "amazon",
    "gs-moto": "amazon",
    "azure": "azurite",
}


def account_in(name: str, server: Any) -> Account:
    """``server`` is what the fixture of this name in `SERVERS` gives."""
    if name == "swift":
        return Connection.from_variables(server.environment("demo"), name)
    if name == "azure":
        connection = Connection(
            name, kind="azure", account=AZURITE_ACCOUNT, endpoint=f"{server.url}/{AZURITE_ACCOUNT}"
        )
        return connection, Credentials(account_key=AZURITE_KEY)
    if name == "s3-swift":
        keys = server.ec2["demo"]
        url = server.regions["RegionOne"].url
    else:
        keys, url = {"access": "AKIAEXAMPLE", "secret": "example"}, server.url
    credentials = Credentials(access_key=keys["access"], secret_key=keys["secret"])
    kind = name.partition("-")[0]
    region = "us-east-1" if kind == "gs" else ""  # moto doesn't know Google's "auto"
    return Connection(name, kind=kind, endpoint=url, region=region), credentials


def store_in(name: str, server: Any, folder: Any) -> Any:
    """Files of more than 6 MiB go up in parts."""
    settings = TransferSettings(
        threshold=6 << 20, segment_size=5 << 20, first_pause=0.01, journals=folder / "journals"
    )
    return open_store(*account_in(name, server), transfers=settings)


def make_public(server: Any, uri: str) -> None:
    """Let everybody read the object gs://bucket/key of the account "gs-moto"."""
    container, key = uri.removeprefix("gs://").split("/", 1)
    with closing(open_store(*account_in("gs-moto", server))) as store:
        acl = {"x-amz-acl": "public-read"}
        store.call("PUT", (container, key), "make it public", query="acl", headers=acl).close()
