"""What `voxpop doctor` asks of disks and folders."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.config import Settings
from bot.model.finding import Finding, Level
from storage.alone import FILE
from storage.files import S3

GIGABYTE: Final = 10**9
LITTLE: Final = GIGABYTE
"""Bytes that are soon used up."""
NONE: Final = GIGABYTE // 10
"""Bytes with which hardly anything can be stored."""


def room(settings: Settings) -> list[Finding]:
    """Return how much room there is for the database and for files."""
    found = [_free(what, folder) for what, folder in _folders(settings)]
    return list(dict.fromkeys(found))


def _folders(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield what needs room and where: each disk once."""
    url = settings.database_url()
    store = url.removeprefix(FILE)
    kept = settings.media
    media = _nearest(Path("." if kept.startswith(S3) else kept))
    if store in {url, ":memory:"}:
        yield "files", media
        return
    home = _nearest(Path(store).parent)
    yield "the database", home
    if home.stat().st_dev != media.stat().st_dev:
        yield "files", media


def _free(what: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{free / GIGABYTE:,.1f} GB are free for {what}"
    if free < LITTLE:
        level: Level = "problem" if free < NONE else "warning"
        return Finding("disk", level, told, f"make room on the disk of {folder}")
    return Finding("disk", "ok", told)


def _nearest(folder: Path) -> Path:
    """Return a folder, or the nearest above it that is there."""
    whole = folder.absolute()
    return next(each for each in (whole, *whole.parents) if each.is_dir())
