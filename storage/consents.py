"""The consent log, and what policy must know of a contact."""

from collections.abc import Iterator, Mapping, Sequence

from bot.model.changes import Changes, Standing
from bot.model.contact import Address, sets
from bot.model.session import Session, leading
from storage.driver import Write
from storage.reaches import Reaches
from storage.rows import as_contact, micros
from storage.sessions import Sessions

Words = Mapping[str, bool]
"""Topic to the last recorded word: given, or declined."""


class Consents(Sessions, Reaches):
    """What contacts allowed and forbade."""

    async def standings(self, contacts: Sequence[int]) -> dict[int, Standing]:
        """Return what policy must know of each contact, as read over their sets.

        A stop or a *no* of any of a set is all of theirs.
        """
        stopped, kin = await self._noted(list(contacts))
        everybody = sorted({*contacts, *(one for own in kin.values() for one in own)})
        words = await self._words(everybody)
        sessions = await self.last_sessions(everybody)
        lost = await self.lost(everybody)
        return {
            id_: _standing(kin.get(id_, (id_,)), stopped, words, sessions, lost)
            for id_ in contacts
        }

    async def _noted(
        self, contacts: list[int]
    ) -> tuple[set[int], dict[int, tuple[int, ...]]]:
        """Return who said stop, and the sets of those who were joined to others."""
        noted = await self._db.fetch("contacts_standing", contacts)
        stopped = {id_ for id_, said_stop, _ in noted if said_stop}
        survivors = {survivor for _, _, survivor in noted if survivor is not None}
        if not survivors:
            return stopped, {}
        rows = await self._db.fetch("contacts_merged", sorted(survivors))
        members = [as_contact(row) for row in rows]
        return stopped | {m.id for m in members if m.stopped}, sets(members)

    async def _words(self, contacts: list[int]) -> dict[int, Words]:
        """Return the last word of each contact on each topic."""
        found: dict[int, dict[str, bool]] = {}
        for contact, topic, given in await self._db.fetch("consents_of", contacts):
            found.setdefault(contact, {})[topic] = bool(given)
        return dict(found)


def _standing(
    kin: Sequence[int],
    stopped: set[int],
    words: Mapping[int, Words],
    sessions: Mapping[int, Session],
    lost: Mapping[int, frozenset[Address]],
) -> Standing:
    consents: dict[str, bool] = {}
    for own in (words[one] for one in kin if one in words):
        for topic, given in own.items():
            consents[topic] = given and consents.get(topic, True)
    return Standing(
        stopped=not stopped.isdisjoint(kin),
        consents=consents,
        lost=frozenset().union(*(lost[one] for one in kin if one in lost)),
        session=leading(sessions[one] for one in kin if one in sessions),
    )


def writes(changes: Changes) -> Iterator[Write]:
    """Yield the new entries of the log."""
    yield (
        "consents_add",
        [(*consent[:8], micros(consent.at)) for consent in changes.consents],
    )
