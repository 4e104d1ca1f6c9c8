"""What the commands on stuck messages share: which are meant, and how they are told."""

import json
import sys
from collections.abc import Sequence
from datetime import tzinfo
from typing import Annotated, Any

from cyclopts import Parameter

from bot.cli.plain import clean
from bot.errors import WrongUse
from bot.model.changes import InboundRow
from bot.service.stuck import Came, Stuck
from bot.wiring import House, as_served, decoders

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
"""An option without a value, off unless it is there."""


def stuck_of(house: House) -> Stuck:
    """Return the messages of a house that are stuck."""
    return Stuck(as_served(house), decoders(house.settings))


async def meant(stuck: Stuck, ids: Sequence[int], *, every: bool) -> list[int]:
    """Return the ids that are meant, each once, all of them oldest first.

    Raises WrongUse where none or both are said.
    """
    if bool(ids) == every:
        raise WrongUse("say which messages are meant by their ids, or --all")
    return await stuck.ids() if every else list(dict.fromkeys(ids))


def line(text: str) -> str:
    """Return words from outside as a part of one line."""
    return " ".join(clean(text).split())


def as_json(row: InboundRow, zone: tzinfo) -> dict[str, Any]:
    """Return a message as a program reads it; ids are texts, for they are long."""
    return {
        "id": str(row.id),
        "channel": row.channel,
        "contact": str(row.contact) if row.contact else None,
        "at": row.received_at.astimezone(zone).isoformat(),
        "state": row.state,
        "reason": row.error,
    }


def tell(came: Sequence[Came], absent: Sequence[int], *, json_: bool) -> int:
    """Print what became of messages; return 0 where none is left, else 1."""
    if json_:
        told = [{"id": str(c.id), "state": c.state, "reason": c.reason} for c in came]
        told += [{"id": str(i), "state": "absent", "reason": None} for i in absent]
        sys.stdout.write(json.dumps({"messages": told}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{_said(each)}\n" for each in came)
        sys.stderr.writelines(
            f"{id_}: no message is stuck by this id\n" for id_ in absent
        )
    return 1 if absent or any(each.state == "stuck" for each in came) else 0


def _said(came: Came) -> str:
    state = "still stuck" if came.state == "stuck" else came.state
    return f"{came.id}: {state}" + (f": {line(came.reason)}" if came.reason else "")
