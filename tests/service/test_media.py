"""Files that come through services: fetched once, looked at, kept; on every engine."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace

from bot.errors import (
    AccountRefused,
    ChannelError,
    StoreUnavailable,
    Throttled,
    Unreachable,
)
from bot.model.changes import MediaRow
from bot.model.contact import Address
from bot.model.files import LARGEST, Fetched
from bot.model.message import Inbound, Media
from bot.service import expiry, media
from bot.service.expiry import Expiry
from bot.service.media import Fetching
from channels.web.uploads import Uploads
from storage.files import open_files
from storage.folder import Folder
from storage.work import SqlWork
from tests.service.house import House, open_house

PHOTO = """
flow: photo
triggers: [{keyword: [photo]}]
steps:
  photo: {ask: Show us., answer: photo}
  bye: {say: Thanks.}
"""
Kind = Literal["photo", "voice", "file", "location"]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
OGG = b"OggS" + b"\0" * 64
ANN = Address("telegram", "4711")
_numbers = itertools.count()


class Service:
    """A service that keeps files; what is an error among them is raised."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []
        self.closed = 0

    async def fetch(self, reference: str) -> Fetched:
        """Return a file."""
        self.asked.append(reference)
        return Fetched(self._parts(self.files[reference]))

    async def _parts(self, found: bytes | Exception) -> AsyncGenerator[bytes, None]:
        try:
            if isinstance(found, Exception):
                yield PNG[:5]
                raise found
            for start in range(0, len(found), 100_000):
                yield found[start : start + 100_000]
        finally:
            self.closed += 1


@pytest.fixture
def service() -> Service:
    """Return a service without any files."""
    return Service()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house that fetches what comes through Telegram."""
    async with open_house(PHOTO) as opened:
        opened.desk = replace(opened.desk, gives=frozenset({"telegram"}))
        opened.inbox._desk = opened.desk  # noqa: SLF001 - as wired
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Folder:
    """Return a folder for what is kept."""
    found = open_files(str(tmp_path / "media"))
    assert isinstance(found, Folder)
    return found


@pytest.fixture
def fetching(house: House, service: Service, files: Folder) -> Fetching:
    """Return what fetches from the service."""
    return Fetching(house.desk, {"telegram": service}, files)


async def give(
    house: House, kind: Kind, reference: str, address: Address = ANN
) -> Inbound:
    """Have somebody send something that is not words."""
    message = Inbound(
        address=address,
        key=str(next(_numbers)),
        at=house.hands.at,
        media=Media(kind, reference),
    )
    await house.inbox.take(message)
    return message


async def rows(house: House, address: Address = ANN) -> list[MediaRow]:
    """Return what is known of somebody's files."""
    contact = await house.store.find(address)
    assert contact is not None
    async with house.store.reading() as work:
        return await work.media_of(contact.id)


async def row(house: House) -> MediaRow:
    """Return what is known of the only file."""
    [only] = await rows(house)
    return only


async def content(files: Folder, name: str | None) -> bytes:
    """Return what is kept under a name."""
    opened = await files.open(name or "")
    assert opened is not None
    return b"".join([part async for part in opened.parts])


async def test_kept(
    house: House, service: Service, files: Folder, fetching: Fetching
) -> None:
    """A photo is fetched, kept under a name of ours, and its row says where."""
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    assert (await row(house)).state == "due"
    assert await fetching.tick() == 1
    kept = await row(house)
    assert kept.state == "kept"
    assert (kept.media_type, kept.size) == ("image/png", len(PNG))
    assert kept.name == f"telegram/{kept.contact}/{kept.id}.png"
    assert await content(files, kept.name) == PNG
    assert await fetching.tick() == 0
    assert (service.asked, service.closed) == (["id-1"], 1)


async def test_once_a_message(house: House) -> None:
    """A message that comes again is fetched for once, and the row is the message's."""
    message = await give(house, "voice", "id-1")
    await house.inbox.take(message)
    only = await row(house)
    assert (only.kind, only.reference, only.channel) == ("voice", "id-1", "telegram")


async def test_nothing_to_fetch(house: House) -> None:
    """A place has no file, and those of the chat page are kept already."""
    page = Address("web", "00")
    await give(house, "location", "1.0,2.0")
    await give(house, "photo", "x.png", page)
    assert await rows(house) == []
    assert await rows(house, page) == []


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("photo", b"<svg onload='alert(1)'/>" * 9, "this type"),
        ("photo", b"<!doctype html><script>alert(1)</script>", "this type"),
        ("file", b"MZ\x90\0" * 99, "this type"),
        ("file", b"", "this type"),
        ("photo", OGG, "It is no photo."),
        ("voice", PNG, "It is no voice."),
        ("photo", PNG + b"\0" * LARGEST, "too large"),
    ],
)
async def test_refused(
    house: House,
    service: Service,
    files: Folder,
    kind: Kind,
    body: bytes,
    says: str,
) -> None:
    """What a file is decides, whatever it was sent as; nothing of it stays."""
    service.files["id-1"] = body
    fetching = Fetching(house.desk, {"telegram": service}, files)
    await give(house, kind, "id-1")
    await fetching.tick()
    refused = await row(house)
    assert (refused.state, refused.name) == ("refused", None)
    assert says in (refused.reason or "")
    assert await files.names("telegram") == []
    assert service.closed == 1
    assert await fetching.tick() == 0


