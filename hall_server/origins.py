"""Where somebody comes from, as limits count it: by what one customer of a network has, not by single addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

NETWORK_BITS = 64
"""A customer has a /64 at the least, and each machine in it takes new addresses at will. Source: RFC 7421, RFC 8981."""


def origin_of(address: str) -> str:
    """What an address counts as.

    Args:
        address: of the other end of a connection; with or without a zone (``fe80::1%eth0``).

    Returns:
        Of IPv4 the address itself, also where IPv6 carries it (``::ffff:a.b.c.d``); of IPv6 its /64; anything else as
        it is, for it is one place too.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    if found.is_loopback:
        return str(found)
    network = int(found) >> (128 - NETWORK_BITS) << (128 - NETWORK_BITS)
    return f"{IPv6Address(network)}/{NETWORK_BITS}"
