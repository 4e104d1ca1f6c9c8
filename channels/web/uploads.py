"""Photos, voice notes and files that visitors send: looked at, then kept in a folder.

What a file says of itself is not believed: its first bytes tell its type, and only
types that cannot run anything are kept, each under a name of ours.
"""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Final

from msgspec import Struct

from bot.errors import StoreUnavailable

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one file."""
MOST: Final = 20
"""Files of one visitor."""
START: Final = 16
"""Bytes that tell a file's type."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}\.[a-z0-9]{3,4}\Z", re.ASCII)
_HANDLE: Final = re.compile(r"[0-9a-f]{16}\Z", re.ASCII)


class Type(Struct, frozen=True):
    """One type of file: what its name ends with, and what HTTP calls it."""

    ending: str
    media_type: str
    kind: str


PHOTO, VOICE, FILE = "photo", "voice", "file"
TYPES: Final = {
    each.ending: each
    for each in (
        Type("jpg", "image/jpeg", PHOTO),
        Type("png", "image/png", PHOTO),
        Type("gif", "image/gif", PHOTO),
        Type("webp", "image/webp", PHOTO),
        Type("heic", "image/heic", PHOTO),
        Type("avif", "image/avif", PHOTO),
        Type("mp3", "audio/mpeg", VOICE),
        Type("ogg", "audio/ogg", VOICE),
        Type("wav", "audio/wav", VOICE),
        Type("m4a", "audio/mp4", VOICE),
        Type("webm", "audio/webm", VOICE),
        Type("aac", "audio/aac", VOICE),
        Type("pdf", "application/pdf", FILE),
    )
}
"""Every type that is kept; where a file is asked for, any of them will do."""

_STARTS: Final = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf1", "aac"),
    (b"\xff\xf9", "aac"),
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "webm"),
    (b"%PDF-", "pdf"),
)
_BRANDS: Final = {
    b"heic": "heic",
    b"heix": "heic",
    b"mif1": "heic",
    b"avif": "avif",
    b"M4A ": "m4a",
    b"mp42": "m4a",
    b"isom": "m4a",
}


def type_of(start: bytes) -> Type | None:
    r"""Return the type that a file's first bytes show, None for any other.

    >>> type_of(b"\x89PNG\r\n\x1a\n...").media_type
    'image/png'
    >>> type_of(b"<svg onload='alert(1)'>") is None
    True
    """
    for signature, ending in _STARTS:
        if start.startswith(signature):
            return TYPES[ending]
    if start[:4] == b"RIFF":
        return {b"WEBP": TYPES["webp"], b"WAVE": TYPES["wav"]}.get(start[8:12])
    if start[4:8] == b"ftyp" and start[8:12] in _BRANDS:
        return TYPES[_BRANDS[start[8:12]]]
    return None


def fits(kind: str, found: Type) -> bool:
    """Say whether a file of this type answers a question of this kind."""
    return kind in {FILE, found.kind}


class Uploads:
    """The folder of what visitors sent, a folder a visitor."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "web"

    def full(self, handle: str) -> bool:
        """Say whether a visitor has sent as many files as they may."""
        folder = self._folder / handle
        return folder.is_dir() and sum(1 for _ in folder.iterdir()) >= MOST

    @asynccontextmanager
    async def draft(self, handle: str) -> AsyncIterator["Draft"]:
        """Begin a file of a visitor's; what is not kept by the end is gone.

        Raises StoreUnavailable where there is no room for it.
        """
        with _explained():
            draft = await asyncio.to_thread(Draft, self._folder / handle)
            try:
                yield draft
            finally:
                draft.discard()

    def forget(self, handle: str) -> None:
        """Delete all files of a visitor."""
        if _HANDLE.match(handle):
            rmtree(self._folder / handle, ignore_errors=True)

    def find(self, handle: str, id_: str) -> Path | None:
        """Return where a visitor's own file is, None where there is none."""
        if not (_HANDLE.match(handle) and _ID.match(id_)):
            return None
        path = self._folder / handle / id_
        return path if path.is_file() else None


class Draft:
    """A file on its way in: on disk as it comes, so that many need little memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.start = b""
        self._path = folder / f".{secrets.token_urlsafe(16)}"
        self._file = self._path.open("wb")

    async def write(self, part: bytes) -> None:
        """Add what came."""
        if len(self.start) < START:
            self.start = (self.start + part)[:START]
        await asyncio.to_thread(self._file.write, part)

    async def keep(self, found: Type) -> str:
        """Keep the file for good, whole, and return its id."""
        name = f"{secrets.token_urlsafe(16)}.{found.ending}"
        await asyncio.to_thread(self._settle, name)
        return name

    def _settle(self, name: str) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._path.rename(self._path.with_name(name))

    def discard(self) -> None:
        """Let go of the file, and of what was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"Files cannot be kept: {error.strerror}.") from error
