# SPDX-License-Identifier: GPL-2.0-or-later
"""Cloud Optimized GeoTIFFs: making them, and judging them. Needs GDAL, neither Qt nor QGIS."""
