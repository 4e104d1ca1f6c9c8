"""Files that are there as a whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreFull, StoreUnavailable, WrongUse

BESIDE = ("-wal", "-shm", "-journal")
"""The files that may lie beside a database, by their endings."""


@contextmanager
def written(final: Path, *, replace: bool) -> Iterator[Path]:
    """Give a file to write to that only we may read; at the end it gets its name.

    Before that it is on the disk for good; after an error nothing of it is left. Raises
    WrongUse where the name is taken, StoreUnavailable where it cannot be written.
    """
    free(final, replace=replace)
    with _explained(final):
        handle, name = tempfile.mkstemp(
            prefix=f".{final.name}.", suffix=".part", dir=final.parent
        )
        os.close(handle)
    part = Path(name)
    try:
        yield part
        with _explained(final):
            sync(part)
            free(final, replace=replace)
            part.replace(final)
            sync(final.parent)
    finally:
        for ending in ("", *BESIDE):
            Path(name + ending).unlink(missing_ok=True)


def free(final: Path, *, replace: bool) -> None:
    """Raise WrongUse where a file of this name is there and is to stay."""
    if final.exists() and not replace:
        raise WrongUse(
            f"{final} is there already; name another file, or say --replace."
        )


def sync(path: Path) -> None:
    """Have a file or a folder on the disk for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(final: Path) -> Iterator[None]:
    """Tell in a sentence that a file could not be written."""
    try:
        yield
    except OSError as error:
        kind = StoreFull if error.errno == 28 else StoreUnavailable  # noqa: PLR2004
        raise kind(
            f"{final} cannot be written: {error.strerror}; "
            "mend that, or name a file elsewhere."
        ) from None
