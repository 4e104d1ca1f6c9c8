"""Files that people send through Telegram: asked for by id, and fetched from it."""

from typing import Final

import httpx
from telegram import Bot, File

from bot.model.files import LARGEST, Fetched
from channels import fetching
from channels.fetching import TOO_LARGE, broken, refused
from channels.telegram.failures import failure

HOST: Final = "api.telegram.org"


async def fetch(
    bot: Bot,
    file_id: str,
    base_url: str,
    *,
    doors: httpx.AsyncBaseTransport | None = None,
) -> Fetched:
    """Return the file that Telegram knows by this id; raise ChannelError.

    It comes from Telegram itself, or from the address that an operator set for it.
    """
    file = await _file(bot, file_id)
    if (file.file_size or 0) > LARGEST:
        raise refused(TOO_LARGE)
    path = file.file_path or ""
    return Fetched(fetching.fetch(path, {HOST}, own=base_url, doors=doors))


async def _file(bot: Bot, file_id: str) -> File:
    try:
        return await bot.get_file(file_id)
    except Exception as error:  # noqa: BLE001 - the library lets all through
        found = failure(error)
        if found is None:
            raise broken("Telegram does not answer") from None
        if found.code == "rejected":
            raise refused("Telegram does not have it") from None
        raise found from None
