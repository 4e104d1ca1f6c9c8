"""What files are kept by: a name that leads nowhere else, and their first bytes."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final

from bot.errors import WrongUse
from bot.model.files import START

_NAME: Final = re.compile(r"\w[\w.-]*(/[\w-][\w.-]*)*\Z", re.ASCII)

Named = Callable[[bytes], str]
"""Names a file by its first bytes; what it raises instead reaches whoever keeps it."""


def checked(name: str) -> str:
    """Return a name that leads nowhere but below; raise WrongUse for any other.

    >>> checked("web/0a/x-1.png")
    'web/0a/x-1.png'
    """
    if not _NAME.match(name):
        raise WrongUse(f"{name!r} is no name of a file that is kept.")
    return name


async def begun(
    parts: AsyncIterator[bytes], many: int = START
) -> tuple[bytes, AsyncGenerator[bytes, None]]:
    """Return a file's first so many bytes as soon as they are there, and all of it."""
    head = b""
    async for part in parts:
        head += part
        if len(head) >= many:
            break
    return head[:many], _joined(head, parts)


async def _joined(
    head: bytes, rest: AsyncIterator[bytes]
) -> AsyncGenerator[bytes, None]:
    if head:
        yield head
    async for part in rest:
        yield part
