"""`voxpop flow rollback`: have new talks begin on an earlier revision again."""

import json as json_
import sys
from pathlib import Path

from bot.cli.flow import Flag, Shelves, author, look, say, staying
from bot.cli.here import command
from bot.cli.plain import clean
from bot.errors import StoreUnavailable
from bot.model.changes import Revision
from bot.service.revisions import short
from bot.wiring import House, opened
from flows.language.document import load_flow


async def rollback(
    flow: str,
    revision: str | None = None,
    /,
    *,
    by: str | None = None,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Make an earlier revision of a flow the current one again.

    Example: voxpop flow rollback nps

    Talks that have begun end on the revision they began with. The file stays as it is,
    and is not published by itself again until it changes.

    Parameters
    ----------
    flow
        The name of the flow, or its file in the folder.
    revision
        The first signs of the revision's hash, four or more, or ~2 for the second
        before the current one; without it, the one before.
    by
        Who rolls back, for the history; without it, your login name.
    json
        Print JSON instead of a line.
    config
        The settings to read instead of config.yaml in this folder.

    """
    who = author(by)
    async with opened(config, looking=True) as house:
        shelves = await look(house)
        flow = shelves.name(flow)
        past = shelves.past(flow)
        wanted = past.find(revision) if revision else past.before()
        if wanted != past.current:
            again = await _readable(house, wanted)
            now = house.desk.clock()
            await house.library.bring_back(again, now=now, by=who)
        if json:
            _print_json(shelves, flow, wanted)
        else:
            _print(shelves, flow, wanted)
    return 0


async def _readable(house: House, wanted: str) -> Revision:
    """Return a revision; raise StoreUnavailable where it cannot run any more."""
    async with house.store.reading() as work:
        found = (await work.revisions([wanted])).get(wanted)
    if found is None or load_flow("flow.yaml", found.source).flow is None:
        raise StoreUnavailable(
            f"{short(wanted)} cannot be read by this Voxpop; choose another revision."
        )
    return found


def _print(shelves: Shelves, flow: str, wanted: str) -> None:
    past = shelves.past(flow)
    if wanted == past.current:
        say(f"Nothing to do: {short(wanted)} is the current revision of {flow}.")
        return
    old = short(past.current or "")
    stay = staying(shelves.talks(past.current), old)
    sys.stdout.write(f"{flow}: {old} → {short(wanted)}{stay}\n")
    sys.stdout.flush()
    document = shelves.files.get(flow)
    if document and document.hash == past.current:
        say(
            f"{clean(document.path)} still holds {old}: it is not published by itself "
            f"until it changes; to have it back: {command()} flow publish {flow}"
        )


def _print_json(shelves: Shelves, flow: str, wanted: str) -> None:
    past = shelves.past(flow)
    changed = wanted != past.current
    found = {
        "flow": flow,
        "revision": wanted,
        "replaced": past.current if changed else None,
        "talks": shelves.talks(past.current) if changed else 0,
    }
    sys.stdout.write(json_.dumps(found, ensure_ascii=False) + "\n")
