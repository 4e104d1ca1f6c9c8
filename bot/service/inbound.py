"""Take messages in: whatever came while the last batch was committed is the next one.

No timer, no added wait: under light load a batch is one message. A caller gets its word
only when the batch that holds its message is committed.
"""

import asyncio
from collections import deque
from collections.abc import Sequence, Set as AbstractSet
from datetime import datetime
from time import perf_counter
from typing import Final

import structlog
from msgspec import Struct
from opentelemetry.context import Context

from bot import traces
from bot.engine.heard import Gave, Heard, Opened, Said, Tapped
from bot.errors import (
    Refused,
    StoreBusy,
    StoreConflict,
    StoreUnavailable,
    VoxpopError,
)
from bot.model.changes import InboundRow
from bot.model.contact import Address
from bot.model.message import Inbound
from bot.model.session import Session
from bot.service import people, witness
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.linking import Links
from bot.service.media import file_away
from bot.service.people import clean
from bot.service.ports import Work
from bot.service.pushes import Push, Pushes

log = structlog.get_logger()

BATCH: Final = 200
QUEUE_MESSAGES: Final = 5_000
QUEUE_BYTES: Final = 32 * 1024 * 1024
PATIENCE: Final = 2.5
"""Seconds that a caller waits for its commit; a late one is harmless, for the message
comes again and is known."""
TRIES: Final = 3
"""How often a batch is tried again that other workers were in the way of."""
BUSY_SECONDS: Final = 0.005
"""How long we wait where all that came is from contacts whom other workers hold."""
LONGEST: Final = 20_000
"""Characters of one message; more is refused."""


class Taken(Struct, frozen=True):
    """What became of a message that is stored: this talk, unless `known` or `stuck`."""

    known: bool
    id: int | None = None
    session: Session | None = None
    stuck: bool = False


NOBODY: Final = 0
"""Whose a message is that could not be understood, from an address nobody has."""
KNOWN: Final = Taken(known=True)


class _Waiting(Struct):
    message: Inbound
    since: float
    future: "asyncio.Future[Taken]"
    began: float
    above: Context | None


