"""YAML's events made into plain data with positions, strictly and within bounds.

Nothing is guessed and nothing is expanded: scalars stay text, equal keys are a problem,
and anchors, aliases and tags are problems instead of references.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import yaml
from msgspec import Struct

from bot.errors import Problem
from flows.language.positions import Path, Place, Positions
from flows.language.quoting import MESSAGE, quoted, words_stand_under
from flows.language.scalars import Braces, Plain
from flows.language.syntax import Fault, fault_of

DEEPEST: Final = 50
MOST_VALUES: Final = 50_000
MOST_PROBLEMS: Final = 200

_COMMENT: Final = re.compile(r"\s+#")


class Tree(Struct, frozen=True, kw_only=True):
    """What came of one try: data, or the fault that ended it."""

    data: Any
    positions: Positions
    problems: Sequence[Problem]
    fault: Fault | None = None


def grow(path: str, text: str, lines: Sequence[str]) -> Tree:
    """Return the data of a text that holds only printable characters, or its fault."""
    builder = _Builder(path, text, lines)
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        return builder.tree(None, fault_of(error, builder.last_line))
    except _TooMuch:
        return builder.tree(None)
    return builder.tree(data)


class _TooMuch(Exception):
    """The file is deeper or longer than any flow, so reading ends here."""


class _Builder:
    def __init__(self, path: str, text: str, lines: Sequence[str]) -> None:
        self.last_line = 0
        self._path = path
        self._lines = lines
        self._parser = yaml.CBaseLoader(text)
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self._problems: list[Problem] = []

    def tree(self, data: object, fault: Fault | None = None) -> Tree:
        """Return what was gathered so far."""
        return Tree(
            data=data,
            positions=Positions(self._values, self._keys),
            problems=tuple(self._problems),
            fault=fault,
        )

    def document(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """Return the one document of the stream, None where it holds nothing."""
        data = None
        while (event := self._next()) is not None:
            if isinstance(event, yaml.NodeEvent):
                data = self._node(event, ())
            elif isinstance(event, yaml.DocumentStartEvent) and self._values:
                self._report(
                    self._start(event),
                    "documents",
                    "a second document begins here; a file is one",
                )
                break
        return data

    def _next(self) -> Any:  # noqa: ANN401 - PyYAML's events share no useful type
        event: Any = self._parser.get_event()
        if event is not None:
            self.last_line = event.start_mark.line
        return event

    def _node(self, event: Any, path: Path) -> Any:  # noqa: ANN401
        place = self._values[path] = self._start(event)
        if len(path) > DEEPEST:
            self._stop(place, "depth", f"this is nested more than {DEEPEST} deep")
        if len(self._values) > MOST_VALUES:
            self._stop(place, "size", f"the file holds more than {MOST_VALUES} values")
        if isinstance(event, yaml.AliasEvent):
            return self._marked(event, path, "alias", f"*{event.anchor}")
        if event.anchor is not None:
            return self._marked(event, path, "anchor", f"&{event.anchor}")
        if event.tag is not None:
            return self._marked(event, path, "tag", event.tag)
        return self._content(event, path)

    def _content(self, event: Any, path: Path) -> Any:  # noqa: ANN401
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, path)
        return self._sequence(path)

    def _scalar(self, event: Any, path: Path) -> str:  # noqa: ANN401
        text: str = event.value
        if event.style:
            return text
        end = event.end_mark
        within = end.line < len(self._lines)
        cut = _COMMENT.match(self._lines[end.line], end.column) if within else None
        if cut and not text:  # the whole text hides behind the `#`
            self._values[path] = Place(end.line + 1, cut.end())
        return Plain(text, cut=cut is not None)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, start: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401
        found: dict[str, Any] = Braces() if start.flow_style else {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            place = self._start(event)
            key = self._key(event, (*path, f"\0{len(self._values)}"))
            value = self._next()
            if key not in found:
                self._keys[(*path, key)] = place
                found[key] = self._node(value, (*path, key))
                continue
            self._node(value, (*path, f"\0{len(self._values)}"))
            if value.start_mark.index > event.end_mark.index:  # else words: `{a, a}`
                first = self._keys[(*path, key)]
                self._report(
                    place,
                    "equal-keys",
                    f"key '{key}' stands here and in {first.line}:{first.column};"
                    " a key stands once",
                )
        return found

    def _key(self, event: Any, aside: Path) -> str:  # noqa: ANN401
        """Return a key's text; what is no text is a problem, in braces likely words."""
        whole = self._node(event, aside)
        if isinstance(whole, str):
            return str(whole)
        if not isinstance(whole, Braces):
            self._report(
                self._start(event), "invalid-key", "a key is a word, not a list"
            )
        return f"{{{', '.join(whole)}}}" if isinstance(whole, dict) else str(whole)

    def _marked(self, event: Any, path: Path, code: str, mark: str) -> Any:  # noqa: ANN401
        """Return what a mark stands at; where words are expected, the mark is words."""
        place = self._start(event)
        scalar = isinstance(event, yaml.AliasEvent | yaml.ScalarEvent)
        if scalar and words_stand_under(path):
            words = self._written(event)
            self._report(place, "quote-text", MESSAGE, quoted(words))
            return words
        self._report(place, code, _MARKS[code])
        if isinstance(event, yaml.AliasEvent):
            return Plain(mark)
        return self._content(event, path)

    def _written(self, event: Any) -> str:  # noqa: ANN401
        start, end = event.start_mark, event.end_mark
        line: str = self._lines[start.line]
        if start.line == end.line:
            return line[start.column : end.column].rstrip()
        return line[start.column :].rstrip()

    def _start(self, event: Any) -> Place:  # noqa: ANN401
        """Return where an event begins: within the file, also for what is not there."""
        mark = event.start_mark
        if mark.line < len(self._lines):
            return Place(mark.line + 1, mark.column + 1)
        return Place(len(self._lines), len(self._lines[-1]) + 1)

    def _stop(self, place: Place, code: str, message: str) -> None:
        self._report(place, code, message)
        raise _TooMuch

    def _report(
        self, place: Place, code: str, message: str, suggestion: str | None = None
    ) -> None:
        self._problems.append(
            Problem(
                path=self._path,
                line=place.line,
                column=place.column,
                code=code,
                message=message,
                suggestion=suggestion,
            )
        )
        if len(self._problems) >= MOST_PROBLEMS:
            raise _TooMuch


_MARKS: Final = {
    "alias": "an alias, *name, has no place here; write the value itself",
    "anchor": "an anchor, &name, has no place here",
    "tag": "a tag, !name, has no place here",
}
