"""Files in a folder.

Written here and not by obstore, whose local store gives a file its name before it is on
the disk: what was acknowledged could be empty after a power cut.
"""

import asyncio
import secrets
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from errno import ENOSPC
from math import inf
from pathlib import Path
from stat import S_ISREG
from typing import Final

from bot.errors import StoreFull, StoreUnavailable
from bot.model.files import Opened
from storage.filing import Named, begun, checked
from storage.placing import sync

CHUNK: Final = 64 * 1024
DRAFTS: Final = ".drafts"
"""The folder of files that are on their way in; what a crash left there grows old."""


class Folder:
    """Files by name, such as `web/HANDLE/ID.png`, below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, parts: AsyncIterator[bytes], named: Named) -> tuple[str, int]:
        """Keep a file as it comes, in place of one of its name; return name and size.

        What the parts or `named` raise is raised, and nothing is kept then.
        """
        start, whole = await begun(parts)
        name = checked(named(start))
        draft = Draft(self._folder / DRAFTS)  # here, or a cancelled one would stay
        try:
            async for part in whole:
                await asyncio.to_thread(draft.write, part)
            await asyncio.to_thread(draft.settle, self._folder / name, self._folder)
        finally:
            draft.discard()
        return name, draft.size

    async def open(self, name: str) -> Opened | None:
        """Return a file's size and bytes, None where there is none."""
        size = await self.size(name)
        return None if size is None else Opened(size, _read(self._folder / name))

    async def size(self, name: str) -> int | None:
        """Return a file's size, None where there is none."""
        with _explained():
            return await asyncio.to_thread(_size, self._folder / checked(name))

    async def names(self, folder: str) -> list[str]:
        """Return the names of all files below a folder."""
        with _explained():
            found = await asyncio.to_thread(_files, self._folder / checked(folder))
        return [path.relative_to(self._folder).as_posix() for path in found]

    async def delete(self, name: str) -> None:
        """Delete a file, or all below a folder; what is not there is no mistake."""
        with _explained():
            await asyncio.to_thread(_delete, self._folder / checked(name))

    async def old(self, folder: str, before: datetime) -> list[str]:
        """Return the names of files below a folder that were kept before an instant.

        Drafts that a crash left half-way and that are as old are deleted.
        """
        stamp = before.timestamp()
        with _explained():
            for path in await asyncio.to_thread(_old, self._folder / DRAFTS, stamp):
                path.unlink(missing_ok=True)
            found = await asyncio.to_thread(_old, self._folder / checked(folder), stamp)
        return [path.relative_to(self._folder).as_posix() for path in found]


class Draft:
    """A file on its way in: on disk as it comes, so that many need little memory."""

    def __init__(self, folder: Path) -> None:
        with _explained():
            folder.mkdir(parents=True, exist_ok=True)
            self._path = folder / secrets.token_urlsafe(16)
            self._file = self._path.open("xb")
        self.size = 0

    def write(self, part: bytes) -> None:
        """Add what came."""
        with _explained():
            self.size += self._file.write(part)

    def settle(self, place: Path, above: Path) -> None:
        """Give the file its name, once it is on the disk for good; the name is, too."""
        with _explained():
            self._file.close()
            sync(self._path)
            _make(place.parent, above)
            self._path.replace(place)
            sync(place.parent)

    def discard(self) -> None:
        """Let go of the file, and of what was not kept."""
        with suppress(OSError):
            self._file.close()
            self._path.unlink(missing_ok=True)


def _make(folder: Path, above: Path) -> None:
    """Make a folder below another, for good."""
    if folder.is_dir() or folder == above:
        return
    _make(folder.parent, above)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def _size(place: Path) -> int | None:
    try:
        there = place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return there.st_size if S_ISREG(there.st_mode) else None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _delete(place: Path) -> None:
    """Delete a file or a folder, and the folder above if nothing else is in it."""
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    with suppress(OSError):  # one that holds something stays
        place.parent.rmdir()


def _old(folder: Path, before: float) -> list[Path]:
    return [path for path in _files(folder) if _age(path) < before]


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return inf


async def _read(place: Path) -> AsyncGenerator[bytes, None]:
    with _explained():
        file = await asyncio.to_thread(place.open, "rb")
    with file:
        while part := await asyncio.to_thread(file.read, CHUNK):
            yield part


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = StoreFull if error.errno == ENOSPC else StoreUnavailable
        raise kind(f"Files cannot be kept: {error.strerror}.") from error
