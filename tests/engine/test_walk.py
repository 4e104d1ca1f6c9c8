"""How a talk goes on: steps, routes, flows inside flows, time."""

import pytest

from bot.model.event import (
    AlertRaised,
    Answered,
    AttributeSet,
    CaseOpened,
    Emitted,
    Event,
    FlowPlanned,
    Misfitted,
    NotAvailable,
    SessionEnded,
    TagAdded,
    WalkBounded,
)
from flows.language.model import SPRINTS_A_SESSION
from tests.engine.chat import Chat

SCORE = """
flow: score
steps:
  q:
    ask: How was it?
    answer: nps
    go: {detractor: sad, promoter: glad, else: so}
  sad: {say: Sorry., go: end}
  glad: {say: Great!, go: end}
  so: {say: Fine.}
"""


@pytest.mark.parametrize(
    ("answer", "said"), [("2", "Sorry."), ("8", "Fine."), ("10", "Great!")]
)
def test_segments_route(answer: str, said: str) -> None:
    """The segment of a score decides the way, and `else` takes the rest."""
    chat = Chat(SCORE)
    chat.begin("score")
    assert chat.say(answer) == [said]
    assert chat.talk.status == "completed"


def test_file_order() -> None:
    """Without `go` a talk goes on in file order and ends past the last step."""
    chat = Chat("flow: f\nsteps:\n  a: {say: One.}\n  b: {say: Two.}\n")
    assert chat.begin("f") == ["One.", "Two."]
    assert chat.told(SessionEnded)[-1].status == "completed"


CHOICES = """
flow: f
steps:
  q:
    ask: What?
    answer: choices
    optional: true
    options: {a: Apples, b: Bread, c: Cheese}
    go: {c: cheese, a: apples, skipped: none}
  rest: {say: Something else., go: end}
  cheese: {say: Cheese!, go: end}
  apples: {say: Apples!, go: end}
  none: {say: Nothing.}
"""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("apples and cheese", "Cheese!"),
        ("Apples", "Apples!"),
        ("bread", "Something else."),
        ("skip", "Nothing."),
    ],
)
def test_choices_route(typed: str, said: str) -> None:
    """For choices a key means *was chosen*, and the first one in the file wins."""
    chat = Chat(CHOICES)
    chat.begin("f")
    assert chat.say(typed) == [said]


BRANCH = """
flow: f
triggers: [{event: order.paid}]
steps:
  look:
    branch:
      - {when: event.total > 100, to: big}
      - {when: contact.plan == "pro", to: pro}
      - {else: small}
  big: {say: Big., go: end}
  pro: {say: Pro., go: end}
  small: {say: Small.}
"""


@pytest.mark.parametrize(
    ("event", "said"),
    [({"total": 200.0}, "Big."), ({"total": 5.0}, "Small."), ({}, "Small.")],
)
def test_branch(event: dict[str, float], said: str) -> None:
    """A branch takes the first condition that holds; what is absent holds nothing."""
    chat = Chat(BRANCH)
    assert chat.begin("f", "event", event) == [said]


def test_misfit_is_told() -> None:
    """A value of the wrong type makes a condition false and is told, never raised."""
    chat = Chat(BRANCH)
    assert chat.begin("f", "event", {"total": "many"}) == ["Small."]
    assert len(chat.told(Misfitted)) == 1


OUTER = """
flow: outer
steps:
  a: {ask: First?, answer: nps}
  inside: {run: inner}
  b: {say: "Inner said {answers.inner.x|nothing}."}
"""
INNER = """
flow: inner
triggers: [{keyword: [inner]}]
steps:
  x: {ask: Second?, answer: yes_no, go: {yes: good, no: end}}
  good: {say: "You said {answers.x|?}."}
"""


def test_run_and_come_back() -> None:
    """A flow run inside keeps answers under its name, then the outer one goes on."""
    chat = Chat(OUTER, INNER)
    chat.begin("outer")
    assert chat.say("9") == ["Second?"]
    assert chat.say("yes") == ["You said Yes.", "Inner said Yes."]
    assert chat.talk.answers == {"a": 9, "inner.x": True}
    assert [a.flow for a in chat.told(Answered)] == ["outer", "inner"]


