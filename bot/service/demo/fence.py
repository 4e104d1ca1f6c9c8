"""A store in which only those can be woken or written to who came in through it.

The simulated clock shows days that are over, and simulated channels lose what they are
given. Whoever else is in the database must neither be woken nor written to by either.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, cast

from bot.model.changes import Changes, PlanRow, Sent, SessionRow
from bot.model.contact import Address
from bot.model.message import Delivery, Reach
from bot.model.session import Session
from bot.service.ports import Store, Work

LATER: Final = timedelta(days=1)
"""When a plan is looked at again that could not start."""

_Begin = Callable[[], AbstractAsyncContextManager[Work]]
_NOTHING: Final = Changes()


class Fence:
    """What passed through: messages that wait, talks and plans that time wakes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.shared = store.shared
        self.ring = store.ring
        self.listen = store.listen
        self.waiting: dict[Address, None] = {}
        self.wakes: dict[tuple[int, int], datetime] = {}
        self.plans: dict[int, PlanRow] = {}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Work]:
        """Open a transaction that sees only what is due of our own."""
        async with AsyncExitStack() as stack:
            yield cast("Work", _Fenced(self, stack, self._store.transaction))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Work]:
        """Open a look at one moment that sees only what is due of our own."""
        async with AsyncExitStack() as stack:
            yield cast("Work", _Fenced(self, stack, self._store.reading))

    def next_wake(self) -> datetime | None:
        """Return when time must wake one of ours next."""
        plans = (plan.due_at for plan in self.plans.values())
        return min((*self.wakes.values(), *plans), default=None)

    async def let_go(self) -> None:
        """See to it that nothing of ours wakes up later, in a house that is no demo."""
        changes = Changes()
        async with self._store.transaction() as work:
            for session in (await work.sessions(sorted(self.wakes))).values():
                changes.sessions[session.id] = SessionRow(session, None, new=False)
            changes.done_plans += [
                (plan.contact, plan.id, "the demo is over")
                for plan in self.plans.values()
            ]
            await work.save(changes)
        self.wakes.clear()
        self.plans.clear()

    def note(self, changes: Changes) -> None:
        """Remember what was saved: it is ours."""
        self.waiting.update((each.address, None) for each in changes.deliveries)
        self.plans.update((plan.id, plan) for plan in changes.plans)
        for row in changes.sessions.values():
            place = (row.session.contact, row.session.id)
            self.wakes.pop(place, None)
            if row.wakes_at is not None:
                self.wakes[place] = row.wakes_at
        for _, id_, _ in changes.done_plans:
            self.plans.pop(id_, None)


class _Fenced:
    """One transaction behind the fence; what is not named here passes unchanged.

    It begins with the first thing that the store has to be asked or told.
    """

    def __init__(self, fence: Fence, stack: AsyncExitStack, begin: _Begin) -> None:
        self._fence = fence
        self._stack = stack
        self._begin = begin
        self._work: Work | None = None

    async def _begun(self) -> Work:
        if self._work is None:
            self._work = await self._stack.enter_async_context(self._begin())
        return self._work

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*given: object, **named: object) -> Any:  # noqa: ANN401 - what the store gives
            return await getattr(await self._begun(), name)(*given, **named)

        return call

    async def save(self, changes: Changes) -> None:
        """Write all of it, and remember it."""
        if changes == _NOTHING:
            return
        await (await self._begun()).save(changes)
        self._fence.note(changes)

    async def settle(self, results: Sequence[Sent]) -> None:
        """Store what became of deliveries."""
        if results:
            await (await self._begun()).settle(results)

    async def claim(
        self, now: datetime, lease_until: datetime, limit: int, reach: Reach
    ) -> list[Delivery]:
        """Claim what is due on our own addresses."""
        found: list[Delivery] = []
        waiting = self._fence.waiting
        for address in [a for a in waiting if a.channel in reach.channels][:limit]:
            work = await self._begun()
            mine = Reach((address.channel,), address.handle)
            found += await work.claim(now, lease_until, limit, mine)
            del waiting[address]
        return found

    async def due_sessions(
        self, now: datetime, limit: int, contact: int | None = None
    ) -> list[Session]:
        """Return those of our talks that time must wake, all or one contact's."""
        wakes = self._fence.wakes.items()
        due = sorted((at, place) for place, at in wakes if at <= now)[:limit]
        if not due:
            return []
        work = await self._begun()
        await work.hold_contacts(owner for _, (owner, _) in due)
        found = await work.sessions([place for _, place in due])
        return [s for s in found.values() if contact in (None, s.contact)]

    async def due_plans(
        self, now: datetime, limit: int, contact: int | None = None
    ) -> list[PlanRow]:
        """Return those of our plans whose time has come; others are looked at later.

        A plan waits while another talk of its contact is open, or was cancelled.
        """
        plans = self._fence.plans
        due = [plan for plan in plans.values() if plan.due_at <= now]
        found: list[PlanRow] = []
        for plan in due[:limit]:
            work = await self._begun()
            free = await work.due_plans(now, limit, plan.contact)
            if plan.id not in {each.id for each in free}:
                plans[plan.id] = plan._replace(due_at=now + LATER)
            elif contact in (None, plan.contact):
                found.append(plan)
        return found
