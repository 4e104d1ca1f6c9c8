"""What figures, the log and traces are told of what the service did.

Only here do the three meet, so that a use case says in one line what happened. They are
told after a commit and of a batch at a time, and nothing that breaks here breaks what
it is told of. Ids are told; words, names and handles never.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, wraps
from time import perf_counter
from typing import TYPE_CHECKING, Final, ParamSpec

import structlog
from opentelemetry.trace import Span

from bot import figures, traces
from bot.engine.wake import next_wake
from bot.errors import Refused, VoxpopError
from bot.log import about, tells_all
from bot.model.changes import Sent
from bot.model.contact import Address
from bot.model.message import Delivery, State
from bot.model.session import Session

if TYPE_CHECKING:
    from bot.service.batch import Batch
    from bot.service.inbound import Taken, _Waiting

log = structlog.get_logger()

P = ParamSpec("P")

LEFT: Final = frozenset({"sent", "delivered"})
WENT_WRONG: Final = frozenset({"failed", "unknown"})
_deliveries = lru_cache(figures.DELIVERIES.labels)
_leaving = lru_cache(figures.LEAVING.labels)


def harmless(tell: Callable[P, None]) -> Callable[P, None]:
    """Have a fault in telling reach the log, and nobody else."""

    @wraps(tell)
    def told(*arguments: P.args, **named: P.kwargs) -> None:
        try:
            tell(*arguments, **named)
        except Exception:
            log.exception("witness_broke", of=tell.__name__)

    return told


# ── messages in ──────────────────────────────────────────────────────────────────────


@harmless
def acknowledged(messages: Sequence[tuple["_Waiting", "Taken"]], began: float) -> None:
    """Tell of messages whose callers heard that they are stored.

    A caller who was let go before counts as one who was told so: the message comes
    again, and is known.
    """
    now = perf_counter()
    told = [
        (one, result)
        for one, result in messages
        if one.future.cancelled() or one.future.exception() is None
    ]
    outcomes: dict[tuple[str, bool, bool], int] = {}
    for one, result in told:
        outcome = (one.message.address.channel, result.known, result.stuck)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    for (channel, known, stuck), count in outcomes.items():
        word = "known" if known else "stuck" if stuck else "taken"
        figures.MESSAGES.labels(channel, word).inc(count)
    figures.TAKING.observe_all([now - one.began for one, _ in told])
    figures.BATCH_MESSAGES.observe(len(messages))
    figures.BATCH_SECONDS.observe(now - began)
    if tells_all():
        for one, result in told:
            ids = _ids_of(one.message.address, result)
            log.debug("message_known" if result.known else "message_taken", **ids)
    if traces.wanted():
        spans = [
            traces.past(
                "take",
                now - one.began,
                _ids_of(one.message.address, result),
                above=one.above,
            )
            for one, result in told
        ]
        links = [each for each in spans if each is not None]
        traces.past("batch", now - began, {"messages": len(messages)}, links=links)


def _ids_of(address: Address, result: "Taken") -> dict[str, str | int | None]:
    session = result.session
    return {
        "inbound": result.id,
        "talk": session.id if session else None,
        "contact": session.contact if session else None,
        "channel": address.channel,
    }


@harmless
def failed(waiting: Sequence["_Waiting"], error: VoxpopError) -> None:
    """Tell of messages whose callers heard that they are not stored."""
    now = perf_counter()
    outcome = "refused" if isinstance(error, Refused) else "unavailable"
    for one in waiting:
        channel = one.message.address.channel
        turned_away(channel, outcome)
        seconds = now - one.began
        facts = {"channel": channel}
        traces.past("take", seconds, facts, above=one.above, error=error)


@harmless
def turned_away(channel: str, outcome: str) -> None:
    """Tell of a message that was not taken in."""
    figures.MESSAGES.labels(channel, outcome).inc()
    if tells_all():
        log.debug("message_turned_away", channel=channel, outcome=outcome)


# ── talks ────────────────────────────────────────────────────────────────────────────


@harmless
def stored(batch: "Batch", saved: float) -> None:
    """Tell of what messages did, once it stands; `saved` is when its commit began."""
    figures.COMMIT_SECONDS.observe(perf_counter() - saved)
    _moved(batch)


@harmless
def began(batch: "Batch") -> None:
    """Tell of a flow that was begun for somebody, once it stands."""
    _moved(batch)


@harmless
def woken(batch: "Batch", sessions: Sequence[Session], seconds: float) -> None:
    """Tell of what time did, once it stands, and how late these talks were woken."""
    due = (next_wake(batch.shelf, session) for session in sessions)
    late = [(batch.now - each).total_seconds() for each in due if each is not None]
    figures.LATENESS.observe_all([max(each, 0.0) for each in late])
    _moved(batch)
    traces.past("tick", seconds, {"talks": len(sessions)})
    if tells_all():
        for session in sessions:
            log.debug("talk_woken", **_ids_in(session))


def _moved(batch: "Batch") -> None:
    """Tell of talks that began, went on or ended, and of what they have to say."""
    for (flow, what), count in batch.talks.items():
        if what == "begun":
            figures.BEGUN.labels(flow).inc(count)
        else:
            figures.ENDED.labels(flow, what).inc(count)
    if tells_all():
        for row in batch.changes.sessions.values():
            session = row.session
            ids = _ids_in(session)
            log.debug("talk_moved", flow=session.flow, status=session.status, **ids)
        for delivery in batch.changes.deliveries:
            log.debug("message_made", **_ids(delivery))


def _ids_in(session: Session) -> dict[str, str | int | None]:
    channel = session.address.channel
    return {"talk": session.id, "contact": session.contact, "channel": channel}


# ── messages out ─────────────────────────────────────────────────────────────────────


@contextmanager
def sending(delivery: Delivery) -> Iterator[Span]:
    """Have all that is told meanwhile, also by the channel, carry the message's ids."""
    ids = _ids(delivery)
    with about(**ids), traces.span("send", ids) as span:
        yield span


