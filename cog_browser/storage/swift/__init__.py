# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenStack Swift: listing, transfers of any size, large objects."""
