"""What is said where a flow or a file that somebody names is not there."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path

from bot.cli.here import command
from bot.errors import WrongUse
from flows.language.names import nearest, or_rather


def no_flow(name: str, known: Collection[str]) -> WrongUse:
    """Return the sentence for a flow that is not there, with the one that was meant."""
    near = nearest(name, known)
    rather = or_rather(near) if near else f"; {_there(sorted(known))}"
    return WrongUse(f"there is no flow {name!r}{rather}")


def _there(known: list[str]) -> str:
    match known:
        case []:
            return f"there is none yet: {command()} new makes one from a template"
        case [only]:
            return f"there is only {only!r}"
        case _:
            return f"there are {', '.join(known)}"


def not_spoken(flow: str, spoken: Iterable[str], wanted: str) -> WrongUse:
    """Return the sentence for a language that a flow does not speak."""
    return WrongUse(f"flow {flow!r} speaks {' and '.join(spoken)}, not {wanted!r}")


def no_path(path: Path, home: Path, files: Iterable[Path]) -> WrongUse:
    """Return the sentence for a path that is not there, with the file that was meant.

    The name of a flow is taken for the file that is called like it.
    """
    told = f"{path}: there is no such file or folder"
    if path == home:
        return WrongUse(f"{told}; {command()} new makes a first flow in it")
    by_name = {name: file for file in files for name in (str(file), _stem(file))}
    close = get_close_matches(str(path), by_name, n=1, cutoff=0.75)
    return WrongUse(told + or_rather(str(by_name[close[0]]) if close else None))


def _stem(file: Path) -> str:
    """Return what a file is called without its endings."""
    return file.name.partition(".")[0]
