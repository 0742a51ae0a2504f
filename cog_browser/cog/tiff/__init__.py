# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the structure of TIFF files from their bytes, however damaged."""
