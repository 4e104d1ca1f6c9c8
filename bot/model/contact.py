"""A person we talk with, and where they are reached."""

from collections.abc import Mapping

from msgspec import Struct

from bot.model.answer import Value


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
    `silent` that they opened a chat and have not said anything yet.
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
