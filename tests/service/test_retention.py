"""What providers sent is forgotten after its time; what came of it stays."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.model.changes import Changes, InboundRow
from bot.model.contact import Address
from bot.model.message import Inbound
from bot.service import retention
from bot.service.retention import PROGRESS, Retention
from bot.service.visits import Visits
from channels.web import frames
from channels.web.entries import entries, inbound
from storage.moving import open_end
from tests.databases import fresh_database
from tests.service import house as houses
from tests.service.house import House, open_house

SURVEY = """
flow: survey
triggers: [{keyword: [survey]}]
steps:
  q: {ask: How was it?, answer: nps}
  why: {ask: Why?, answer: text}
  bye: {say: Thanks.}
"""
SPAN = timedelta(days=30)
VISITOR = "visitor-0000001"
_numbers = itertools.count()


@pytest.fixture
def url(engine: str, tmp_path: Path) -> str:
    """Return the address of an empty database that others can open, too."""
    return fresh_database() if engine == "postgres" else f"sqlite:///{tmp_path}/v.db"


@pytest.fixture
async def house(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Return a house with the survey published."""
    monkeypatch.setattr(houses, "blank", lambda: url)
    async with open_house(SURVEY) as opened:
        yield opened


def retained(house: House) -> Retention:
    """Return what forgets in a house what is older than thirty days."""
    return Retention(house.desk, SPAN, house.store.scrub)


def words(house: House, text: str) -> Inbound:
    """Return a message as the chat page sends it."""
    message = frames.Say(key=f"key-{next(_numbers):08}", text=text)
    return inbound(VISITOR, message, house.hands.at)


async def say(house: House, *texts: str) -> list[Inbound]:
    """Say words on the chat page."""
    said = []
    for text in texts:
        message = words(house, text)
        await house.inbox.take(message)
        await house.outbox.drain()
        said.append(message)
    return said


async def raws(house: House) -> list[str]:
    """Return what is kept of what was said on the page, oldest first."""
    async with house.store.reading() as work:
        return [row.raw for row in await work.written(VISITOR, 0, 999)]


async def test_only_what_is_old(house: House) -> None:
    """What is older than the span is emptied, and what is younger stays."""
    await say(house, "survey", "3")
    house.hands.at += timedelta(days=29)
    await say(house, "too slow")
    house.hands.at += timedelta(days=2)
    assert await retained(house).sweep() == 2
    kept = await raws(house)
    assert kept[:2] == ["", ""]
    assert "too slow" in kept[2]
    assert await retained(house).sweep() == 0


async def test_what_came_of_it_stays(house: House) -> None:
    """Answers and counts stay, and a message that comes again is known."""
    *_, last = await say(house, "survey", "3", "too slow")
    house.hands.at += SPAN + timedelta(days=1)
    assert await retained(house).sweep() == 3
    assert (await house.inbox.take(last)).known
    assert await house.histogram() == {"3": 1}
    assert (await house.session(VISITOR)).answers == {"q": 3, "why": "too slow"}


async def test_in_small_lots(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep goes in small transactions, and does not begin anew each time."""
    monkeypatch.setattr(retention, "BATCH", 2)
    await say(house, "survey", "3", "a", "b", "c")
    house.hands.at += SPAN + timedelta(days=1)
    assert await retained(house).sweep() == 5
    async with house.store.reading() as work:
        first = await work.kept(PROGRESS)
    await say(house, "d")
    house.hands.at += SPAN + timedelta(days=1)
    assert await retained(house).sweep() == 1
    async with house.store.reading() as work:
        assert await work.kept(PROGRESS) != first


async def stuck_row(house: House, key: str, raw: str) -> InboundRow:
    """Return a message that could not be handled."""
    contact = await house.contact(VISITOR)
    return InboundRow(
        house.desk.new_id(),
        "web",
        VISITOR,
        f"{VISITOR}:{key}",
        contact.id,
        house.hands.at,
        raw,
        "stuck",
        "it broke",
    )


async def stick(house: House, key: str) -> InboundRow:
    """Store a message that could not be handled."""
    row = await stuck_row(house, key, '{"text": "stuck words"}')
    async with house.store.transaction() as work:
        await work.save(Changes(inbound=[row]))
    return row


async def handle(url: str, row: InboundRow) -> None:
    """Have a stuck message handled, as an operator would."""
    async with open_end(url) as end, end.writing():
        what = f"state = 'handled' WHERE id = {row.id}"
        await end.script(f"UPDATE inbound SET {what};")  # noqa: S608 - an id of ours


async def test_what_is_stuck(house: House, url: str) -> None:
    """A stuck message keeps what was sent until it is handled, however late."""
    await say(house, "survey", "3")
    first, second = await stick(house, "first"), await stick(house, "second")
    house.hands.at += SPAN + timedelta(days=1)
    assert await retained(house).sweep() == 2
    assert await raws(house) == ["", "", *['{"text": "stuck words"}'] * 2]
    await handle(url, first)
    assert await retained(house).sweep() == 1
    assert await raws(house) == ["", "", "", '{"text": "stuck words"}']
    await handle(url, second)
    assert await retained(house).sweep() == 1
    assert await retained(house).sweep() == 0
    assert await raws(house) == [""] * 4


async def test_the_page_copes(house: House) -> None:
    """After a reload the page shows what the bot said, and nothing of what is gone."""
    visits = Visits(house.desk, house.inbox, house.outbox)
    await say(house, "survey", "3")
    house.hands.at += SPAN + timedelta(days=1)
    await say(house, "too slow")
    await retained(house).sweep()
    seen = entries(await visits.look(Address("web", VISITOR)))
    assert [(each.author, each.text) for each in seen] == [
        ("bot", "How was it?"),
        ("bot", "Why?"),
        ("me", "too slow"),
        ("bot", "Thanks."),
    ]


@pytest.mark.parametrize("ours", [True, False])
async def test_whose_turn_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch, *, ours: bool
) -> None:
    """Of several workers one forgets; the others leave it to that one."""
    monkeypatch.setattr(retention, "SWEEP_SECONDS", 0)
    await say(house, "survey")
    house.hands.at += SPAN + timedelta(days=1)
    turns = 0
    enough = asyncio.Event()

    def asked() -> bool:
        nonlocal turns
        turns += 1
        if turns == 3:
            enough.set()
        return ours

    forgetting = Retention(house.desk, SPAN, house.store.scrub, asked)
    running = asyncio.create_task(forgetting.run())
    await enough.wait()
    running.cancel()
    await asyncio.wait([running])
    assert (await raws(house) == [""]) is ours


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_words_leave_the_disk(tmp_path: Path) -> None:
    """Of what is forgotten no word is left in any file of the database."""
    file = tmp_path / "voxpop.db"
    secret = "the-marmalade-was-late " * 400
    async with open_house(SURVEY, file=file) as house:
        await say(house, "survey")
        rows = [await stuck_row(house, str(number), secret) for number in range(20)]
        rows = [replace(row, state="handled") for row in rows]
        async with house.store.transaction() as work:
            await work.save(Changes(inbound=rows))
        assert "marmalade" in everything(tmp_path)
        house.hands.at += SPAN + timedelta(days=1)
        assert await retained(house).sweep() == 21
        assert "marmalade" not in everything(tmp_path)


def everything(folder: Path) -> str:
    """Return all bytes of the files in a folder, as letters."""
    return "".join(path.read_bytes().decode("latin-1") for path in folder.iterdir())
