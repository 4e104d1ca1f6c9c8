"""Whole-flow rules, one a file: what no single value can show to be wrong."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from msgspec.structs import replace

from bot.errors import Problem, by_place
from bot.model.world import World
from flows.language.allowed import judged
from flows.language.check import (
    dead,
    declared,
    endless,
    exits,
    fallbacks,
    falling,
    gating,
    keywords,
    kinds,
    labels,
    languages,
    limits,
    meanings,
    names,
    outcome_names,
    plurals,
    ranges,
    repeated,
    reserved,
    running,
    said,
    showing,
    starting,
    steps,
    talks,
    unreachable,
    unspoken,
    window,
)
from flows.language.document import FlowDocument, TalksDocument

Rule = Callable[[FlowDocument, Mapping[str, FlowDocument], World], Iterator[Problem]]

RULES: Final[tuple[Rule, ...]] = (
    dead.rule,
    declared.rule,
    endless.rule,
    exits.rule,
    fallbacks.rule,
    falling.rule,
    gating.rule,
    keywords.rule,
    kinds.rule,
    labels.rule,
    languages.rule,
    limits.rule,
    meanings.rule,
    names.rule,
    outcome_names.rule,
    plurals.rule,
    ranges.rule,
    repeated.rule,
    reserved.rule,
    running.rule,
    said.rule,
    showing.rule,
    starting.rule,
    steps.rule,
    unreachable.rule,
    unspoken.rule,
    window.rule,
)
MOST_PROBLEMS: Final = 200
"""Of one rule in one file: nobody mends more at once, and looking for names is slow."""

_FLOW: Final = re.compile(rb"^flow:[ \t]+([a-z][a-z0-9_]*)", re.MULTILINE)


def problems_of(
    flows: Sequence[FlowDocument], talks: Sequence[TalksDocument], world: World
) -> list[Problem]:
    """Return every problem of these files, alone and together, sorted.

    What a file allows, with a reason, is left out.
    """
    found: dict[str, list[Problem]] = {}
    alone = [problem for flow in flows for problem in flow.problems]
    alone += [problem for tests in talks for problem in tests.problems]
    for problem in (*alone, *check(flows, world), *check_talks(talks, flows, world)):
        found.setdefault(problem.path, []).append(problem)
    left = [
        *(_judged(each, found, whole=each.flow is not None) for each in flows),
        *(_judged(each, found, whole=each.talks is not None) for each in talks),
    ]
    return sorted({problem for part in left for problem in part}, key=by_place)


def _judged(
    document: FlowDocument | TalksDocument,
    found: Mapping[str, Sequence[Problem]],
    *,
    whole: bool,
) -> list[Problem]:
    problems = found.get(document.path, ())
    return judged(document.path, document.source, problems, whole=whole)


def check(documents: Sequence[FlowDocument], world: World) -> list[Problem]:
    """Return what the rules find in all these flows together, sorted.

    A flow with an error of its own is looked into where it is plain what was meant;
    elsewhere only its name exists.
    """
    documents = [replace(each, flow=each.sketch) for each in documents]
    flows = by_name(documents)
    found = {
        problem
        for document in documents
        if document.flow is not None
        for rule in RULES
        for problem in islice(rule(document, flows, world), MOST_PROBLEMS)
    }
    return sorted(found, key=by_place)


def check_talks(
    documents: Sequence[TalksDocument],
    flows: Sequence[FlowDocument],
    world: World | None = None,
) -> list[Problem]:
    """Return what tests of flows say that these flows cannot do, sorted.

    Where the name of a flow cannot be read, no test is told that its flow is missing;
    where two files hold it, nobody knows which one is meant.
    """
    named = by_name(flows)
    times = Counter(name_of(each) for each in flows)
    found = {
        problem
        for document in documents
        if document.talks is None or times[document.talks.flow] <= 1
        for problem in talks.rule(document, named, world)
        if not (times[None] and problem.code == "unknown-flow")
    }
    return sorted(found, key=by_place)


def by_name(documents: Sequence[FlowDocument]) -> dict[str, FlowDocument]:
    """Return flows by name: of equal names the first path, rather a readable one."""
    named: dict[str, FlowDocument] = {}
    for document in sorted(documents, key=lambda each: (each.flow is None, each.path)):
        if name := name_of(document):
            named.setdefault(name, document)
    return named


def name_of(document: FlowDocument) -> str | None:
    """Return the name of a flow, also of one with errors where its file tells it."""
    if document.flow is not None:
        return document.flow.flow
    found = _FLOW.search(document.source)
    return found[1].decode() if found else None
