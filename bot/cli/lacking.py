"""What a flow needs that `config.yaml` does not declare, as the lines to add."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.model.world import World
from flows.language.check import check
from flows.language.document import FlowDocument

_CODES: Final = frozenset(
    {
        "unknown-attribute",
        "unknown-event",
        "unknown-name",
        "unknown-programme",
        "unknown-team",
    }
)

Tree = dict[str, "Tree"]


def lacking(
    document: FlowDocument, others: Sequence[FlowDocument], world: World
) -> str | None:
    """Return the lines that `config.yaml` lacks for a flow, None where it has all."""
    found = check([document, *others], world)
    lines = (
        problem.suggestion
        for problem in found
        if problem.path == document.path and problem.code in _CODES
    )
    return merged(each for each in lines if each and "\n" in each) or None


def merged(blocks: Iterable[str]) -> str:
    r"""Return blocks of YAML as one, in which each line stands once.

    >>> print(merged(["teams:\n  a: {}", "events: {}", "teams:\n  b: {}"]))
    teams:
      a: {}
      b: {}
    events: {}
    """
    tree: Tree = {}
    for block in blocks:
        above = [tree]
        for line in block.splitlines():
            depth = (len(line) - len(line.lstrip())) // 2
            del above[depth + 1 :]
            above.append(above[depth].setdefault(line, {}))
    return "\n".join(_lines(tree))


def _lines(tree: Tree) -> Iterable[str]:
    for line, inside in tree.items():
        yield line
        yield from _lines(inside)
