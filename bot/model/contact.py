"""A person we talk with, and where they are reached."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.model.answer import Value

CUSTOMERS: Final = "crm"
"""The channel of the shop's own customer ids."""
NAMES: Final = frozenset({CUSTOMERS, "phone", "email"})
"""Channels whose addresses name somebody and reach nobody."""


class Address(Struct, frozen=True, order=True, cache_hash=True):
    """Where a contact is reached: a channel and a handle on it.

    >>> str(Address("crm", "4711")), Address.of("crm:4711").handle
    ('crm:4711', '4711')
    """

    channel: str
    handle: str

    def __str__(self) -> str:
        """Return the address as people write it."""
        return f"{self.channel}:{self.handle}"

    @classmethod
    def of(cls, text: str) -> "Address":
        """Return the address that a text such as `crm:4711` names."""
        channel, _, handle = text.partition(":")
        return cls(channel, handle)


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What we know of a person; `language` is what they chose or came with.

    `stopped` says that nothing may be sent, `doubting` that we asked whether to stop,
    `idle_told` the day on which we last said that nothing waits for their words, and
    `silent` that they opened a chat and have not said anything yet. `merged_into` is
    the oldest contact of the set that this one was joined to, None for no set.
    """

    id: int
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    zone: str | None = None
    attributes: Mapping[str, Value] = {}
    stopped: bool = False
    doubting: bool = False
    idle_told: str | None = None
    silent: bool = False
    merged_into: int | None = None


def sets(contacts: Iterable[Contact]) -> dict[int, tuple[int, ...]]:
    """Return the set of each contact that was joined to others, oldest first.

    >>> sets([Contact(id=2, merged_into=1), Contact(id=1, merged_into=1)])
    {1: (1, 2), 2: (1, 2)}
    """
    found: dict[int, list[int]] = {}
    for contact in contacts:
        if contact.merged_into is not None:
            found.setdefault(contact.merged_into, []).append(contact.id)
    joined = [tuple(sorted(members)) for members in found.values()]
    return {one: members for members in joined for one in sorted(members)}


def as_one(own: Contact, others: Sequence[Contact]) -> Contact:
    """Return a person as read over their set: their own first, then the others'.

    >>> as_one(Contact(id=2, language="es"), [Contact(id=1, stopped=True)]).stopped
    True
    """
    everybody = (own, *others)
    named = next((c for c in everybody if c.first_name or c.last_name), own)
    days = (each.idle_told for each in everybody)
    attributes: dict[str, Value] = {}
    for each in reversed(everybody):
        attributes.update(each.attributes)
    return replace(
        own,
        first_name=named.first_name,
        last_name=named.last_name,
        language=next((c.language for c in everybody if c.language), None),
        zone=next((c.zone for c in everybody if c.zone), None),
        attributes=attributes,
        stopped=any(each.stopped for each in everybody),
        doubting=any(each.doubting for each in everybody),
        idle_told=max((day for day in days if day), default=None),
    )
