# SPDX-License-Identifier: GPL-2.0-or-later
"""Making Cloud Optimized GeoTIFFs without changing a pixel unasked."""
