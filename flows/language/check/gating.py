"""gated-review: only some scores lead to a review link, or to a reward for a review.

Everyone has to be asked for a review, whatever they answered: sites forbid to pick out
the happy ones, and rewards must not hang on what somebody feels. A flow of its own that
shows the link to everyone who asks for it excuses nothing: who is led there by a score
was picked out all the same. A referral programme is no review.

Only scores are looked at: what else a question may mean, such as *may we ask you for a
review?*, nobody can tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bot.errors import Problem
from bot.model.answer import SCORED, Value
from bot.model.world import World
from flows.language.check.classes import Classes
from flows.language.check.contents import flows_run, flows_started
from flows.language.check.exploring import (
    Budget,
    Exploration,
    Question,
    TooLarge,
    Tree,
)
from flows.language.check.offers import Offer, offers
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.paths import graph, reached


class Gate(NamedTuple):
    """An offer that only these answers lead to; without any, the questions together."""

    offer: Offer
    questions: tuple[Question, ...]
    leads: tuple[Value, ...] = ()


Met = frozenset[tuple[str, Offer]]
"""Offers, each with the flow that makes it."""


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find review links and rewards for reviews that some scores keep people from."""
    flow = document.flow
    if flow is None or flows.get(flow.flow) is not document:
        return
    mine = set(offers(document, flow, world))
    if not mine:
        return
    house = _House(flows, world)
    told: set[tuple[Offer, tuple[Question, ...]]] = set()
    for root in house.flows:
        for gate in house.gates(root, {offer.target for offer in mine}):
            if gate.offer in mine and (gate.offer, gate.questions) not in told:
                told.add((gate.offer, gate.questions))
                message = _message(gate, flow.flow)
                yield problem(document, gate.offer.place, "gated-review", message)


class _House:
    """All flows together, and what each of them offers."""

    def __init__(self, flows: Mapping[str, FlowDocument], world: World) -> None:
        self.flows = {name: doc.flow for name, doc in flows.items() if doc.flow}
        self._offers = {
            name: list(offers(doc, doc.flow, world))
            for name, doc in flows.items()
            if doc.flow
        }
        self._reached = {
            name: reached(graph(flow), next(iter(flow.steps)))
            for name, flow in self.flows.items()
        }
        self._next = {
            name: {
                named.name
                for named in (*flows_run(doc.flow), *flows_started(doc, doc.flow))
            }
            for name, doc in flows.items()
            if doc.flow
        }

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


def _is_met(ways: Exploration, flow: str, offer: Offer) -> bool:
    if offer.award:
        return (flow, offer.step, offer.outcome) in ways.caused
    return (flow, offer.step) in ways.visited


class _Look:
    """Looks at the talks that begin in one flow."""

    def __init__(self, house: _House, tree: Tree) -> None:
        self._house = house
        self._tree = tree
        self._classes = Classes(tree)
        self._budget = Budget()
        self.scored = [q for q, step in tree.questions() if step.answer in SCORED]

    def alone(self, question: Question) -> Iterator[Gate]:
        """Yield what only some answers to one question lead to."""
        met: dict[Value, Met] = {}
        for values in self._classes.of(question):
            found: set[Met] = set()
            for settled in self._classes.settled(but=question):
                ways = self._explored((question,), {**settled, question: values[0]})
                if ways.asked:
                    found.add(self._house.met(ways))
            if found:
                met |= dict.fromkeys(values, frozenset().union(*found))
        yield from _gates(met, (question,))

    def together(self) -> Iterator[Gate]:
        """Yield what only some answers to several questions together lead to."""
        questions = tuple(q for q in self._classes.conditional if q in self.scored)
        met: dict[Value, Met] = {}
        for settled in self._classes.settled() if len(questions) > 1 else ():
            scores = [settled.get(question) for question in questions]
            ways = self._explored(questions, settled)
            if ways.asked and None not in scores:
                key = str(scores)
                met[key] = met.get(key, frozenset()) | self._house.met(ways)
        yield from (gate._replace(leads=()) for gate in _gates(met, questions))

    def _explored(
        self, looked_at: Sequence[Question], settled: Mapping[Question, Value]
    ) -> Exploration:
        return Exploration(self._tree, frozenset(looked_at), settled, self._budget)


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


# ── how it is said ───────────────────────────────────────────────────────────────


def _message(gate: Gate, flow: str) -> str:
    names = [_named(question, flow) for question in gate.questions]
    end = f"to this {gate.offer.what}; everyone must get it"
    if not gate.leads:
        return f"not all answers to {' and '.join(names)} lead {end}"
    leads = "leads" if len(gate.leads) == 1 else "lead"
    return f"only {_listed(gate.leads)} of {names[0]} {leads} {end}"


def _named(question: Question, flow: str) -> str:
    if question.flow == flow:
        return f"'{question.step}'"
    return f"'{question.step}' in flow '{question.flow}'"


def _listed(values: Sequence[Value]) -> str:
    """Return scores as a sentence has them, neighbours together."""
    rows: list[list[int]] = []
    for value in sorted(v for v in values if isinstance(v, int)):
        if rows and rows[-1][-1] + 1 == value:
            rows[-1].append(value)
        else:
            rows.append([value])
    said: list[str] = []
    for row in rows:
        long = len(row) > _FEW
        said += [f"{row[0]} to {row[-1]}"] if long else map(str, row)
    return ", ".join(said[:-1]) + (" and " if said[1:] else "") + said[-1]


_FEW: Final = 2
