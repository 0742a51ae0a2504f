# SPDX-License-Identifier: GPL-2.0-or-later
"""How far inside a host is: no redirect may lead further in than where it comes from."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Union

_Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

OUTSIDE, NETWORK, COMPUTER = range(3)
_HOST = re.compile(r"[a-z0-9_.:-]+")
#: As system libraries read it, and `ipaddress` doesn't: 127.1, 0x7f.1, 2130706433.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_INNER_NAMES = (".local", ".internal", ".localdomain", ".lan", ".intranet", ".home.arpa", ".corp")


def is_plain(host: str) -> bool:
    """Whether all programs read this host in the same way: a full address, or an ASCII name."""
    if not _HOST.fullmatch(host) or host.endswith("."):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ":" not in host and not _NUMBER.fullmatch(host.rpartition(".")[2])
    return True


def reach(host: str) -> int:
    """`OUTSIDE`, `NETWORK` or `COMPUTER`, the innermost of all addresses. Asks the name server.

    What has no address is judged by its name: a proxy may know it.
    """
    try:
        return _of_address(ipaddress.ip_address(host))
    except ValueError:
        pass
    if host == "localhost" or host.endswith(".localhost"):
        return COMPUTER
    named = NETWORK if "." not in host or host.endswith(_INNER_NAMES) else OUTSIDE
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return named
    addresses = (str(row[4][0]).partition("%")[0] for row in found)
    return max([named, *(_of_address(ipaddress.ip_address(one)) for one in addresses)])


def _of_address(address: _Address) -> int:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _of_address(inner)
    if address.is_loopback or address.is_unspecified or address.is_link_local:
        return COMPUTER  # link-local: where clouds tell a computer its secrets
    is_inner = not address.is_global or address.is_multicast or address.is_reserved
    return NETWORK if is_inner else OUTSIDE