async def test_the_service_has_none(
    house: House, service: Service, fetching: Fetching
) -> None:
    """What a service does not give is not asked for again."""
    service.files["id-1"] = ChannelError("It is not there any more.")
    await give(house, "photo", "id-1")
    await fetching.tick()
    assert (await row(house)).reason == "It is not there any more."
    assert (await row(house)).state == "refused"


async def test_tried_again(
    house: House, service: Service, files: Folder, fetching: Fetching
) -> None:
    """What may yet succeed is tried again, each time after twice as long."""
    service.files["id-1"] = Unreachable("No connection.")
    await give(house, "photo", "id-1")
    for seconds in (1, 2, 4, 8):
        await fetching.tick()
        assert await fetching.tick() == 0
        tried = await row(house)
        assert tried.due_at - house.hands.at == timedelta(seconds=seconds)
        house.hands.at = tried.due_at
    service.files["id-1"] = PNG
    await fetching.tick()
    kept = await row(house)
    assert (kept.state, kept.attempts) == ("kept", 4)
    assert await content(files, kept.name) == PNG


async def test_given_up(house: House, service: Service, fetching: Fetching) -> None:
    """After a hundred tries, never more than a quarter of an hour apart, it is over."""
    service.files["id-1"] = Unreachable("No connection.")
    await give(house, "photo", "id-1")
    waits = [timedelta()]
    for _ in range(media.TRIES):
        assert await fetching.tick() == 1
        waits.append((await row(house)).due_at - house.hands.at)
        house.hands.at += max(waits[-1], timedelta())
    assert ((await row(house)).state, max(waits)) == ("failed", media.LONGEST)
    assert await fetching.tick() == 0


