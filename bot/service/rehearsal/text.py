"""A test file's text while parts of it are changed: all else stays as it stands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flows.language.positions import Path
from flows.language.spans import Span, spans_of

_DASH: Final = re.compile(r" *- +\Z")
_INDENT: Final = re.compile(r" *\Z")


class CannotMend(Exception):
    """A part of a file is written in a way that cannot be changed line by line."""


class FileText:
    """A text, where its values stand, and the changes that are to be made."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        self.spans = spans_of(text)
        self._edits: list[tuple[int, int, str]] = []

    def changed(self) -> str:
        """Return the text with all changes made."""
        text = self.text
        for start, end, new in sorted(self._edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all changes of this block, or none where one of them cannot be made."""
        before = list(self._edits)
        try:
            yield
        except CannotMend:
            self._edits = before
            raise

    def span(self, path: Path) -> Span:
        """Return where a value stands."""
        return self.spans.values[path]

    def raw(self, path: Path) -> str:
        """Return a value as it is written."""
        span = self.span(path)
        return self.text[span.start : span.end]

    def inline(self, path: Path) -> bool:
        """Say whether a value stands within brackets or braces, or is some itself."""
        steps = range(len(path) + 1)
        return any(
            self.spans.values[path[:n]].inline
            for n in steps
            if path[:n] in self.spans.values
        )

    def followed(self, path: Path) -> bool:
        """Say whether something stands behind a value on its line."""
        end = self.span(path).end
        return bool(self.text[end : self._line_stop(end)].strip())

    def count(self, path: Path) -> int:
        """Return how many items a list has."""
        n = 0
        while (*path, n) in self.spans.values:
            n += 1
        return n

    def keys(self, path: Path) -> list[str]:
        """Return the keys of a mapping, in order."""
        depth = len(path)
        return [
            str(each[-1])
            for each in self.spans.keys
            if len(each) == depth + 1 and each[:depth] == path
        ]

    # ── changes ──────────────────────────────────────────────────────────────────

    def replace(self, path: Path, new: str) -> None:
        """Write something in a value's place."""
        span = self.span(path)
        self._edits.append((span.start, span.end, new))

    def empty(self, path: Path, new: str) -> None:
        """Write an empty list or mapping behind a key, in place of its lines."""
        self._edits.append((self.spans.keys[path].end, self.span(path).end, f": {new}"))

    def remove_item(self, path: Path) -> None:
        """Take the lines of a list's item out."""
        self._lead(path)
        self._remove(self.span(path).start, self.span(path).end)

    def remove_entry(self, path: Path) -> None:
        """Take the lines of a mapping's key and value out."""
        self._indent(path)
        self._remove(self.spans.keys[path].start, self.span(path).end)

    def add_items(self, path: Path, after: int, items: list[str]) -> None:
        """Add items to a list behind one of its items, -1: before the first."""
        if after < 0:
            first = (*path, 0)
            lead = self._lead(first)
            at = self._line_start(self.span(first).start)
            new = "".join(f"{lead}{item}{self.line_end}" for item in items)
        else:
            lead = self._lead((*path, after))
            at = self._line_stop(self.span((*path, after)).end)
            new = "".join(f"{self.line_end}{lead}{item}" for item in items)
        self._edits.append((at, at, new))

    def add_block(self, path: Path, after: int, block: str) -> None:
        """Add an item of several lines to a list, behind an empty line."""
        lead = self._lead((*path, after))
        at = self._line_stop(self.span((*path, after)).end)
        lines = block.replace("\n", self.line_end + " " * len(lead))
        self._edits.append((at, at, f"{self.line_end * 2}{lead}{lines}"))

    def add_entry(self, path: Path, last: str, key: str, new: str) -> None:
        """Add a key and its value to a mapping, behind its last one."""
        indent = self._indent((*path, last))
        at = self._line_stop(self.span((*path, last)).end)
        self._edits.append((at, at, f"{self.line_end}{indent}{key}: {new}"))

    def fill(self, path: Path, items: list[str]) -> None:
        """Make an empty list `[]` one with an item a line."""
        key = self.spans.keys[path]
        indent = self._indent(path)
        lines = "".join(f"{self.line_end}{indent}  - {item}" for item in items)
        self._edits.append((key.end, self.span(path).end, f":{lines}"))

    # ── lines ────────────────────────────────────────────────────────────────────

    def _remove(self, start: int, end: int) -> None:
        first, last = self._line_start(start), self._line_stop(end)
        last += len(self.line_end) if last < len(self.text) else 0
        self._edits.append((first, last, ""))

    def _lead(self, item: Path) -> str:
        """Return what stands before an item: its indentation and dash."""
        return self._before(self.span(item).start, _DASH)

    def _indent(self, entry: Path) -> str:
        """Return the indentation of a mapping's key."""
        return self._before(self.spans.keys[entry].start, _INDENT)

    def _before(self, start: int, form: re.Pattern[str]) -> str:
        lead = self.text[self._line_start(start) : start]
        if not form.match(lead):
            raise CannotMend("it is not written with a line for each thing")
        return lead

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_stop(self, at: int) -> int:
        """Return where the line ends that a character stands in."""
        end = self.text.find(self.line_end, at)
        return len(self.text) if end < 0 else end
