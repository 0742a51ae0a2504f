# SPDX-License-Identifier: GPL-2.0-or-later
"""Where well-known providers sign in.

Only publicly documented end points, so that a newcomer need not look one up. Sources:
openstacksdk, "Vendor Support" (OVHcloud, Open Telekom Cloud); Infomaniak, "Public Cloud"; and
Rackspace, "REST API Guide for OpenStack Flex" (DFW3) and the Genestack guide (SJC3). Other regions
of these two follow the same pattern, but the provider's own pages don't name their end points.
Rackspace's older Cloud Files is left out: its identity service speaks version 2.0 with API keys,
and no Keystone v3.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Preset:
    """One provider. ``regions`` are hints: the account's own are known after sign-in.

    The ``…_like`` show how the provider's names look.
    """

    id: str
    name: str
    auth_url: str
    domain: str = ""  # of users and projects; empty where each account has its own
    regions: tuple[str, ...] = ()
    user_like: str = ""
    domain_like: str = ""
    project_like: str = ""


def _rackspace(region: str) -> Preset:
    return Preset(
        f"rackspace-flex-{region.lower()}",
        f"Rackspace OpenStack Flex ({region})",
        f"https://keystone.api.{region.lower()}.rackspacecloud.com/v3",
        domain="rackspace_cloud_domain",
        regions=(region,),
        project_like="1234567_Flex",
    )


PRESETS: tuple[Preset, ...] = (
    Preset(
        "ovh",
        "OVHcloud",
        "https://auth.cloud.ovh.net/v3",
        domain="Default",
        regions=("BHS", "DE", "GRA", "SBG", "UK", "WAW"),
        user_like="user-…",
    ),
    Preset(
        "infomaniak-pub1",
        "Infomaniak Public Cloud 1",
        "https://api.pub1.infomaniak.cloud/identity/v3",
        domain="Default",
        regions=("dc3-a", "dc4-a"),
        user_like="PCU-…",
        project_like="PCP-…",
    ),
    Preset(
        "otc-eu-de",
        "Open Telekom Cloud (eu-de)",
        "https://iam.eu-de.otc.t-systems.com/v3",
        regions=("eu-de",),
        domain_like="OTC-EU-DE-000…",
        project_like="eu-de",
    ),
    _rackspace("SJC3"),
    _rackspace("DFW3"),
)


def preset_for(auth_url: str) -> Preset | None:
    """The provider that signs in at this URL, with or without its ``/v3``."""
    wanted = _place(auth_url)
    return next((preset for preset in PRESETS if wanted == _place(preset.auth_url)), None)


def _place(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return "", url
    is_default = port == (443 if parts.scheme == "https" else 80)
    path = parts.path.rstrip("/")
    path = path[: -len("/v3")] if path.endswith("/v3") else path
    return f"{parts.scheme}://{host}" + (f":{port}" if port and not is_default else ""), path
