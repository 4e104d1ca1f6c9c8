"""What workers tell each other at once. It may get lost: all of it is in the store.

A worker that sends for an account hears that something is due, and one that a visitor
is connected to hears that something waits for them.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from msgspec import Struct

from bot.errors import StoreUnavailable
from bot.service.ports import Store

AT_ONCE: Final = 100
"""Handles in one ring: the store takes no more than some thousand bytes."""


class Ring(Struct, frozen=True, omit_defaults=True):
    """One ring of a worker's bell: for whom something waits; none, that much is due."""

    by: str
    handles: tuple[str, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Ring).decode


class Bell:
    """The bell of one worker, which all others hear."""

    def __init__(self, store: Store, me: str) -> None:
        self._store = store
        self._me = me

    async def due(self) -> None:
        """Tell others that something is due which they may have to send."""
        await self._ring(Ring(self._me))

    async def waits(self, handles: Sequence[str]) -> None:
        """Tell others that something waits for these visitors."""
        for start in range(0, len(handles), AT_ONCE):
            await self._ring(Ring(self._me, tuple(handles[start : start + AT_ONCE])))

    async def listen(self, hear: Callable[[Ring], None]) -> None:
        """Hand over what other workers ring, until cancelled."""

        def told(words: str) -> None:
            with suppress(msgspec.MsgspecError):  # of another version of us
                ring = _decode(words)
                if ring.by != self._me:
                    hear(ring)

        await self._store.listen(told)

    async def _ring(self, ring: Ring) -> None:
        if self._store.shared:
            with suppress(StoreUnavailable):
                await self._store.ring(_encode(ring).decode())
