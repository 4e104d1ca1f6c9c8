"""`voxpop outbox list`: what waits to go out, and what went wrong."""

import json as json_
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final, Literal

from bot.cli.flow import Flag
from bot.cli.stuck import line
from bot.cli.table import aligned
from bot.errors import WrongUse
from bot.model.backlog import Held, Tally
from bot.model.message import State
from bot.service.held import LONG, Look, look
from bot.wiring import opened
from storage.backlog import MOST

Listed = Literal[
    "due", "claimed", "sending", "unknown", "failed", "withheld", "superseded"
]
LATEST: Final = 20
HEAD: Final = ("id", "when", "channel", "to", "flow/step", "state", "reason")
SHOWN: Final[Sequence[State]] = (
    "due",
    "claimed",
    "sending",
    "unknown",
    "failed",
    "withheld",
)
"""The states that are counted."""
LONG_ADDRESS: Final = 8
SHORT_ADDRESS: Final = 4
"""Signs; of a longer address the last four are shown, of a shorter one none."""


async def list_(
    *,
    state: Listed | None = None,
    channel: str | None = None,
    limit: int = LATEST,
    full: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """List what waits to go out, and what failed or may not have arrived.

    Example: voxpop outbox list --state failed --channel web

    Without --state it counts, and lists what needs somebody: what is unknown, failed,
    withheld, or due for long. Times are the brand's, newest first. What was sent well
    is not listed.

    Parameters
    ----------
    state
        Only messages in this state.
    channel
        Only messages of this channel.
    limit
        How many are shown.
    full
        Show addresses in full, not only their last signs.
    json
        Print JSON instead of tables.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if limit < 1:
        raise WrongUse(f"--limit {limit}: at least one has to be shown")
    async with opened(config, looking=True) as house:
        found = await look(house.desk, state, channel, limit)
        zone = house.desk.zone
    if json:
        shown = _as_json(found, zone, full=full)
        sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
        return 0
    if state is None:
        sys.stdout.writelines(f"{each}\n" for each in _counts(found.counts))
        sys.stdout.write("\n" if found.counts and found.messages else "")
    rows = [_cells(each, zone, full=full) for each in found.messages]
    if rows:
        sys.stdout.writelines(f"{each}\n" for each in aligned([HEAD, *rows]))
    else:
        sys.stderr.write(_nothing(state))
    return 0


def _nothing(state: str | None) -> str:
    if state is not None:
        return f"No message is {state}.\n"
    minutes = int(LONG.total_seconds() // 60)
    return (
        "No message needs anybody: none failed, none is unknown, "
        f"none has been due for {minutes} minutes.\n"
    )


def _counts(counts: Sequence[Tally]) -> Iterator[str]:
    """Yield how many messages each channel has in each state, if any has."""
    if not counts:
        return
    of = Counter({(each.channel, each.state): each.messages for each in counts})
    states = [s for s in SHOWN if any(each.state == s for each in counts)]
    channels = list(dict.fromkeys(each.channel for each in counts))
    rows = [
        (line(channel), *(_many(of[channel, state]) for state in states))
        for channel in channels
    ]
    yield from aligned([("channel", *states), *rows])


def _many(count: int) -> str:
    """Return a count as a cell; beyond so many nobody counts.

    >>> _many(0), _many(1200), _many(MOST)
    ('', '1,200', '10,000+')
    """
    return f"{count:,}{'+' if count >= MOST else ''}" if count else ""


def _cells(held: Held, zone: tzinfo, *, full: bool) -> tuple[str, ...]:
    handle = held.address.handle
    return (
        str(held.id),
        f"{_when(held).astimezone(zone):%Y-%m-%d %H:%M}",
        line(held.address.channel),
        line(handle if full else masked(handle)),
        "/".join(each for each in (held.flow, held.step) if each) or "—",
        held.state,
        line(held.reason or ""),
    )


def _when(held: Held) -> datetime:
    """Return when a message came to rest, or is to leave."""
    return held.due_at if held.state == "due" else held.settled_at or held.due_at


def masked(handle: str) -> str:
    """Return the last signs of an address, so that who knows it knows it again.

    >>> masked("+34600111222"), masked("471123"), masked("7")
    ('…1222', '…23', '…')
    """
    shown = 4 if len(handle) > LONG_ADDRESS else 2 if len(handle) > SHORT_ADDRESS else 0
    return "…" + handle[len(handle) - shown :]


def _as_json(found: Look, zone: tzinfo, *, full: bool) -> dict[str, Any]:
    counts = [
        {**each._asdict(), "more": each.messages >= MOST} for each in found.counts
    ]
    messages = [_message(each, zone, full=full) for each in found.messages]
    return {"timezone": str(zone), "counts": counts, "messages": messages}


def _message(held: Held, zone: tzinfo, *, full: bool) -> dict[str, Any]:
    """Return a message as a program reads it; ids are texts, for they are long."""
    handle = held.address.handle
    return {
        "id": str(held.id),
        "at": _when(held).astimezone(zone).isoformat(),
        "channel": held.address.channel,
        "address": handle if full else masked(handle),
        "contact": str(held.contact),
        "flow": held.flow or None,
        "step": held.step,
        "state": held.state,
        "reason": held.reason,
        "attempts": held.attempts,
    }
