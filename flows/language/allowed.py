"""What a file allows: `# lint: allow CODE: reason`, at the end of a line or above it.

An allowance holds for the problems of its own line; one that stands alone holds for the
next line that says anything. It needs a reason, and something to allow.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
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
    texts = _texts("\n".join(lines))
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if found and not _within(texts, number, found.start()):
            alone = not line[: found.start()].strip()
            of = _next(lines, number) if alone else number
            yield Comment(number, found.start() + 1, of, found["said"].rstrip())


def judged(
    path: str, source: bytes, problems: Sequence[Problem], *, whole: bool = True
) -> list[Problem]:
    """Return what is left of a file's problems once its allowances are heard, sorted.

    An allowance that is wrong is a problem itself; `whole` tells whether all rules have
    looked, so that one which allows nothing can be told.
    """
    left = list(problems)
    for comment in comments(source):
        before = len(left)
        allowed, mistake = _read(comment)
        left = [p for p in left if p.line != comment.of or p.code not in allowed]
        if mistake is None and whole and len(left) == before:
            mistake = "unused-allowance", "nothing here needs this; remove the comment"
        if mistake:
            left.append(_problem(path, comment, *mistake))
    return sorted(left, key=by_place)


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
    place = (line - 1, column)
    return any(start <= place < end for start, end in texts)


def _next(lines: Sequence[str], number: int) -> int:
    """Return the next line that says anything, or the last one."""
    after = range(number + 1, len(lines) + 1)
    return next((n for n in after if not _EMPTY.match(lines[n - 1])), len(lines))
