"""What must hold whatever happened, looked up in the database and the platform's log.

Each check yields a sentence for every thing that is not as it must be.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from storage import open_store
from tests.fakes.channel import AT_ONCE
from tests.fakes.platform import CUT, TAKEN, Request
from tests.torture import replay
from tests.torture.database import Rows, damage, rows
from tests.torture.phones import Phones, Talk

AT_REST: Final = frozenset(
    {"sent", "delivered", "read", "failed", "withheld", "superseded", "unknown"}
)
ARRIVED: Final = frozenset({"sent", "delivered", "read"})
MOMENT: Final = 1.0
"""Seconds in which an answer of the platform is on our disk, however busy we are."""
BACK_SECONDS: Final = 3.0
"""Seconds until all that waited for the database has been stored."""
LONGEST: Final = 1_000
INBOUND: Final = (
    "SELECT id, channel, key, handle, contact, state FROM inbound ORDER BY id"
)
OUTBOX: Final = (
    "SELECT id, contact, channel, handle, state, attempts, reason "
    "FROM outbox ORDER BY id"
)
COUNTED: Final = (
    "SELECT contact, session, flow, step, count(*) FROM answers "
    "WHERE standing = 'counted' GROUP BY contact, session, flow, step "
    "HAVING count(*) > 1"
)
SENDING: Final = "SELECT id FROM outbox WHERE state IN ('sending', 'unknown')"
"""What a server that is killed may have had in hand: it learns late of what was given
up as unknown, when its database was away."""
WAITING: Final = (
    "SELECT count(*) FROM outbox WHERE state IN ('due', 'claimed', 'sending')"
)


class Kill(Struct, frozen=True):
    """An instant at which a victim was killed, and what it may have had in hand."""

    at: float
    sending: frozenset[int]


class Evidence(Struct):
    """All that was seen from outside."""

    url: str
    phones: Phones
    requests: Sequence[Request]
    kills: Sequence[Kill]
    closings: int
    """How often the platform closed its door, which resets who stands in it."""
    aways: Sequence[tuple[float, float]]
    """When the database was away, from and until."""
    patience: float
    """Seconds after which the victim gave a request up: later ones are cut, too."""


class Figures(Struct):
    """What was counted on the way."""

    messages: int = 0
    replies: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    cut: int = 0
    open_at_kills: int = 0
    just_answered: int = 0
    """Unknown messages whose answer a kill kept from our disk."""
    answered_while_away: int = 0
    """Unknown messages whose answer waited for the database when a kill came."""
    never_left: int = 0
    """Unknown messages that were marked as leaving when a kill kept them from it."""


async def violations(evidence: Evidence, figures: Figures) -> list[str]:
    """Return everything that is not as it must be, once all talks are at rest."""
    url, talks = evidence.url, evidence.phones.talks
    inbound, outbox = await rows(url, INBOUND), await rows(url, OUTBOX)
    figures.messages, figures.replies = len(inbound), len(outbox)
    figures.states = Counter(row[4] for row in outbox)
    found = [f"the database: {words}" for words in await damage(url)]
    found += _once(inbound, evidence.phones)
    found += _order_of_messages(inbound, talks)
    found += _at_rest(outbox)
    found += _sent_once(outbox, evidence.requests)
    found += _order_of_replies(evidence.requests)
    found += _unknown(outbox, evidence, figures)
    found += _known_ids(evidence.phones.shown, inbound, outbox)
    found += [f"counted twice: {row}" for row in await rows(url, COUNTED)]
    found += await _as_without_faults(url, inbound, talks)
    async with open_store(url) as store:
        found += [f"a count that differs: {each}" for each in await store.recount()]
    return found


# ── what came in ─────────────────────────────────────────────────────────────────


def _key(stored: str) -> str:
    """Return a message's key as its phone made it."""
    return stored.rpartition(":")[2]


def _once(inbound: Rows, phones: Phones) -> Iterator[str]:
    """Tell of acknowledged messages that are not in once and handled, and of others."""
    stored = Counter(_key(row[2]) for row in inbound if not _opens(row[2]))
    acked = {said.key for talk in phones.talks for said in talk.said}
    yield from (f"{key} was acknowledged and is lost" for key in acked - stored.keys())
    yield from (f"{key} was never sent" for key in stored.keys() - phones.tried)
    yield from (f"{key} is in {n} times" for key, n in stored.items() if n > 1)
    yield from (f"{row[2]} is {row[5]}" for row in inbound if row[5] != "handled")


def _opens(key: str) -> bool:
    return key.startswith("opened:")


def _order_of_messages(inbound: Rows, talks: Sequence[Talk]) -> Iterator[str]:
    """Tell of messages that were handled before one acknowledged earlier."""
    handled: dict[str, list[str]] = {}
    for row in inbound:
        key = _key(row[2])
        handled.setdefault(key.rpartition("-")[0], []).append(key)
    for talk in talks:
        said = [each.key for each in talk.said]
        if handled.get(talk.handle, [])[: len(said)] != said:
            yield f"{talk.handle}'s messages were handled in another order"


# ── what went out ────────────────────────────────────────────────────────────────


