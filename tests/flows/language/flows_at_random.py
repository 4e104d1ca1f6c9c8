"""Small flows made at random, in which every way says which one it is."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st
from msgspec import Struct

QUESTIONS: Final = ("q0", "q1", "q2")
OPTIONS: Final = ("gold", "silver", "tin")
KINDS: Final = ("nps", "csat", "choice", "choices", "yes_no", "number")
OUTCOMES: Final = {
    "nps": ("promoter", "passive", "detractor"),
    "csat": ("satisfied", "neutral", "unsatisfied"),
    "choice": OPTIONS,
    "choices": OPTIONS,
    "yes_no": ("yes", "no"),
    "number": (),
}


class Question(Struct, frozen=True):
    """A question of a made flow."""

    name: str
    kind: str
    optional: bool = False

    def written(self) -> str:
        """Return the question as the flow has it, without its way on."""
        options = ", ".join(f"{key}: {key}" for key in OPTIONS)
        chosen = self.kind in {"choice", "choices"}
        return (
            f"    ask: {self.name}?\n    answer: {self.kind}\n"
            f"    optional: {'yes' if self.optional else 'no'}\n"
            + (f"    options: {{{options}}}\n" if chosen else "")
        )


@st.composite
def questions(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> list[Question]:
    """Make one to three questions."""
    count = draw(st.integers(1, len(QUESTIONS)))
    return [
        Question(name, draw(st.sampled_from(kinds)), draw(st.booleans()))
        for name in QUESTIONS[:count]
    ]


def atoms(asked: Sequence[Question], *, outside: bool) -> st.SearchStrategy[str]:
    """Make comparisons with the answers of these questions, and with the world."""
    made = [_of(question) for question in asked]
    if outside:
        made += [
            st.builds("contact.plan {} '{}'".format, EQUAL, st.sampled_from("ab")),
            st.just("contact.plan is none"),
            st.builds("event.total {} {}".format, ORDER, st.integers(0, 3)),
            st.builds("contact.visits {} event.total".format, ORDER),
        ]
    return st.one_of(made)


EQUAL: Final = st.sampled_from(("==", "!="))
ORDER: Final = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))


def _of(question: Question) -> st.SearchStrategy[str]:
    name = f"answers.{question.name}"
    absent = st.sampled_from((f"{name} is none", f"{name} is not none"))
    options = st.sampled_from((*OPTIONS, "brass"))
    match question.kind:
        case "choice":
            known = st.builds(f"{name} {{}} '{{}}'".format, EQUAL, options)
        case "choices":
            known = st.one_of(
                st.builds(f"'{{}}' in {name}".format, options),
                st.builds(f"len({name}) {{}} {{}}".format, ORDER, st.integers(0, 4)),
            )
        case "yes_no":
            known = st.sampled_from((name, f"{name} is false", f"not {name}"))
        case _:
            known = st.builds(f"{name} {{}} {{}}".format, ORDER, st.integers(-1, 11))
    return st.one_of(known, absent)


@st.composite
def condition(draw: st.DrawFn, asked: Sequence[Question], *, outside: bool) -> str:
    """Make a condition of up to three comparisons."""
    one = atoms(asked, outside=outside)
    parts = draw(st.lists(one, min_size=1, max_size=3))
    word = draw(st.sampled_from((" and ", " or ")))
    said = word.join(parts)
    return f"not ({said})" if draw(st.integers(0, 4)) == 0 else said


@st.composite
def ways(
    draw: st.DrawFn, asked: Sequence[Question], *, outside: bool = False
) -> list[str]:
    """Make conditions of a list of ways; an empty one stands for `else`."""
    found = draw(st.lists(condition(asked, outside=outside), min_size=1, max_size=4))
    return [*found, ""] if draw(st.booleans()) else found


@st.composite
def flows(draw: st.DrawFn) -> tuple[str, list[Question]]:
    """Make a flow of questions and branches; each way says its own name first.

    A way is called `#STEP.PLACE`; from there the flow goes on anywhere, also back.
    """
    asked = draw(questions())
    names = [each.name for each in asked]
    names += [f"b{n}" for n in range(draw(st.integers(1, 2)))]
    names = draw(st.permutations(names))
    by_name = {each.name: each for each in asked}
    steps = []
    for name in names:
        question = by_name.get(name)
        arms, written = draw(_step(name, question, asked))
        steps.append(written)
        for arm in ("fall", *arms):
            onward = draw(st.sampled_from([*names, "end"]))
            steps.append(
                f"  {name}_{arm}:\n    say: '#{name}.{arm}'\n    go: {onward}\n"
            )
    return "flow: a\ntriggers: [{event: order.paid}]\nsteps:\n" + "".join(steps), asked


@st.composite
def _step(
    draw: st.DrawFn, name: str, question: Question | None, asked: Sequence[Question]
) -> tuple[list[str], str]:
    verb = "branch" if question is None else "go"
    head = f"  {name}:\n" + (question.written() if question else "")
    if question and draw(st.booleans()):
        known = [*OUTCOMES[question.kind], *(["skipped"] if question.optional else [])]
        keys = draw(st.lists(st.sampled_from([*known, "else"]), unique=True))
        lines = [f"      {key}: {name}_{key}\n" for key in keys]
        return keys, head + ("    go:\n" + "".join(lines) if keys else "")
    found = draw(ways(asked, outside=True))
    lines = [
        f'      - {{when: "{each}", to: {name}_{n}}}\n'
        if each
        else f"      - else: {name}_{n}\n"
        for n, each in enumerate(found)
    ]
    return [str(n) for n in range(len(found))], f"{head}    {verb}:\n{''.join(lines)}"
