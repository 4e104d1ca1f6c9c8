"""Texts that YAML would cut or turn into something else, and how they look in quotes.

Rules. A text that starts with one of YAML's own signs, or holds `: ` or ` #`, has to
stand in quotes. Where YAML's parser stumbles over one, the line is quoted in memory and
read again, so that one missing pair of quotes hides no other problem of the file.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from flows.language.positions import Path, Place
from flows.language.syntax import Fault

MESSAGE: Final = "put the text in quotes"
CODE: Final = "quote-text"

WORDS: Final = frozenset(
    {
        "say", "ask", "low", "high", "label", "share", "reminder", "title", "says",
        "bot", "contact", "name", "comment",
    }
)  # fmt: skip
"""Keys under which an operator writes words for people."""
STRUCTURE: Final = frozenset(
    {
        "flow", "languages", "triggers", "keyword", "command", "event", "referral",
        "steps", "answer", "options", "aliases", "then", "go", "branch", "run", "wait",
        "refer", "open_case", "start", "award", "emit", "with", "tests", "talk", "tap",
        "leaves", "answers", "cases", "tags", "started", "events", "trigger", "to",
        "at", "tag", "set", "min", "max", "qr",
    }
)  # fmt: skip
"""Keys that hold no words: braces and brackets under them are meant."""

_SIGNS: Final = "{[]}*&!%@|>`,\"'"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", re.ASCII)
_BLOCK: Final = re.compile(r"[|>][-+0-9]{0,2}\s*(\s#.*)?\Z")
_IN_QUOTES: Final = re.compile(r"""("([^"\\]|\\.)*"|'([^']|'')*')\s*(\s#.*)?\Z""")
_LINE: Final = re.compile(
    r"""
    (?P<lead>\s*(?:-\s+)*)
    (?:(?P<key>[^\s:\#'"{\[&*!-][^:\#]*|"[^"]*"|'[^']*'):\s+)?
    (?P<value>\S.*)\Z
    """,
    re.VERBOSE,
)
_BY_LANGUAGE: Final = re.compile(r"\{\s*[a-z]{2,3}(-[A-Za-z0-9]{2,8})*:\s.*\}\s*\Z")
_PART: Final = re.compile(r"(?:\{|,)\s*[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*:\s+")
_PARTS: Final = re.compile(
    r"[{,]\s*[A-Za-z_][\w-]*:\s+(?P<text>[^\s{\[](?:[^,}]|,(?!\s*[\w-]+:\s))*[^,}\s])"
)
_TOKEN: Final = re.compile(r"[^,\]}]*[^,\]}\s]")


class Mended(Struct, frozen=True):
    """The lines with one text quoted, where that text stands, and how it looks now."""

    lines: Sequence[str]
    place: Place
    suggestion: str
    end: Place
    """Behind it; what is at fault up to there was not mended by these quotes."""


def quoted(text: str) -> str:
    r"""Return a text in double quotes, so that YAML takes it as it is.

    >>> print(quoted('We are #1, "really"'))
    "We are #1, \"really\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'


def words_stand_under(path: Path) -> bool:
    """Tell whether words for people are expected there: a text, or one language's."""
    keys = [part for part in path if isinstance(part, str)]
    if not keys:
        return False
    if keys[-1] in WORDS or "options" in keys[-3:-1]:
        return True
    return len(keys) > 1 and keys[-2] in WORDS and bool(_LANGUAGE.match(keys[-1]))


def suggest(lines: Sequence[str], place: Place) -> tuple[Place, str | None]:
    """Return where the text at fault begins, and how it should be written there."""
    rest = lines[place.line - 1][place.column - 1 :].strip()
    if not rest or _BLOCK.match(rest):
        return place, None
    if first := _languages_quoted(rest)[1]:
        return Place(place.line, place.column + first.start), first.text
    return place, quoted(_inner(rest))


def _inner(rest: str) -> str:
    """Leave out brackets at a line's end that were opened before the text."""
    for opened, closed in ("{}", "[]", "{}"):
        while rest.endswith(closed) and rest.count(closed) > rest.count(opened):
            rest = rest[:-1].rstrip()
    return rest


def mends(lines: Sequence[str], fault: Fault) -> Iterator[Mended]:
    """Yield the texts whose quotes may be missing, the likeliest first."""
    token = _mend_token(lines, fault)
    if not _holds_words(lines, fault.context_line):
        yield from (each for each in (token, _mend_part(lines, fault)) if each)
    for line in dict.fromkeys((fault.line, fault.last_line, fault.context_line)):
        if line < len(lines) and (mended := _mend_line(lines, line, fault)):
            yield mended
    if token:
        yield token


def _holds_words(lines: Sequence[str], line: int) -> bool:
    """Tell whether a line's key asks for words, or its value is words in braces."""
    found = _LINE.match(lines[line]) if line < len(lines) else None
    if not found or found["value"][0] not in "{[":
        return True
    return (found["key"] or "").strip() in WORDS or bool(
        _BY_LANGUAGE.match(found["value"])
    )


