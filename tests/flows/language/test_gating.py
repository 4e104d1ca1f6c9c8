"""Everyone gets the same review link: what scores lead there is what talks would do."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from bot.errors import Problem
from bot.model.answer import Kind
from bot.model.event import Answered, FlowPlanned, MessageCreated
from bot.understanding import RESERVED
from flows.language.check import check, problems_of
from flows.language.check.reviews.exploring import Budget, Exploration, TooLarge
from flows.language.check.reviews.outcomes import domain, outcomes_of
from flows.language.check.reviews.sites import SITES, review_links
from flows.language.check.reviews.trees import Tree
from flows.language.codes import CODES
from flows.language.document import load_flow
from flows.language.model import Ask
from flows.language.outcomes import outcomes
from tests.engine.chat import Chat
from tests.flows.language.mutations import changes, mutated
from tests.flows.language.test_check import WORLD as DECLARED, loaded

LINK: Final = "https://g.page/r/acme/review"
WORLD: Final = replace(
    DECLARED, reserved=RESERVED, review_links={"google": LINK, "shop": LINK + "?b"}
)
STEPS: Final = "flow: a\nsteps:\n"


def gated(*sources: str) -> list[Problem]:
    """Return what is gated in these flows together."""
    documents = [loaded(source, f"{n}.yaml") for n, source in enumerate(sources)]
    return [each for each in check(documents, WORLD) if each.code == "gated-review"]


SCORE: Final = "  score: {ask: How?, answer: nps}\n"
REVIEW: Final = "  review: {say: 'Rate us: {brand.review_links.google}', go: end}\n"
INVITE: Final = f"flow: b\ntriggers: [{{keyword: review}}]\nsteps:\n{REVIEW}"

BY_SEGMENT: Final = """\
  score: {ask: How?, answer: nps, go: {promoter: review, else: end}}
"""
BY_WAYS: Final = """\
  score:
    ask: How?
    answer: csat
    go: [{when: answers.score != 3, to: review}, {else: end}]
"""
BY_BRANCH: Final = """\
  score: {ask: How?, answer: nps}
  way:
    branch:
      - {when: answers.score > 6 and contact.plan == "pro", to: review}
      - else: end
"""
BY_STARS: Final = """\
  score: {ask: How?, answer: rating, min: 1, max: 5}
  way: {branch: [{when: "answers.score in [5]", to: review}, {else: end}]}
"""
BEHIND: Final = """\
  score: {ask: How?, answer: ces, go: {easy: may, else: end}}
  may: {ask: May we?, answer: yes_no, go: {yes: review, no: end}}
"""
TOGETHER: Final = """\
  score: {ask: How?, answer: nps}
  other: {ask: And?, answer: csat}
  way:
    branch:
      - {when: answers.score > 8 or answers.other > 3, to: review}
      - else: end
"""
GATED: Final = {
    "by segment": (BY_SEGMENT, "only 9 and 10 of 'score' lead to"),
    "by ways": (BY_WAYS, "only 1, 2, 4 and 5 of 'score' lead to"),
    "by a branch": (BY_BRANCH, "only 7 to 10 of 'score' lead to"),
    "by stars": (BY_STARS, "only 5 of 'score' leads to"),
    "behind a question": (BEHIND, "only 5 to 7 of 'score' lead to"),
    "together": (TOGETHER, "not all answers to 'score' and 'other' lead to"),
}

DETOUR: Final = """\
  score: {ask: How?, answer: nps, go: {detractor: sorry, else: review}}
  sorry: {ask: Why?, answer: text, go: review}
"""
SKIPPED: Final = """\
  score:
    ask: How?
    answer: nps
    optional: yes
    go: {skipped: end, else: review}
