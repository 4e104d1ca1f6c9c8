"""Several options, turned on and off one by one, until the choosing is done."""

import pytest

from bot.engine.heard import Tapped
from bot.model.message import Press
from bot.model.tags import tag, untag
from tests.engine.chat import Chat

LONG = "whether_it_came_on_the_day_that_was_promised"
SURVEY = f"""
flow: survey
steps:
  score: {{ask: How was it?, answer: nps}}
  good:
    ask: What was good?
    answer: choices
    options:
      speed: Speed
      price: Price
      {LONG}: On its day
  bye: {{say: Thanks.}}
"""


@pytest.fixture
def chat() -> Chat:
    """Return a talk that asks what was good."""
    found = Chat(SURVEY)
    found.begin("survey")
    found.say("9")
    return found


def press(chat: Chat, how: Press, *options: str, step: str = "good") -> list[str]:
    """Press a button of a keyboard; return what the bot says."""
    return chat.hear(Tapped(chat.talk.id, step, options, how))


def test_one_by_one(chat: Chat) -> None:
    """What is turned on stays on, in the order of the options, until it is done."""
    assert press(chat, "on", "price") == []
    assert press(chat, "on", "speed") == []
    assert list(chat.talk.pressed) == ["speed", "price"]
    assert press(chat, "off", "price") == []
    assert press(chat, "done") == ["Thanks."]
    assert chat.talk.answers["good"] == ("speed",)
    assert list(chat.talk.pressed) == []


def test_twice(chat: Chat) -> None:
    """A press that comes twice, or late, turns nothing back."""
    for _ in range(2):
        press(chat, "on", "price")
    assert list(chat.talk.pressed) == ["price"]
    for _ in range(2):
        press(chat, "off", "price")
    assert list(chat.talk.pressed) == []
    press(chat, "on", "speed")
    press(chat, "done")
    assert press(chat, "on", "price") == []
    assert chat.talk.answers["good"] == ("speed",)


def test_nothing_chosen(chat: Chat) -> None:
    """Done with nothing chosen puts the question again."""
    assert press(chat, "done") == ["What was good?"]
    assert chat.talk.status == "active"


def test_forged(chat: Chat) -> None:
    """An option that the question has not is not turned on."""
    press(chat, "on", "everything")
    press(chat, "on", "9", step="score")
    press(chat, "on")
    assert (chat.talk.pressed, chat.talk.answers["score"]) == ((), 9)


def test_typed_meanwhile(chat: Chat) -> None:
    """Typed words answer all the same, and what was turned on is forgotten."""
    press(chat, "on", "price")
    chat.say("speed")
    assert chat.talk.answers["good"] == ("speed",)
    assert chat.talk.pressed == ()


def test_after_the_talk_expired(chat: Chat) -> None:
    """Who goes on choosing a day after the talk expired is heard."""
    press(chat, "on", "price")
    chat.wait(days=8)
    assert chat.talk.status == "expired"
    press(chat, "on", "speed")
    assert (chat.talk.status, chat.talk.pressed) == ("active", ("speed",))
    press(chat, "done")
    assert chat.talk.answers["good"] == ("speed",)


def test_tags(chat: Chat) -> None:
    """A tag stands for the step or option whose name is too long to bring back."""
    press(chat, "on", tag(LONG), step=tag("good"))
    assert chat.talk.pressed == (LONG,)
    assert untag("~nothing", ["good"]) == "~nothing"
    assert chat.hear(Tapped(chat.talk.id, tag("score"), ("3",))) != []
    assert chat.talk.answers["score"] == 3
