"""The consent log, and what policy must know of a contact."""

from collections.abc import Iterator, Sequence

from bot.model.changes import Changes, Standing
from storage.driver import Write
from storage.rows import micros
from storage.sessions import Sessions


class Consents(Sessions):
    """What contacts allowed and forbade."""

    async def standings(self, contacts: Sequence[int]) -> dict[int, Standing]:
        """Return what policy must know of each contact, its newest session included."""
        asked = list(contacts)
        stopped = {id_ for (id_,) in await self._db.fetch("contacts_stopped", asked)}
        consents: dict[int, dict[str, bool]] = {}
        for contact, topic, given in await self._db.fetch("consents_of", asked):
            consents.setdefault(contact, {})[topic] = bool(given)
        sessions = await self.last_sessions(asked)
        return {
            id_: Standing(
                stopped=id_ in stopped,
                consents=consents.get(id_, {}),
                session=sessions.get(id_),
            )
            for id_ in asked
        }


def writes(changes: Changes) -> Iterator[Write]:
    """Yield the new entries of the log."""
    yield (
        "consents_add",
        [(*consent[:8], micros(consent.at)) for consent in changes.consents],
    )
