# SPDX-License-Identifier: GPL-2.0-or-later
"""What is selected, without adding it: header facts, a preview, footprints, badges."""
