"""The survey with Voxpop, every message and every reply durable on SQLite.

A channel is *pushed* where a reply leaves with the transaction that makes it, as the
web chat's do; a *provider's* messages are claimed, marked as sending, sent and settled.
A reply counts once it was handed to the channel and the database holds for good that it
was sent. *Acked* stops earlier: the message is stored for good with its reply, which
has not left yet.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from benchmarks.house import desk_on
from benchmarks.survey import talk
from bot.clock import now
from bot.model.changes import Sent
from bot.model.contact import Address
from bot.model.message import Delivery, Inbound, State
from bot.model.rates import FREE, Rates
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.outbox import Outbox
from bot.service.pushes import Pushes
from bot.wiring import settle_memory
from flows.language.document import load_flow
from storage import SqlStore, open_store

CHANNEL: Final = "telegram"
MANY: Final = 10**6
FLOW: Final = Path(__file__).with_name("survey.yaml")


class Person(Struct):
    """Who wrote."""

    id: int
    first_name: str
    language_code: str


class Message(Struct):
    """What they wrote."""

    sender: Person = field(name="from")
    date: int
    text: str


class Update(Struct):
    """As much of Telegram's update as a bot needs."""

    update_id: int
    message: Message


class Result(Struct):
    """How Telegram calls what was sent."""

    message_id: int


class Answer(Struct):
    """What Telegram answers."""

    ok: bool
    result: Result


read_update = msgspec.json.Decoder(Update).decode
read_answer = msgspec.json.Decoder(Answer).decode
make_request = msgspec.json.Encoder().encode


class Settled:
    """A store that says, once a transaction stands, what became of deliveries in it."""

    def __init__(
        self, store: SqlStore, tell: Callable[[Sequence[Sent]], object]
    ) -> None:
        self._store = store
        self._tell = tell

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest is the store's
        return getattr(self._store, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Open a transaction that is listened to."""
        heard: list[Sent] = []
        async with self._store.transaction() as work:
            settle = work.settle

            async def listen(results: Sequence[Sent]) -> None:
                heard.extend(results)
                await settle(results)

            work.settle = listen  # type: ignore[method-assign] # listened to
            yield work
        if heard:
            self._tell(heard)

    def reading(self) -> AbstractAsyncContextManager[Any]:
        """Open a look at one moment of the store."""
        return self._store.reading()


class Stub:
    """Telegram as far as a bot sees it; it answers at once."""

    name = CHANNEL

    def __init__(self, replies: talk.Replies, at_once: int | None) -> None:
        self.at_once = at_once
        self.rates: Rates = FREE
        self._replies = replies
        self._sent: dict[int, bytes] = {}

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take a request as it would leave."""
        chat, text = int(delivery.address.handle), delivery.content.text
        request = make_request({"chat_id": chat, "text": text})
        reference = str(read_answer(talk.SENT).result.message_id)
        if delivery.state == "sent":  # the database holds that already
            self._came(request)
        else:
            self._sent[delivery.id] = request
        return ("delivered" if self.at_once is None else "sent"), reference

    def settled(self, results: Sequence[Sent]) -> None:
        """Pass on what was sent, now that the database holds that it was."""
        for result in results:
            if result.state not in {"sent", "delivered"}:
                raise SystemExit(f"a reply was {result.state}: {result.reason}")
            self._came(self._sent.pop(result.id))

    def _came(self, request: bytes) -> None:
        sent = msgspec.json.decode(request)
        self._replies.came(sent["chat_id"], sent["text"])


def inbound(body: bytes) -> Inbound:
    """Return what an update says, as a channel hands it in."""
    update = read_update(body)
    message = update.message
    return Inbound(
        address=Address(CHANNEL, str(message.sender.id)),
        key=str(update.update_id),
        at=now(),
        text=message.text,
        raw=body.decode(),
        first_name=message.sender.first_name,
        language=message.sender.language_code,
    )


@asynccontextmanager
async def opened(
    replies: talk.Replies,
    folder: Path,
    *,
    at_once: int | None = None,
    acked: bool = False,
) -> AsyncIterator[talk.Bot]:
    """Open Voxpop on a file of its own."""
    async with open_store(f"sqlite:///{folder / 'voxpop.db'}") as store:
        stub = Stub(replies, at_once)
        desk = replace(
            desk_on(store),
            store=Settled(store, stub.settled),
            start_flows={CHANNEL: "survey"},
        )
        document = load_flow(FLOW.name, FLOW.read_bytes())
        await desk.library.publish([document], now=now(), by="bench")
        pushes = Pushes([CHANNEL] if at_once is None and not acked else ())
        inbox = Inbox(desk, pushes)
        outbox = Outbox(desk, {CHANNEL: stub}, pushes=pushes)
        settle_memory()
        if acked:
            async with running(inbox, None, desk):
                yield talk.Bot(*acknowledged(inbox, replies, store))
        else:
            async with running(inbox, outbox, desk):
                yield talk.Bot(lambda body: inbox.take(inbound(body)))
            states = {each.state for each in await store.outbox(MANY)}
            if not states <= {"sent", "delivered"}:
                raise SystemExit(f"replies are {states} in the end")


@asynccontextmanager
async def running(
    inbox: Inbox, outbox: Outbox | None, desk: Desk
) -> AsyncIterator[None]:
    """Run what takes in and, where wanted, what sends out."""
    stopping = asyncio.Event()
    taking = asyncio.create_task(inbox.run())
    sending = asyncio.create_task(outbox.run(stopping)) if outbox else None
    yield
    stopping.set()
    desk.stored.set()
    taking.cancel()
    with suppress(asyncio.CancelledError):
        await taking
    if sending is not None:
        await sending


def acknowledged(inbox: Inbox, replies: talk.Replies, store: SqlStore) -> Any:  # noqa: ANN401
    """Return how a message is said and acknowledged, and a look at the replies stored.

    The caller goes on at the acknowledgement; what was stored is compared at the end.
    """
    expected: dict[int, list[str]] = {}

    async def say(body: bytes) -> None:
        message = inbound(body)
        await inbox.take(message)
        contact = int(message.address.handle)
        said = expected.setdefault(contact, [])
        text = talk.lines(contact)[len(said)][1]
        said.append(text)
        replies.came(contact, text)

    async def finish() -> str:
        count = sum(map(len, expected.values()))
        stored: dict[int, list[str]] = {}
        for delivery in reversed(await store.outbox(count + 1)):
            texts = stored.setdefault(int(delivery.address.handle), [])
            texts.append(delivery.content.text)
        if stored != expected:
            raise SystemExit("the stored replies are not those that were expected")
        return ""

    return say, finish
