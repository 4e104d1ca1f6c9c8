"""What `voxpop doctor` asks of channels: enabled, with all they need, let in."""

from collections.abc import Awaitable, Iterator
from typing import Final

from bot.clock import now
from bot.config import Settings
from bot.config.settings import Telegram
from bot.config.sources import variable
from bot.model.finding import Finding
from bot.service.ports import Examined

AREA: Final = "channels"
SECONDS: Final = 4.0
"""How long a service may take to answer once."""
TOKEN: Final = variable(("channels", "telegram", "token"))


def channels(settings: Settings) -> list[Finding]:
    """Return which channels are enabled, and what they lack."""
    enabled = [name for name, part in settings.channels if part.enabled]
    if not enabled:
        mend = "set channels.web.enabled: true"
        return [Finding(AREA, "problem", "no channel is enabled", mend)]
    found = [Finding(AREA, "ok", f"enabled: {', '.join(enabled)}")]
    telegram = settings.channels.telegram
    if telegram.enabled and not telegram.token:
        told = "channels.telegram is enabled, and has no token"
        mend = f"set {TOKEN} in the environment or .env to what @BotFather gave you"
        found.append(Finding(AREA, "problem", told, mend))
    if telegram.token and not telegram.enabled:
        told = f"{TOKEN} is set, but Telegram is not enabled"
        mend = "set channels.telegram.enabled: true"
        found.append(Finding(AREA, "warning", told, mend))
    for name in ("slack", "twilio"):
        if name in enabled:
            told = f"channels.{name} is enabled, but Voxpop does not speak it yet"
            mend = f"set channels.{name}.enabled: false"
            found.append(Finding(AREA, "warning", told, mend))
    return found


def examined(settings: Settings) -> Iterator[tuple[str, Awaitable[list[Finding]]]]:
    """Yield what each service says that is enabled and has all it needs."""
    telegram = settings.channels.telegram
    if telegram.enabled and telegram.token:
        yield "telegram", _ask_telegram(telegram, settings.web.public_url)


async def _ask_telegram(part: Telegram, public_url: str | None) -> list[Finding]:
    from telegram import Bot  # noqa: PLC0415 - heavy, and seldom needed
    from telegram.request import HTTPXRequest  # noqa: PLC0415 - likewise

    from channels.telegram.doctor import TelegramDoctor  # noqa: PLC0415 - likewise

    assert part.token is not None  # noqa: S101 - asked by whoever calls
    request = HTTPXRequest(connect_timeout=SECONDS, read_timeout=SECONDS)
    async with request:
        bot = Bot(
            part.token.get_secret_value(),
            base_url=f"{part.base_url.rstrip('/')}/bot",
            request=request,
            get_updates_request=request,
        )
        asked: Examined = TelegramDoctor(bot, part.mode, public_url, now)
        return await asked.findings()
