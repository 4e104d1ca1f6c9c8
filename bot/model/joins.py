"""That two contacts are one person, and the links that lead to it."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from bot.model.contact import Address

Proof = Literal["shared", "signed", "link", "operator"]
"""What says that two contacts are one: the contact that a platform shares of its own
user, two addresses in one signed payload, a one-time link, or an operator."""
PREFIX: Final = "join-"
"""What the codes of links begin with, so that a channel can tell them."""


class Join(Struct, frozen=True, kw_only=True):
    """That two contacts are one person, who or what says so, and until when it held."""

    id: int
    a: int
    b: int
    proof: Proof
    by: str
    at: datetime
    undone_at: datetime | None = None


class Link(Struct, frozen=True, kw_only=True):
    """A one-time link that joins whoever comes by it to a contact, and begins a flow.

    Of its code only the hash is known.
    """

    hash: str
    contact: int
    flow: str | None = None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: Address | None = None
