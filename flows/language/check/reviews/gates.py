"""What only some scores lead to, found by trying all of them in all flows together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bot.model.answer import SCORED, Value
from bot.model.world import World
from flows.language.check.contents import flows_run, flows_started
from flows.language.check.reviews.classes import Classes
from flows.language.check.reviews.exploring import (
    MOST_VISITS,
    Budget,
    Exploration,
    TooLarge,
)
from flows.language.check.reviews.offers import Offer, offers
from flows.language.check.reviews.trees import Question, Tree
from flows.language.document import FlowDocument
from flows.language.paths import graph, reached


class Gate(NamedTuple):
    """An offer that only these answers lead to; without any, the questions together."""

    offer: Offer
    questions: tuple[Question, ...]
    leads: tuple[Value, ...] = ()


Met = frozenset[tuple[str, Offer]]
"""Offers, each with the flow that makes it."""


class House:
    """All flows together, and what each of them offers."""

    def __init__(self, flows: Mapping[str, FlowDocument], world: World) -> None:
        self.flows = {name: doc.flow for name, doc in flows.items() if doc.flow}
        self.budget = Budget()
        self._offers: dict[str, list[Offer]] = {}
        self._next: dict[str, set[str]] = {}
        self._reached = {
            name: reached(graph(flow), next(iter(flow.steps)))
            for name, flow in self.flows.items()
        }
        for name, doc in flows.items():
            if doc.flow:
                self._offers[name] = list(offers(doc, doc.flow, world))
                others = (*flows_run(doc.flow), *flows_started(doc, doc.flow))
                self._next[name] = {other.name for other in others}

    def gates(self, root: str, targets: set[str]) -> list[Gate]:
        """Return what of these targets talks that begin in a flow keep from some."""
        if not any(offer.target in targets for _, offer in self._all_from(root)):
            return []
        look = _Look(self, Tree(self.flows[root], self.flows))
        try:
            found = [g for q in look.scored for g in look.alone(q)]
            told = {gate.offer.target for gate in found}
            found += [g for g in look.together() if g.offer.target not in told]
        except TooLarge:
            return []
        return [gate for gate in found if gate.offer.target in targets]

    def _all_from(self, start: str) -> Met:
        """Return every offer of a flow, and of all that it runs or starts."""
        found: set[str] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.flows:
                found.add(name)
                waiting.extend(self._next[name])
        return frozenset(
            (name, offer)
            for name in found
            for offer in self._offers[name]
            if offer.step in self._reached[name]
        )

    def met(self, ways: Exploration) -> Met:
        """Return the offers that an exploration came by."""
        here = {
            (flow, offer)
            for flow in {flow for flow, _ in ways.visited}
            | {flow for flow, _, _ in ways.caused}
            for offer in self._offers[flow]
            if _is_met(ways, flow, offer)
        }
        return frozenset(here).union(*map(self._all_from, ways.started))


_PASSES: Final = 4
"""How often a step is visited in one try: with other questions answered, and again."""


def _is_met(ways: Exploration, flow: str, offer: Offer) -> bool:
    if offer.award:
        return (flow, offer.step, offer.outcome) in ways.caused
    return (flow, offer.step) in ways.visited


class _Look:
    """Looks at the talks that begin in one flow."""

    def __init__(self, house: House, tree: Tree) -> None:
        self._house = house
        self._tree = tree
        self._classes = Classes(tree)
        self.scored = [q for q, step in tree.questions() if step.answer in SCORED]
        self._settled = self._classes.settled(self._most(tree))

    def _most(self, tree: Tree) -> int:
        """Return how many ways to answer other questions there is time for."""
        steps = sum(len(flow.steps) for flow in tree.flows.values())
        tries = sum(len(self._classes.of(question)) for question in self.scored)
        return MOST_VISITS // (_PASSES * steps * (tries or 1))

    def alone(self, question: Question) -> Iterator[Gate]:
        """Yield what only some answers to one question lead to."""
        met: dict[Value, Met] = {}
        for values in self._classes.of(question):
            found: set[Met] = set()
            for settled in self._without(question):
                ways = self._explored((question,), {**settled, question: values[0]})
                if ways.asked:
                    found.add(self._house.met(ways))
            if found:
                met |= dict.fromkeys(values, frozenset().union(*found))
        yield from _gates(met, (question,))

    def _without(self, question: Question) -> list[dict[Question, Value]]:
        """Return the ways to answer the other questions, each once."""
        found: dict[str, dict[Question, Value]] = {}
        for settled in self._settled:
            others = {q: value for q, value in settled.items() if q != question}
            found[repr(others)] = others
        return list(found.values())

    def together(self) -> Iterator[Gate]:
        """Yield what only some answers to several questions together lead to."""
        questions = tuple(q for q in self.scored if q in self._settled[0])
        met: dict[Value, Met] = {}
        for settled in self._settled if len(questions) > 1 else ():
            scores = [settled.get(question) for question in questions]
            ways = self._explored(questions, settled)
            if ways.asked and None not in scores:
                key = str(scores)
                met[key] = met.get(key, frozenset()) | self._house.met(ways)
        yield from (gate._replace(leads=()) for gate in _gates(met, questions))

    def _explored(
        self, looked_at: Sequence[Question], settled: Mapping[Question, Value]
    ) -> Exploration:
        return Exploration(
            self._tree, frozenset(looked_at), settled, self._house.budget
        )


def _gates(met: Mapping[Value, Met], questions: tuple[Question, ...]) -> Iterator[Gate]:
    """Yield each offer whose target some of the answers do not come to."""
    offered = {offer for those in met.values() for _, offer in those}
    for offer in sorted(offered, key=lambda each: (each.place, each.target)):
        leads = tuple(
            value
            for value, those in met.items()
            if any(each.target == offer.target for _, each in those)
        )
        if len(leads) < len(met):
            yield Gate(offer, questions, leads)
