# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections, containers, folders and objects in QGIS's own Browser panel."""
