"""What a file allows: `# lint: allow CODE: reason`, at the end of a line or above it.

An allowance holds for the problems of its own line; one that stands alone holds for the
next line that says anything. It needs a reason, and something to allow.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import yaml
from msgspec import Struct

from bot.errors import Problem, by_place
from flows.language.codes import CODES
from flows.language.names import nearest, or_rather

_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#\s*lint:\s*(?P<said>.*)$")
_SAID: Final = re.compile(
    r"allow\s+(?P<codes>[\w-]+(?:\s*,\s*[\w-]+)*)\s*(?::\s*(?P<reason>.*?))?\s*\Z"
)
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_EMPTY: Final = re.compile(r"\s*(#.*)?\Z")


MOST_MISTAKES: Final = 200
"""Of allowances in one file: nobody mends more at once."""


class Comment(Struct, frozen=True):
    """A comment for lint: where it stands, and for which line it speaks."""

    line: int
    column: int
    of: int
    said: str


def comments(source: bytes) -> Iterator[Comment]:
    """Yield what a file tells lint, in order; never what stands within a text."""
    if b"lint:" not in source:
        return
    lines = _BREAK.split(source.decode("utf-8-sig", "replace"))
    texts, after = _texts("\n".join(lines)), _after(lines)
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if found and not _within(texts, number, found.start()):
            alone = not line[: found.start()].strip()
            of = after[number] if alone else number
            yield Comment(number, found.start() + 1, of, found["said"].rstrip())


def judged(
    path: str, source: bytes, problems: Sequence[Problem], *, whole: bool = True
) -> list[Problem]:
    """Return what is left of a file's problems once its allowances are heard, sorted.

    An allowance that is wrong is a problem itself; `whole` tells whether all rules have
    looked, so that one which allows nothing can be told.
    """
    left: dict[int, list[Problem]] = {}
    for problem in problems:
        left.setdefault(problem.line, []).append(problem)
    mistakes: list[Problem] = []
    for comment in comments(source):
        allowed, mistake = _read(comment)
        here = left.get(comment.of, [])
        left[comment.of] = [p for p in here if p.code not in allowed]
        if mistake is None and whole and len(left[comment.of]) == len(here):
            mistake = "unused-allowance", "nothing here needs this; remove the comment"
        if mistake and len(mistakes) < MOST_MISTAKES:
            mistakes.append(_problem(path, comment, *mistake))
    return sorted([*mistakes, *chain(*left.values())], key=by_place)


def _read(comment: Comment) -> tuple[frozenset[str], tuple[str, str] | None]:
    """Return the codes that a comment allows, and what is wrong with it, if so."""
    found = _SAID.match(comment.said)
    if found is None:
        message = "write '# lint: allow CODE: reason'"
        return frozenset(), ("invalid-allowance", message)
    codes = frozenset(re.split(r"\s*,\s*", found["codes"]))
    if not found["reason"]:
        message = "say why: '# lint: allow CODE: reason'"
        return frozenset(), ("invalid-allowance", message)
    for code in sorted(codes):
        if mistake := _mistake(code):
            return frozenset(), ("invalid-allowance", mistake)
    return codes, None


def _mistake(code: str) -> str | None:
    known = CODES.get(code)
    if known is None:
        return f"no problem is called '{code}'{or_rather(nearest(code, CODES))}"
    if not known.may_be_allowed:
        return f"'{code}' cannot be allowed, the flow could not run with it; mend it"
    return None


def _problem(path: str, comment: Comment, code: str, message: str) -> Problem:
    return Problem(
        path=path,
        line=comment.line,
        column=comment.column,
        severity=CODES[code].severity,
        code=code,
        message=message,
    )


# ── where comments are, and are not ──────────────────────────────────────────────

_Span = tuple[tuple[int, int], tuple[int, int]]


def _texts(text: str) -> list[_Span]:
    """Return where each text of the file begins and ends: a `#` in there is a word."""
    spans: list[_Span] = []
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    with suppress(yaml.YAMLError):  # after a fault, what was read till then counts
        spans.extend(
            (_place(event.start_mark), _place(event.end_mark))
            for event in events
            if isinstance(event, yaml.ScalarEvent)
        )
    return spans


def _place(mark: Any) -> tuple[int, int]:  # noqa: ANN401 - PyYAML's marks
    return mark.line, mark.column


def _within(texts: Sequence[_Span], line: int, column: int) -> bool:
    """Tell whether a place is within one of the texts, which stand in order."""
    place = (line - 1, column)
    before = bisect_right(texts, place, key=itemgetter(0))
    return before > 0 and place < texts[before - 1][1]


def _after(lines: Sequence[str]) -> Mapping[int, int]:
    """Return for each line the next one that says anything, or the last one."""
    found, after = len(lines), {}
    for number in range(len(lines), 0, -1):
        after[number] = found
        if not _EMPTY.match(lines[number - 1]):
            found = number
    return after
