# SPDX-License-Identifier: GPL-2.0-or-later
"""Object stores without Qt: sign-in, listing, transfer, byte ranges, the read gateway."""
