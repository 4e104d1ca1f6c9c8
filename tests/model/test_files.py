"""What a file is, its first bytes tell."""

import pytest

from bot.model.files import TYPES, fits, type_of


@pytest.mark.parametrize(
    ("start", "ending"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
        (b"GIF89a", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "wav"),
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"\0\0\0\x18ftypM4A ", "m4a"),
        (b"OggS\0\x02", "ogg"),
        (b"%PDF-1.7", "pdf"),
    ],
)
def test_known(start: bytes, ending: str) -> None:
    """Each type that is kept is known by how it begins."""
    assert type_of(start) == TYPES[ending]


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\x89PN",
        b"<svg xmlns='http",
        b"<!doctype html>",
        b"MZ\x90\0",
        b"\x7fELF",
        b"#!/bin/sh",
        b"PK\x03\x04",
        b"RIFF\x10\0\0\0AVI ",
        b"\0\0\0\x18ftypqt  ",
        b" %PDF-1.7",
    ],
)
def test_unknown(start: bytes) -> None:
    """Whatever could run, and whatever nobody knows, is of no type."""
    assert type_of(start) is None


def test_fits() -> None:
    """A photo answers what asks for one, and anything that is kept is a file."""
    assert fits("photo", TYPES["png"])
    assert not fits("voice", TYPES["png"])
    assert all(fits("file", each) for each in TYPES.values())
