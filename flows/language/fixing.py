"""Mending what is mechanical: quotes, an implied `go`, an idle comment, odd characters.

A fix never changes what a flow does: a flow that ran before it runs the same way
afterwards, which is looked after here once more before anything is handed out. All
other lines, comments and layout stay as they are.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import yaml
from msgspec import Struct

from bot.errors import Problem
from flows.language.document import FlowDocument, TalksDocument, load_flow, load_talks
from flows.language.model import ELSE, Branch, Flow, Way
from flows.language.nodes import Node, last_place, node_at, root_of, scalar_at
from flows.language.paths import falls_through
from flows.language.quoting import quoted

_LINES: Final = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_COMMENT: Final = re.compile(r" #(\s|\Z)")
"""What may be a comment behind a text, so nobody knows where the text ends."""


class Edit(Struct, frozen=True, order=True):
    """Characters of one line, counted from 0, and what stands there instead.

    `drops` takes the whole line away.
    """

    line: int
    start: int
    end: int
    words: str = ""
    drops: bool = False


class _Page:
    """A file's lines, with what ends each, and what YAML makes of them."""

    def __init__(self, text: str) -> None:
        found = [m.groups() for m in _LINES.finditer(text)]
        self.lines = [words for words, _ in found]
        self.ends = [end for _, end in found]
        self.newline = next((end for end in self.ends if end), "\n")

    @cached_property
    def root(self) -> Node | None:
        """The nodes of the file; only asked for where its values were read."""
        return root_of("\n".join(self.lines))

    def with_edits(self, edits: Sequence[Edit]) -> str:
        """Return the text with the edits made, the last ones first."""
        lines, ends = list(self.lines), list(self.ends)
        for edit in sorted(edits, reverse=True):
            if edit.drops:
                del lines[edit.line], ends[edit.line]
                continue
            line = lines[edit.line]
            words = edit.words.replace("\n", self.newline)
            lines[edit.line] = line[: edit.start] + words + line[edit.end :]
        return "".join(line + end for line, end in zip(lines, ends, strict=True))


AnyDocument = FlowDocument | TalksDocument


def fixed(
    document: AnyDocument, problems: Sequence[Problem]
) -> tuple[bytes, list[Problem]]:
    """Return a file with what is mechanical mended, and which problems that were."""
    if not any(problem.code in _FIXERS for problem in problems):
        return document.source, []
    try:
        text = document.source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return document.source, []
    mark = document.source[: len(document.source) - len(text.encode())]
    page = _Page(text)
    edits = _edits(page, document, problems)
    for some in (edits, *({problem: edit} for problem, edit in edits.items())):
        source = mark + page.with_edits(list(some.values())).encode()
        if some and _same(document, source):
            return source, list(some)
    return document.source, []


def _edits(
    page: _Page, document: AnyDocument, problems: Sequence[Problem]
) -> dict[Problem, Edit]:
    """Return what each problem needs, leaving out what is in the way of another."""
    edits: dict[Problem, Edit] = {}
    for problem in problems:
        for edit in _edit(page, document, problem):
            if not any(_meet(edit, other) for other in edits.values()):
                edits[problem] = edit
    return edits


def _edit(page: _Page, document: AnyDocument, problem: Problem) -> Iterator[Edit]:
    fixer = _FIXERS.get(problem.code)
    if fixer and 0 < problem.line <= len(page.lines):
        yield from fixer(page, document, problem)


def _meet(one: Edit, other: Edit) -> bool:
    return one.line == other.line and (
        one.drops or other.drops or (one.start <= other.end and other.start <= one.end)
    )


# ── one fixer a code ─────────────────────────────────────────────────────────────


def _without_character(
    page: _Page, _document: AnyDocument, problem: Problem
) -> Iterator[Edit]:
    line, column = problem.line - 1, problem.column - 1
    if column < len(page.lines[line]) and not page.lines[line][column].isprintable():
        yield Edit(line, column, column + 1)


def _in_quotes(page: _Page, _document: AnyDocument, problem: Problem) -> Iterator[Edit]:
    """Put quotes around a text of one line, unless part of it may be a comment."""
    line, column = problem.line - 1, problem.column - 1
    rest = page.lines[line][column:]
    for end in range(len(rest), 0, -1):
        if quoted(rest[:end]) == problem.suggestion:
            if not _COMMENT.search(rest[:end]):
                yield Edit(line, column, column + end, problem.suggestion)
            return