def _at_rest(outbox: Rows) -> Iterator[str]:
    """Tell of messages of which it is not known what became of them, or that failed."""
    for row in outbox:
        if row[4] not in AT_REST:
            yield f"message {row[0]} is {row[4]} although all is at rest"
        if row[4] == "failed":
            yield f"message {row[0]} failed: {row[6]}"


def _sent_once(outbox: Rows, requests: Sequence[Request]) -> Iterator[str]:
    """Tell of replies that reached a phone twice, or should not have, or did not."""
    arrived = Counter(each.id for each in requests if each.how in TAKEN)
    states = {row[0]: row[4] for row in outbox if row[2] == "fake"}
    for id_, times in arrived.items():
        if times > 1:
            yield f"message {id_} reached the phone {times} times"
        if states.get(id_) not in ARRIVED | {"unknown"}:
            yield f"message {id_} reached the phone and is {states.get(id_)}"
    for id_, state in states.items():
        if state in ARRIVED and id_ not in arrived:
            yield f"message {id_} is {state} and never reached the phone"


def _order_of_replies(requests: Sequence[Request]) -> Iterator[str]:
    """Tell of replies that reached an address after a later one."""
    last: dict[str, int] = {}
    for each in requests:
        if each.how not in TAKEN:
            continue
        if each.id < last.get(each.handle, 0):
            yield f"message {each.id} to {each.handle} came after a later one"
        last[each.handle] = max(each.id, last.get(each.handle, 0))


def _unknown(outbox: Rows, evidence: Evidence, figures: Figures) -> Iterator[str]:
    """Tell of unknown messages neither cut off nor on their way at a kill."""
    tries: dict[int, list[Request]] = {}
    for each in evidence.requests:
        tries.setdefault(each.id, []).append(each)
    unheard = 0
    for id_ in (row[0] for row in outbox if row[4] == "unknown"):
        own = tries.get(id_, [])
        why = _why_unknown(id_, own, evidence)
        if why is not None:
            setattr(figures, why, getattr(figures, why) + 1)
        elif own:
            yield f"nothing happened that made message {id_} unknown: {own}"
        else:
            unheard += 1
    if unheard > evidence.closings * AT_ONCE:
        yield f"{unheard} messages are unknown that the platform never heard of"
    figures.cut += unheard


def _why_unknown(id_: int, tries: list[Request], evidence: Evidence) -> str | None:
    """Return the figure that an unknown message counts in, None for none."""
    if any(_cut(each, evidence.patience) for each in tries):
        return "cut"
    kills = [kill for kill in evidence.kills if id_ in kill.sending]
    taken = [each for each in tries if each.how in TAKEN]
    if kills and not taken:
        return "never_left"
    if any(_open(each, kill) for each in taken for kill in kills):
        return "open_at_kills"
    if any(_just(each, kill) for each in taken for kill in kills):
        return "just_answered"
    if kills and any(_stranded(each, evidence.aways) for each in taken):
        return "answered_while_away"
    return None


def _cut(each: Request, patience: float) -> bool:
    """Say whether no whole answer came in time; one that is read late is late, too."""
    late = each.closed is not None and each.closed - each.opened > patience / 4
    return each.how in CUT or late


def _open(each: Request, kill: Kill) -> bool:
    """Say whether a request had no answer at a kill; it may have been on the wire."""
    return each.closed is None or each.closed > kill.at


def _just(each: Request, kill: Kill) -> bool:
    return each.closed is not None and kill.at - MOMENT < each.closed <= kill.at


def _stranded(each: Request, aways: Sequence[tuple[float, float]]) -> bool:
    """Say whether a request was answered while the database was not there for it."""
    at = each.closed or each.opened
    return any(start - MOMENT < at < end + BACK_SECONDS for start, end in aways)


def _known_ids(shown: Sequence[str], inbound: Rows, outbox: Rows) -> Iterator[str]:
    """Tell of what a page was shown and is no message."""
    known = {str(row[0]) for row in (*inbound, *outbox)}
    yield from (f"a page was shown {id_}, which is none" for id_ in {*shown} - known)


# ── what it led to ───────────────────────────────────────────────────────────────


async def _as_without_faults(
    url: str, inbound: Rows, talks: Sequence[Talk]
) -> list[str]:
    """Tell of talks that left something else than they do where nothing fails."""
    expected = await replay.replayed(talks)
    left = replay.left(*[await rows(url, query) for query in replay.QUERIES])
    owners: dict[str, set[int]] = {}
    for row in inbound:
        owners.setdefault(_key(row[2]).rpartition("-")[0], set()).add(row[4])
    found: list[str] = []
    for talk in talks:
        if not talk.said:
            continue
        contacts = owners.get(talk.handle, set())
        if len(contacts) != 1:
            found.append(f"{talk.handle} is {len(contacts)} contacts")
            continue
        [contact] = contacts
        found += _differences(
            talk, left.get(contact, replay.NOTHING), expected[talk.handle]
        )
    return found


def _differences(talk: Talk, got: replay.Left, want: replay.Left) -> Iterator[str]:
    for name, mine, theirs in zip(want._fields, got, want, strict=True):
        if mine != theirs:
            words = f"{talk.handle}: {name} are {mine}, not {theirs}"
            yield words[:LONGEST]
