"""gated-review: only some scores lead to a review link, or to a reward for a review.

Everyone has to be asked for a review, whatever they answered: sites forbid to pick out
the happy ones, and rewards must not hang on what somebody feels. A flow of its own that
shows the link to everyone who asks for it excuses nothing: who is led there by a score
was picked out all the same. A referral programme is no review.

Only scores are looked at: what else a question may mean, such as *may we ask you for a
review?*, nobody can tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.errors import Problem
from bot.model.answer import Value
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.check.reviews.gates import Gate, House
from flows.language.check.reviews.offers import Offer, offers
from flows.language.check.reviews.trees import Question
from flows.language.document import FlowDocument


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
    house = House(flows, world)
    told: set[tuple[Offer, tuple[Question, ...]]] = set()
    for root in house.flows:
        for gate in house.gates(root, {offer.target for offer in mine}):
            if gate.offer in mine and (gate.offer, gate.questions) not in told:
                told.add((gate.offer, gate.questions))
                message = _message(gate, flow.flow)
                yield problem(document, gate.offer.place, "gated-review", message)


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
