# SPDX-License-Identifier: GPL-2.0-or-later
"""Finding things: a filter over what is loaded, searches on the server, addresses, favourites."""
