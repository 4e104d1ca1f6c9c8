"""Only addresses of the world are asked: however another is written or wrapped."""

import pytest

from channels.addresses import is_public
from channels.fetching import resolved

WITHIN = (
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
)
WORLD = (
    "149.154.167.220",
    "8.8.8.8",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2001:67c:4e8:f004::9",
    "2606:4700::1111",
)


@pytest.mark.parametrize("address", WITHIN)
def test_within(address: str) -> None:
    """Ours, nobody's and everybody's are not the world's."""
    assert not is_public(address)


@pytest.mark.parametrize("address", WORLD)
def test_world(address: str) -> None:
    """An address that was given out is, also where IPv6 wraps it."""
    assert is_public(address)


@pytest.mark.parametrize(
    "literal", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "localhost"]
)
async def test_other_ways_to_write_it(literal: str) -> None:
    """What this machine makes of a name is looked at, so no way to write it helps."""
    assert not any(is_public(address) for address in await resolved(literal, 443))
