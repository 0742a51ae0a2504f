# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a server answers as readers of Cloud Optimized GeoTIFFs need it."""
