"""What Telegram has to know of us before it can bring us anything."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from msgspec import Struct
from telegram import Bot, BotCommand

from channels.telegram.account import Account
from channels.telegram.polling import ALLOWED
from channels.telegram.ports import Commands

MOST_COMMANDS: Final = 100
LONGEST_COMMAND: Final = 32
LONGEST_WORDS: Final = 256
CONNECTIONS: Final = 100
"""How many requests Telegram may have open at once, the most there may be: what waits
for one commit together costs less each."""
RESERVED: Final = ("start", "help", "human", "language", "stop")
FALLBACK: Final = "en"


class Called(Struct, frozen=True):
    """Where Telegram calls us, and what it proves itself with."""

    url: str
    secret: str


async def settle(account: Account, called: Called | None) -> str:
    """Tell Telegram whether and where to call us; return the bot's user name.

    What it holds for us stays. Raises what the library raises.
    """
    bot = account.bot
    me = await bot.get_me()
    if called is None:
        await bot.delete_webhook(drop_pending_updates=False)
    else:
        await bot.set_webhook(
            called.url,
            secret_token=called.secret,
            allowed_updates=ALLOWED,
            max_connections=CONNECTIONS,
            drop_pending_updates=False,
        )
    return me.username or ""


async def register(bot: Bot, commands: Commands) -> None:
    """Have the menu of the app list these commands, in each language."""
    for language, own in commands.items():
        await bot.set_my_commands(
            [BotCommand(name, words) for name, words in own],
            language_code=language or None,
        )


def commands(
    flows: Mapping[str, Mapping[str, str]], languages: Sequence[str]
) -> Commands:
    """Return the menu: what flows are begun with, by language, then what always works.

    The first language is also the menu of all whom no other is for. A command is named
    by at most 32 letters, digits and underlines, and told of in 256 signs.
    """
    menus = {language.split("-")[0]: _menu(flows, language) for language in languages}
    return {"": next(iter(menus.values())), **menus}


def _menu(
    flows: Mapping[str, Mapping[str, str]], language: str
) -> list[tuple[str, str]]:
    own = [
        (name, (titles.get(language) or name)[:LONGEST_WORDS])
        for name, titles in flows.items()
        if len(name) <= LONGEST_COMMAND and name not in RESERVED
    ]
    said = words(language)
    reserved = [(name, said[name]) for name in RESERVED]
    return [*own[: MOST_COMMANDS - len(reserved)], *reserved]


def words(language: str) -> Mapping[str, str]:
    """Return what the menu says of each command, in English where we lack words."""
    found = _all_words()
    base, _, _ = language.partition("-")
    return found.get(base.lower(), found[FALLBACK])


@cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    text = files("channels.telegram").joinpath("words.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return found