"""
FREE: Final = {
    "for all": SCORE,
    "with a detour": DETOUR,
    "for who wants it": BEHIND.replace("go: {easy: may, else: end}", "go: may"),
    "for who does not skip": SKIPPED,
    "by what is known of them": BY_BRANCH.replace("answers.score > 6 and ", ""),
}


@pytest.mark.parametrize(
    ("steps", "said"), [pytest.param(*case, id=name) for name, case in GATED.items()]
)
def test_a_gate_is_found_at_its_link(steps: str, said: str) -> None:
    """The message names the scores that lead there."""
    (problem,) = gated(STEPS + steps + REVIEW)
    assert problem.message == f"{said} this review link; everyone must get it"
    assert problem.severity == "error"
    line = (STEPS + steps + REVIEW).splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith("brand.review_links.google}")


@pytest.mark.parametrize("steps", FREE.values(), ids=FREE.keys())
def test_what_is_no_gate_is_left_alone(steps: str) -> None:
    """Everyone who answers may come to the link, or no score decides it."""
    assert gated(STEPS + steps + REVIEW) == []


def test_a_flow_started_for_some_is_gated_there() -> None:
    """Its own keyword is no excuse: who was led to it was picked out by a score."""
    then = "  score: {ask: How?, answer: csat, then: {satisfied: {start: b}}}\n"
    (problem,) = gated(STEPS + then, INVITE)
    assert (problem.path, problem.line, problem.column) == ("1.yaml", 4, 28)
    assert "only 4 and 5 of 'score' in flow 'a' lead" in problem.message
    everyone = "  score: {ask: How?, answer: csat, then: [{start: b}]}\n"
    assert gated(STEPS + everyone, INVITE) == []


def test_scores_of_flows_run_inside_count() -> None:
    """Also where one asks, another decides, and a third shows the link."""
    asks = f"flow: c\nsteps:\n{SCORE}"
    outer = (
        "  ask: {run: c}\n"
        "  way: {branch: [{when: answers.c.score > 8, to: go_on}, {else: end}]}\n"
        "  go_on: {run: b}\n"
    )
    (problem,) = gated(STEPS + outer, INVITE, asks)
    assert problem.path == "1.yaml"
    assert "'score' in flow 'c'" in problem.message


def test_everyone_gets_the_same_link() -> None:
    """One link in two wordings is fine; a link a segment is a gate for each."""
    ways = "  score: {ask: How?, answer: nps, go: {promoter: glad, else: other}}\n"
    glad = "  glad: {say: 'Hurray {brand.review_links.google}', go: end}\n"
    same = f"  other: {{say: 'Tell others: {LINK}/'}}\n"
    other = "  other: {say: 'Tell others: {brand.review_links.shop}'}\n"
    assert gated(STEPS + ways + glad + same) == []
    assert [each.line for each in gated(STEPS + ways + glad + other)] == [4, 5]


def test_a_reward_for_a_review_is_for_everyone() -> None:
    """A reward beside a testimonial hangs on no score; one of a referral may."""
    score = (
        "  score: {ask: How?, answer: nps, go: sure,"
        " then: {promoter: [{award: friends}]}}\n"
    )
    asked = "  sure: {ask: May we?, answer: consent, topic: testimonial}\n"
    (problem,) = gated(STEPS + score + asked)
    assert (problem.line, problem.column) == (3, 71)
    assert "to this reward for a review" in problem.message
    assert gated(STEPS + score + asked.replace("testimonial", "news")) == []


def test_a_referral_is_no_review() -> None:
    """Promoters may be asked to bring a friend."""
    score = "  score: {ask: How?, answer: nps, go: {promoter: bring, else: end}}\n"
    bring = "  bring: {refer: friends, say: Here, share: '{referral.link}'}\n"
    assert gated(STEPS + score + bring) == []


@pytest.mark.parametrize("site", SITES)
def test_every_site_is_known_by_its_links(site: str) -> None:
    """With and without `https`, in any country, below a page of its own."""
    address = site.replace(".*", ".co.uk").replace("/*", "/acme/")
    for words in (f"See https://www.{address}/x?y=1!", f"See {address.upper()}."):
        assert [offset for _, offset in review_links(words)] == [4]


@pytest.mark.parametrize(
    "words",
    [
        "https://acme.com/google/maps",
        "ana@trustpilot.com",
        "https://trustpilot.com.acme.io",
        "https://facebook.com/acme",
        "https://google.com/search?q=acme",
        "notyelp.com",
    ],
)
def test_other_addresses_are_no_reviews(words: str) -> None:
    """A link that only looks like one is left alone."""
    assert list(review_links(words)) == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("nps", {}),
        ("csat", {}),
        ("ces", {}),
        ("rating", {"min": 0, "max": 3}),
        ("yes_no", {}),
        ("choice", {"options": {"x": "X", "y": "Y"}}),
    ],
)
def test_outcomes_are_those_of_talks(kind: Kind, more: Mapping[str, Any]) -> None:
    """What a score is called here is what it is called when somebody gives it."""
    step = Ask.model_validate({"ask": "?", "answer": kind, **more})
    assert domain(step)
    for value in (*domain(step), None):
        assert outcomes_of(step, value) == outcomes(kind, value)


# ── the verdict is that of talks ─────────────────────────────────────────────────

GOES: Final = ("go: {}", "go: {{satisfied: {}, else: {}}}", "go: {{neutral: {}}}")
TESTS: Final = ("{} >= 4", "{} < 3", "{} is none", "not {} >= 4", "{} in [3, 5]")
SCORES: Final = (1, 3, 5)
"""One score of each class that these ways and tests can tell apart."""


@st.composite
def made(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw three flows that go forward only: the first may run or start the others."""
    last, _ = draw(flow("c", "u", 2, ("score", "yes_no", "link")))
    verbs = ("score", "score", "yes_no", "link", "branch")
    inner, names = draw(flow("b", "t", 2, verbs))
    outer, _ = draw(flow("a", "s", 5, verbs, tuple(f"b.{name}" for name in names)))
    return outer, inner, last


