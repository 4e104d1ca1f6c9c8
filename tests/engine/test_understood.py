"""Talks in every language: a score with its reason, a yes, a switch, two misses."""

import pytest

from bot.model.answer import Accepted
from bot.model.event import CommentKept, LanguageChosen
from bot.understanding import sentence
from bot.understanding.lexicon import as_written
from tests.engine.chat import Chat
from tests.understanding.questions import LANGUAGES, read
from tests.understanding.test_properties import SETTLED

SURVEY = """
flow: survey
languages: [en, {language}]
steps:
  score: {{ask: {{en: Score?, {language}: "Score, {language}?"}}, answer: nps}}
  why:
    ask: {{en: Why?, {language}: "Why, {language}?"}}
    answer: text
    unless_said: score
  more: {{ask: {{en: More?, {language}: "More, {language}?"}}, answer: yes_no}}
  bye: {{say: {{en: Bye., {language}: "Bye, {language}."}}}}
"""
MISSES = """
flow: survey
languages: [{language}]
steps:
  score: {{ask: Score?, answer: nps, optional: true, after_two_misses: skip}}
  bye: {{say: Bye.}}
"""
OTHERS = [language for language in LANGUAGES if language != "en"]


def begun(flow: str, language: str, speaks: str | None) -> Chat:
    """Return a talk that waits for its score."""
    chat = Chat(flow.format(language=language), language=speaks)
    chat.begin("survey")
    assert chat.talk.asks == "score"
    return chat


@pytest.mark.parametrize("language", OTHERS)
def test_a_score_with_its_reason(language: str) -> None:
    """The reason beside a score is the comment, and is not asked for again."""
    chat = begun(SURVEY, language, language)
    said = chat.say(SETTLED[language][1])
    assert said == [f"More, {language}?"]
    assert chat.talk.answers["score"] == 8
    assert chat.talk.answers["why"]
    yes = as_written(language).yes_no.pure_yes[0]
    assert chat.say(yes) == [f"Bye, {language}."]
    assert chat.talk.answers["more"] is True


@pytest.mark.parametrize("language", OTHERS)
def test_another_language_turns_the_talk(language: str) -> None:
    """An answer that is clear in the flow's other language turns the talk to it."""
    numbers = as_written(language).numbers.values.items()
    word = next(
        said
        for said, value in numbers
        if value == 8
        and not isinstance(read("nps", said, "en"), Accepted)
        and read("nps", said, language) == Accepted(8)
    )
    chat = begun(SURVEY, language, None)
    assert chat.say(word) == [f"Why, {language}?"]
    assert [told.language for told in chat.told(LanguageChosen)] == [language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_misses(language: str) -> None:
    """After two misses the talk offers what the flow says, in the talk's language."""
    chat = begun(MISSES, language, language)
    once, twice = chat.say("qwrtz plmk"), chat.say("qwrtz plmk")
    offer = sentence("offer_skip", language)
    assert offer not in once[0]
    assert offer in twice[0]
    skip = as_written(language).skip[0]
    assert chat.say(skip) == ["Bye."]
    assert chat.talk.answers.get("score") is None


def test_did_you_mean_a_score() -> None:
    """A slip of the finger is asked about, and a yes makes it the answer."""
    chat = begun(SURVEY, "es", "en")
    assert "8" in chat.say("eihgt")[0]
    assert "score" not in chat.talk.answers
    assert chat.say("yes") == ["Why?"]
    assert chat.talk.answers["score"] == 8
    assert not chat.told(CommentKept)
