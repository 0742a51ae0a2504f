# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done with an object or its server from the panel."""
