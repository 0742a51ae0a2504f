# SPDX-License-Identifier: GPL-2.0-or-later
"""What the read gateway's own process runs: `storage.gateway.child`, which here learns of TIFF.

Without GDAL, which the interpreter that runs it may not find.
"""

from __future__ import annotations

from cog_browser.cog.look_ahead import planner_for
from cog_browser.storage.gateway.child import serve


def main() -> None:
    """Serve until standard input ends."""
    serve(planner_for)
