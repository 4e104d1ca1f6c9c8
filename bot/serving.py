"""The parts of the server put together, and run until they are told to stop."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot import figures, traces
from bot.config import Settings, bucket_keys
from bot.errors import StoreUnavailable
from bot.model.contact import Address
from bot.on_telegram import LEASE as RECEIVING, OnTelegram, on_telegram
from bot.service import backlog
from bot.service.bell import Ring
from bot.service.expiry import Expiry
from bot.service.leases import sending
from bot.service.media import LEASE as FETCHING, Fetching
from bot.service.ports import Channel, Gives
from bot.service.retention import LEASE as FORGETTING
from bot.service.visits import Visits
from bot.wiring import House, opened
from channels.web.chat import Chat, Page
from channels.web.hub import Hub
from channels.web.limits import Limits
from channels.web.routes import PATH, headers, routes
from channels.web.uploads import Uploads
from channels.web.visitors import Visitors
from storage import alone
from storage.files import open_files
from web import health, metrics
from web.groups import Group, Hosts, application

FRONT: Final = (
    Route("/", lambda _: RedirectResponse(PATH)),
    Route("/favicon.ico", lambda _: Response(status_code=204)),
)
"""What browsers ask for besides: the page itself, and an icon that we have not."""
READY_SECONDS: Final = 1.0
TELEGRAM: Final = "/telegram"
HEARTBEAT: Final = "ready"
"""Where it is noted that something could be stored."""
SIGNING_KEY: Final = "visitors' signing key"


class Served:
    """A house that is open to the world."""

    def __init__(
        self,
        house: House,
        hub: Hub,
        visits: Visits,
        uploads: Uploads,
        telegram: OnTelegram | None = None,
        keepers: Sequence[Fetching | Expiry] = (),
    ) -> None:
        self.house = house
        self.telegram = telegram
        self._uploads = uploads
        self._keepers = keepers
        self.visits = visits
        self._names = [hub.name, *([telegram.channel.name] if telegram else ())]
        self.stopping = asyncio.Event()
        self._hub = hub
        self._rings: asyncio.Queue[Ring] = asyncio.Queue()
        self._board = figures.Board(
            {
                figures.WAITING_MESSAGES: lambda: house.inbox.waiting[0],
                figures.WAITING_BYTES: lambda: house.inbox.waiting[1],
                figures.SOCKETS: lambda: hub.open,
            }
        )

    async def app(self, limits: Limits) -> ASGIApp:
        """Return all that the server serves."""
        settings = self.house.settings
        groups = [
            Group("/health", health.routes(self._hindrance)),
            Group(metrics.PATH, self._metrics()),
        ]
        if settings.channels.web.enabled:
            page = page_of(settings)
            chat = await self._chat(page, limits)
            groups.append(Group(PATH, routes(chat), headers(page)))
            groups.append(Group("/", FRONT))
        if self.telegram is not None:
            groups.append(Group(TELEGRAM, await self.telegram.routes()))
        return application(groups, Hosts(_names(settings)))

    async def _chat(self, page: Page, limits: Limits) -> Chat:
        settings, desk = self.house.settings, self.house.desk
        given = settings.web.secret
        key = given.get_secret_value() if given else await self._signing_key()
        return Chat(
            self.visits,
            page,
            Visitors(key, desk.new_id),
            self._uploads,
            self._hub,
            limits=limits,
            seconds=time.monotonic,
            clock=desk.clock,
            new_id=desk.new_id,
        )

    async def _signing_key(self) -> str:
        """Return the key that visitors' ids are signed with; made once, and kept."""
        async with self.house.store.transaction() as work:
            kept = await work.kept(SIGNING_KEY)
            return kept or await work.keep(SIGNING_KEY, secrets.token_urlsafe(32))

    async def _hindrance(self) -> str | None:
        """Return what hinders us from taking messages in, None where nothing does."""
        if self.stopping.is_set():
            return "shutting down"
        try:
            async with (
                asyncio.timeout(READY_SECONDS),
                self.house.store.transaction() as work,
            ):
                await work.note(HEARTBEAT, self.house.desk.clock().isoformat())
        except StoreUnavailable as error:
            return str(error)
        except TimeoutError:
            return "the store does not answer in time"
        return None

    def _metrics(self) -> list[BaseRoute]:
        figures.expect(self._names, self.house.library.shelf.current)
        secret = self.house.settings.web.metrics
        return metrics.routes(
            self._figures, secret.get_secret_value() if secret else None
        )

    async def _figures(self) -> bytes:
        """Return all figures as Prometheus takes them."""
        waiting = await backlog.told(self.house.desk, self._names)
        self._board.look()
        return await asyncio.to_thread(figures.text, waiting)

    async def run(
        self, server: Callable[[], Awaitable[None]], *others: Awaitable[None]
    ) -> None:
        """Serve, send and keep time until `stopping` is set or the server ends.

        What is on its way out by then is sent to its end; the rest waits in the store.
        """
        house = self.house
        turns = [FORGETTING, FETCHING, *map(sending, house.outbox.in_turns())]
        turns += [RECEIVING] if self.telegram else []
        own = (
            house.timers.run(),
            house.retention.run(),
            house.leases.run(turns),
            house.library.follow(),
            self.visits.run(),
            house.bell.listen(self._rings.put_nowait),
            self._answer_rings(),
            self._board.run(),
            *(each.run() for each in self._keepers),
            *(self.telegram.loops() if self.telegram else ()),
        )
        async with asyncio.TaskGroup() as tasks:
            loops = [tasks.create_task(_forever(each)) for each in (*own, *others)]
            sender = tasks.create_task(house.outbox.run(self.stopping))
            try:
                await server()
            finally:
                self.stopping.set()
                house.desk.stored.set()
                for loop in loops:
                    loop.cancel()
            await sender

    async def _answer_rings(self) -> None:
        """Do what other workers ring for, until cancelled."""
        while True:
            ring = await self._rings.get()
            if not ring.handles:
                self.house.outbox.wake()
            for handle in filter(self._hub.present, ring.handles):
                with suppress(StoreUnavailable):
                    await self.house.outbox.catch_up(Address(self._hub.name, handle))


