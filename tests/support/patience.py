# SPDX-License-Identifier: GPL-2.0-or-later
"""How long tests wait for what has to come: long, since other processes use the machine as well."""

from __future__ import annotations

#: Milliseconds, for `qtbot.waitUntil`. What comes is not waited for any longer than it takes.
WAIT = 60_000
