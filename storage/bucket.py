"""Files in a bucket of S3, or of what speaks as S3 does."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from bot.errors import StoreUnavailable
from bot.model.files import Opened
from storage.filing import Named, begun, checked

if TYPE_CHECKING:
    from obstore import GetResult  # which is there for type checkers alone

PART: Final = 5 * 1024 * 1024
"""Bytes in memory of a file on its way in; S3 takes no smaller parts but the last."""
CHUNK: Final = 64 * 1024
RETRIES: Final = 2
SECONDS: Final = timedelta(seconds=15)
"""How long we wait for a word, and how long we try again."""
WHOLE: Final = timedelta(minutes=10)
"""How long one file may take on its way out to somebody with a slow line."""


class Bucket:
    """Files by name, such as `web/HANDLE/ID.png`, below a prefix of a bucket."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    async def keep(self, parts: AsyncIterator[bytes], named: Named) -> tuple[str, int]:
        """Keep a file as it comes, in place of one of its name; return name and size.

        What the parts or `named` raise is raised, and nothing is kept then.
        """
        start, whole = await begun(parts)
        name = checked(named(start))
        head, whole = await begun(whole, PART)
        if len(head) < PART:  # one request, and nothing that could stay unfinished
            with _explained():
                await obstore.put_async(self._store, name, head)
            return name, len(head)
        counted = Counted(whole)
        with _explained():
            await obstore.put_async(
                self._store, name, counted, chunk_size=PART, max_concurrency=1
            )
        return name, counted.size

    async def open(self, name: str) -> Opened | None:
        """Return a file's size and bytes, None where there is none."""
        with _explained():
            try:
                found = await obstore.get_async(self._store, checked(name))
            except FileNotFoundError:
                return None
        return Opened(found.meta["size"], _read(found))

    async def size(self, name: str) -> int | None:
        """Return a file's size, None where there is none."""
        with _explained():
            try:
                found = await obstore.head_async(self._store, checked(name))
            except FileNotFoundError:
                return None
        return found["size"]

    async def names(self, folder: str) -> list[str]:
        """Return the names of all files below a folder."""
        with _explained():
            found = await obstore.list(self._store, checked(folder)).collect_async()
        return sorted(meta["path"] for meta in found)

    async def delete(self, name: str) -> None:
        """Delete a file, or all below a folder; what is not there is no mistake."""
        every = [*await self.names(name), name]
        with _explained():
            await obstore.delete_async(self._store, every)

    async def old(self, folder: str, before: datetime) -> list[str]:
        """Return the names of files below a folder that were kept before an instant."""
        with _explained():
            found = await obstore.list(self._store, checked(folder)).collect_async()
        return sorted(m["path"] for m in found if m["last_modified"] < before)


class Counted:
    """Parts that are counted as they pass."""

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts
        self.size = 0

    def __aiter__(self) -> "Counted":
        return self

    async def __anext__(self) -> bytes:
        part = await anext(self._parts)
        self.size += len(part)
        return part


def open_bucket(place: str, keys: Mapping[str, str]) -> Bucket:
    """Return the files of `BUCKET/PREFIX`; where it is, and whose, variables tell.

    Raises StoreUnavailable where these make no sense.
    """
    bucket, _, prefix = place.partition("/")
    with _explained():
        store = S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            config=dict(keys),  # type: ignore[arg-type] # any of obstore's names
            client_options={
                "allow_http": True,  # where the operator's endpoint says http://
                "connect_timeout": SECONDS,
                "read_timeout": SECONDS,
                "timeout": WHOLE,
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": SECONDS},
        )
    return Bucket(store)


async def _read(found: "GetResult") -> AsyncGenerator[bytes, None]:
    with _explained():
        async for part in found.stream(CHUNK):
            yield bytes(part)


@contextmanager
def _explained() -> Iterator[None]:
    """Tell in a sentence what went wrong, without what the service said of it."""
    try:
        yield
    except (BaseError, FileNotFoundError, PermissionError) as error:
        raise StoreUnavailable(
            f"Files cannot be kept in the bucket: {_why(error)}."
        ) from None


def _why(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such bucket"
        case PermissionError():
            return "the keys in AWS_… do not let us"
        case _:
            return f"it does not answer as S3 does ({type(error).__name__})"
