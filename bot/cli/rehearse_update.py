"""`voxpop test --update`: failing talks written anew as they really go."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from bot.cli.rehearsing import Played, Rehearsal, play_together
from bot.service.rehearsal.mending import mend
from bot.service.rehearsal.text import CannotMend, FileText
from flows.language.document import load_talks

Key = tuple[str, int]
"""A test: the path of its file, and its number there."""


class Updated(NamedTuple):
    """How all talks go after an update, and why those that fail could not be mended."""

    played: Sequence[Played]
    refused: Mapping[Key, str]
    changed: Collection[Key]


def key_of(rehearsal: Rehearsal) -> Key:
    """Return which test of which file this is."""
    return rehearsal.file.path, rehearsal.number


async def update(played: Sequence[Played]) -> Updated:
    """Write what really happens into the files of talks that fail.

    A file's other lines stay byte for byte; a talk that would fail all the same is left
    as it is.
    """
    failing = [each.rehearsal for each in played if each.failure is not None]
    seen = {
        key_of(each.rehearsal): each
        for each in await play_together(failing, lenient=True)
    }
    refused = {
        key: str(each.failure.message)
        for key, each in seen.items()
        if each.failure is not None
    }
    again, sources = await _tried(failing, seen, refused)
    await asyncio.to_thread(_write, sources)
    now = {key_of(each.rehearsal): each for each in again}
    everything = [now.get(key_of(each.rehearsal), each) for each in played]
    changed = {key for key, each in now.items() if each.failure is None}
    return Updated(everything, refused, changed)


async def _tried(
    failing: Sequence[Rehearsal], seen: Mapping[Key, Played], refused: dict[Key, str]
) -> tuple[list[Played], dict[str, bytes]]:
    """Mend, play what was mended, and again without what fails all the same."""
    while True:
        sources = _mended(failing, seen, refused)
        new = [
            _read_again(each, sources[each.file.path])
            for each in failing
            if key_of(each) not in refused
        ]
        again = await play_together(new)
        worse = {
            key_of(each.rehearsal): f"it would fail all the same: {each.failure}"
            for each in again
            if each.failure is not None
        }
        if not worse:
            return again, sources
        refused.update(worse)


def _mended(
    failing: Sequence[Rehearsal], seen: Mapping[Key, Played], refused: dict[Key, str]
) -> dict[str, bytes]:
    """Return the files with all mended that can be; note why the rest cannot."""
    texts: dict[str, FileText] = {}
    sources: dict[str, bytes] = {}
    for each in failing:
        key = key_of(each)
        if key in refused:
            continue
        path = each.file.path
        sources[path] = each.source
        if path not in texts:
            texts[path] = FileText(each.source.decode("utf-8-sig"))
        try:
            with texts[path].together():
                mend(texts[path], each.number, seen[key].play)
        except CannotMend as error:
            refused[key] = str(error)
    marks = {
        path: s[:3] if s.startswith(BOM_UTF8) else b"" for path, s in sources.items()
    }
    return {p: marks[p] + text.changed().encode() for p, text in texts.items()}


def _write(sources: Mapping[str, bytes]) -> None:
    for path, source in sources.items():
        Path(path).write_bytes(source)


def _read_again(rehearsal: Rehearsal, source: bytes) -> Rehearsal:
    file = load_talks(rehearsal.file.path, source)
    if file.talks is None:
        raise AssertionError(file.problems)
    talk = file.talks.tests[rehearsal.number]
    return replace(rehearsal, file=file, source=source, talk=talk)
