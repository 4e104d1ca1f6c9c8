"""Where what a command makes goes: to stdout, or to a file that is named."""

import sys
from pathlib import Path

from bot.errors import WrongUse


def put(text: str, output: Path | None) -> None:
    """Write a text as UTF-8 to a file, or to stdout where none is named.

    Raises WrongUse where the file cannot be written.
    """
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_bytes(text.encode())
    except OSError as error:
        raise WrongUse(f"{output} cannot be written: {error.strerror}") from None
    sys.stderr.write(f"{output} is written.\n")
