"""What is published, what others published, and what is kept in memory of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.model.changes import Revision
from bot.service import library
from bot.service.library import Library
from flows.language.document import FlowDocument, load_flow
from storage import open_store
from tests.service.house import House, open_house

FLOW = "flow: hi\ntriggers: [{keyword: hi}]\nsteps:\n  q: {ask: Well?, answer: text}\n"


def version(number: int) -> FlowDocument:
    """Return one of many revisions of a flow."""
    return load_flow("hi.yaml", FLOW.replace("Well", f"Well {number}").encode())


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house with nothing published."""
    async with open_house() as house:
        yield house


async def publish(house: House, number: int, how: str = "save") -> list[str]:
    """Publish a revision; return the flows that changed."""
    changed = await house.library.publish(
        [version(number)], now=house.hands.at, by="ann", how=how
    )
    return [each.flow for each in changed]


async def go_back(house: House, number: int) -> None:
    """Roll back to a revision."""
    async with house.store.reading() as work:
        found: Revision = next(
            iter((await work.revisions([version(number).hash])).values())
        )
    await house.library.bring_back(found, now=house.hands.at, by="ben")


def current(house: House) -> str:
    """Return the revision that a talk would begin on."""
    return house.library.shelf.current["hi"].revision


@pytest.mark.parametrize("how", ["start", "save", "chat", "demo"])
async def test_what_was_rolled_back_stays_away(house: House, how: str) -> None:
    """The same bytes do not come back by themselves, over any number of rollbacks."""
    for number in range(3):
        await publish(house, number)
    await go_back(house, 1)
    assert await publish(house, 2, how) == []
    await go_back(house, 0)
    assert await publish(house, 1, how) == []
    assert await publish(house, 2, how) == []
    assert current(house) == version(0).hash
    assert await publish(house, 3, how) == ["hi"]
    assert await publish(house, 2, how) == ["hi"]


async def test_by_name_it_comes_back(house: House) -> None:
    """Whoever asks for it by name has back what was rolled back from."""
    await publish(house, 0)
    await publish(house, 1)
    await go_back(house, 0)
    assert await publish(house, 1, "publish") == ["hi"]
    assert current(house) == version(1).hash
    assert await publish(house, 1, "publish") == []


async def test_others_are_followed(house: House) -> None:
    """What another process publishes or takes back runs here at the next look."""
    other = Library(house.store)
    await publish(house, 0)
    await other.refresh()
    await publish(house, 1)
    await other.refresh()
    assert other.shelf.current["hi"].revision == version(1).hash
    await go_back(house, 0)
    await other.refresh()
    assert other.shelf.current["hi"].revision == version(0).hash


async def test_a_file_beside_a_server(tmp_path: Path) -> None:
    """On a file of SQLite a second process publishes beside the one that serves."""
    file = tmp_path / "voxpop.db"
    async with open_house(file=file) as house, open_store(f"sqlite:///{file}") as store:
        other = Library(store)
        await other.publish([version(0)], now=house.hands.at, by="ann")
        await house.library.refresh()
        await house.begin("hi")
        assert house.heard() == ["Well 0?"]


async def test_hundreds_of_revisions(house: House) -> None:
    """Of several hundred, memory keeps what is current and what is asked for."""
    await publish(house, 0)
    await house.begin("hi")
    for number in range(1, 300):
        await publish(house, number)
    assert len(house.library.shelf.by_hash) == 300
    house.library.let_go()
    house.library.let_go()
    assert set(house.library.shelf.by_hash) == {version(299).hash}
    await house.say("fine")
    assert (await house.session()).answers == {"q": "fine"}
    assert set(house.library.shelf.by_hash) == {version(299).hash, version(0).hash}
    house.library.let_go()
    assert version(0).hash in house.library.shelf.by_hash


async def test_what_is_under_way_is_kept(house: House) -> None:
    """A revision that was current until just now stays until the round after next."""
    await publish(house, 0)
    await publish(house, 1)
    house.library.let_go()
    assert version(0).hash in house.library.shelf.by_hash
    house.library.let_go()
    assert version(0).hash not in house.library.shelf.by_hash


async def becomes(condition: Callable[[], bool]) -> None:
    """Let others go on until something is so."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nothing could set an event
            await asyncio.sleep(0)


async def test_following_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Following takes up what others publish, tells of it, and lets go in rounds."""
    monkeypatch.setattr(library, "LOOKS_A_ROUND", 2)
    monkeypatch.setattr(library, "LOOK_SECONDS", 0)
    follower = Library(house.store)
    hashes = [version(number).hash for number in range(5)]
    with capture_logs() as told:
        following = asyncio.create_task(follower.follow())
        for number in range(5):
            await publish(house, number)
            await becomes(lambda: hashes[number] in follower.shelf.by_hash)  # noqa: B023
        await becomes(lambda: set(follower.shelf.by_hash) == {hashes[4]})
        following.cancel()
    assert [(line["event"], line["flow"], line["revision"]) for line in told] == [
        ("flow_taken_up", "hi", each) for each in hashes
    ]