def _without_comment(
    page: _Page, _document: AnyDocument, problem: Problem
) -> Iterator[Edit]:
    line, column = problem.line - 1, problem.column - 1
    words = page.lines[line]
    before = words[:column].rstrip()
    yield Edit(line, len(before), len(words), drops=not before)


def _as_suggested(
    page: _Page, _document: AnyDocument, problem: Problem
) -> Iterator[Edit]:
    """Put the suggestion in the place of a word."""
    node = scalar_at(page.root, problem.line - 1, problem.column - 1)
    if node is None or problem.suggestion is None:
        return
    if node.start_mark.line == node.end_mark.line:
        start, end = node.start_mark.column, node.end_mark.column
        yield Edit(node.start_mark.line, start, end, problem.suggestion)


def _with_go(page: _Page, document: AnyDocument, problem: Problem) -> Iterator[Edit]:
    """Say where a step goes on by mere order."""
    flow = document.flow if isinstance(document, FlowDocument) else None
    for name in flow.steps if flow else ():
        place = document.positions.key(("steps", name))
        if flow and place == (problem.line, problem.column):
            yield from _go_on(page, name, flow.after(name))


def _go_on(page: _Page, name: str, to: str) -> Iterator[Edit]:
    step = node_at(page.root, ("steps", name))
    ways = node_at(step, ("go",)) or node_at(step, ("branch",))
    if isinstance(ways, yaml.SequenceNode):
        yield from _added(page, ways, f"- {ELSE}: {to}", f"{{{ELSE}: {to}}}")
    elif isinstance(ways, yaml.MappingNode):
        yield from _added(page, ways, f"{ELSE}: {to}", f"{ELSE}: {to}")
    elif isinstance(step, yaml.MappingNode) and ways is None:
        yield from _added(page, step, f"go: {to}", f"go: {to}")


def _added(
    page: _Page, node: yaml.CollectionNode, block: str, inline: str
) -> Iterator[Edit]:
    """Add an item to the end of a list or mapping, however it is written."""
    if not node.value:
        return
    line, column = last_place(node)
    if node.flow_style:
        yield Edit(line, column, column, f", {inline}")
        return
    if column == 0:  # a text over several lines ends where the next line begins
        line -= 1
        while line > 0 and not page.lines[line].strip():
            line -= 1
    indent = " " * node.start_mark.column
    end = len(page.lines[line])
    yield Edit(line, end, end, f"\n{indent}{block}")


Fixer = Callable[[_Page, AnyDocument, Problem], Iterator[Edit]]

_FIXERS: Final[Mapping[str, Fixer]] = MappingProxyType(
    {
        "control-character": _without_character,
        "falling-through": _with_go,
        "invalid-duration": _as_suggested,
        "invalid-truth": _as_suggested,
        "quote-text": _in_quotes,
        "unused-allowance": _without_comment,
    }
)


# ── it does the same ─────────────────────────────────────────────────────────────


def _same(before: AnyDocument, source: bytes) -> bool:
    """Tell whether a file does the same as before, or has fewer problems of writing."""
    if isinstance(before, TalksDocument):
        talks = load_talks(before.path, source)
        if before.problems:
            return len(talks.problems) < len(before.problems)
        return talks.talks == before.talks
    after = load_flow(before.path, source)
    if before.flow is None or before.problems:
        return len(after.problems) < len(before.problems)
    return after.flow is not None and as_done(after.flow) == as_done(before.flow)


def as_done(flow: Flow) -> Mapping[str, Any]:
    """Return all that a flow does: equal for two that differ only in how it is said."""
    done = dict(flow)
    done["steps"] = [(n, type(s), dict(s)) for n, s in flow.steps.items()]
    for name, kind, step in done["steps"]:
        if falls_through(flow.steps[name]):
            verb = "branch" if kind is Branch else "go"
            step[verb] = _with_else(step[verb], flow.after(name))
    return done


def _with_else(ways: Any, to: str) -> Any:  # noqa: ANN401
    if ways is None:
        return to
    if isinstance(ways, Mapping):
        return {**ways, ELSE: to}
    return (*ways, Way(to=to))