def test_asked_for_in_mid_talk() -> None:
    """A flow asked for in mid-talk runs inside, then the question is asked again."""
    chat = Chat(OUTER, INNER)
    chat.begin("outer")
    assert chat.say("inner") == ["Second?"]
    assert chat.say("no") == ["First?"]
    assert chat.say("9") == ["Second?"]


def test_same_flow_asked_for_again() -> None:
    """The flow that is open repeats its waiting question instead of starting over."""
    chat = Chat(INNER)
    chat.begin("inner")
    assert chat.say("inner") == ["Second?"]
    assert len(chat.talk.frames) == 1


WAIT = """
flow: f
steps:
  a: {say: Now.}
  pause: {wait: 2 days}
  b: {say: Later.}
"""


def test_wait() -> None:
    """A wait ends exactly when its time has passed, and not before."""
    chat = Chat(WAIT)
    assert chat.begin("f") == ["Now."]
    assert chat.wait(hours=47) == []
    assert chat.wait(hours=1) == ["Later."]


REMINDED = """
flow: f
remind_after: [22 hours, 3 days]
reminder: Still there?
steps:
  q: {ask: How was it?, answer: nps}
  more: {ask: Why?, answer: text}
"""


def test_reminders_and_expiry() -> None:
    """Reminders and expiry count from when the question was first sent."""
    chat = Chat(REMINDED)
    chat.begin("f")
    assert chat.wait(hours=22) == ["Still there?\n\nHow was it?"]
    assert chat.wait(hours=50) == ["Still there?\n\nHow was it?"]
    assert chat.wait(days=4) == []
    assert chat.talk.status == "expired"


def test_an_answer_restarts_the_clock() -> None:
    """An answer begins the time of the next question anew, reminders included."""
    chat = Chat(REMINDED)
    chat.begin("f")
    chat.wait(days=4)
    chat.say("9")
    assert chat.wait(hours=21) == []
    assert chat.wait(hours=1) == ["Still there?\n\nWhy?"]


def test_one_reminder_after_an_outage() -> None:
    """However many reminders came due while nobody looked, one is sent."""
    chat = Chat(REMINDED)
    chat.begin("f")
    chat.now = chat.now.replace(day=6)
    assert chat.wait(hours=0) == ["Still there?\n\nHow was it?"]


COMMENT = """
flow: f
steps:
  q: {ask: How was it?, answer: nps}
  why: {ask: Why?, answer: text, unless_said: q}
  bye: {say: "Because {answers.why|?}."}
"""


def test_unless_said_takes_the_comment() -> None:
    """Words beside a score become the answer to the question that wants them."""
    chat = Chat(COMMENT)
    chat.begin("f")
    assert chat.say("3, it came late") == ["Because it came late."]
    assert chat.talk.answers == {"q": 3, "why": "it came late"}


def test_unless_said_asks_otherwise() -> None:
    """A bare score leaves the question to be asked."""
    chat = Chat(COMMENT)
    chat.begin("f")
    assert chat.say("3") == ["Why?"]


THEN = """
flow: f
steps:
  q:
    ask: How was it?
    answer: csat
    then:
      unsatisfied:
        - open_case: {team: support, urgency: high}
        - alert: {team: care, say: "They said {answers.q|?}."}
        - tag: unhappy
      else: {tag: fine}
  done:
    say: Thanks.
    then:
      - set: {plan: "pro"}
      - start: {flow: f, wait: 3 days}
      - emit: {event: asked, with: {score: "{answers.q|?}"}}
      - award: friends
"""


