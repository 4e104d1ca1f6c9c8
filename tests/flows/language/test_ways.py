"""Which ways can be taken, held against the engine and against every value there is."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any, Final

from hypothesis import HealthCheck, event, given, settings, strategies as st
from msgspec.structs import replace

from flows.language.check.ways.taken import Ways
from flows.language.conditions import parse_condition
from flows.language.document import load_flow
from tests.engine.chat import WORLD, Chat
from tests.flows.language.flows_at_random import (
    OPTIONS,
    Question,
    flows,
    questions,
    ways,
)

LONGEST: Final = 12
"""Answers and steps back in one talk."""


def ways_of(source: str) -> Ways:
    """Return the ways of a flow that has no problem of its own."""
    document = load_flow("a.yaml", source.encode())
    assert document.flow is not None, document.problems
    return Ways(document.flow, {"a": document}, WORLD)


def shut(found: Ways) -> set[str]:
    """Return the names of the ways that no talk takes, as the made flows say them."""
    return {
        f"#{step}.{_name(found, step, number)}"
        for step in found.flow.steps
        if step.startswith(("q", "b")) and "_" not in step
        for number in found.shut(step)
    }


def _name(found: Ways, step: str, number: int) -> str:
    place = found.forks[step].arms[number].place
    return "fall" if not place else str(place[1])


# ── against the engine ───────────────────────────────────────────────────────────


class Talker:
    """A contact who answers at random, and goes back now and then."""

    def __init__(
        self, source: str, asked: Sequence[Question], data: st.DataObject
    ) -> None:
        self.chat = Chat(source)
        self.asked = {each.name: each for each in asked}
        self.data = data

    def talk(self) -> Iterator[str]:
        """Yield all that the bot says."""
        plan = self.data.draw(st.sampled_from((None, "a", "b", "c", 3)))
        known = {"plan": plan, "visits": self.data.draw(st.integers(0, 3))}
        self.chat.contact = replace(
            self.chat.contact,
            attributes={k: v for k, v in known.items() if v is not None},
        )
        total = self.data.draw(st.sampled_from((None, 0, 1, 2, 3, 1.5, "b")))
        yield from self.chat.begin("a", event={} if total is None else {"total": total})
        for _ in range(LONGEST):
            if self.chat.talk.asks is None:
                return
            yield from self._answer()

    def _answer(self) -> list[str]:
        """Answer what is asked, or an earlier question once more."""
        trail = [place for place in self.chat.talk.trail if place in self.asked]
        if trail and self.data.draw(st.integers(0, 2)) == 0:
            return self._give(self.data.draw(st.sampled_from(trail)))
        if trail and self.data.draw(st.integers(0, 4)) == 0:
            return self.chat.say("back")
        return self._give(self.chat.talk.asks or "")

    def _give(self, name: str) -> list[str]:
        question = self.asked[name]
        if question.kind == "number" and name == self.chat.talk.asks:
            return self.chat.say(str(self.data.draw(st.integers(-2, 12))))
        if question.optional and self.data.draw(st.integers(0, 3)) == 0:
            return self.chat.tap(name)
        return self.chat.tap(name, *self.data.draw(_tapped(question.kind)))


def _tapped(kind: str) -> st.SearchStrategy[list[str]]:
    if kind == "choices":
        return st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True)
    values = {
        "nps": [str(n) for n in range(11)],
        "csat": [str(n) for n in range(1, 6)],
        "choice": list(OPTIONS),
        "yes_no": ["yes", "no"],
        "number": ["1"],
    }
    return st.sampled_from(values[kind]).map(lambda one: [one])


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(flows(), st.data())
def test_no_way_that_a_talk_takes_is_called_dead(
    made: tuple[str, list[Question]], data: st.DataObject
) -> None:
    """Whatever is answered, corrected and gone back to, the engine takes open ways."""
    source, asked = made
    dead = shut(ways_of(source))
    event("some way is dead" if dead else "no way is dead")
    taken = {said for said in Talker(source, asked, data).talk() if said[0] == "#"}
    assert taken & dead == set()


# ── against every value ──────────────────────────────────────────────────────────


def values(question: Question) -> list[Any]:
    """Return all that a question can be answered with; a few numbers for many."""
    known: dict[str, list[Any]] = {
        "nps": list(range(11)),
        "csat": list(range(1, 6)),
        "choice": list(OPTIONS),
        "choices": [s for n in (1, 2, 3) for s in combinations(OPTIONS, n)],
        "yes_no": [True, False],
        "number": [n / 2 for n in range(-5, 26)],
    }
    return [*known[question.kind], *([None] if question.optional else [])]


def first_that_holds(found: Sequence[str], scope: dict[str, Any]) -> int:
    """Return the number of the way that is taken; the last is in file order."""
    for number, each in enumerate(found):
        if not each or parse_condition(each).test({"answers": scope}):
            return number
    return len(found)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_exactly_the_ways_that_no_answer_takes_are_dead(data: st.DataObject) -> None:
    """Trying all answers one by one finds the same ways."""
    asked = data.draw(questions())
    found = data.draw(ways(asked))
    names = [each.name for each in asked]
    taken = {
        first_that_holds(found, dict(zip(names, given_, strict=True)))
        for given_ in product(*(values(each) for each in asked))
    }
    steps = "".join(f"  {each.name}:\n{each.written()}" for each in asked)
    lines = "".join(
        f'      - {{when: "{each}", to: end}}\n' if each else "      - else: end\n"
        for each in found
    )
    source = f"flow: a\nsteps:\n{steps}  b0:\n    branch:\n{lines}"
    dead = set(range(len(found) + 1)) - taken
    event(f"{len(dead)} dead")
    assert set(ways_of(source).shut("b0")) == dead