def _mend_line(lines: Sequence[str], line: int, fault: Fault) -> Mended | None:
    found = _LINE.match(lines[line])
    if not found or not (found["lead"].strip() or found["key"]):
        return None
    key, value = (found["key"] or "").strip(), found["value"].rstrip()
    inline = _BY_LANGUAGE.match(value) is not None
    open_ = not inline and _left_open(key, line, fault)
    if value[0] in "{[" and (key in STRUCTURE or open_):
        return None
    indent = len(found["lead"]) if key else max(len(found["lead"]) - 1, 0)
    more = 0 if _BLOCK.match(value) else _more(lines, line, indent, key)
    carried = (each.strip() for each in lines[line + 1 : line + 1 + more])
    text = " ".join([value, *carried]).rstrip()
    if not _at_fault(text):
        return None
    after, first = _languages_quoted(text)
    first = first or _Text(0, quoted(text))
    new = list(lines)
    new[line] = lines[line][: found.start("value")] + (after or first.text)
    new[line + 1 : line + 1 + more] = [""] * more
    place = Place(line + 1, found.start("value") + 1 + first.start)
    return Mended(new, place, first.text, Place(line + 1, len(new[line]) + 1))


def _left_open(key: str, line: int, fault: Fault) -> bool:
    """Tell whether a bracket opened here, for no text, is missed further down."""
    missed = "flow" in fault.context and fault.context_line == line != fault.line
    return missed and not _wordy(key)


def _wordy(key: str) -> bool:
    """Tell whether words stand under a key: it asks for them, or names a language."""
    return key in WORDS or (key not in STRUCTURE and bool(_LANGUAGE.match(key)))


def _more(lines: Sequence[str], line: int, indent: int, key: str) -> int:
    """Count the lines that carry a text on: deeper ones, below a key for words."""
    if not _wordy(key):
        return 0
    count = 0
    for each in lines[line + 1 :]:
        if each.split(":")[0].strip() in STRUCTURE | WORDS:
            return 0
        if len(each) - len(each.lstrip(" ")) <= indent or not each.strip():
            break
        count += 1
    return count


def _at_fault(text: str) -> bool:
    """Tell whether YAML reads a text as something else than its words."""
    if _BLOCK.match(text) or _IN_QUOTES.match(text):
        return False
    if text[0] in _SIGNS or text.startswith(("- ", "? ", ": ")) or text in ("-", "?"):
        return True
    return ": " in text or " #" in text or text.endswith(":")


class _Text(Struct, frozen=True):
    """A text in quotes, and how far into its line's value it begins."""

    start: int
    text: str


def _languages_quoted(value: str) -> tuple[str | None, _Text | None]:
    """Quote each text of `{en: …, es: …}` that needs it; also return the first of them.

    Return None twice where the value is no such mapping, or needs no quotes.
    """
    if not _BY_LANGUAGE.match(value):
        return None, None
    body = value.rstrip()[:-1]
    heads = list(_PART.finditer(body))
    ends = [*(head.start() for head in heads[1:]), len(body)]
    parts, first = [], None
    for head, end in zip(heads, ends, strict=True):
        text = body[head.end() : end].strip()
        if text and not _IN_QUOTES.match(text) and (_at_fault(text) or "," in text):
            text = quoted(text)
            first = first or _Text(head.end(), text)
        parts.append(head[0] + text)
    return ("".join(parts) + "}", first) if first else (None, None)


def _mend_token(lines: Sequence[str], fault: Fault) -> Mended | None:
    """Quote one item within brackets that starts with a sign, as in `[@you, me]`."""
    line, column = fault.context_line, fault.context_column
    if line >= len(lines) or lines[line][column : column + 1] not in tuple("@`%*&!"):
        return None
    found = _TOKEN.match(lines[line], column)
    if not found:
        return None
    return _with_quotes(lines, line, column, found[0])


def _mend_part(lines: Sequence[str], fault: Fault) -> Mended | None:
    """Quote one value within braces, as in `{team: help, say: Look: here}`."""
    line = fault.line
    for part in _PARTS.finditer(lines[line] if line < len(lines) else ""):
        text = part["text"]
        if part.start("text") <= fault.column <= part.end() and _at_fault(text):
            return _with_quotes(lines, line, part.start("text"), text)
    return None


def _with_quotes(lines: Sequence[str], line: int, column: int, text: str) -> Mended:
    new, before, behind = list(lines), lines[line][:column], lines[line][column:]
    new[line] = f"{before}{quoted(text)}{behind[len(text) :]}"
    end = Place(line + 1, column + len(quoted(text)) + 1)
    return Mended(new, Place(line + 1, column + 1), quoted(text), end)
