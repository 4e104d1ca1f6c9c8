"""Whatever a flow holds, rules end soon and tell places of its file."""

import string
from typing import Final

from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec.structs import replace

from flows.language.check import RULES, by_name, check
from flows.language.check.ways.combos import MOST
from flows.language.check.ways.shared import shared
from flows.language.check.ways.taken import MOST_TRIES
from flows.language.check.ways.walks import MOST_PLACES
from flows.language.document import load_flow
from tests import examples
from tests.engine.chat import WORLD

LINES: Final = [
    line
    for path in examples.FLOWS
    for line in path.read_text(encoding="utf-8").splitlines()
]
SCRAPS: Final = st.sampled_from(
    [
        *LINES,
        "    go: nowhere",
        "    go: score",
        "    run: nps",
        "    wait: 25 hours",
        "    go: [{when: answers.score > 3, to: score}, {else: thanks}]",
        "    branch: [{when: len(answers.improve) > answers.score, to: improve}]",
        "      - start: {flow: nps, wait: 1 hour}",
        "    answer: number",
        "    answer: choices",
        "    unless_said: score",
        "remind_after: [30 days, 1 hour]",
        "once_every: 1 hour",
    ]
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.integers(0, len(LINES)), st.booleans(), SCRAPS), max_size=8),
    st.sampled_from(range(len(examples.FLOWS))),
)
def test_whatever_is_changed_no_rule_breaks(
    changes: list[tuple[int, bool, str]], which: int
) -> None:
    """Lines lost, doubled and misplaced end in problems at lines of the file."""
    lines = examples.FLOWS[which].read_text(encoding="utf-8").splitlines()
    for place, adds, scrap in changes:
        lines[place % len(lines) : place % len(lines) + (not adds)] = [scrap]
    others = [load_flow(p.name, p.read_bytes()) for p in examples.FLOWS]
    others[which] = load_flow("0.yaml", "\n".join(lines).encode())
    for problem in check(others, replace(WORLD, templates={})):
        if problem.path == "0.yaml":
            assert 1 <= problem.line <= len(lines)


OPTIONS: Final = ", ".join(
    f"{letter}: {letter}" for letter in string.ascii_lowercase[:8]
)


def test_the_largest_flow_is_little_work() -> None:
    """Conditions that are asked and places that are met are bounded, and so is time."""
    asks = "".join(
        f"  q{n}: {{ask: A, answer: choices, options: {{{OPTIONS}}}}}\n"
        for n in range(100)
    )
    branches = "".join(
        f"  b{n}:\n    branch:\n"
        f"      - when: len(answers.q{n}) > len(answers.q{99 - n})"
        f" and len(answers.q{n // 2}) > 3\n        to: q{n}\n"
        for n in range(100)
    )
    document = load_flow("a.yaml", f"flow: a\nsteps:\n{asks}{branches}".encode())
    assert document.flow is not None
    flows = by_name([document])
    world = replace(WORLD, templates={})
    for rule in RULES:
        assert len(list(rule(document, flows, world))) < 1000
    known = shared(flows, world)
    assert 0 < known.ways(document.flow).tries <= MOST_TRIES + MOST
    assert 0 < known.silences().places <= MOST_PLACES
