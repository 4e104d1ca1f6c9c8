"""Take messages in: whatever came while the last batch was committed is the next one.

No timer, no added wait: under light load a batch is one message. A caller gets its word
only when the batch that holds its message is committed.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import structlog
from msgspec import Struct

from bot.engine.heard import Gave, Heard, Said, Tapped
from bot.errors import Refused, StoreUnavailable, VoxpopError
from bot.model.changes import InboundRow
from bot.model.contact import Address, Contact
from bot.model.message import Inbound
from bot.service.batch import Batch
from bot.service.desk import Desk, zone_named
from bot.service.ports import Work

log = structlog.get_logger()

BATCH: Final = 200
QUEUE_MESSAGES: Final = 5_000
QUEUE_BYTES: Final = 32 * 1024 * 1024
PATIENCE: Final = 2.5
"""Seconds that a caller waits for its commit; a late one is harmless, for the message
comes again and is known."""
LONGEST: Final = 20_000
"""Characters of one message; more is refused."""

LONGEST_NAME: Final = 100

Taken = Literal["handled", "known"]


class _Waiting(Struct):
    message: Inbound
    since: float
    future: "asyncio.Future[Taken]"


class Inbox:
    """The one way in for what contacts send."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._open: list[_Waiting] = []
        self._woken = asyncio.Event()
        self._watch: asyncio.TimerHandle | None = None
        self.committed = asyncio.Event()

    async def take(self, message: Inbound) -> Taken:
        """Return once the message and all it led to are stored for good.

        Raises Refused where it is too long, StoreUnavailable where it could not be
        stored in time: it was not acknowledged, and may be sent again.
        """
        size = len(message.text or "") + len(message.raw)
        _check(message)
        if len(self._queue) >= QUEUE_MESSAGES or self._bytes > QUEUE_BYTES:
            raise StoreUnavailable(
                "Too many messages wait to be stored; try again soon."
            )
        loop = asyncio.get_running_loop()
        waiting = _Waiting(message, loop.time(), loop.create_future())
        self._queue.append(waiting)
        self._bytes += size
        self._woken.set()
        if self._watch is None:
            self._watch = loop.call_later(PATIENCE, self._lose_patience)
        return await waiting.future

    async def run(self) -> None:
        """Commit batches until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._queue:
                await self._commit_next()

    # ── one batch ────────────────────────────────────────────────────────────────

    async def _commit_next(self) -> None:
        count = min(len(self._queue), BATCH)
        self._open = [self._queue.popleft() for _ in range(count)]
        self._bytes -= sum(_size(w.message) for w in self._open)
        messages = [waiting.message for waiting in self._open]
        try:
            known = await self._commit(messages)
        except StoreUnavailable as error:
            _fail(self._open, error)
        except Exception as error:  # noqa: BLE001 - told apart one by one
            log.warning("batch_failed", messages=count, error=type(error).__name__)
            await self._commit_singly()
        else:
            _acknowledge(self._open, known)
            self.committed.set()
        self._open = []

    async def _commit_singly(self) -> None:
        """Find the message at fault: each by itself, that one stored as stuck."""
        for waiting in self._open:
            try:
                _acknowledge([waiting], await self._commit_alone(waiting.message))
            except VoxpopError as error:
                _fail([waiting], error)
        self.committed.set()

    async def _commit_alone(self, message: Inbound) -> set[int]:
        try:
            return await self._commit([message])
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - this message's own fault
            return await self._commit_stuck(message, error)

    async def _commit_stuck(self, message: Inbound, fault: Exception) -> set[int]:
        try:
            return await self._commit([message], fault)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("message_lost", channel=message.address.channel)
            raise Refused("This message cannot be stored at all.") from error

    async def _commit(
        self, messages: Sequence[Inbound], fault: Exception | None = None
    ) -> set[int]:
        """Store a batch; return the places in it of messages known already."""
        now = self._desk.clock()
        async with self._desk.store.transaction() as work:
            fresh, known = await _unseen(work, messages)
            if fresh:
                batch = Batch(self._desk, now)
                owners = await _owners(batch, work, fresh)
                for message in fresh:
                    _handle(batch, message, owners[message.address], fault)
                await batch.save(work)
        return known

    # ── patience ─────────────────────────────────────────────────────────────────

    def _lose_patience(self) -> None:
        """Let callers go who have waited too long, and look again when the next has."""
        loop = asyncio.get_running_loop()
        late = loop.time() - PATIENCE
        waiting = [w for w in (*self._open, *self._queue) if not w.future.done()]
        _fail(
            [w for w in waiting if w.since <= late],
            StoreUnavailable("The store did not answer in time; try again soon."),
        )
        rest = [w.since for w in waiting if w.since > late]
        self._watch = (
            loop.call_at(min(rest) + PATIENCE, self._lose_patience) if rest else None
        )


def _check(message: Inbound) -> None:
    """Refuse what no store can keep: too many words, or a key that is no text."""
    size = len(message.text or "")
    if size > LONGEST:
        raise Refused(f"This message is too long: {size:,} characters of {LONGEST:,}.")
    for name in (message.key, message.address.handle, message.address.channel):
        if not name.isprintable():
            raise Refused("The message's key or sender holds control characters.")


def _size(message: Inbound) -> int:
    return len(message.text or "") + len(message.raw)


def _fail(waiting: Sequence[_Waiting], error: VoxpopError) -> None:
    for one in waiting:
        if not one.future.done():
            one.future.set_exception(error)


def _acknowledge(waiting: Sequence[_Waiting], known: set[int]) -> None:
    for place, one in enumerate(waiting):
        if not one.future.done():
            one.future.set_result("known" if place in known else "handled")


async def _unseen(
    work: Work, messages: Sequence[Inbound]
) -> tuple[list[Inbound], set[int]]:
    """Leave out what is stored already, or stands twice in this batch."""
    keys = [(message.address.channel, message.key) for message in messages]
    seen = await work.seen(keys)
    fresh: list[Inbound] = []
    known: set[int] = set()
    for place, (key, message) in enumerate(zip(keys, messages, strict=True)):
        if key in seen:
            known.add(place)
        else:
            seen.add(key)
            fresh.append(message)
    return fresh, known


async def _owners(
    batch: Batch, work: Work, messages: Sequence[Inbound]
) -> dict[Address, int]:
    """Load who wrote, and take in who never did before."""
    addresses = list({message.address: None for message in messages})
    known = await work.contacts_at(addresses)
    await batch.load(work, known.values())
    owners = {address: contact.id for address, contact in known.items()}
    for message in messages:
        if message.address not in owners:
            contact = _newcomer(batch.desk.new_id(), message)
            batch.meet(contact, message.address)
            owners[message.address] = contact.id
    return owners


def _newcomer(contact: int, message: Inbound) -> Contact:
    name = clean(message.first_name or "").strip()[:LONGEST_NAME]
    zone = message.zone if zone_named(message.zone) else None
    return Contact(id=contact, first_name=name or None, zone=zone)


def _handle(
    batch: Batch, message: Inbound, contact: int, fault: Exception | None
) -> None:
    row = InboundRow(
        id=batch.desk.new_id(),
        channel=message.address.channel,
        handle=message.address.handle,
        key=message.key,
        contact=contact,
        received_at=batch.now,
        raw=clean(message.raw or message.text or ""),
    )
    if fault is not None:
        batch.stuck(row, fault)
        return
    batch.push(contact, heard(message), message.address, message)
    batch.changes.inbound.append(row)


def heard(message: Inbound) -> Heard:
    """Return what a message says to the engine, without control characters."""
    text = clean(message.text) if message.text else None
    if message.tap is not None:
        return Tapped(message.tap.session, message.tap.step, message.tap.options)
    if message.media is not None:
        return Gave(message.media, text)
    return Said(text or "")


def clean(text: str) -> str:
    r"""Return a text without control characters other than line breaks and tabs.

    >>> clean("n\x00ine\x1b[0m\n")
    'nine[0m\n'
    """
    return text if text.isprintable() else text.translate(_CONTROLS)


_CONTROLS: Final = {
    code: None
    for code in (*range(32), *range(127, 160), *range(0xD800, 0xE000))
    if code not in {9, 10}
}
"""Control characters, and halves of characters, which no store can keep."""


def received(address: Address, text: str, key: str, at: datetime) -> Inbound:
    """Return a typed message as an adapter without a provider hands it in."""
    return Inbound(address=address, key=key, at=at, text=text, raw=text)
