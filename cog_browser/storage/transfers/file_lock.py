# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether another process works with a file; a lock ends with its process, however that ends."""

from __future__ import annotations

import sys
from typing import IO


def lock(file: IO[bytes]) -> bool:
    """Take the lock on an open file until it is closed; False when somebody else has it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            here = file.tell()
            file.seek(1 << 40)  # a lock keeps others from reading what it covers
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            finally:
                file.seek(here)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
