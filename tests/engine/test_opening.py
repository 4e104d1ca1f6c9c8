"""What opening a chat begins, and what it leaves alone."""

import pytest

from bot.engine.heard import Opened
from bot.model.contact import Address
from tests.engine.chat import Chat

SURVEY = """
flow: survey
expire_after: 2 days
triggers: [{keyword: [survey]}]
steps:
  q: {ask: How was it?, answer: nps}
  why: {ask: Why?, answer: text}
"""
OTHER = "flow: other\nsteps:\n  a: {ask: And this?, answer: yes_no}\n"
OPEN = Opened("survey")
AGAIN = Opened(again=True)


@pytest.fixture
def chat() -> Chat:
    """Return somebody in front of two flows."""
    return Chat(SURVEY, OTHER)


def finish(chat: Chat) -> None:
    """Answer the survey to its end."""
    chat.say("9", "because")
    assert chat.talk.status == "completed"


def test_a_first_look_begins(chat: Chat) -> None:
    """Who opens the chat is asked."""
    assert chat.hear(OPEN) == ["How was it?"]
    assert chat.talk.trigger == "opened"


def test_a_second_look_begins_nothing(chat: Chat) -> None:
    """A reload in mid-talk says nothing, nor does one after its end."""
    chat.hear(OPEN)
    assert chat.hear(OPEN) == []
    assert chat.hear(AGAIN) == []
    finish(chat)
    assert chat.hear(OPEN) == []
    chat.wait(hours=23)
    assert chat.hear(OPEN) == []


def test_coming_back_a_day_later_begins_anew(chat: Chat) -> None:
    """Who comes back more than a day after the end is asked once more."""
    chat.hear(OPEN)
    finish(chat)
    chat.wait(hours=25)
    assert chat.hear(OPEN) == ["How was it?"]


def test_an_expired_talk_can_be_answered_for_a_week(chat: Chat) -> None:
    """Opening leaves a question alone as long as its answer re-opens the talk."""
    chat.hear(OPEN)
    chat.wait(days=2)
    assert chat.talk.status == "expired"
    chat.wait(days=6)
    assert chat.hear(OPEN) == []
    assert chat.say("9") == ["Why?"]
    chat.wait(days=2)
    chat.wait(days=8)
    assert chat.hear(OPEN) == ["How was it?"]


def test_start_again_after_the_end(chat: Chat) -> None:
    """After the end the same flow begins anew when that is asked for."""
    chat.say("survey")
    finish(chat)
    first = chat.talk.id
    assert chat.hear(AGAIN) == ["How was it?"]
    assert chat.talk.id != first


def test_another_flow_runs_inside(chat: Chat) -> None:
    """Another flow that is asked for in mid-talk runs inside it, once."""
    chat.hear(OPEN)
    assert chat.hear(Opened("other")) == ["And this?"]
    assert chat.hear(Opened("other")) == []
    assert chat.say("yes") == ["How was it?"]
    assert chat.hear(Opened("other")) == []
    finish(chat)
    assert chat.hear(Opened("other")) == []


def test_another_flow_after_the_end(chat: Chat) -> None:
    """Another flow begins at once after a talk."""
    chat.hear(OPEN)
    finish(chat)
    assert chat.hear(Opened("other")) == ["And this?"]


def test_a_talk_goes_on_on_another_channel(chat: Chat) -> None:
    """A talk that is open on another channel asks its question here, once."""
    chat.hear(OPEN)
    chat.address = Address("telegram", "2")
    assert chat.hear(OPEN) == ["How was it?"]
    assert chat.talk.address == chat.address
    assert chat.hear(OPEN) == []


def test_after_a_stop(chat: Chat) -> None:
    """Who said stop is asked nothing by looking; starting again is their word."""
    chat.hear(OPEN)
    chat.say("stop")
    assert chat.contact.stopped
    assert chat.hear(OPEN) == []
    chat.wait(days=30)
    assert chat.hear(OPEN) == []
    assert chat.hear(AGAIN) == ["How was it?"]
    assert not chat.contact.stopped


def test_a_flow_that_is_not_there(chat: Chat) -> None:
    """Where there is nothing to begin, a newcomer hears what one can say."""
    (said,) = chat.hear(Opened("gone"))
    assert "survey" in said
    assert chat.session is None


def test_the_channels_own_flow() -> None:
    """Without a name, what *start* begins on the channel begins."""
    assert Chat(SURVEY, OTHER, start_flow="other").hear(Opened()) == ["And this?"]
    assert "survey" in Chat(SURVEY, OTHER).hear(Opened())[0]
