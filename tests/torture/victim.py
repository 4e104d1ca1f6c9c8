"""A server as `voxpop run` starts it, with the fake platform as one more channel.

Run: python -m tests.torture.victim CONFIG PORT PORT_OF_THE_PLATFORM
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import uvloop
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.cli.publishing import publish
from bot.config import load_settings
from bot.errors import StoreUnavailable
from bot.service import leases, outbox
from bot.serving import served
from bot.wiring import settle_memory
from channels.web.limits import Limits, Rate
from tests.fakes import webhook
from tests.fakes.channel import PushChannel
from web.binding import bind
from web.server import Server

UP: Final = "up"
PATIENCE: Final = 1.0
"""Seconds that the victim waits for the platform; a late answer comes later."""
ENDLESS: Final = Rate(10**9, 10**9)
LIMITS: Final = Limits(
    messages_of_address=ENDLESS, calls_of_address=ENDLESS, visitors_of_address=ENDLESS
)


class Doors:
    """The victim's own routes, and the platform's beside them."""

    def __init__(self, own: Route, app: ASGIApp) -> None:
        self._own = Router([own])
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        ours = scope["path"] == webhook.PATH
        await (self._own if ours else self._app)(scope, receive, send)


async def serve(config: Path, port: int, platform: int) -> None:
    """Serve until killed."""
    settings = load_settings(config, environ={})
    channel = PushChannel(platform, patience=PATIENCE)
    with bind("127.0.0.1", port) as listening:
        async with served(config, settings, LIMITS, [channel]) as found:
            house = found.house
            await publish(house, "torture")
            own = webhook.route(house.inbox, house.desk.clock)
            app = Doors(own, await found.app(LIMITS))
            server = Server(app, listening, settings.web.proxies)
            settle_memory()
            sys.stdout.write(f"{UP}\n")
            sys.stdout.flush()
            await found.run(server.run)


def main() -> None:
    """Serve what the arguments name; a store that is away at the start ends it.

    Leases are short, so that there is much to see of what follows a kill.
    """
    config, port, platform = sys.argv[1:]
    vars(outbox)["LEASE"] = timedelta(seconds=3)
    vars(leases).update(LEASE=timedelta(seconds=1.5), RENEW=0.4)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(serve(Path(config), int(port), int(platform)))
        except StoreUnavailable as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
