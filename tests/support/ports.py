# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports for servers that can't be handed a socket."""

from __future__ import annotations

import secrets
import socket


def free_port() -> int:
    """A loopback port that nobody listens on.

    It lies below those that systems give away by themselves: between the look and its use, no
    other process's connection or server gets it.
    """
    while True:
        with socket.socket() as free:
            port = 20_000 + secrets.randbelow(12_000)  # not random's: tests set its seed
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
