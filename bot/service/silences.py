"""Presses that were lost because a service could not reach us for a while.

Some services keep what people press for minutes only. When we are reached again after
longer than that, questions asked shortly before or meanwhile are put once more, for
nobody can tell who pressed an answer to them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

import structlog

from bot.clock import first_id
from bot.engine.heard import PressesLost
from bot.errors import StoreUnavailable
from bot.model.message import Delivery
from bot.service import witness
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.ports import Work

log = structlog.get_logger()

NOTED_EVERY: Final = timedelta(seconds=30)
JUST_ASKED: Final = timedelta(hours=1)
"""A question that was put so long before a silence may be pressed during it."""
TOGETHER: Final = 100
"""Talks of one transaction."""


class Silences:
    """Knows when a channel was last reached, and what a silence may have cost.

    `kept_for` is how long the service keeps a press that it cannot bring us.
    """

    def __init__(self, desk: Desk, channel: str, kept_for: timedelta) -> None:
        self._desk = desk
        self._channel = channel
        self._kept_for = kept_for
        self._noted: datetime | None = None

    async def heard(self) -> None:
        """Note that we are reached; after a long silence, put questions once more.

        Raises StoreUnavailable; what was left undone is done the next time.
        """
        now = self._desk.clock()
        if self._noted is not None and now - self._noted < NOTED_EVERY:
            return
        async with self._desk.store.reading() as work:
            before = await work.kept(self._name)
            kept = _round(await work.kept(self._progress))
        since = datetime.fromisoformat(before) if before else now
        reached = now
        if kept is not None or now - since > self._kept_for:
            await self._after(since, *(kept or (now, 0)))
            reached = kept[0] if kept else self._desk.clock()
        async with self._desk.store.transaction() as work:
            await work.note(self._name, reached.isoformat())
            await work.note(self._progress, "")
        self._noted = now

    @property
    def _name(self) -> str:
        return f"{self._channel} heard"

    @property
    def _progress(self) -> str:
        """Under which name is kept when we began to ask again, and how far we came."""
        return f"{self._channel} asking again"

    async def _after(self, since: datetime, began: datetime, done: int) -> None:
        """Put the questions again that were asked shortly before, or since."""
        asked = [d for d in await self._asked(since, began) if d.id > done]
        again = 0
        for start in range(0, len(asked), TOGETHER):
            again += await self._put_all(asked[start : start + TOGETHER], began)
        if again:
            self._desk.stored.set()
        log.warning("presses_lost", channel=self._channel, asked_again=again)

    async def _asked(self, since: datetime, began: datetime) -> list[Delivery]:
        """Return the last question of each talk before an instant, oldest first."""
        first = first_id(since - JUST_ASKED)
        async with self._desk.store.reading() as work:
            asked = await work.asked_since(self._channel, first)
        last = {
            (each.contact, each.session): each
            for each in asked
            if each.id < first_id(began)
        }
        found = sorted(last.values(), key=attrgetter("id"))
        return [each for each in found if _can_be_pressed(each)]

    async def _put_all(self, asked: Sequence[Delivery], began: datetime) -> int:
        """Put questions again, each alone where one of them breaks; it is left out."""
        try:
            return await self._put_again(asked, began)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("asking_again_broke", questions=len(asked))
        if len(asked) == 1:
            return 0
        return sum([await self._put_all([each], began) for each in asked])

    async def _put_again(self, asked: Sequence[Delivery], began: datetime) -> int:
        """Put those again for which a talk still waits; return how many it was."""
        batch = Batch(self._desk, self._desk.clock())
        count = 0
        async with self._desk.store.transaction() as work:
            waiting = await self._waiting(batch, work, asked)
            for delivery in waiting:
                batch.push(delivery.contact, PressesLost(), delivery.address)
                count += 1
            await batch.save(work)
            await work.note(self._progress, f"{began.isoformat()} {asked[-1].id}")
        witness.began(batch)
        return count

    async def _waiting(
        self, batch: Batch, work: Work, asked: Sequence[Delivery]
    ) -> list[Delivery]:
        """Return the questions whose talk waits for just that answer."""
        ids = sorted({each.contact for each in asked})
        await work.hold_contacts(ids)
        await batch.load(work, (await work.contacts(ids)).values())
        talks = {talk.id: talk for talk in batch.sessions.values()}
        return [
            each
            for each in asked
            if (talk := talks.get(each.session or 0)) and talk.asks == each.asks
        ]


def _round(kept: str | None) -> tuple[datetime, int] | None:
    """Return when we began to ask again and how far we came, None if we are done."""
    if not kept:
        return None
    began, _, done = kept.partition(" ")
    return datetime.fromisoformat(began), int(done)


def _can_be_pressed(delivery: Delivery) -> bool:
    """Say whether a question has answers to press."""
    shown = delivery.content.shown
    return shown is not None and (
        bool(shown.options) or shown.minimum is not None or shown.skip is not None
    )
