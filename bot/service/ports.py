"""What the service asks of a store and of a channel; adapters fulfil it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.model.backlog import Backlog, Held, Tally
from bot.model.changes import (
    AnswerRow,
    Changes,
    EventRow,
    InboundRow,
    PlanRow,
    Sent,
    Standing,
    Traces,
)
from bot.model.contact import Address, Contact
from bot.model.files import Fetched
from bot.model.finding import Finding
from bot.model.joins import Join, Link
from bot.model.message import Delivery, Reach, State
from bot.model.rates import Rates
from bot.model.session import Session
from bot.service.filed import Filed
from bot.service.published import Published


class Work(Published, Filed, Protocol):
    """One transaction: reads see it whole, and nothing of it stands until it ends.

    Every call takes and gives sets, so that a batch costs a statement a table.
    """

    async def seen(self, keys: Sequence[tuple[Address, str]]) -> set[tuple[str, str]]:
        """Return which (channel, key) pairs are stored already."""
        ...

    async def hold(
        self, addresses: Sequence[Address], *, wait: bool = False
    ) -> tuple[dict[Address, Contact], set[Address]]:
        """Hold the contacts that these addresses belong to, until the transaction ends.

        Return them, and the addresses whose contact another worker holds; with `wait`
        there are none. Who was joined to others is held with all of the set. Whoever
        changes a talk holds its contact, and reads after that.
        """
        ...

    async def hold_contacts(self, ids: Iterable[int]) -> None:
        """Hold these contacts until the transaction ends, waiting for other workers."""
        ...

    async def hold_sets(
        self, ids: Iterable[int], *, wait: bool = False
    ) -> dict[int, Contact]:
        """Hold these contacts, each with all of its set, and return those it got."""
        ...

    async def members(self, survivors: Sequence[int]) -> list[Contact]:
        """Return all of the sets whose oldest contacts these are."""
        ...

    async def joins_of(self, contacts: Sequence[int]) -> list[Join]:
        """Return all joins that ever named one of these contacts, oldest first."""
        ...

    async def join_by_id(self, id_: int) -> Join | None:
        """Return a join, None where there is none of this id."""
        ...

    async def links(self, hashes: Sequence[str]) -> dict[str, Link]:
        """Return the links of these codes by their hash."""
        ...

    async def contacts_at(self, addresses: Sequence[Address]) -> dict[Address, Contact]:
        """Return the contacts that these addresses belong to."""
        ...

    async def contacts(self, ids: Sequence[int]) -> dict[int, Contact]:
        """Return these contacts by id."""
        ...

    async def addresses(self, contacts: Sequence[int]) -> dict[int, list[Address]]:
        """Return all addresses of each contact, oldest first."""
        ...

    async def lost(self, contacts: Sequence[int]) -> dict[int, frozenset[Address]]:
        """Return the addresses of these contacts at which nobody is reached."""
        ...

    async def last_sessions(self, contacts: Sequence[int]) -> dict[int, Session]:
        """Return the newest session of each contact, whatever its status."""
        ...

    async def sessions(self, ids: Sequence[tuple[int, int]]) -> dict[int, Session]:
        """Return these sessions (contact, id) by id."""
        ...

    async def counted_answers(
        self, questions: Sequence[tuple[int, str, str]]
    ) -> list[AnswerRow]:
        """Return the newest standing answer of each (contact, flow, step)."""
        ...

    async def traces(self, contacts: Sequence[int]) -> dict[int, Traces]:
        """Return what talks left with each of these contacts, oldest first."""
        ...

    async def events(self, ids: Sequence[tuple[int, int]]) -> dict[int, EventRow]:
        """Return these events (contact, id) by id."""
        ...

    async def due_sessions(
        self, now: datetime, limit: int, contact: int | None = None
    ) -> list[Session]:
        """Return sessions that time must wake, all or one contact's, oldest first."""
        ...

    async def begun_at(
        self, flows: Sequence[tuple[int, str]]
    ) -> dict[tuple[int, str], datetime]:
        """Return when each (contact, flow) last began, but for those that never did."""
        ...

    async def due_plans(
        self, now: datetime, limit: int, contact: int | None = None
    ) -> list[PlanRow]:
        """Return planned starts whose time has come and whose contact is free."""
        ...

    async def next_wake(self) -> datetime | None:
        """Return when the next session, plan or delivery becomes due."""
        ...

    async def save(self, changes: Changes) -> None:
        """Write all of it, table by table in one fixed order."""
        ...

    async def claim(
        self, now: datetime, lease_until: datetime, limit: int, reach: Reach
    ) -> list[Delivery]:
        """Claim due deliveries within reach, oldest first; they come back `claimed`."""
        ...

    async def standings(self, contacts: Sequence[int]) -> dict[int, Standing]:
        """Return what policy must know of each contact, its newest session included."""
        ...

    async def start_sending(
        self, deliveries: Sequence[tuple[int, int, int]]
    ) -> set[int]:
        """Mark claimed deliveries (contact, id, new token) as `sending`.

        Return the ids of those it got.
        """
        ...

    async def settle(self, results: Sequence[Sent]) -> None:
        """Store what became of deliveries, where their token is still the same."""
        ...

    async def asked_since(self, channel: str, first: int) -> list[Delivery]:
        """Return the questions that left through a channel, from an id on, in order."""
        ...

    async def unsettled(self, deliveries: Sequence[tuple[int, int, int]]) -> set[int]:
        """Return which deliveries (contact, id, token) wait to be settled still."""
        ...

    async def arrived(
        self, deliveries: Sequence[tuple[int, int]], at: datetime
    ) -> set[int]:
        """Mark sent deliveries (contact, id) as delivered.

        Return the ids of those that were not known to be.
        """
        ...

    async def let_go(self, address: Address) -> None:
        """Let the leases on what goes to an address run out: their holder is gone."""
        ...

    async def abandon(self, channel: str) -> None:
        """Let the leases on what goes through a channel run out: it is ours now."""
        ...

    async def doubt(self, now: datetime) -> int:
        """Mark all that was to leave by now as unknown, and return how many it is."""
        ...

    async def release(self, now: datetime) -> None:
        """End leases that ran out: `claimed` is due again, `sending` is unknown."""
        ...

    async def lease(
        self, name: str, holder: str, now: datetime, until: datetime
    ) -> bool:
        """Take or renew a lease; False where another one holds it still."""
        ...

    async def drop_leases(self, holder: str) -> None:
        """Give up all that a process holds, so that others need not wait."""
        ...

    async def stuck(self) -> list[InboundRow]:
        """Return the messages that could not be handled, oldest first."""
        ...

    async def stuck_ids(self) -> list[int]:
        """Return the ids of the messages that could not be handled, oldest first."""
        ...

    async def inbound(self, ids: Sequence[int]) -> list[InboundRow]:
        """Return these messages as they are kept, oldest first."""
        ...

    async def take_stuck(self, ids: Sequence[int]) -> list[InboundRow]:
        """Take stuck messages out, oldest first, for `save` to put them back changed.

        They are kept by their address, which may be known only now.
        """
        ...

    async def stretch(self, after: int, before: int, limit: int) -> int | None:
        """Return where the next so many messages between two ids end, if there are any.

        Both ends are left out.
        """
        ...

    async def empty(self, after: int, until: int) -> int:
        """Forget what providers sent after one id and until another, but what is stuck.

        Return of how many messages.
        """
        ...

    async def empty_some(self, ids: Sequence[int]) -> int:
        """Forget what providers sent as these messages; return of how many it was."""
        ...

    async def kept(self, name: str) -> str | None:
        """Return what is kept under a name, None where nothing is."""
        ...

    async def keep(self, name: str, value: str) -> str:
        """Keep a value unless the name has one; return what stands there now."""
        ...

    async def note(self, name: str, value: str) -> None:
        """Keep a value under a name, in place of what was kept there."""
        ...

    async def backlog(self, now: datetime) -> Backlog:
        """Return what waits at an instant; no more than so many of a kind."""
        ...

    async def tally(self) -> list[Tally]:
        """Return how many messages wait or went wrong, by channel and state.

        No more than so many of a state are counted.
        """
        ...

    async def listed(self, state: State, channel: str | None, limit: int) -> list[Held]:
        """Return the last messages in a state, of one channel or all, newest first.

        What was sent well is not looked for: it is most of a table without an end.
        """
        ...

    async def late(
        self, since: datetime, channel: str | None, limit: int
    ) -> list[Held]:
        """Return messages that should have left before an instant, newest first."""
        ...

    async def shown(self, handle: str, after: int, limit: int) -> list[Delivery]:
        """Return the last messages that went to a visitor after an id, oldest first."""
        ...

    async def written(self, handle: str, after: int, limit: int) -> list[InboundRow]:
        """Return the last messages that a visitor sent after an id, oldest first."""
        ...

    async def silent_beyond(self, count: int) -> list[tuple[int, str]]:
        """Return all but the newest so many who never said a word, with their handles.

        Who has a case or another address is left out.
        """
        ...

    async def forget(self, contacts: Sequence[tuple[int, str]]) -> None:
        """Delete contacts by id and handle, with all that was made for them."""
        ...


