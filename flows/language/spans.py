"""From where to where each value of a file stands, for who changes a part of it."""

from typing import Any, NamedTuple

import yaml

from flows.language.positions import Path


class Span(NamedTuple):
    """The characters of a value; `inline` where brackets or braces hold it."""

    start: int
    end: int
    inline: bool = False


class Spans(NamedTuple):
    """The spans of values, and of the keys they stand under, by path."""

    values: dict[Path, Span]
    keys: dict[Path, Span]


def spans_of(text: str) -> Spans:
    """Return the spans of a text that was read without a problem."""
    reader = _Reader(text)
    while (event := reader.next()) is not None:
        if isinstance(event, yaml.NodeEvent):
            reader.node(event, ())
            break
    return Spans(reader.values, reader.keys)


class _Reader:
    def __init__(self, text: str) -> None:
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self._text = text
        self._last = 0
        self._parser = yaml.CBaseLoader(text)

    def next(self) -> Any:  # noqa: ANN401 - PyYAML's events share no useful type
        """Return the next event, None after the last."""
        return self._parser.get_event()

    def node(self, start: Any, path: Path) -> Any:  # noqa: ANN401
        """Keep the spans of the node that begins here and all in it; return its end."""
        end = start
        if isinstance(start, yaml.SequenceStartEvent):
            end = self._sequence(path)
        elif isinstance(start, yaml.MappingStartEvent):
            end = self._mapping(path)
        begin, until = start.start_mark.index, end.end_mark.index
        inline = bool(getattr(start, "flow_style", False))
        if end is not start and not inline:
            until = self._last  # the mark is behind the comments that follow
        self._last = self._trimmed(begin, until)
        self.values[path] = Span(begin, self._last, inline)
        return end

    def _sequence(self, path: Path) -> Any:  # noqa: ANN401
        place = 0
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            self.node(event, (*path, place))
            place += 1
        return event

    def _mapping(self, path: Path) -> Any:  # noqa: ANN401
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            below = (*path, str(event.value))
            self.keys[below] = Span(event.start_mark.index, event.end_mark.index)
            self.node(self.next(), below)
        return event

    def _trimmed(self, start: int, end: int) -> int:
        """Leave out white space behind a value, which belongs to what follows."""
        return start + len(self._text[start:end].rstrip())
