"""Short names for steps and options, for services that bring little back."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

MARK: Final = "~"
"""What a tag begins with; no name does."""
BYTES: Final = 6


def tag(name: str) -> str:
    """Return nine letters that stand for a name.

    >>> tag("how_satisfied_are_you_with_our_delivery")
    '~ozx9B-iZ'
    """
    digest = blake2b(name.encode(), digest_size=BYTES).digest()
    return MARK + urlsafe_b64encode(digest).decode()


def untag(name: str, names: Iterable[str]) -> str:
    """Return which of these names a tag stands for; what is no tag stays as it is."""
    if not name.startswith(MARK):
        return name
    return next((each for each in names if tag(each) == name), name)
