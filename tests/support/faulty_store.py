# SPDX-License-Identifier: GPL-2.0-or-later
"""A stack whose Keystone and one region are reached through fault proxies."""

from __future__ import annotations

from tests.support.fault_proxy import FaultProxy
from tests.support.stack_client import Stack


class FaultyStore:
    """Proxies in front of a running stack: its catalogue names them instead of the real servers.

    `keystone` and `swift` are the proxies; `environment` leads a client through them.
    """

    def __init__(self, stack: Stack, region: str = "RegionOne") -> None:
        self.stack = stack
        self.region = region
        real = stack.regions[region].url
        root = stack.auth_url.removesuffix("/v3")
        self.swift = FaultProxy(real, upstream_ca=stack.ca_file)
        self.swift.rewrite[real] = self.swift.url
        self.keystone = FaultProxy(root, upstream_ca=stack.ca_file)
        self.keystone.rewrite.update({real: self.swift.url, root: self.keystone.url})
        self.auth_url = self.keystone.url + "/v3"

    def environment(self, name: str = "demo") -> dict[str, str]:
        """As `Stack.environment`, with the proxies' addresses."""
        environment = self.stack.environment(name, self.region)
        real = self.stack.regions[self.region].url
        for variable, value in environment.items():
            if variable == "OS_AUTH_URL":
                environment[variable] = self.auth_url
            else:
                environment[variable] = value.replace(real, self.swift.url)
        return environment

    def storage_url(self, project: str = "demo") -> str:
        real = self.stack.regions[self.region].url
        return self.stack.storage_url(project, self.region).replace(real, self.swift.url)

    def clear(self) -> None:
        self.keystone.clear()
        self.swift.clear()

    def stop(self) -> None:
        self.keystone.stop()
        self.swift.stop()
