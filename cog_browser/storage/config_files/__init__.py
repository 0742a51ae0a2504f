# SPDX-License-Identifier: GPL-2.0-or-later
"""Other tools' files that describe accounts."""
