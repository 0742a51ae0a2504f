# SPDX-License-Identifier: GPL-2.0-or-later
"""The presets of providers."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.presets import PRESETS, preset_for


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_is_a_v3_keystone_over_tls_that_makes_a_connection(preset):
    parts = urlsplit(preset.auth_url)
    assert parts.scheme == "https"
    assert parts.path.endswith("/v3")
    connection = Connection("x", auth_url=preset.auth_url, user_domain_name=preset.domain)
    assert connection.auth_url == preset.auth_url


def test_ids_names_and_urls_are_unique():
    for part in ("id", "name", "auth_url"):
        values = [getattr(preset, part) for preset in PRESETS]
        assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://auth.cloud.ovh.net/v3", "ovh"),
        ("https://auth.cloud.ovh.net/", "ovh"),
        ("https://iam.eu-de.otc.t-systems.com:443/v3", "otc-eu-de"),
        ("https://api.pub1.infomaniak.cloud/identity", "infomaniak-pub1"),
        ("https://api.pub1.infomaniak.cloud/", None),
        ("http://auth.cloud.ovh.net/v3", None),
        ("https://auth.cloud.ovh.net.example.org/v3", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_a_url_is_recognised_with_and_without_version_and_port_and_nothing_like_it(url, found):
    preset = preset_for(url)
    assert (preset.id if preset else None) == found