@st.composite
def flow(
    draw: st.DrawFn,
    name: str,
    letter: str,
    most: int,
    verbs: tuple[str, ...],
    inner: tuple[str, ...] = (),
) -> tuple[str, tuple[str, ...]]:
    """Draw a flow, and return the questions that it scores."""
    steps = [f"{letter}{n}" for n in range(draw(st.integers(1, most)))]
    known = (*verbs, "run") if inner else verbs
    drawn = {step: draw(st.sampled_from(known)) for step in steps}
    if name != "b" and draw(st.integers(0, 3)):
        drawn[steps[-1]] = "link"
    scored = tuple(step for step, verb in drawn.items() if verb == "score")
    seen = scored + (inner if "run" in drawn.values() else ())
    lines = [
        f"  {step}: {{{draw(body(verb, (*steps[n + 1 :], 'end'), seen, name))}}}\n"
        for n, (step, verb) in enumerate(drawn.items())
    ]
    return f"flow: {name}\nsteps:\n{''.join(lines)}", scored


@st.composite
def body(
    draw: st.DrawFn, verb: str, after: tuple[str, ...], seen: tuple[str, ...], name: str
) -> str:
    """Draw what a step does; `seen` are the answers that a condition may look at."""
    to = [draw(st.sampled_from(after)) for _ in range(2)]
    match verb:
        case "score":
            starts = name == "a" and draw(st.booleans())
            then = ", then: {satisfied: [{start: c}]}" if starts else ""
            return f"ask: Q, answer: csat{then}, " + draw(st.sampled_from(GOES)).format(
                *to
            )
        case "yes_no":
            return "ask: Q, answer: yes_no, go: {{yes: {}, no: {}}}".format(*to)
        case "link":
            return f"say: 'See {LINK}', go: {to[0]}"
        case "run":
            return f"run: b, go: {to[0]}"
        case _:
            return draw(branch(to, seen))


