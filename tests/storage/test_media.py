"""The files of services as rows: due, settled, old and forgotten, on every engine."""

from msgspec.structs import replace

from storage import SqlStore
from tests.storage.samples import ANN, BEN, MINUTE, NOON, media, meet, save

CHANNELS = {"telegram", "twilio"}


async def test_what_is_due(store: SqlStore) -> None:
    """What is due comes back as it went, oldest first, of the channels asked for."""
    await meet(store)
    later = media(2, due_at=NOON + MINUTE)
    other, done = media(3, channel="slack"), media(4, state="refused")
    await save(store, media=[later, other, media(1), done])
    async with store.reading() as work:
        assert await work.due_media(NOON, CHANNELS, 9) == [media(1)]
        assert await work.due_media(NOON + MINUTE, CHANNELS, 9) == [media(1), later]
        assert await work.due_media(NOON + MINUTE, CHANNELS, 1) == [media(1)]
        assert await work.due_media(NOON, (), 9) == []


async def test_settled_once(store: SqlStore) -> None:
    """What became of a file is kept whole, and only while it was due."""
    await meet(store)
    await save(store, media=[media(1)])
    kept = media(
        1, state="kept", name="telegram/20/1.png", media_type="image/png", size=2**40
    )
    refused = media(1, state="refused", reason="It is no photo.")
    async with store.transaction() as work:
        await work.settle_media(kept)
        await work.settle_media(refused)
    async with store.reading() as work:
        assert await work.media_of(BEN.id) == [kept]
        assert await work.due_media(NOON, CHANNELS, 9) == []
        assert await work.kept_media([ANN.id, BEN.id]) == {BEN.id: 1}


async def test_put_off(store: SqlStore) -> None:
    """A vain try is noted with its reason, and when the next one is."""
    await meet(store)
    await save(store, media=[media(1)])
    tried = media(1, attempts=3, reason="No connection.", due_at=NOON + MINUTE)
    async with store.transaction() as work:
        await work.settle_media(tried)
    async with store.reading() as work:
        assert await work.due_media(NOON, CHANNELS, 9) == []
        assert await work.due_media(NOON + MINUTE, CHANNELS, 9) == [tried]


async def test_forgotten(store: SqlStore) -> None:
    """Of what is kept the oldest come first, and what was forgotten is not old."""
    await meet(store)
    every = [media(n, state="kept", name=f"telegram/20/{n}.png") for n in (3, 1, 2)]
    await save(store, media=[*every, media(4)])
    async with store.transaction() as work:
        old = await work.old_media(3, 9)
        assert [row.id for row in old] == [1, 2]
        assert await work.old_media(99, 1) == old[:1]
        await work.forget_media(old)
        assert await work.old_media(3, 9) == []
        first, *_ = await work.media_of(BEN.id)
    assert first == replace(old[0], state="forgotten")
