"""SQL that stands in files: each statement begins with a line `-- name: …`."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

Engine = Literal["sqlite", "postgres"]
"""Whose SQL it is: each engine has a folder of its own, with the same names in it."""

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(engine: Engine) -> Mapping[str, str]:
    """Return every named statement of an engine's queries, read once."""
    found: dict[str, str] = {}
    folder = files("storage").joinpath("queries", engine)
    for file in sorted(folder.iterdir(), key=str):
        if file.name.endswith(".sql"):
            found |= parse(file.read_text("utf-8"))
    return found


def parse(text: str) -> dict[str, str]:
    r"""Return the statements of one file by name.

    >>> parse("-- name: one\nSELECT 1\n\n-- name: two\nSELECT 2\n")
    {'one': 'SELECT 1', 'two': 'SELECT 2'}
    """
    _, *parts = _NAME.split(text)
    return {
        name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)
    }