@harmless
def settled(delivery: Delivery, result: Sent, span: Span | None = None) -> None:
    """Tell of what became of a message of ours."""
    channel = delivery.address.channel
    _deliveries(channel, result.state).inc()
    if result.state in LEFT:
        waited = (result.at - delivery.due_at).total_seconds()
        _leaving(channel).observe(max(waited, 0.0))
    if span is not None and traces.wanted():
        span.set_attribute(f"{traces.NAME}.state", result.state)
        if result.state in WENT_WRONG:
            traces.fails(span, result.state)
    if tells_all():
        log.debug("message_settled", state=result.state, **_ids(delivery))


@harmless
def pushed(
    messages: Sequence[tuple[Delivery, State]], at: datetime, seconds: float
) -> None:
    """Tell of messages that left with their batch and were shown together."""
    counts: dict[tuple[str, State], int] = {}
    waited: dict[str, list[float]] = {}
    for delivery, state in messages:
        channel = delivery.address.channel
        counts[channel, state] = counts.get((channel, state), 0) + 1
        late = (at - delivery.due_at).total_seconds()
        waited.setdefault(channel, []).append(max(late, 0.0))
    for (channel, state), count in counts.items():
        _deliveries(channel, state).inc(count)
    for channel, late_ones in waited.items():
        for late in late_ones:
            _leaving(channel).observe(late)
    if traces.wanted() or tells_all():
        for delivery, state in messages:
            ids = _ids(delivery)
            traces.past("send", seconds, ids)
            log.debug("message_settled", state=state, **ids)


@harmless
def arrived(deliveries: Sequence[Delivery]) -> None:
    """Tell of messages of which we heard that they arrived."""
    for delivery in deliveries:
        _deliveries(delivery.address.channel, "delivered").inc()
        if tells_all():
            log.debug("message_settled", state="delivered", **_ids(delivery))


def _ids(delivery: Delivery) -> dict[str, str | int | None]:
    return {
        "delivery": delivery.id,
        "talk": delivery.session,
        "contact": delivery.contact,
        "channel": delivery.address.channel,
    }
