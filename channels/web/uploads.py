"""Photos, voice notes and files that visitors send: looked at, then kept.

What a file says of itself is not believed, and each gets a name of ours.
"""

import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from bot.model.files import TYPES, Opened, fits, type_of
from channels.web.entries import NAME
from channels.web.ports import Files

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one file."""
MOST: Final = 20
"""Files of one visitor."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}\.[a-z0-9]{3,4}\Z", re.ASCII)
_HANDLE: Final = re.compile(r"[0-9a-f]{16}\Z", re.ASCII)


class Unfit(Exception):
    """A file is not of a kind that was asked for."""


class Full(Exception):
    """A visitor has sent as many files as they may."""


class Uploads:
    """What visitors sent, a folder a visitor."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._coming: Counter[str] = Counter()

    async def keep(self, handle: str, kind: str, parts: AsyncIterator[bytes]) -> str:
        """Keep a visitor's file for good, whole, and return its id.

        Raises Unfit where it is none of this kind, Full where they have sent as many as
        they may, StoreUnavailable, and what the parts raise.
        """
        folder = f"{NAME}/{handle}"
        self._coming[handle] += 1
        try:
            there = len(await self._files.names(folder))
            if there + self._coming[handle] > MOST:
                raise Full
            name, _ = await self._files.keep(parts, lambda b: _named(folder, kind, b))
        finally:
            self._coming[handle] -= 1
            self._coming += Counter()  # only those stay that something comes from
        return name.rpartition("/")[2]

    async def forget(self, handle: str) -> None:
        """Delete all files of a visitor."""
        if _HANDLE.match(handle):
            await self._files.delete(f"{NAME}/{handle}")

    async def delete_old(self, before: datetime) -> int:
        """Delete what was kept before an instant; return how many files.

        What else may lie in the same place is none of ours, and stays.
        """
        deleted = 0
        for name in await self._files.old(NAME, before):
            handle, _, id_ = name.removeprefix(f"{NAME}/").partition("/")
            if _own(handle, id_) is not None:
                await self._files.delete(name)
                deleted += 1
        return deleted

    async def has(self, handle: str, id_: str) -> bool:
        """Say whether a file is a visitor's own."""
        own = _own(handle, id_)
        return own is not None and await self._files.size(own) is not None

    async def open(self, handle: str, id_: str) -> tuple[Opened, str] | None:
        """Return a visitor's own file and its type, None where there is none."""
        own = _own(handle, id_)
        found = TYPES.get(id_.rpartition(".")[2])
        kept = await self._files.open(own) if own and found else None
        return (kept, found.media_type) if kept and found else None


def _named(folder: str, kind: str, start: bytes) -> str:
    found = type_of(start)
    if found is None or not fits(kind, found):
        raise Unfit
    return f"{folder}/{secrets.token_urlsafe(16)}.{found.ending}"


def _own(handle: str, id_: str) -> str | None:
    good = _HANDLE.match(handle) and _ID.match(id_)
    return f"{NAME}/{handle}/{id_}" if good else None
