"""What may go out now: claimed, and policy asked about each, in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.model.changes import Changes, Sent, Standing
from bot.model.message import Delivery, Reach, State
from bot.model.session import Session
from bot.policy.decide import Never, Outdated, Send, decide
from bot.service import witness
from bot.service.desk import Desk
from bot.service.ports import Work
from bot.service.tally import Tally

LEASE: Final = timedelta(seconds=30)


class Allowed(NamedTuple):
    """A message that may go, its talk, and whether its address was lost by now."""

    delivery: Delivery
    session: Session | None
    lost: bool = False


class Claimed(NamedTuple):
    """How many were claimed, those that may go, the others with their reason."""

    many: int
    allowed: list[Allowed]
    refused: list[Sent]
    changes: Changes
    """What is counted of those that may not."""


class Claims:
    """Takes what is due from the store, and asks policy about it."""

    def __init__(self, desk: Desk, tally: Tally) -> None:
        self._desk = desk
        self._tally = tally

    async def take(
        self, work: Work, now: datetime, limit: int, reach: Reach
    ) -> Claimed:
        """Claim due rows within reach and ask policy about each; nothing is settled."""
        claimed = await work.claim(now, now + LEASE, limit, reach)
        found = Claimed(len(claimed), [], [], Changes())
        standings = await self._standings(work, claimed)
        for delivery in claimed:
            standing = standings.get(delivery.contact, Standing())
            session = standing.session
            own = session if session and session.id == delivery.session else None
            verdict = decide(delivery, standing)
            if isinstance(verdict, Send):
                lost = delivery.address in standing.lost
                found.allowed.append(Allowed(delivery, own, lost))
            else:
                found.refused.append(_refused(delivery, verdict, now))
                witness.settled(delivery, found.refused[-1])
                if own is not None:
                    self._tally.overtaken(found.changes, own, delivery, now)
        return found

    async def _standings(
        self, work: Work, claimed: Sequence[Delivery]
    ) -> dict[int, Standing]:
        owners = sorted({delivery.contact for delivery in claimed})
        standings = await work.standings(owners) if owners else {}
        talks = [each.session for each in standings.values() if each.session]
        pins = {h for talk in talks for h in talk.pins.values()}
        await self._desk.library.ensure(work, pins)
        return standings


def _refused(delivery: Delivery, verdict: Never | Outdated, now: datetime) -> Sent:
    state: State = "superseded" if isinstance(verdict, Outdated) else "withheld"
    contact, id_, token = delivery.contact, delivery.id, delivery.token
    return Sent(contact, id_, token, state, now, verdict.reason)
