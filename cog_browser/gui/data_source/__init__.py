# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the COG Browser in QGIS's Data Source Manager."""