async def _forever(task: Awaitable[None]) -> None:
    await task


@asynccontextmanager
async def served(
    config: Path | None,
    settings: Settings,
    limits: Limits,
    channels: Sequence[Channel] = (),
) -> AsyncIterator[Served]:
    """Open the house with the web and further channels, and close it after use.

    Raises StoreUnavailable, also where another server has this database already.
    """
    hub = Hub(limits)
    files = open_files(settings.media, bucket_keys(config))
    uploads = Uploads(files)
    telegram = on_telegram(settings)
    lines = [hub, *([telegram.channel] if telegram else ()), *channels]
    async with (
        alone(settings.database_url()),
        opened(config, channels=lines, settings=settings, worker=True) as house,
        _joined(telegram, house),
        traces.sent(),
    ):
        visits = Visits(
            house.desk,
            house.inbox,
            house.outbox,
            present=hub.present,
            forgotten=uploads.forget,
        )
        holds, gives = house.leases.holds, _giving(lines)
        span = settings.retention.media
        keepers = (
            Fetching(house.desk, gives, files, partial(holds, FETCHING)),
            Expiry(house.desk, files, uploads, span, partial(holds, FORGETTING)),
        )
        yield Served(house, hub, visits, uploads, telegram, keepers)


def _giving(channels: Sequence[Channel]) -> dict[str, Gives]:
    """Return the channels that files are fetched from, by name."""
    return {each.name: each for each in channels if isinstance(each, Gives)}


@asynccontextmanager
async def _joined(telegram: OnTelegram | None, house: House) -> AsyncIterator[None]:
    """Have a bot belong to the house, and close it after use."""
    if telegram is None:
        yield
        return
    telegram.join(house)
    try:
        yield
    finally:
        await telegram.close()


def page_of(settings: Settings) -> Page:
    """Return how the operator wants the chat page."""
    web = settings.channels.web
    secret = web.secret
    return Page(
        brand=settings.brand.name,
        color=settings.brand.color,
        logo=settings.brand.logo,
        flow=web.flow,
        allowed=web.allowed,
        sites=web.sites,
        secret=secret.get_secret_value() if secret else None,
        attributes=dict(settings.attributes),
        origin=settings.web.public_url,
    )


def _names(settings: Settings) -> list[str]:
    """Return the names this server goes by."""
    public = settings.web.public_url
    named = urlsplit(public).hostname if public else None
    return [name for name in (named, settings.web.host) if name]
