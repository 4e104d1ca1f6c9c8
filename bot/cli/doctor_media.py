"""What `voxpop doctor` asks of the place where photos and files are kept."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final

from bot.config import Settings, bucket_keys
from bot.errors import StoreUnavailable
from bot.model.finding import Finding
from storage.files import S3, open_files

PROBE: Final = "doctor/probe"
"""A name that nothing is kept under."""


async def media(settings: Settings, config: Path | None) -> list[Finding]:
    """Return whether files from chats can be kept."""
    place = settings.media
    if not place.startswith(S3):
        return await asyncio.to_thread(_folder, Path(place))
    try:
        await open_files(place, bucket_keys(config)).size(PROBE)
    except StoreUnavailable as error:
        mend = "see media, AWS_REGION, AWS_ENDPOINT_URL and the keys in .env"
        return [Finding("media", "problem", str(error), mend)]
    return [Finding("media", "ok", f"{place} answers")]


def _folder(folder: Path) -> list[Finding]:
    mend = f"give this user the right to write to {folder}, or set media"
    if folder.exists() and not folder.is_dir():
        told = f"{folder} is no folder"
        return [Finding("media", "problem", told, "name another in media")]
    try:
        if folder.exists():
            with tempfile.TemporaryFile(dir=folder):
                return [Finding("media", "ok", f"{folder} can be written to")]
    except OSError as error:
        told = f"{folder} cannot be written to: {error.strerror}"
        return [Finding("media", "problem", told, mend)]
    above = next(each for each in folder.absolute().parents if each.exists())
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        return [Finding("media", "ok", f"{folder} is made with the first file")]
    return [Finding("media", "problem", f"{folder} cannot be made", mend)]