@st.composite
def branch(draw: st.DrawFn, to: list[str], seen: tuple[str, ...]) -> str:
    """Draw ways by one or two comparisons."""
    one, two = (draw(compared(seen)) for _ in range(2))
    when = draw(st.sampled_from((one, f"{one} and {two}", f"{one} or {two}")))
    rest = f", {{else: {to[1]}}}" if draw(st.booleans()) else ""
    return f"branch: [{{when: '{when}', to: {to[0]}}}{rest}]"


@st.composite
def compared(draw: st.DrawFn, seen: tuple[str, ...]) -> str:
    """Draw a test of one score."""
    if not seen:
        return "true"
    return draw(st.sampled_from(TESTS)).format(f"answers.{draw(st.sampled_from(seen))}")


class Played(NamedTuple):
    """A talk from the first to the last: the scores, and after which a link came."""

    scores: Mapping[str, int]
    followed: frozenset[str]


def talks(root: str, sources: tuple[str, ...]) -> Iterator[Played]:
    """Play a flow with every combination of answers, as far as they are asked."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        answers = waiting.pop()
        chat = Chat(*sources)
        chat.begin(root)
        for answer in answers:
            chat.tap(asked(chat).key, answer)
        if chat.talk.status == "active":
            more = map(str, SCORES) if asked(chat).scale else ("yes", "no")
            waiting.extend((*answers, each) for each in more)
        else:
            yield played(chat, sources)


class Waiting(NamedTuple):
    """The question that waits, and whether it asks for a score."""

    key: str
    scale: bool


def asked(chat: Chat) -> Waiting:
    """Return the question that was asked last."""
    shown = [e.content.shown for e in chat.told(MessageCreated) if e.content.shown]
    return Waiting(shown[-1].step, scale=shown[-1].kind == "csat")


def played(chat: Chat, sources: tuple[str, ...]) -> Played:
    """Return what a talk came to; a flow that was planned is played by itself."""
    scores: dict[str, int] = {}
    followed: set[str] = set()
    for event in chat.events:
        if isinstance(event, Answered) and event.kind == "csat":
            scores[event.key] = int(str(event.value))
        if (isinstance(event, MessageCreated) and LINK in event.content.text) or (
            isinstance(event, FlowPlanned) and shows(event.flow, sources)
        ):
            followed |= scores.keys()
    return Played(scores, frozenset(followed))


def shows(root: str, sources: tuple[str, ...]) -> bool:
    """Say whether a talk through a flow can come by the link at all."""
    marked = [
        source.replace(f"flow: {root}\nsteps:\n", f"{BEGIN}") for source in sources
    ]
    source = next(each for each in marked if each.startswith(BEGIN[:7]))
    return any(one.followed for one in talks("x", (source, *sources)))


BEGIN: Final = "flow: x\nsteps:\n  begin: {ask: Q, answer: csat}\n"
"""A question before all others, so that every link follows a score."""


def is_gated(root: str, sources: tuple[str, ...], looked_at: set[str]) -> bool:
    """Say whether some scores keep people from the link, alone or together."""
    found = list(talks(root, sources))
    keys = {key for one in found for key in one.scores}
    alone = (
        {
            value: any(
                key in one.followed for one in found if one.scores.get(key) == value
            )
            for value in {one.scores[key] for one in found if key in one.scores}
        }
        for key in keys
    )
    if any(len(set(met.values())) > 1 for met in alone):
        return True
    together = sorted(keys & looked_at)
    return len(together) > 1 and len(set(joint(found, together))) > 1


def joint(found: list[Played], keys: list[str]) -> Iterator[bool]:
    """Yield whether a link came, for each combination of scores that is given."""
    for values in product(SCORES, repeat=len(keys)):
        given_ = dict(zip(keys, values, strict=True))
        fits = [
            one
            for one in found
            if one.scores.keys() & given_.keys()
            and all(given_.get(key, v) == v for key, v in one.scores.items())
        ]
        if fits:
            yield any(one.followed & given_.keys() for one in fits)


def looked_at(root: str, sources: tuple[str, ...]) -> set[str]:
    """Return the answers that conditions look at, as a talk in this flow keeps them."""
    found = set()
    for name, source in zip("abc", sources, strict=True):
        for key in re.findall(r"answers\.([\w.]+)", source):
            found.add(key if "." in key or name == root else f"{name}.{key}")
    return found


@settings(max_examples=40, deadline=None)
@given(made())
def test_the_verdict_is_that_of_talks(sources: tuple[str, str, str]) -> None:
    """A link is gated where playing all scores finds some that never come to it."""
    roots = [is_gated(root, sources, looked_at(root, sources)) for root in "abc"]
    assert bool(gated(*sources)) == any(roots)


def many(count: int) -> str:
    """Return a flow in which each of many scores may lead to the link."""
    return "".join(
        f"  s{n}: {{ask: Q, answer: csat}}\n"
        f"  w{n}: {{branch: [{{when: answers.s{n} > 3, to: review}}]}}\n"
        for n in range(count)
    )


@pytest.mark.parametrize("count", [2, 12, 98])
def test_long_flows_are_judged(count: int) -> None:
    """Only the last of all these scores keeps anybody from the link."""
    (problem,) = gated(STEPS + many(count) + "  bye: {say: Bye, go: end}\n" + REVIEW)
    assert f"only 4 and 5 of 's{count - 1}' lead" in problem.message


def test_many_options_are_soon_looked_through() -> None:
    """Three thousand options that nothing hangs on hide no gate behind them."""
    options = ", ".join(f"o{n}: Option {n}" for n in range(3000))
    wide = f"  which: {{ask: Which?, answer: choice, options: {{{options}}}}}\n"
    (problem,) = gated(STEPS + wide + BY_SEGMENT + REVIEW)
    assert "only 9 and 10" in problem.message


def test_a_gate_may_be_allowed_with_a_reason() -> None:
    """Somebody who knows better says why, where the link stands."""
    allowed = REVIEW.rstrip() + "  # lint: allow gated-review: the link is our own\n"
    document = loaded(STEPS + BY_SEGMENT + allowed)
    assert problems_of([document], (), WORLD) == []


def test_there_is_an_end_to_looking() -> None:
    """What has more ways through it than there is time for is left unjudged."""
    flow = loaded(STEPS + many(9) + REVIEW).flow
    assert flow
    tree = Tree(flow, {"a": flow})
    budget = Budget(10)
    with pytest.raises(TooLarge):
        Exploration(tree, frozenset(), {}, budget)
    assert budget.left < 0


ODD: Final = f"""\
flow: nps
languages: [en, pl]
triggers: [{{keyword: {{en: [survey, menu], pl: [ankieta]}}}}, {{anything: yes}}]
steps:
  score: {{ask: {{en: A, pl: B}}, answer: nps, then: {{promoter: [{{start: nps}}]}}}}
  inner: {{run: other}}
  way:
    branch:
      - {{when: answers.score > 8 and not answers.other.score < 3, to: review}}
      - else: bye
  review: {{say: {{en: "{LINK}", pl: "{{brand.review_links.google}}"}}, go: end}}
  bye: {{say: {{en: {{one: A, other: "{{answers.score}}"}}, pl: Pa}}, go: score}}
""".encode()
OTHER: Final = f"flow: other\nsteps:\n{SCORE}  back: {{run: nps}}\n{REVIEW}"


@settings(max_examples=150, deadline=None)
@given(changes)
def test_no_rule_stumbles(made: list[tuple[str, int, int]]) -> None:
    """Whatever a slip of the hand makes of a flow, it ends in problems, or in none."""
    source = ODD
    for change in made:
        source = mutated(source, change)
    documents = [load_flow("a.yaml", source), loaded(OTHER, "b.yaml")]
    for problem in check(documents, WORLD):
        assert problem.code in CODES
        assert problem.line >= 1
        assert problem.column >= 1