def test_then() -> None:
    """What an answer and a message cause is told, each with the answer behind it."""
    chat = Chat(THEN)
    chat.begin("f")
    chat.say("1")
    case = chat.told(CaseOpened)[0]
    assert (case.team, case.urgency, case.cause) == ("support", "high", "q")
    assert chat.told(AlertRaised)[0].text == "They said 1."
    assert [t.tag for t in chat.told(TagAdded)] == ["unhappy"]
    assert chat.told(AttributeSet)[0].value == "pro"
    assert chat.told(FlowPlanned)[0].wait.days == 3
    assert chat.told(Emitted)[0].data == {"score": 1}
    assert chat.told(NotAvailable)[0].what == "award: friends"


def test_then_else() -> None:
    """What `then` does not name, its `else` takes."""
    chat = Chat(THEN)
    chat.begin("f")
    chat.say("5")
    assert [t.tag for t in chat.told(TagAdded)] == ["fine"]


@pytest.mark.parametrize(
    ("then", "event"),
    [
        ("{tag: a}", TagAdded),
        ("{set: {plan: pro}}", AttributeSet),
        ("{open_case: {team: care}}", CaseOpened),
        ("{alert: {team: care}}", AlertRaised),
        ("{start: {flow: f, wait: 3 days}}", FlowPlanned),
        ("{emit: {event: asked}}", Emitted),
        ("{award: friends}", NotAvailable),
    ],
)
def test_one_action_stands_for_a_list_of_it(then: str, event: type[Event]) -> None:
    """A question's answer causes it whatever it is, as a message does."""
    chat = Chat(f"flow: f\nsteps:\n  q: {{ask: Well?, answer: yes_no, then: {then}}}\n")
    chat.begin("f")
    chat.say("yes")
    assert len(chat.told(event)) == 1


def test_an_option_may_be_named_as_a_verb() -> None:
    """What it causes is an action itself, so it is the outcome that is meant."""
    chat = Chat(
        "flow: f\nsteps:\n  q:\n    ask: Well?\n    answer: choice\n"
        "    options: {tag: A tag, set: A set}\n"
        "    then: {tag: {tag: tagged}, set: [{emit: asked}]}\n"
    )
    chat.begin("f")
    chat.say("A set")
    assert chat.told(TagAdded) == []
    assert len(chat.told(Emitted)) == 1


def test_refer_is_not_available_yet() -> None:
    """A refer step says so in one sentence, keeps the reason, and goes on."""
    chat = Chat(
        "flow: f\nsteps:\n"
        "  r: {refer: friends, say: Here., share: Come.}\n  b: {say: Bye.}\n"
    )
    said = chat.begin("f")
    assert len(said) == 2
    assert said[-1] == "Bye."
    assert chat.told(NotAvailable)[0].reason == "not-available"


def test_a_loop_is_bounded() -> None:
    """A flow that goes on without waiting is ended and told, not run for ever."""
    chat = Chat("flow: f\nsteps:\n  a: {say: Again., go: a}\n")
    chat.begin("f")
    assert len(chat.told(WalkBounded)) == 1
    assert chat.talk.status == "completed"


def test_sprints_are_bounded() -> None:
    """A talk has a greatest number of sprints, so that none goes on for ever."""
    chat = Chat("flow: f\nsteps:\n  a: {ask: Again?, answer: text, go: a}\n")
    chat.begin("f")
    for _ in range(SPRINTS_A_SESSION):
        chat.say("yes")
    assert chat.talk.status == "completed"
    assert len(chat.told(WalkBounded)) == 1


def test_a_flow_asked_for_twice_is_answered_twice() -> None:
    """Who asks for a flow once more in the same talk corrects nothing."""
    outer = "flow: outer\nsteps:\n  a: {ask: First?, answer: nps}\n"
    inner = (
        "flow: inner\ntriggers: [{keyword: [parcel]}]\n"
        "steps:\n  q: {ask: How was it?, answer: csat}\n"
    )
    chat = Chat(outer, inner)
    chat.begin("outer")
    for score in ("4", "2"):
        chat.say("parcel", score)
    told = [event for event in chat.told(Answered) if event.flow == "inner"]
    assert [event.value for event in told] == [4, 2]
    assert not any(event.corrects for event in told)
