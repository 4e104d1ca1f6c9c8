"""One transaction's work: the families of tables together, saved in one fixed order."""

from collections.abc import Iterator

from bot.model.changes import Changes
from storage import (
    answers,
    backlog,
    cases,
    consents,
    contacts,
    counts,
    events,
    inbound,
    joins,
    kept,
    leases,
    media,
    outbox,
    outbox_list,
    plans,
    reaches,
    revisions,
    sessions,
    visitors,
)
from storage.driver import Write

_ORDER = (
    # What is taken back goes first, so that it spares what comes with these changes.
    outbox.silences,
    plans.silences,
    cases.withdrawals,
    contacts.writes,
    reaches.writes,
    joins.writes,
    inbound.writes,
    sessions.writes,
    answers.writes,
    counts.writes,
    events.writes,
    outbox.writes,
    cases.writes,
    consents.writes,
    plans.writes,
    media.writes,
)
"""Every transaction takes the tables in this order, so that no two wait in a ring."""


class SqlWork(
    inbound.Inbound,
    contacts.Contacts,
    consents.Consents,
    answers.Answers,
    backlog.Backlogs,
    counts.Counts,
    events.Events,
    joins.Joins,
    outbox.Outbox,
    outbox_list.OutboxList,
    plans.Plans,
    revisions.Revisions,
    kept.Kept,
    leases.Leases,
    media.Media,
    visitors.Visitors,
):
    """What the service asks of one transaction."""

    async def save(self, changes: Changes) -> None:
        """Write all of it, table by table in one fixed order."""
        await self._db.write(_writes(changes))


def _writes(changes: Changes) -> Iterator[Write]:
    for family in _ORDER:
        yield from family(changes)
