"""`voxpop link`: a one-time link and QR that joins a chat to a contact."""

import json as json_
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import segno

from bot.cli.absent import no_flow
from bot.cli.contact import named
from bot.cli.flow import Flag
from bot.cli.here import command
from bot.config import Settings
from bot.errors import WrongUse
from bot.service import linking
from bot.service.linking import TELEGRAM
from bot.wiring import House, opened
from web.binding import FIRST

PIXELS: Final = 8
"""How wide one square of a picture is."""


async def link(
    contact: str,
    /,
    *,
    flow: str | None = None,
    png: Path | None = None,
    qr: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Make a one-time link and QR: whoever comes by it is this contact from then on.

    Example: voxpop link crm:4711 --flow nps

    It is good for seven days, once. What waits for an address of theirs goes on then.

    Parameters
    ----------
    contact
        An address of theirs, such as crm:4711; a customer who is new is met by it.
    flow
        The flow that begins with it; without one, what start begins.
    png
        A file to write the QR code to.
    qr
        Print the QR code also where the output is no terminal.
    json
        Print JSON instead.
    config
        The settings to read instead of config.yaml in this folder.

    """
    address = named(contact)
    async with opened(config, looking=True) as house:
        known = house.library.shelf.current
        if flow is not None and flow not in known:
            raise no_flow(flow, known)
        places = await _places(house)
        made = await linking.make(house.desk, address, flow)
        until = made.link.expires_at.astimezone(house.desk.zone)
    links = {name: f"{place}{made.code}" for name, place in places.items()}
    code = segno.make(next(iter(links.values())), micro=False)
    if png is not None:
        code.save(str(png), kind="png", scale=PIXELS)
    if json:
        shown = {
            "contact": str(address),
            "flow": flow,
            "expires_at": until.isoformat(),
            "links": links,
        }
        sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
        return 0
    for name, place in links.items():
        sys.stdout.write(f"{name.capitalize()}: {place}\n")
    sys.stdout.write(f"Good once, until {until:%Y-%m-%d %H:%M} ({until.tzinfo}).\n")
    if qr or sys.stdout.isatty():
        code.terminal(out=sys.stdout, compact=True)
    return 0


async def _places(house: House) -> Mapping[str, str]:
    """Return what stands before a code, by channel.

    Raises WrongUse where no channel takes links.
    """
    channels = house.settings.channels
    found: dict[str, str] = {}
    if channels.telegram.enabled:
        async with house.store.reading() as work:
            name = await work.kept(TELEGRAM)
        if name is None:
            raise WrongUse(
                "how the bot is called on Telegram is not known yet: "
                f"start {command()} run once, and it is noted"
            )
        found["telegram"] = f"https://t.me/{name}?start="
    if channels.web.enabled:
        found["web"] = f"{_origin(house.settings)}/chat?join="
    if not found:
        raise WrongUse("no channel takes links: enable channels.web or telegram")
    return found


def _origin(settings: Settings) -> str:
    """Return where the chat page is: for the world, else on this machine."""
    web = settings.web
    return (web.public_url or f"http://127.0.0.1:{web.port or FIRST}").rstrip("/")
