"""`voxpop flow history`: who published what when, and which talks are on it."""

import json as json_
import sys
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

from bot.cli.flow import Flag, Shelves, look, say
from bot.cli.here import command
from bot.cli.plain import clean
from bot.cli.table import aligned
from bot.errors import WrongUse
from bot.model.publication import Publication
from bot.service.revisions import Past, short
from bot.wiring import opened

LATEST: Final = 20
HEAD: Final = ("", "revision", "when", "by", "how", "open talks")


async def history(
    flow: str | None = None,
    /,
    *,
    limit: int = LATEST,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Show who published which revision when, newest first, rollbacks included.

    Example: voxpop flow history nps

    Times are the brand's. A star marks the current revision.

    Parameters
    ----------
    flow
        Only this flow, by its name or its file; without it, all of them.
    limit
        How many publications of each flow are shown.
    json
        Print JSON instead of tables.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if limit < 1:
        raise WrongUse(f"--limit {limit}: at least one has to be shown")
    async with opened(config, looking=True) as house:
        shelves = await look(house)
        pasts = list(shelves.pasts.values())
        if flow is not None:
            pasts = [shelves.past(shelves.name(flow))]
        zone = house.desk.zone
        if json:
            found = [_as_json(each, shelves, zone, limit) for each in pasts]
            shown = {"timezone": str(zone), "flows": found}
            sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
            return 0
        sys.stdout.write(
            "\n".join(_shown(each, shelves, zone, limit) for each in pasts)
        )
        if not pasts:
            say(f"Nothing is published yet: {command()} flow publish")
    return 0


def _state(past: Past, shelves: Shelves) -> str:
    """Return how the file of a flow stands to what is current: a word of the JSON's."""
    document = shelves.files.get(past.flow)
    if document is None:
        return "missing"
    if document.flow is None:
        return "broken"
    return "current" if document.hash == past.current else "different"


_SAID: Final = {
    "missing": "no file: it goes on running",
    "broken": "{path} has errors",
    "current": "{path} is the current revision",
    "different": "{path} is not what runs",
}


def _shown(past: Past, shelves: Shelves, zone: tzinfo, limit: int) -> str:
    """Return a flow's table."""
    document = shelves.files.get(past.flow)
    path = clean(document.path) if document else ""
    said = _SAID[_state(past, shelves)].format(path=path)
    lines = [f"{past.flow}  ({said})"]
    lines += aligned([HEAD, *_cells(past, shelves, zone, limit)])
    left = len(past.publications) - limit
    if left > 0:
        lines.append(f"  … and {left} before: --limit {len(past.publications)}")
    return "".join(f"{line}\n" for line in lines)


def _cells(
    past: Past, shelves: Shelves, zone: tzinfo, limit: int
) -> Iterator[tuple[str, ...]]:
    for each, newest in _newest(past.publications[:limit]):
        talks = shelves.talks(each.hash) if newest else 0
        yield (
            "*" if newest and each.hash == past.current else "",
            short(each.hash),
            f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}",
            clean(each.by) or "—",
            clean(each.how),
            f"{talks:,}" if talks else "",
        )


def _newest(
    publications: Sequence[Publication],
) -> Iterator[tuple[Publication, bool]]:
    """Yield publications, and whether each is the newest of its revision."""
    seen: set[str] = set()
    for each in publications:
        yield each, each.hash not in seen
        seen.add(each.hash)


def _as_json(past: Past, shelves: Shelves, zone: tzinfo, limit: int) -> dict[str, Any]:
    document = shelves.files.get(past.flow)
    return {
        "flow": past.flow,
        "current": past.current,
        "file": document.path if document else None,
        "state": _state(past, shelves),
        "publications": [
            {
                "revision": each.hash,
                "at": each.at.astimezone(zone).isoformat(),
                "by": each.by or None,
                "how": each.how,
                "replaced": each.replaced,
                "current": newest and each.hash == past.current,
                "talks": shelves.talks(each.hash),
            }
            for each, newest in _newest(past.publications[:limit])
        ],
    }
