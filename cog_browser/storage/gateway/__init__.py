# SPDX-License-Identifier: GPL-2.0-or-later
"""The read gateway: GDAL reads objects from loopback, our client reads the store."""
