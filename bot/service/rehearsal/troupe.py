"""All talks at once: a discrete-event simulation on one clock.

The rules:

1. At every moment all talks that are due play up to their next act, and these acts
   are done together.
2. What is due exactly now is done before a talk goes on, and after each act.
3. Where no talk is due, the clock moves to whatever comes first: a timer, or a talk.
4. A talk that has ended is judged at once, and its contact leaves: time does nothing
   with them any more.
5. What goes wrong with one talk fails that talk: what cannot be done together is done
   one by one, and who never comes to rest is sent away.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Final, TypeVar

from bot.errors import StoreUnavailable, VoxpopError
from bot.model.changes import Changes, PlanRow, SessionRow
from bot.model.message import Inbound
from bot.service.leavings import Left
from bot.service.rehearsal.play import Act, Acts, Failure, Play
from bot.service.rehearsal.stage import Stage
from bot.service.starting import Start, start_flows
from bot.service.telling import Told, tell

BATCH: Final = 200
PATIENCE: Final = 20
"""How often a message is handed in again where a busy machine took too long."""

A = TypeVar("A")
R = TypeVar("R")


async def perform(
    stage: Stage,
    plays: Sequence[Play],
    done: Callable[[Play, Failure | None], None],
) -> None:
    """Play all talks together; tell of each, once it is over, how it went."""
    if plays:
        await _Troupe(stage, plays, done).run()


class _Troupe:
    def __init__(
        self,
        stage: Stage,
        plays: Sequence[Play],
        done: Callable[[Play, Failure | None], None],
    ) -> None:
        self._stage = stage
        self._done = done
        self._plays: dict[Play, Acts] = {}
        self._by_contact = {play.contact.id: play for play in plays}
        self._asleep: list[tuple[datetime, int, Play]] = []
        self._answers: dict[Play, Sequence[PlanRow]] = {}
        for number, play in enumerate(plays):
            self._plays[play] = play.acts()
            heappush(self._asleep, (play.starts_at, number, play))
        self._order = {play: number for number, play in enumerate(plays)}
        stage.hands.at = self._asleep[0][0]

    async def run(self) -> None:
        """Play until every talk is over."""
        while self._plays:
            ready = self._awake()
            while ready:
                ready = await self._round(ready)
            await self._go_on()

    def _awake(self) -> list[Play]:
        """Return the talks whose moment has come."""
        now = self._stage.hands.at
        ready: list[Play] = []
        while self._asleep and self._asleep[0][0] <= now:
            ready.append(heappop(self._asleep)[2])
        return [play for play in ready if play in self._plays]

    async def _go_on(self) -> None:
        """Move the clock to what comes first, and do what is due then."""
        if not self._asleep:
            return
        due = await self._stage.timers.next_due()
        first = self._asleep[0][0]
        self._stage.set_clock(min(due, first) if due else first)
        await self._settle()

    # ── one round ────────────────────────────────────────────────────────────────

    async def _round(self, ready: Sequence[Play]) -> list[Play]:
        """Let each talk do its next act; return those that may go on at once."""
        acts: dict[Play, Act] = {}
        ended: list[Play] = []
        for play in ready:
            try:
                act = self._next_act(play)
            except StopIteration:
                ended.append(play)
            except Failure as failure:
                self._end(play, failure)
            else:
                if isinstance(act, datetime):
                    heappush(self._asleep, (act, self._order[play], play))
                else:
                    acts[play] = act
        await self._judge(ended)
        await self._part([play for play in ready if play not in self._plays])
        await self._do(acts)
        if acts:
            await self._settle()
        return [play for play in acts if play in self._plays]

    def _next_act(self, play: Play) -> Act:
        acts = self._plays[play]
        self._stage.watch.rest(play.contact.id)
        plans = self._answers.pop(play, None)
        return next(acts) if plans is None else acts.send(plans)

    def _end(self, play: Play, failure: Failure | None) -> None:
        if self._plays.pop(play, None) is not None:
            self._done(play, failure)

    async def _judge(self, ended: Sequence[Play]) -> None:
        """Look at what talks left, and tell how they went."""
        if not ended:
            return
        places = [(play.contact.id, play.session or 0) for play in ended]
        async with self._stage.desk.store.reading() as work:
            sessions = await work.sessions(places)
            traces = await work.traces([contact for contact, _ in places])
        scripts = self._stage.desk.library.shelf.current
        for play in ended:
            session = sessions.get(play.session or 0)
            left = Left(play.flow, session, traces[play.contact.id], scripts)
            failure: Failure | None = None
            try:
                play.judge(left)
            except Failure as found:
                failure = found
            self._end(play, failure)

    async def _part(self, gone: Sequence[Play]) -> None:
        """Let contacts leave: nothing of theirs becomes due any more."""
        if not gone or not self._plays:
            return
        changes = Changes(silenced=[play.contact.id for play in gone])
        async with self._stage.desk.store.transaction() as work:
            for session in (await work.last_sessions(changes.silenced)).values():
                changes.sessions[session.id] = SessionRow(session, None, new=False)
            await work.save(changes)

    # ── acts ─────────────────────────────────────────────────────────────────────

    async def _do(self, acts: Mapping[Play, Act]) -> None:
        desk = self._stage.desk
        starts = {play: a for play, a in acts.items() if isinstance(a, Start)}
        told = {play: a for play, a in acts.items() if isinstance(a, Told)}
        said = {play: a for play, a in acts.items() if isinstance(a, Inbound)}
        await self._together(starts, lambda some: start_flows(desk, some))
        for play, plans in (
            await self._together(told, lambda some: tell(desk, some))
        ).items():
            self._answers[play] = plans
        for some in _parts(said):
            await asyncio.gather(*(self._say(p, m) for p, m in some.items()))

    async def _together(
        self,
        acts: Mapping[Play, A],
        do: Callable[[list[A]], Awaitable[Sequence[R]]],
    ) -> dict[Play, R]:
        """Do acts of one kind, many at a time, and alone what breaks the others."""
        results: dict[Play, R] = {}
        for some in _parts(acts):
            try:
                found = await do(list(some.values()))
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - told as the talk's own failure
                if len(some) == 1:
                    [play] = some
                    self._end(play, _broken(error))
                    continue
                for play, act in some.items():
                    results |= await self._together({play: act}, do)
            else:
                results |= dict(zip(some, found, strict=True))
        return results

    async def _say(self, play: Play, message: Inbound) -> None:
        """Hand in a message, again where it was not stored in time."""
        for turn in range(PATIENCE):
            try:
                taken = await self._stage.inbox.take(message)
            except StoreUnavailable:
                if turn == PATIENCE - 1:
                    raise
            except VoxpopError as error:
                self._end(play, Failure(("talk",), str(error)))
                return
            else:
                if taken.stuck:
                    words = "this message cannot be handled; see the log"
                    self._end(play, Failure(("talk",), words))
                return

    # ── time ─────────────────────────────────────────────────────────────────────

    async def _settle(self) -> None:
        """Let everything happen that is due at this moment."""
        stage = self._stage
        while (due := await stage.timers.next_due()) and due <= stage.hands.at:
            left = await stage.outbox.drain()
            woken = await stage.timers.wake_some()
            await self._send_away()
            if not (left or woken) or not self._plays:
                return

    async def _send_away(self) -> None:
        """Fail talks in which the bot never comes to rest."""
        watch = self._stage.watch
        if not watch.restless:
            return
        gone = [self._by_contact[contact] for contact in sorted(watch.restless)]
        watch.restless.clear()
        for play in gone:
            watch.rest(play.contact.id)
            words = "the bot does not come to rest: its flows go on without end"
            self._end(play, Failure(("talk",), words))
        await self._part(gone)


def _parts(acts: Mapping[Play, A]) -> list[dict[Play, A]]:
    """Part acts so that each part is one batch."""
    pairs = list(acts.items())
    starts = range(0, len(pairs), BATCH)
    return [dict(pairs[start : start + BATCH]) for start in starts]


def _broken(error: Exception) -> Failure:
    return Failure(("talk",), f"it broke: {type(error).__name__}: {error}")
