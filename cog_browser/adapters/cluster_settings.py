# SPDX-License-Identifier: GPL-2.0-or-later
"""The cluster that the user has chosen in QGIS's options."""

from __future__ import annotations

from qgis.core import QgsSettings

from cog_browser.cog.cluster.settings import CREDENTIALS, ClusterSettings

_GROUP = "plugins/cog_browser/cluster"
#: The fields of `ClusterSettings`, as they are saved.
FIELDS = ("scheduler", "ca_file", "certificate", "key_file", "credentials")


def saved_fields() -> dict[str, str]:
    """What is saved, as it was typed. Thread: any."""
    saved = QgsSettings()
    found = {name: str(saved.value(f"{_GROUP}/{name}", "") or "").strip() for name in FIELDS}
    if found["credentials"] not in CREDENTIALS:
        found["credentials"] = CREDENTIALS[0]
    return found


def save_fields(values: dict[str, str]) -> None:
    """Keep them. Whether they can be used is said when they are."""
    saved = QgsSettings()
    for name in FIELDS:
        saved.setValue(f"{_GROUP}/{name}", values[name].strip())


def cluster_settings() -> ClusterSettings | None:
    """What is saved, or else what the environment says. Thread: any.

    Raises `ConfigurationError` for what can't be used.
    """
    found = saved_fields()
    if found["scheduler"]:
        return ClusterSettings(**found)
    return ClusterSettings.from_environment()
