# SPDX-License-Identifier: GPL-2.0-or-later
"""Earth Engine assets from objects of the panel."""
