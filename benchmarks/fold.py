"""Where the processor time of one message goes, stage by stage, without a database.

The talks of `inbound.py` come in through the same inbox, engine and row-building; only
the driver answers from memory and drops what it is given. Each stage runs by itself
over all messages, and counts with the fastest of its rounds beside the whole.

Run: python benchmarks/fold.py
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import process_time_ns
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.house import desk_on  # noqa: E402
from benchmarks.inbound import CALLERS, RAW, TAPPED, TYPED  # noqa: E402
from bot.clock import now  # noqa: E402
from bot.engine.heard import Begun, Facts  # noqa: E402
from bot.engine.run import resume, start  # noqa: E402
from bot.model.contact import Address, Contact  # noqa: E402
from bot.model.message import Inbound, Tap  # noqa: E402
from bot.model.session import Session  # noqa: E402
from bot.service.batch import Batch  # noqa: E402
from bot.service.desk import Desk  # noqa: E402
from bot.service.inbound import Inbox, heard  # noqa: E402
from bot.understanding import understand  # noqa: E402
from bot.wiring import settle_memory  # noqa: E402
from flows.language.document import load_flow  # noqa: E402
from storage import SqlStore  # noqa: E402
from storage.driver import Driver, Plain, Row, Set, Write  # noqa: E402
from storage.rows import contact_row, text  # noqa: E402
from storage.sqlite import MEMORY, open_sqlite  # noqa: E402
from storage.work import SqlWork  # noqa: E402

CONTACTS: Final = 1_024
ROUNDS: Final = 25
PUSHES: Final = len(TYPED)
MESSAGES: Final = CONTACTS * PUSHES
Known = tuple[Contact, Session]


class Memory:
    """A driver that knows who writes and how far their talks came, and keeps nothing.

    It reads as the talks stood before the push that `number` says.
    """

    def __init__(self, driver: Driver) -> None:
        self.reading = driver.reading
        self.ring, self.listen = driver.ring, driver.listen
        self.shared, self.scrub = driver.shared, driver.scrub
        self.number = 0
        self.contacts: dict[str, Row] = {}
        self.states: list[dict[int, str]] = [{} for _ in range(PUSHES)]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Memory"]:
        """Open nothing."""
        yield self

    async def fetch(self, name: str, *parameters: Set | Plain) -> list[Row]:
        """Return what the inbound path asks for."""
        asked = parameters[-1]
        assert isinstance(asked, list)  # noqa: S101 - all of its look-ups take sets
        if name == "contacts_at":
            return [self.contacts[str(handle)] for handle in asked]
        if name == "sessions_last":
            states = self.states[self.number]
            return [(states[contact],) for contact in asked if isinstance(contact, int)]
        return []

    async def write(self, writes: Iterable[Write]) -> None:
        """Have the rows built, and drop them."""
        for _ in writes:
            pass


class Talks:
    """The messages of every talk, and the talk as it stands before each of them."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        self.desk = desk
        self.shelf = desk.library.shelf
        self.memory = memory
        self.now = now()
        self.before: list[list[Known]] = [[] for _ in range(PUSHES)]
        self.messages: list[list[Inbound]] = [[] for _ in range(PUSHES)]
        for place in range(CONTACTS):
            self._add(Address("web", f"visitor-{place:06}"), typed=place % 2 == 0)

    def _add(self, address: Address, *, typed: bool) -> None:
        contact = Contact(id=self.desk.new_id(), language="en")
        row = (address.handle, *contact_row(contact), contact.merged_into)
        self.memory.contacts[address.handle] = row
        begun = Begun(flow="nps", trigger="bench")
        session = start(self.shelf, begun, self.facts(contact, address)).session
        for number in range(PUSHES):
            assert session is not None  # noqa: S101 - each talk waits for both
            message = Inbound(
                address=address,
                key=f"{session.id}-{number}",
                at=self.now,
                text=TYPED[number] if typed else None,
                tap=None if typed else Tap(session.id, *TAPPED[number]),
                raw=RAW,
            )
            self.before[number].append((contact, session))
            self.messages[number].append(message)
            self.memory.states[number][contact.id] = text(session)
            facts = self.facts(contact, address)
            session = resume(self.shelf, session, heard(message), facts).session

    def facts(self, contact: Contact, address: Address) -> Facts:
        """Return what the engine is told."""
        return self.desk.facts(contact, address, self.now, self.now.date())


# ── the stages ───────────────────────────────────────────────────────────────────────


async def read(talks: Talks) -> int:
    """Make contacts and talks of their rows."""
    work = SqlWork(talks.memory)
    begun = process_time_ns()
    for number, messages in enumerate(talks.messages):
        talks.memory.number = number
        await work.contacts_at([message.address for message in messages])
        await work.last_sessions([contact.id for contact, _ in talks.before[number]])
    return process_time_ns() - begun


