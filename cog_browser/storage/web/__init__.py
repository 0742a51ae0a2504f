# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and folders on web servers: read-only."""
