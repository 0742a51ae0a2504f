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


@dataclass(frozen=True)
class S3Preset:
    """One provider of S3. ``url`` has a ``{region}`` where the end points differ by it.

    It is empty for Amazon's own. Where the account or the machine is part of it, the user fills it
    in: ACCOUNT_ID, or localhost.
    """

    id: str
    name: str
    url: str
    regions: tuple[str, ...] = ()

    def url_in(self, region: str) -> str:
        """Empty until the region is known where it is needed."""
        if "{region}" not in self.url:
            return self.url
        return self.url.format(region=region) if region else ""


#: Sources: OVHcloud, "Object Storage - Endpoints and Object Storage geoavailability"; Scaleway,
#: "Object Storage - Regions and endpoints"; Wasabi, "What are the service URLs for Wasabi's
#: different storage regions?"; Cloudflare, "R2 - S3 API compatibility"; MinIO, "Console and API
#: ports"; Ceph, "Object Gateway: HTTP Frontends".
S3_PRESETS: tuple[S3Preset, ...] = (
    S3Preset("aws", "Amazon S3", "", ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2")),
    S3Preset(
        "ovh-s3",
        "OVHcloud",
        "https://s3.{region}.io.cloud.ovh.net",
        ("bhs", "de", "gra", "rbx", "sbg", "uk", "waw"),
    ),
    S3Preset(
        "scaleway", "Scaleway", "https://s3.{region}.scw.cloud", ("fr-par", "nl-ams", "pl-waw")
    ),
    S3Preset(
        "wasabi",
        "Wasabi",
        "https://s3.{region}.wasabisys.com",
        ("eu-central-1", "eu-west-1", "us-east-1", "us-west-1"),
    ),
    S3Preset("r2", "Cloudflare R2", "https://ACCOUNT_ID.r2.cloudflarestorage.com", ("auto",)),
    S3Preset("minio", "MinIO", "http://localhost:9000"),
    S3Preset("ceph", "Ceph Object Gateway", "http://localhost:7480"),
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
