"""The one strict way in for YAML: flows, their tests and config.yaml are read here.

Any bytes end in data or in problems, soon: there are bounds on size, depth, the number
of values and the number of tries.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from bot.errors import Problem, by_place
from flows.language.positions import START, Place, Positions
from flows.language.quoting import CODE, MESSAGE, mends
from flows.language.syntax import beyond, explain
from flows.language.tree import Tree, grow

LARGEST: Final = 1_000_000
"""Bytes of a file; the largest flow that was seen has a hundredth of it."""
MOST_TRIES: Final = 60
MOST_WORK: Final = 5_000_000
"""Characters that may be read in all while quotes are put in."""
MOST_ODD: Final = 20

_BREAK: Final = re.compile(r"\r\n|\n|\r")
_ODD: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


class Document(Struct, frozen=True, kw_only=True):
    """A file as read: data without a guess, the place of each value, what is wrong.

    `data` is None where the file is empty or cannot be read as YAML; then the problems
    say why. `lines` are the file's, for suggestions.
    """

    path: str
    data: Any
    positions: Positions
    problems: tuple[Problem, ...]
    lines: tuple[str, ...] = ("",)


def read(path: str, source: bytes) -> Document:
    """Return what a YAML file says, with every problem of its writing."""
    if len(source) > LARGEST:
        return _unread(path, START, "size", "the file is larger than 1 MB")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _undecoded(path, source, error)
    if source[1:2] == b"\0" or source[:1] == b"\0":
        return _unread(
            path, START, "encoding", _NOT_UTF8.format("it looks like UTF-16")
        )
    odd = _odd_characters(path, text)
    return _mended(path, _ODD.sub("\ufffd", text) if odd else text, odd)


def _mended(path: str, text: str, problems: list[Problem]) -> Document:
    """Read, put in the quotes that are missing, read again, until it holds."""
    written = lines = tuple(_BREAK.split(text))
    tree = grow(path, text, lines)
    tries = min(MOST_TRIES, MOST_WORK // (len(text) + 1))
    while tree.fault and tries > 0:
        for mended in mends(lines, tree.fault):
            tries -= 1
            again = grow(path, "\n".join(mended.lines), mended.lines)
            if not again.fault or beyond(again.fault, mended.end):
                problems.append(
                    _problem(path, mended.place, CODE, MESSAGE, mended.suggestion)
                )
                lines, tree = tuple(mended.lines), again
                break
        else:
            break
    return _document(path, tree, problems, written)


def _document(
    path: str, tree: Tree, problems: list[Problem], lines: Sequence[str]
) -> Document:
    if tree.fault:
        place, said = explain(tree.fault, lines)
        problems.append(_problem(path, place, "syntax", said))
    return Document(
        path=path,
        data=tree.data,
        positions=tree.positions,
        problems=tuple(sorted({*problems, *tree.problems}, key=by_place)),
        lines=tuple(lines),
    )


_NOT_UTF8: Final = "the file is not UTF-8: {}; save it as UTF-8"


def _undecoded(path: str, source: bytes, error: UnicodeDecodeError) -> Document:
    if source.startswith(_UTF16):
        return _unread(
            path, START, "encoding", _NOT_UTF8.format("it looks like UTF-16")
        )
    before = _BREAK.split(source[: error.start].decode("utf-8-sig"))
    place = Place(len(before), len(before[-1]) + 1)
    byte = f"byte 0x{source[error.start]:02x} stands here"
    return _unread(path, place, "encoding", _NOT_UTF8.format(byte))


def _odd_characters(path: str, text: str) -> list[Problem]:
    """Report the control characters of a text, the first ones of many."""
    if not _ODD.search(text):
        return []
    found = []
    for number, line in enumerate(_BREAK.split(text), 1):
        for odd in _ODD.finditer(line):
            place = Place(number, odd.start() + 1)
            said = f"the control character U+{ord(odd[0]):04X} stands here; remove it"
            found.append(_problem(path, place, "control-character", said))
            if len(found) == MOST_ODD:
                return found
    return found


def _unread(path: str, place: Place, code: str, message: str) -> Document:
    return Document(
        path=path,
        data=None,
        positions=Positions(),
        problems=(_problem(path, place, code, message),),
    )


def _problem(
    path: str, place: Place, code: str, message: str, suggestion: str | None = None
) -> Problem:
    return Problem(
        path=path,
        line=place.line,
        column=place.column,
        code=code,
        message=message,
        suggestion=suggestion,
    )
