"""How a played talk is shown: a line where it went well, what differs where not."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final, Literal

from bot.cli.plain import clean
from bot.cli.rehearsing import Result, Spoken
from bot.service.rehearsal.coverage import Coverage

BEFORE: Final = 6
"""How many lines of the talk so far are shown."""
REFUSED: Final = "cannot be updated: "
"""What a failure begins with that no update could mend."""
PAD: Final = "      "

_RED, _GREEN, _DIM, _MARK, _PLAIN = (
    "\x1b[31m",
    "\x1b[32m",
    "\x1b[2m",
    "\x1b[7m",
    "\x1b[0m",
)
_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")


def lines_of(result: Result, *, coloured: bool) -> Iterator[str]:
    """Yield the lines that tell how a talk went; colour shows the words that differ.

    What is shown may hold anything, so nothing of it steers a terminal.
    """
    place = f"{result.path}:{result.line}:{result.column}"
    if result.failure is None:
        verdict = "new " if result.updated else "ok  "
        yield f"{verdict}  {place}  {clean(result.name)}"
        return
    yield f"FAIL  {place}  {clean(result.name)}"
    for spoken in result.so_far[-BEFORE:]:
        yield _dim(f"{PAD}  {_line(spoken)}", coloured=coloured)
    yield from _wrong(result, coloured=coloured)
    if result.failure.startswith(REFUSED):
        yield f"{PAD}  {_indented(clean(result.failure.splitlines()[0]), 8)}"


def coverage_lines(seen: Coverage) -> Iterator[str]:
    """Yield how much of a flow was seen, and a line for each thing that never was."""
    steps = f"{seen.visited} of {seen.steps} steps"
    ways = f", {seen.taken} of {seen.branches} branches" if seen.branches else ""
    yield f"{seen.path}: {steps}{ways}{'; never:' if seen.never else ''}"
    for each in seen.never:
        way = f" → {clean(each.way)}" if each.way else ""
        yield f"{PAD}{each.step}{way} ({seen.path}:{each.line})"


def _line(spoken: Spoken) -> str:
    return _indented(f"{spoken.who}: {clean(spoken.words)}", 8)


def _wrong(result: Result, *, coloured: bool) -> Iterator[str]:
    if result.expected is not None and result.said is not None:
        yield from _both(clean(result.expected), clean(result.said), coloured=coloured)
    elif result.expected is not None:
        yield _signed("-", "expected", clean(result.expected), coloured=coloured)
        yield f"{PAD}  the bot said nothing more"
    elif result.said is not None:
        yield _signed("+", "the bot also said", clean(result.said), coloured=coloured)
    elif result.differences:
        for each in result.differences:
            found = f"expected {clean(each.expected)}, is {clean(each.found)}"
            yield f"{PAD}  {clean(each.name)}: {found}"
    else:
        yield f"{PAD}  {_indented(clean(result.failure or ''), 8)}"


def _both(expected: str, said: str, *, coloured: bool) -> Iterator[str]:
    """Yield what was expected and what was said, one above the other."""
    if coloured:
        expected, said = _marked(expected, said)
    yield _signed("-", "expected", expected, coloured=coloured)
    yield _signed("+", "    said", said, coloured=coloured)


def _signed(sign: Literal["-", "+"], what: str, words: str, *, coloured: bool) -> str:
    line = f"{PAD}{sign} {_indented(f'{what}: {words}', 18)}"
    if not coloured:
        return line
    colour = _RED if sign == "-" else _GREEN
    return f"{colour}{line.replace(_PLAIN, _PLAIN + colour)}{_PLAIN}"


def _marked(expected: str, said: str) -> tuple[str, str]:
    """Mark the words in which two texts differ."""
    one, other = _WORD.findall(expected), _WORD.findall(said)
    left, right = "", ""
    pairs = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for kind, i, j, k, n in pairs:
        first, second = "".join(one[i:j]), "".join(other[k:n])
        left += first if kind == "equal" else _mark(first)
        right += second if kind == "equal" else _mark(second)
    return left, right


def _mark(words: str) -> str:
    return f"{_MARK}{words}{_PLAIN}" if words else ""


def _dim(words: str, *, coloured: bool) -> str:
    return f"{_DIM}{words}{_PLAIN}" if coloured else words


def _indented(words: str, depth: int) -> str:
    """Have the further lines of a text stand below its first."""
    return words.replace("\n", "\n" + " " * depth)
