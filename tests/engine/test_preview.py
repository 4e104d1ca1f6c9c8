"""A flow is looked at without a talk: what it would say, and when we may say it."""

from datetime import timedelta

import pytest

from bot.engine.heard import Facts
from bot.engine.preview import Scene, preview
from bot.engine.questions import shown
from bot.engine.talk import Talk
from bot.engine.window import unprompted
from bot.model.answer import Accepted
from bot.model.contact import Address, Contact
from bot.model.session import Frame, Session
from bot.understanding import understand
from flows.language.document import load_flow
from flows.language.model import Ask
from tests.engine.chat import NOON, WORLD, Chat, shelf_of

FACTS = Facts(
    now=NOON,
    today=NOON.date(),
    contact=Contact(id=1),
    address=Address("web", "1"),
    world=WORLD,
    new_session=1,
)
LOOPS = """
flow: loops
languages: [en]
steps:
  hello: {say: Hello}
  which: {ask: "Which?", answer: yes_no, go: {yes: pause, no: end}}
  pause: {wait: 24 hours}
  later: {say: It is later}
  fork: {branch: [{when: answers.which, to: nap}, {else: last}]}
  nap: {wait: 2 hours, go: hello}
  last: {ask: "And now?", answer: text}
  after: {say: Thanks}
"""
TALK = """
flow: talk
languages: [en]
steps:
  score: {ask: "Hi {contact.first_name|you}. How likely?", answer: nps}
  pick:
    ask: "Which?"
    answer: choice
    options: {a: Apples, b: Pears}
  count: {ask: "How many?", answer: number}
  told: {say: "{answers.score} for {answers.count} {answers.pick}"}
"""


def scenes(source: str, name: str) -> dict[str, Scene]:
    """Return the steps of a flow as somebody new would meet them."""
    shelf = shelf_of(source)
    return {scene.step: scene for scene in preview(shelf, name, "en", FACTS)}


def test_a_preview_is_what_a_talk_says() -> None:
    """Where nothing had to be made up, the talk says the very same."""
    seen = scenes(TALK, "talk")
    chat = Chat(TALK, language="en")
    said = [*chat.begin("talk"), *chat.say("9"), *chat.say("pears"), *chat.say("2")]
    told = [each.message.text for each in seen.values() if each.message]
    assert told[:3] == said[:3]
    assert said[3] == "9 for 2 Pears"
    assert told[3] == "10 for 2 Apples"
    assert seen["told"].samples == ("answers.score", "answers.count", "answers.pick")
    assert seen["score"].samples == ()


def test_when_we_write_unprompted() -> None:
    """Up to the first question, and up to the next one after a long wait."""
    flow = load_flow("f.yaml", LOOPS.encode()).flow
    assert flow is not None
    waited = "it follows the wait 'pause'"
    assert unprompted(flow, timedelta(hours=24)) == {
        "hello": "we begin",
        "which": "we begin",
        "later": waited,
        "fork": waited,
        "nap": waited,
        "last": waited,
    }
    assert set(unprompted(flow, timedelta(days=2))) == {"hello", "which"}


@pytest.mark.parametrize(
    ("labels", "numbered"),
    [
        (("Apples", "Pears"), True),
        (("Two apples", "One pear"), False),
        (("Plan 2", "Plan 3"), False),
        (("\u2161", "\u2160"), False),
        (("Someone", "None of them"), True),
        (("👍", "👎"), True),
    ],
)
def test_numbers_beside_options(labels: tuple[str, ...], numbered: bool) -> None:  # noqa: FBT001 - a table
    """Options are numbered only where the engine takes a typed number for a place."""
    options = "".join(f'      o{at}: "{label}"\n' for at, label in enumerate(labels))
    source = (
        "flow: pick\nsteps:\n  which:\n    ask: Which?\n    answer: choice\n"
        f"    options:\n{options}"
    )
    shelf = shelf_of(source)
    script = shelf.current["pick"]
    session = Session(
        id=1,
        contact=1,
        address=FACTS.address,
        frames=(Frame("pick", "which"),),
        pins=shelf.pins("pick"),
        began_at=NOON,
    )
    step = script.steps["which"]
    assert isinstance(step, Ask)
    asked = shown(Talk(shelf, session, FACTS), step)
    assert asked.numbered is numbered
    assert [option.label for option in asked.options] == list(labels)
    if numbered:
        for place, option in enumerate(asked.options, 1):
            meant = understand(
                script.asked("which", "en"), str(place), "en", today=NOON.date()
            )
            assert meant == Accepted(option.key)


OWN = """
flow: own
languages: [es]
steps:
  a: {ask: Cuál, answer: choices, options: {x: Uno, y: Otro}, optional: true}
  b: {ask: Cuándo, answer: date}
  c: {ask: Por qué, answer: text}
"""


def test_the_labels_of_our_own() -> None:
    """What ends a choosing and what opens a list have words where they are needed."""
    found = [each.message for each in preview(shelf_of(OWN), "own", "es", FACTS)]
    asked = [message.shown for message in found if message and message.shown]
    assert [(each.done, each.choose, each.skip) for each in asked] == [
        ("Listo", "Elegir", "Omitir"),
        ("Listo", None, None),
        (None, None, None),
    ]