class Inbox:
    """The one way in for what contacts send."""

    def __init__(self, desk: Desk, pushes: Pushes | None = None) -> None:
        self._desk = desk
        self._pushes = pushes or Pushes()
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._open: list[_Waiting] = []
        self._woken = asyncio.Event()
        self._watch: asyncio.TimerHandle | None = None

    async def take(self, message: Inbound) -> Taken:
        """Return once the message and all it led to are stored for good.

        Raises Refused where it is too long, StoreUnavailable where it could not be
        stored in time: it was not acknowledged, and may be sent again.
        """
        size = len(message.text or "") + len(message.raw)
        _check(message)
        if len(self._queue) >= QUEUE_MESSAGES or self._bytes > QUEUE_BYTES:
            witness.turned_away(message.address.channel, "unavailable")
            raise StoreUnavailable(
                "Too many messages wait to be stored; try again soon."
            )
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Taken] = loop.create_future()
        began, above = perf_counter(), traces.here()
        waiting = _Waiting(message, loop.time(), future, began, above)
        self._queue.append(waiting)
        self._bytes += size
        self._woken.set()
        if self._watch is None:
            self._watch = loop.call_later(PATIENCE, self._lose_patience)
        return await waiting.future

    @property
    def waiting(self) -> tuple[int, int]:
        """Return how many messages wait for their batch, and their size."""
        return len(self._queue), self._bytes

    async def run(self) -> None:
        """Commit batches until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._queue:
                await self._commit_next()

    # ── one batch ────────────────────────────────────────────────────────────────

    async def _commit_next(self) -> None:
        began = perf_counter()
        count = min(len(self._queue), BATCH)
        self._open = [self._queue.popleft() for _ in range(count)]
        self._bytes -= sum(_size(w.message) for w in self._open)
        messages = [waiting.message for waiting in self._open]
        try:
            taken = await self._commit(messages)
        except StoreUnavailable as error:
            _fail(self._open, error)
        except Exception as error:  # noqa: BLE001 - told apart one by one
            log.warning("batch_failed", messages=count, error=type(error).__name__)
            await self._commit_singly()
        else:
            await self._put_back(_acknowledge(self._open, taken, began))
        self._open = []

    async def _commit_singly(self) -> None:
        """Find the message at fault: each by itself, that one stored as stuck."""
        held: list[_Waiting] = []
        for waiting in self._open:
            began = perf_counter()
            try:
                taken = await self._commit_alone(waiting.message)
                held += _acknowledge([waiting], taken, began)
            except VoxpopError as error:
                _fail([waiting], error)
        await self._put_back(held)

    async def _put_back(self, held: Sequence[_Waiting]) -> None:
        """Put messages of contacts whom other workers hold first in the queue again."""
        held = [waiting for waiting in held if not waiting.future.done()]
        if not held:
            return
        self._queue.extendleft(reversed(held))
        self._bytes += sum(_size(waiting.message) for waiting in held)
        if len(held) == len(self._open):
            self._open = []
            await asyncio.sleep(BUSY_SECONDS)

    async def _commit_alone(self, message: Inbound) -> list[Taken | None]:
        try:
            return await self._commit([message])
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - this message's own fault
            return await self._commit_stuck(message, error)

    async def _commit_stuck(
        self, message: Inbound, fault: Exception
    ) -> list[Taken | None]:
        try:
            return await self._commit([message], fault)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("message_lost", channel=message.address.channel)
            raise Refused("This message cannot be stored at all.") from error

    async def _commit(
        self, messages: Sequence[Inbound], fault: Exception | None = None
    ) -> list[Taken | None]:
        """Store a batch, again where other workers were in the way.

        Return what became of each of its messages; None for one whose contact another
        worker holds, which has to wait.
        """
        for _ in range(TRIES):
            try:
                return await self._store(messages, fault)
            except (StoreBusy, StoreConflict) as error:
                log.info("batch_again", messages=len(messages), why=str(error))
        return await self._store(messages, fault)

    async def _store(
        self, messages: Sequence[Inbound], fault: Exception | None
    ) -> list[Taken | None]:
        batch = Batch(self._desk, self._desk.clock())
        left: list[Push] = []
        taken: list[Taken | None] = [None] * len(messages)
        links = Links()
        async with self._desk.store.transaction() as work:
            await links.look(work, messages)
            known, busy = await work.hold(people.addresses_of(messages, links))
            fresh = await _unseen(work, _free(messages, busy, links), taken)
            if fresh:
                understood = [m for _, m in fresh if m.fault is None]
                owners = await people.owners(batch, work, understood, known)
                handled: list[tuple[int, int]] = []
                for place, message in fresh:
                    owner = owners.get(message.address)
                    says = None
                    if message.link and owner is not None and not fault:
                        says = await links.follow(batch, work, message, owner)
                    handled.append((place, _handle(batch, message, owner, fault, says)))
                left = self._pushes.leave(batch)
                await batch.save(work)
                for place, id_ in handled:
                    message = messages[place]
                    talk = batch.talk(owners.get(message.address, NOBODY))
                    stuck = (fault or message.fault) is not None
                    taken[place] = Taken(known=False, id=id_, session=talk, stuck=stuck)
            saved = perf_counter()
        self._pushes.show(left)
        if len(left) < len(batch.changes.deliveries):
            self._desk.stored.set()
        witness.stored(batch, saved)
        return taken

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
    reason = _unfit(message)
    if reason is not None:
        witness.turned_away(message.address.channel, "refused")
        raise Refused(reason)


def _unfit(message: Inbound) -> str | None:
    size = len(message.text or "")
    if size > LONGEST:
        return f"This message is too long: {size:,} characters of {LONGEST:,}."
    for name in (message.key, message.address.handle, message.address.channel):
        if not name.isprintable():
            return "The message's key or sender holds control characters."
    return None


def _size(message: Inbound) -> int:
    return len(message.text or "") + len(message.raw)


def _fail(waiting: Sequence[_Waiting], error: VoxpopError) -> None:
    open_ = [one for one in waiting if not one.future.done()]
    for one in open_:
        one.future.set_exception(error)
    witness.failed(open_, error)


def _acknowledge(
    waiting: Sequence[_Waiting], taken: Sequence[Taken | None], began: float
) -> list[_Waiting]:
    """Tell callers what became of their messages; return those that have to wait."""
    held: list[_Waiting] = []
    told: list[tuple[_Waiting, Taken]] = []
    for one, result in zip(waiting, taken, strict=True):
        if result is None:
            held.append(one)
            continue
        told.append((one, result))
        if not one.future.done():
            one.future.set_result(result)
    witness.acknowledged(told, began)
    return held


def _free(
    messages: Sequence[Inbound], busy: AbstractSet[Address], links: Links
) -> Sequence[tuple[int, Inbound]]:
    """Return messages with their places, without those of contacts that are held.

    Whoever has one message put back has the later ones put back with it.
    """
    places = list(enumerate(messages))
    if not busy:
        return places
    held = set(busy)
    free: list[tuple[int, Inbound]] = []
    for place, message in places:
        own = set(people.concerned(message, links))
        if own & held:
            held |= own
        else:
            free.append((place, message))
    return free


async def _unseen(
    work: Work, messages: Sequence[tuple[int, Inbound]], taken: list[Taken | None]
) -> list[tuple[int, Inbound]]:
    """Return what is neither stored already nor here twice; note the rest as known."""
    asked = [(message.address, message.key) for _, message in messages]
    seen = await work.seen(asked)
    fresh: list[tuple[int, Inbound]] = []
    for place, message in messages:
        key = (message.address.channel, message.key)
        if key in seen:
            taken[place] = KNOWN
        else:
            seen.add(key)
            fresh.append((place, message))
    return fresh


def _handle(
    batch: Batch,
    message: Inbound,
    contact: int | None,
    fault: Exception | None,
    says: Heard | None,
) -> int:
    """Push the talk with a message and keep its row; return the row's id.

    What it `says` is read from it unless a link led here.
    """
    row = InboundRow(
        id=batch.desk.new_id(),
        channel=message.address.channel,
        handle=message.address.handle,
        key=message.key,
        contact=contact or NOBODY,
        received_at=batch.now,
        raw=clean(message.raw or message.text or ""),
    )
    handle(batch, message, row, fault, says)
    return row.id


def handle(
    batch: Batch,
    message: Inbound,
    row: InboundRow,
    fault: Exception | None = None,
    says: Heard | None = None,
) -> None:
    """Push the talk of a row's contact and keep the row; with a fault, as stuck."""
    contact = row.contact
    why = fault or message.fault
    if why is not None:
        batch.stuck(row, why)
        return
    batch.changes.inbound.append(row)
    if message.reach is not None:
        since = batch.now if message.reach == "lost" else None
        batch.changes.reaches[message.address] = since
        return
    if message.opens is None and batch.contacts[contact].silent:
        batch.change(contact, silent=False)
    batch.push(contact, says or heard(message), message.address, message)
    file_away(batch, row, message.media)


def heard(message: Inbound) -> Heard:
    """Return what a message says to the engine, without control characters."""
    text = clean(message.text) if message.text else None
    if message.opens is not None:
        return Opened(message.opens.flow, message.opens.again)
    if message.tap is not None:
        tap = message.tap
        return Tapped(tap.session, tap.step, tap.options, tap.press)
    if message.media is not None:
        return Gave(message.media, text)
    return Said(text or "")


def received(address: Address, text: str, key: str, at: datetime) -> Inbound:
    """Return a typed message as an adapter without a provider hands it in."""
    return Inbound(address=address, key=key, at=at, text=text, raw=text)
