"""Which addresses of the network are the world's: none of ours, nobody's own."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

IPAddress = IPv4Address | IPv6Address

_TRANSLATED: Final = ip_network("64:ff9b::/96")
"""NAT64: the last four bytes are an address of IPv4 (RFC 6052)."""
_WORLD: Final = ip_network("2000::/3")
"""All that was ever given out of IPv6."""
_NOBODYS: Final[Sequence[IPv4Network | IPv6Network]] = tuple(
    ip_network(each)
    for each in (
        "100.64.0.0/10",  # shared by the customers of a provider
        "192.0.0.0/24",  # protocols
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # likewise
    )
)
"""What Python calls global in one version or another, and is not."""


def is_public(text: str) -> bool:
    """Say whether an address is one of the world's, whatever it is wrapped in.

    >>> is_public("149.154.167.220"), is_public("10.0.0.7")
    (True, False)
    >>> is_public("64:ff9b::7f00:1"), is_public("2002:7f00:1::"), is_public("::1")
    (False, False, False)
    """
    address = _unwrapped(ip_address(text))
    if isinstance(address, IPv6Address) and address not in _WORLD:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _NOBODYS)
    )


def _unwrapped(address: IPAddress) -> IPAddress:
    """Return the address of IPv4 that one of IPv6 holds, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
