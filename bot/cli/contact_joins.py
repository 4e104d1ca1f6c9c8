"""`voxpop contact joins`: who is one person, and what says so."""

import json as json_
import sys
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from bot.cli.contact import named
from bot.cli.flow import Flag
from bot.cli.plain import clean
from bot.cli.table import aligned
from bot.model.contact import Address
from bot.service.joining import Kinship, kinship
from bot.wiring import opened

HEAD: Final = ("join", "when", "one", "other", "proof", "by", "undone")


async def joins(
    contact: str, /, *, json: Flag = False, config: Path | None = None
) -> int:
    """Show all addresses of a person, and every join that named them, oldest first.

    Example: voxpop contact joins crm:4711

    Times are the brand's.

    Parameters
    ----------
    contact
        An address of theirs, such as crm:4711.
    json
        Print JSON instead of a table.
    config
        The settings to read instead of config.yaml in this folder.

    """
    address = named(contact)
    async with opened(config, looking=True) as house:
        found = await kinship(house.desk, address)
        zone = house.desk.zone
    if json:
        shown = json_.dumps(_as_json(found, zone), ensure_ascii=False)
        sys.stdout.write(f"{shown}\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(found, address, zone)))
    return 0


def _lines(found: Kinship, address: Address, zone: tzinfo) -> Iterator[str]:
    others = [clean(str(each)) for each in found.addresses if each != address]
    also = f"also {', '.join(others)}" if others else "known by no other address"
    yield f"{clean(str(address))}: {also}"
    if found.joins:
        yield from aligned([HEAD, *_rows(found, zone)])


def _rows(found: Kinship, zone: tzinfo) -> Iterator[tuple[str, ...]]:
    for each in found.joins:
        yield (
            str(each.id),
            _when(each.at, zone),
            _home(found, each.a),
            _home(found, each.b),
            each.proof,
            clean(each.by),
            _when(each.undone_at, zone) if each.undone_at else "",
        )


def _when(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _home(found: Kinship, contact: int) -> str:
    """Return the address that a contact was first known by."""
    own = found.homes.get(contact, ())
    return clean(str(own[0])) if own else ""


def _as_json(found: Kinship, zone: tzinfo) -> dict[str, Any]:
    return {
        "addresses": [str(each) for each in found.addresses],
        "joins": [
            {
                "join": str(each.id),
                "at": each.at.astimezone(zone).isoformat(),
                "one": [str(a) for a in found.homes.get(each.a, ())],
                "other": [str(a) for a in found.homes.get(each.b, ())],
                "proof": each.proof,
                "by": each.by,
                "undone_at": each.undone_at.astimezone(zone).isoformat()
                if each.undone_at
                else None,
            }
            for each in found.joins
        ],
    }
