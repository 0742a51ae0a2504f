# SPDX-License-Identifier: GPL-2.0-or-later
"""COG Browser: an object store that feels like a local folder of rasters."""


def classFactory(iface):
    """QGIS's entry point. ``iface`` is None in qgis_process."""
    from cog_browser.plugin import CogBrowserPlugin  # noqa: PLC0415 - api works without QGIS

    return CogBrowserPlugin(iface)