class Store(Protocol):
    """A database; raises StoreUnavailable where it is full, locked or gone.

    A `shared` one may have other processes at work on it at the same time.
    """

    @property
    def shared(self) -> bool:
        """Say whether other processes may write, too."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Work]:
        """Open a transaction that commits at its end, and rolls back on an error."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Work]:
        """Open a look at one moment of the store; nothing may be written."""
        ...

    async def ring(self, words: str) -> None:
        """Say some words to all who listen at this store, if anybody does."""
        ...

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Hand over what is rung, also by ourselves, until cancelled."""
        ...


class Channel(Protocol):
    """A service we talk through.

    So many messages may be under way to it `at_once`, each address's one by one. None
    where sending waits for nothing and a message is known by its id, so that one may
    be sent again: these go together, within the transaction that settles them.
    """

    name: str
    at_once: int | None
    rates: Rates

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Send one message; return how far it came and the provider's reference.

        `due` where a part of it left and the rest is to follow: the reference then
        tells which, and comes back with the delivery.

        Raises ChannelError where the provider did not take it. Where nobody knows, as
        after a connection that broke once the request was written, it is `unknown`.
        """
        ...


class Examined(Protocol):
    """A service that can be asked whether it lets us in and brings us messages."""

    async def findings(self) -> list[Finding]:
        """Return what is well and what is not; a secret is never told."""
        ...


Channels = Mapping[str, Channel]


@runtime_checkable
class Gives(Protocol):
    """A service that keeps what people send through it, until it is asked for."""

    async def fetch(self, reference: str) -> Fetched:
        """Return a file by what the service calls it.

        Raises ChannelError, also while the file comes.
        """
        ...
