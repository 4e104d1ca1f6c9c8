"""Telegram as a part of the server: what it runs, and what it is built from."""

import asyncio
import secrets
from collections.abc import Awaitable
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.routing import BaseRoute, Route

from bot.config import Settings
from bot.config.settings import Telegram as Configured
from bot.errors import InvalidSettings, StoreUnavailable
from bot.service.menu import commands_of
from bot.service.silences import Silences
from bot.wiring import House
from channels.telegram.account import Account
from channels.telegram.channel import Telegram
from channels.telegram.failures import failure
from channels.telegram.polling import Poller
from channels.telegram.ports import Commands
from channels.telegram.receiver import Receiver
from channels.telegram.settling import Called, commands, register, settle
from channels.telegram.webhook import PATH, Webhook

log = structlog.get_logger()

LEASE: Final = "receive telegram"
"""What one process alone does: ask for messages, and tell Telegram how to call us."""
NAME: Final = "telegram username"
"""Under which name the store keeps how the bot is called there."""
SECRET: Final = "telegram webhook secret"  # noqa: S105 - where it is kept
PRESSES_KEPT: Final = timedelta(seconds=150)
"""How long Telegram keeps a press that it cannot bring us; messages a day."""
LOOK_SECONDS: Final = 2.0
AGAIN_SECONDS: Final = 15.0
MEETING_SECONDS: Final = 4.0
"""How long the start waits for Telegram to say who we are."""
THEIRS: Final = "api.telegram.org"
UNNAMED: Final = (
    "channels.telegram is enabled and has no token: set "
    "VOXPOP_CHANNELS__TELEGRAM__TOKEN to what @BotFather gave you"
)
NO_URL: Final = (
    "channels.telegram.mode: webhook needs web.public_url, an address with https:// "
    "at which Telegram reaches us; or leave it at polling"
)


class OnTelegram:
    """Our bot at Telegram: its channel, its routes, and what it does on and on."""

    def __init__(self, settings: Settings) -> None:
        own = settings.channels.telegram
        self._own = own
        self._url = _public(settings) if own.mode == "webhook" else None
        self.account = Account(_token(own), own.base_url)
        self.channel = Telegram(self.account)
        self.username: str | None = None
        self._menu: Commands = {}

    def join(self, house: House) -> None:
        """Belong to a house that is open."""
        desk = house.desk
        self._house = house
        allowed = (*self._own.allowed, *filter(None, [self._own.flow]))
        self._receiver = Receiver(house.inbox, self.channel, desk.clock, allowed)
        self._silences = Silences(desk, self.channel.name, PRESSES_KEPT)
        self._poller = Poller(
            self.account, self._receiver, self._silences.heard, self._ours
        )

    def _ours(self) -> bool:
        return self._house.leases.holds(LEASE)

    async def routes(self) -> list[BaseRoute]:
        """Return where Telegram calls us, nothing where we ask it ourselves."""
        if self._url is None:
            return []
        return [Route(PATH, Webhook(self._receiver, await self._secret()))]

    def loops(self) -> list[Awaitable[None]]:
        """Return what runs until cancelled."""
        return [self._stay_settled(), self._receive()]

    async def close(self) -> None:
        """Finish what is under way beside messages, and close all connections."""
        await self.channel.settled()
        await self.account.close()

    async def meet(self) -> str:
        """Settle with Telegram if that is quick; return a sentence of how it is."""
        try:
            async with asyncio.timeout(MEETING_SECONDS):
                await self._settle()
        except TimeoutError:
            return "not reached yet; trying on"
        except Exception as error:  # noqa: BLE001 - the library lets all through
            found = failure(error)
            words = str(found) if found else "It is not reached yet."
            return f"{words} Trying on; voxpop doctor tells more."
        how = "by webhook" if self._url else "by polling"
        return f"https://t.me/{self.username} ({how})"

    # ── on and on ────────────────────────────────────────────────────────────────

    async def _receive(self) -> None:
        """Ask for messages, or note that we can be called."""
        if self._url is None:
            await self._poller.run()
        while True:
            if self._ours():
                try:
                    await self._silences.heard()
                except StoreUnavailable as error:
                    log.warning("telegram_waits", why=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _stay_settled(self) -> None:
        """Tell Telegram what it has to know, whenever it is ours to and it changed."""
        settled = self.username is not None
        while True:
            settled = settled and self._ours()
            try:
                if not settled and self._ours():
                    await self._settle()
                    settled = True
                if settled:
                    await self._register()
            except StoreUnavailable as error:
                log.warning("telegram_waits", why=str(error))
            except Exception as error:  # noqa: BLE001 - the library lets all through
                found = failure(error)
                code = found.code if found else type(error).__name__
                log.warning("telegram_not_settled", code=code)
                await asyncio.sleep(AGAIN_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def _settle(self) -> None:
        called = None
        if self._url is not None:
            called = Called(self._url + PATH, await self._secret())
        username = await settle(self.account, called)
        async with self._house.store.transaction() as work:
            await work.note(NAME, username)
        self.username = username
        await self._register()

    async def _register(self) -> None:
        """Have the menu list the commands of the flows that are current."""
        shelf = self._house.library.shelf
        languages = self._house.settings.brand.languages
        menu = commands(commands_of(shelf), languages)
        if menu != self._menu:
            await register(self.account.bot, menu)
            self._menu = menu

    async def _secret(self) -> str:
        """Return what Telegram proves itself with; made once, and kept."""
        if self._own.secret is not None:
            return self._own.secret.get_secret_value()
        async with self._house.store.transaction() as work:
            kept = await work.kept(SECRET)
            return kept or await work.keep(SECRET, secrets.token_urlsafe(32))


def on_telegram(settings: Settings) -> OnTelegram | None:
    """Return our bot at Telegram where it is enabled.

    Raises InvalidSettings where something is missing to it.
    """
    return OnTelegram(settings) if settings.channels.telegram.enabled else None


def _token(own: Configured) -> str:
    if own.token is None:
        raise InvalidSettings([UNNAMED])
    return own.token.get_secret_value()


def _public(settings: Settings) -> str:
    """Return where the world reaches us; Telegram itself calls https:// alone.

    A Bot API server of one's own calls any address.
    """
    url = settings.web.public_url or ""
    theirs = urlsplit(settings.channels.telegram.base_url).hostname == THEIRS
    if not url or (theirs and not url.startswith("https://")):
        raise InvalidSettings([NO_URL])
    return url.rstrip("/")
