"""Talks of test files, played on a clock of their own."""

from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.service.rehearsal.matching import pattern_of
from flows.language.document import load_flow
from flows.language.talks import Bot, Talk
from tests.cli.rehearsals import FLOWS, Case, Seen, cases, rehearsed


@settings(max_examples=25, deadline=None)
@given(talks=st.lists(cases(), min_size=2, max_size=6))
async def test_talks_do_not_touch_one_another(talks: list[Case]) -> None:
    """What comes of a talk is the same alone as among others, whatever they do."""
    together = await rehearsed(talks, lenient=True)
    alone = [(await rehearsed([each], lenient=True))[0] for each in talks]
    assert together == alone


def written(case: Case, seen: Seen) -> Case:
    """Return a talk with a line for each message that was said in it."""
    lines: list[object] = []
    for line, said in zip_longest(case.talk.talk, seen.said):
        lines += [Bot(bot=pattern_of(words)) for words in said]
        lines += [] if line is None else [line]
    return Case(case.flow, case.talk.model_copy(update={"talk": tuple(lines)}))


def broken(case: Case) -> Case:
    """Return a talk whose test expects at its end what nobody says."""
    lines = (*case.talk.talk, Bot(bot="What nobody says"))
    return Case(case.flow, case.talk.model_copy(update={"talk": lines}))


@settings(max_examples=15, deadline=None)
@given(talks=st.lists(cases(), min_size=2, max_size=5))
async def test_talks_fail_alone(talks: list[Case]) -> None:
    """What was said passes; a talk that fails leaves the others as they were."""
    seen = await rehearsed(talks, lenient=True)
    good = [written(*each) for each in zip(talks, seen, strict=True)]
    hopeless = [each.failure is not None for each in seen]
    mixed = [broken(each) if n % 2 else each for n, each in enumerate(good)]
    for played, odd in ((good, False), (mixed, True)):
        failed = [each.failure is not None for each in await rehearsed(played)]
        assert failed == [bad or (odd and n % 2 == 1) for n, bad in enumerate(hopeless)]


SILENT = """\
flow: silent
languages: [en, es]
steps:
  a: {wait: 1 second, go: b}
  b: {branch: [{when: contact.language == "xx", to: end}, {else: a}]}
"""


def talk(**keys: Any) -> Talk:  # noqa: ANN401 - whatever a test may say
    """Return a talk that a test file could hold."""
    return Talk.model_validate({"name": "x", **keys})


@pytest.mark.parametrize("flow", ["restless", "silent"])
async def test_a_talk_that_never_rests_fails_alone(flow: str) -> None:
    """A flow that goes on without end fails its own talk, soon, and no other."""
    flows = [*FLOWS, load_flow("silent.yaml", SILENT.encode())]
    good = talk(talk=[{"bot": "*"}, {"wait": "1 day"}, {"bot": "*"}])
    endless = talk(talk=[{"wait": "520 weeks"}, {"bot": "*"}])
    seen = await rehearsed([Case(flow, endless), Case("survey", good)], flows=flows)
    failures = [each.failure for each in seen]
    assert failures[1] is None
    assert failures[0] is not None


async def test_a_clock_that_cannot_go_on() -> None:
    """A talk that waits beyond all calendars fails, and is no end of the others."""
    waits = [{"wait": "520 weeks"}] * 2
    far = talk(at="2079-12-31 00:00", talk=[{"bot": "*"}, *waits])
    good = talk(talk=[{"bot": "*"}])
    seen = await rehearsed([Case("later", far), Case("later", good)], lenient=True)
    assert seen[0].failure is not None
    assert "the clock goes no further" in seen[0].failure[1]
    assert seen[1].failure is None


async def test_a_message_that_nobody_takes() -> None:
    """Words that no channel would take fail their talk with the reason."""
    long = talk(talk=[{"contact": "x" * 20_001}])
    [seen] = await rehearsed([Case("later", long)], lenient=True)
    assert seen.failure is not None
    assert "too long" in seen.failure[1]
