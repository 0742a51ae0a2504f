# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections, sign-in and secrets in the panel."""
