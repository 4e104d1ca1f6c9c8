"""Photos, voice notes and files: what they are by their first bytes, and how they come.

What a file says of itself is not believed: its first bytes tell its type, and only
types that cannot run anything are kept.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from msgspec import Struct

START: Final = 16
"""Bytes that tell a file's type."""
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one file that a service hands over."""


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


class Fetched(Struct, frozen=True):
    """A file on its way from a service: whoever has it reads it, or closes it."""

    parts: AsyncGenerator[bytes, None]


class Opened(Struct, frozen=True):
    """A file that is kept: its size, and its bytes as they are read."""

    size: int
    parts: AsyncIterator[bytes]