async def tell(talks: Talks) -> int:
    """Gather what the engine is told."""
    begun = process_time_ns()
    for known, messages in zip(talks.before, talks.messages, strict=True):
        for (contact, _), message in zip(known, messages, strict=True):
            heard(message)
            talks.facts(contact, message.address)
    return process_time_ns() - begun


async def words(talks: Talks) -> int:
    """Understand what was typed."""
    day = talks.now.date()
    asked = [
        (talks.shelf.by_hash[session.pins["nps"]].asked(session.here.step, "en"), text_)
        for known, messages in zip(talks.before, talks.messages, strict=True)
        for (_, session), message in zip(known, messages, strict=True)
        if (text_ := message.text)
    ]
    begun = process_time_ns()
    for question, said in asked:
        understand(question, said, "en", today=day)
    return process_time_ns() - begun


async def push(talks: Talks) -> int:
    """Push each talk through the engine, understanding included."""
    given = [
        (session, heard(message), talks.facts(contact, message.address))
        for known, messages in zip(talks.before, talks.messages, strict=True)
        for (contact, session), message in zip(known, messages, strict=True)
    ]
    begun = process_time_ns()
    for session, said, facts in given:
        resume(talks.shelf, session, said, facts)
    return process_time_ns() - begun


def folded(talks: Talks, number: int, place: int) -> Batch:
    """Return a batch that took one message of each of its contacts."""
    batch = Batch(talks.desk, talks.now)
    known = talks.before[number][place : place + CALLERS]
    messages = talks.messages[number][place : place + CALLERS]
    for contact, session in known:
        batch.contacts[contact.id] = contact
        batch.sessions[contact.id] = session
    for (contact, _), message in zip(known, messages, strict=True):
        batch.push(contact.id, heard(message), message.address, message)
    return batch


async def fold(talks: Talks) -> int:
    """Tell, push, and turn what happened into changes."""
    begun = process_time_ns()
    for number in range(PUSHES):
        for place in range(0, CONTACTS, CALLERS):
            folded(talks, number, place)
    return process_time_ns() - begun


async def save(talks: Talks) -> int:
    """Settle which answers count, and make rows of all changes."""
    work = SqlWork(talks.memory)
    batches = [
        folded(talks, number, place)
        for number in range(PUSHES)
        for place in range(0, CONTACTS, CALLERS)
    ]
    begun = process_time_ns()
    for batch in batches:
        await batch.save(work)
    return process_time_ns() - begun


async def whole(talks: Talks) -> int:
    """Take every message in, each caller waiting for its commit."""
    inbox = Inbox(talks.desk)
    taking = asyncio.create_task(inbox.run())
    took = 0
    for number, messages in enumerate(talks.messages):
        talks.memory.number = number
        begun = process_time_ns()
        shares = (messages[caller::CALLERS] for caller in range(CALLERS))
        await asyncio.gather(*(send(inbox, share) for share in shares))
        took += process_time_ns() - begun
    taking.cancel()
    with suppress(asyncio.CancelledError):
        await taking
    return took


async def send(inbox: Inbox, messages: Iterable[Inbound]) -> None:
    """Send one message after the other."""
    for message in messages:
        await inbox.take(message)


# ── the figures ──────────────────────────────────────────────────────────────────────


STAGES: Final = (read, tell, words, push, fold, save, whole)


async def measured() -> dict[str, float]:
    """Return microseconds a message of each stage, its fastest round."""
    async with open_sqlite(MEMORY) as driver:
        memory = Memory(driver)
        publishing = desk_on(SqlStore(driver))
        paths = [ROOT / "flows" / f"{name}.yaml" for name in ("nps", "referral")]
        documents = [load_flow(path.name, path.read_bytes()) for path in paths]
        await publishing.library.publish(documents, now=now(), by="bench")
        desk = desk_on(SqlStore(memory))
        await desk.library.refresh()
        talks = Talks(desk, memory)
        settle_memory()
        rounds = [[await stage(talks) for stage in STAGES] for _ in range(ROUNDS)]
    fastest = [min(column) / 1_000 / MESSAGES for column in zip(*rounds, strict=True)]
    return dict(zip((s.__name__ for s in STAGES), fastest, strict=True))


def main() -> None:
    """Print what each stage takes of the whole."""
    took = asyncio.run(measured())
    rest = took["read"] + took["fold"] + took["save"]
    parts = {
        "read": took["read"],
        "tell": took["tell"],
        "understand": took["words"],
        "walk": took["push"] - took["words"],
        "keep": took["fold"] - took["push"] - took["tell"],
        "save": took["save"],
        "queue": took["whole"] - rest,
        "whole": took["whole"],
    }
    for name, micros in parts.items():
        print(f"{name:10}  {micros:6.2f} µs  {micros / took['whole']:4.0%}")


if __name__ == "__main__":
    main()