async def test_who_never_ends(
    house: House,
    service: Service,
    fetching: Fetching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A channel that never comes to an end is given up, and asked again later."""
    monkeypatch.setattr(media, "PATIENCE", 0)
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    await fetching.tick()
    tried = await row(house)
    assert (tried.state, tried.reason) == ("due", "It took too long.")
    assert service.closed == 1


async def test_a_store_that_is_away(
    house: House, service: Service, files: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the store is away nothing is noted, and all is done once it is back."""
    monkeypatch.setattr(media, "PAUSE", 0)
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    transaction, tries = house.store.transaction, itertools.count()

    def away() -> AbstractAsyncContextManager[SqlWork]:
        if next(tries) < 2:
            raise StoreUnavailable("The database is locked.")
        return transaction()

    def ours() -> bool:
        if len(service.asked) == 3:
            done.set()
        return True

    done = asyncio.Event()
    monkeypatch.setattr(house.store, "transaction", away)
    fetching = Fetching(house.desk, {"telegram": service}, files, ours)
    running = asyncio.create_task(fetching.run())
    async with asyncio.timeout(10):
        await done.wait()
    running.cancel()
    assert (await row(house)).state == "kept"


async def test_a_bug(house: House, service: Service, fetching: Fetching) -> None:
    """What nobody thought of is tried again, and its words are told nowhere."""
    service.files["id-1"] = ValueError("private words")
    await give(house, "photo", "id-1")
    await fetching.tick()
    tried = await row(house)
    assert (tried.state, tried.attempts, tried.reason) == ("due", 1, "ValueError")


async def test_slow_down(house: House, service: Service, fetching: Fetching) -> None:
    """Who wants to be left alone is."""
    service.files["id-1"] = Throttled("Slow down.", timedelta(minutes=3))
    await give(house, "photo", "id-1")
    await fetching.tick()
    assert (await row(house)).due_at - house.hands.at == timedelta(minutes=3)


async def test_an_account_to_be_mended(
    house: House, service: Service, fetching: Fetching
) -> None:
    """What waits for an operator waits as long as it takes."""
    service.files["id-1"] = AccountRefused("Not this token.")
    await give(house, "photo", "id-1")
    await fetching.tick()
    tried = await row(house)
    assert (tried.state, tried.attempts) == ("due", 0)
    assert tried.due_at > house.hands.at


class Away(Folder):
    """A folder that takes nothing in."""

    async def keep(self, *_: object) -> tuple[str, int]:
        """Keep nothing."""
        raise StoreUnavailable("Files cannot be kept: no room.")


async def test_no_room(
    house: House, service: Service, fetching: Fetching, tmp_path: Path
) -> None:
    """Where files cannot be kept they wait; that is nobody's failed try."""
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    channels = {"telegram": service}
    await Fetching(house.desk, channels, Away(tmp_path)).tick()
    assert ((await row(house)).state, (await row(house)).attempts) == ("due", 0)
    house.hands.at += media.ROOM
    await fetching.tick()
    assert (await row(house)).state == "kept"


async def test_killed_before_it_was_noted(
    house: House, service: Service, files: Folder, fetching: Fetching
) -> None:
    """A file that was kept and not noted is fetched again, and kept once."""
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    before = await row(house)
    await files.keep(
        aiter_of(PNG), lambda _: f"telegram/{before.contact}/{before.id}.png"
    )
    await fetching.tick()
    assert (await row(house)).state == "kept"
    assert await files.names("telegram") == [(await row(house)).name]


async def aiter_of(whole: bytes) -> AsyncIterator[bytes]:
    """Yield bytes."""
    yield whole


async def test_two_at_the_same_time(
    house: House, service: Service, files: Folder, fetching: Fetching
) -> None:
    """Even where two processes fetch, what one of them settled stays."""
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    other = Fetching(house.desk, {"telegram": service}, files)
    await asyncio.gather(fetching.tick(), other.tick())
    assert (await row(house)).state == "kept"
    assert await files.names("telegram") == [(await row(house)).name]


async def test_one_fault_among_many(
    house: House, service: Service, fetching: Fetching
) -> None:
    """One file that cannot be had does not keep others waiting."""
    service.files |= {"id-1": Unreachable("No."), "id-2": PNG, "id-3": b"<svg>"}
    for reference in service.files:
        await give(house, "photo", reference)
    await fetching.tick()
    states = {each.reference: each.state for each in await rows(house)}
    assert states == {"id-1": "due", "id-2": "kept", "id-3": "refused"}


async def test_not_ours_to_do(
    house: House, service: Service, files: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the process that has the lease fetches; it begins by itself when it does."""
    monkeypatch.setattr(media, "PAUSE", 0)
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    looks: list[list[str]] = []
    fetched = asyncio.Event()

    def ours() -> bool:
        """Say that it is ours from the fourth look on."""
        looks.append(list(service.asked))
        if service.asked:
            fetched.set()
        return len(looks) > 3

    fetching = Fetching(house.desk, {"telegram": service}, files, ours)
    running = asyncio.create_task(fetching.run())
    async with asyncio.timeout(10):
        await fetched.wait()
    running.cancel()
    assert looks[:4] == [[], [], [], []]
    assert (await row(house)).state == "kept"


async def test_a_channel_that_is_off(
    house: House, service: Service, files: Folder, fetching: Fetching
) -> None:
    """Files of a channel that is off wait until it is on again."""
    service.files["id-1"] = PNG
    await give(house, "photo", "id-1")
    assert await Fetching(house.desk, {"twilio": service}, files).tick() == 0
    assert await fetching.tick() == 1


async def test_too_many(
    house: House,
    service: Service,
    fetching: Fetching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One contact cannot fill the disk."""
    monkeypatch.setattr(media, "MOST", 2)
    for number in range(3):
        service.files[f"id-{number}"] = PNG
        await give(house, "photo", f"id-{number}")
        await fetching.tick()
    assert [each.state for each in await rows(house)] == ["kept", "kept", "refused"]


# ── and deleted when their time is over ──────────────────────────────────────────


async def test_forgotten(
    house: House, service: Service, files: Folder, fetching: Fetching
) -> None:
    """A file goes when its message is too old, and its row says so."""
    span = timedelta(days=365)
    service.files |= {"id-1": PNG, "id-2": PNG}
    old = Expiry(house.desk, files, Uploads(files), span)
    await give(house, "photo", "id-1")
    await fetching.tick()
    house.hands.at += timedelta(days=300)
    await give(house, "photo", "id-2")
    await fetching.tick()
    assert await old.sweep() == 0
    house.hands.at += timedelta(days=66)
    assert await old.sweep() == 1
    first, second = await rows(house)
    assert (first.state, second.state) == ("forgotten", "kept")
    assert await files.names("telegram") == [second.name]
    assert await old.sweep() == 0


class Days:
    """A chat page that notes when it is swept, and cannot be the first time."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.start = house.hands.at
        self.swept: list[timedelta] = []
        self.enough = asyncio.Event()

    async def delete_old(self, before: datetime) -> int:
        """Delete nothing."""
        self.swept.append(before - self.start)
        if len(self.swept) == 1:
            raise StoreUnavailable("Files cannot be kept: no room.")
        if len(self.swept) == 3:
            self.enough.set()
        return 0

    def ours(self) -> bool:
        """Let six hours pass, and say that it is ours from then on."""
        self.house.hands.at += timedelta(hours=6)
        return self.house.hands.at - self.start > timedelta(hours=6)


async def test_once_a_day(
    house: House, files: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old files are looked for once a day, and soon again where that failed."""
    monkeypatch.setattr(expiry, "PAUSE", 0)
    days = Days(house)
    loop = Expiry(house.desk, files, days, timedelta(), days.ours).run()
    running = asyncio.create_task(loop)
    async with asyncio.timeout(10):
        await days.enough.wait()
    running.cancel()
    assert days.swept == [timedelta(hours=hours) for hours in (12, 18, 42)]
