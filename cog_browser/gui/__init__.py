# SPDX-License-Identifier: GPL-2.0-or-later
"""Widgets. No network, no GDAL, no disk: the controller asks workers."""
