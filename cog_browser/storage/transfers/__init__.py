# SPDX-License-Identifier: GPL-2.0-or-later
"""What transfers of every store share."""
