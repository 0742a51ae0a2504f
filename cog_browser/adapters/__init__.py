# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS gives us, behind small types of our own. No widgets."""
