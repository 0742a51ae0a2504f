# SPDX-License-Identifier: GPL-2.0-or-later
"""From rasters to proven, valid objects in a store: one, or a folder of thousands."""
