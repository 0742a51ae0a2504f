# SPDX-License-Identifier: GPL-2.0-or-later
"""One raster out of many objects, from their headers alone."""
