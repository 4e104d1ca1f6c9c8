"""Whether Telegram lets our bot in, and brings it what people write.

No word of an error of the library's is told: the token may stand in it.
"""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from telegram import Bot, User, WebhookInfo
from telegram.error import (
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.clock import Clock
from bot.model.finding import Finding, Level
from channels.telegram.polling import ALLOWED as NEEDED
from channels.telegram.webhook import PATH as WEBHOOK

AREA: Final = "telegram"
PORTS: Final = (443, 80, 88, 8443)
"""Those that Telegram calls; the Bot API's own list."""
MANY: Final = 100
"""Messages that wait at Telegram; more is not a moment's backlog."""
FEW: Final = 4
"""Connections; with fewer a busy hour waits in line."""
RECENT: Final = timedelta(days=1)
AGAIN: Final = "restart voxpop run, which sets it"


class TelegramDoctor:
    """Asks Telegram of a bot of ours; `public_url` is where the world reaches us."""

    def __init__(
        self,
        bot: Bot,
        mode: Literal["polling", "webhook"],
        public_url: str | None,
        clock: Clock,
    ) -> None:
        self._bot = bot
        self._mode = mode
        self._public_url = public_url
        self._clock = clock

    async def findings(self) -> list[Finding]:
        """Return what Telegram says of the bot, and what is wrong with it."""
        found = list(_reachable(self._public_url)) if self._mode == "webhook" else []
        try:
            me = await self._bot.get_me()
            info, commands = await asyncio.gather(
                self._bot.get_webhook_info(), self._bot.get_my_commands()
            )
        except TelegramError as error:
            return [*found, _failure(error)]
        found += _bot(me, len(commands))
        found += self._webhook(info) if self._mode == "webhook" else _polling(info)
        return [*found, *_waiting(info)]

    def _webhook(self, info: WebhookInfo) -> Iterator[Finding]:
        """Yield what is wrong with how Telegram calls us."""
        wanted = f"{self._public_url}{WEBHOOK}"
        if not info.url:
            yield _finding("warning", "no webhook is set yet", AGAIN)
            return
        if self._public_url and info.url != wanted:
            told = f"the webhook leads elsewhere, to {_host(info.url)}"
            yield _finding("problem", told, AGAIN)
        lacking = [each for each in NEEDED if each not in _allowed(info)]
        if lacking:
            told = f"the webhook does not bring {', '.join(lacking)}"
            yield _finding("problem", told, AGAIN)
        if info.max_connections and info.max_connections < FEW:
            told = f"the webhook has no more than {info.max_connections} connections"
            yield _finding("warning", told, AGAIN)
        yield from _last_error(info, self._clock())


def _bot(me: User, commands: int) -> Iterator[Finding]:
    groups = "may" if me.can_join_groups else "may not"
    told = f"@{me.username or me.first_name}: the token is accepted"
    menu = "no command" if not commands else "1 command"
    menu = menu if commands < 2 else f"{commands} commands"  # noqa: PLR2004 - plural
    yield _finding("ok", f"{told}; it {groups} join groups; {menu} in its menu")
    if me.can_read_all_group_messages:
        told = "privacy mode is off: the bot is sent all that is said in its groups"
        yield _finding("warning", told, "ask @BotFather: /setprivacy, Enable")


def _polling(info: WebhookInfo) -> Iterator[Finding]:
    if info.url:
        told = f"a webhook is set, to {_host(info.url)}, so polling brings nothing"
        mend = "voxpop run takes it down; if it comes back, others use this token"
        yield _finding("warning", told, mend)


def _waiting(info: WebhookInfo) -> Iterator[Finding]:
    if info.pending_update_count > MANY:
        told = f"{info.pending_update_count:,} messages wait at Telegram"
        yield _finding("warning", told, "see that voxpop run is up and keeps pace")


def _last_error(info: WebhookInfo, now: datetime) -> Iterator[Finding]:
    """Yield why Telegram could not call us lately; what waits makes it a problem."""
    if info.last_error_date is None or now - info.last_error_date > RECENT:
        return
    level: Level = "problem" if info.pending_update_count else "warning"
    at = f"{info.last_error_date:%Y-%m-%d %H:%M} UTC"
    told = f"Telegram could not call us at {at}: {info.last_error_message}"
    yield _finding(level, told, "see that the proxy passes it on, and its certificate")


def _reachable(public_url: str | None) -> Iterator[Finding]:
    """Yield why Telegram can never call us at such an address."""
    if public_url is None:
        return  # told of the address itself
    place = urlsplit(public_url)
    if place.scheme != "https":
        yield _finding("problem", "Telegram calls https only", "mend web.public_url")
    elif (place.port or PORTS[0]) not in PORTS:
        ports = ", ".join(map(str, PORTS))
        told = f"Telegram does not call port {place.port}, only {ports}"
        yield _finding("problem", told, "mend web.public_url")


def _allowed(info: WebhookInfo) -> tuple[str, ...]:
    """Return what Telegram tells of; nothing named is all that we need."""
    return tuple(info.allowed_updates or NEEDED)


def _host(url: str) -> str:
    """Return the host of an address; the rest may be somebody's secret."""
    return urlsplit(url).hostname or "an address that cannot be read"


# ── what went wrong while asking ─────────────────────────────────────────────────────


def _failure(error: TelegramError) -> Finding:
    """Return in our own words why Telegram did not answer."""
    if isinstance(error, InvalidToken | Forbidden):
        told = "Telegram does not accept the token"
        mend = "copy it anew from @BotFather, and see channels.telegram.base_url"
        return _finding("problem", told, mend)
    if isinstance(error, RetryAfter):
        told = "Telegram wants us to slow down"
        return _finding("warning", told, "ask again in a minute")
    if isinstance(error, TimedOut):
        told = "Telegram did not answer in time"
        return _finding("problem", told, NETWORK)
    if _came_from(error, ssl.SSLCertVerificationError):
        told = "the certificate of channels.telegram.base_url is not trusted"
        mend = "see what stands between, such as a proxy, and this machine's clock"
        return _finding("problem", told, mend)
    if isinstance(error, NetworkError) and _came_from(error, OSError):
        told = "Telegram cannot be reached: there is no connection"
        return _finding("problem", told, NETWORK)
    told = f"Telegram did not answer as it should: {type(error).__name__}"
    return _finding("problem", told, "ask again, and see channels.telegram.base_url")


NETWORK: Final = "see this machine's network, firewall and proxy"


def _came_from(error: BaseException, kind: type[BaseException]) -> bool:
    """Say whether an error goes back to one of a kind."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, kind):
        found = found.__cause__ or found.__context__
    return found is not None


def _finding(level: Level, words: str, mend: str | None = None) -> Finding:
    return Finding(AREA, level, words, mend)
