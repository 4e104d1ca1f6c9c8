"""What happens to words, in the order in which they are taken."""

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from bot.model.event import (
    AfterwordKept,
    Answered,
    CaseOpened,
    CommentKept,
    LanguageChosen,
    Restarted,
    SessionReopened,
    Stopped,
    WordsUnheard,
)
from tests.engine.chat import WORLD, Chat

SURVEY = """
flow: survey
languages: [en, es]
triggers: [{keyword: {en: [feedback], es: [opinar]}}, {command: feedback}]
steps:
  score: {ask: {en: How was it?, es: ¿Qué tal?}, answer: nps}
  choice:
    ask: {en: Go on?, es: ¿Seguimos?}
    answer: choice
    options:
      cancel: {en: Cancel, es: Cancelar}
      help: {en: Help, es: Ayuda}
      more: {en: Delivery, es: Entrega}
  why: {ask: {en: Why?, es: ¿Por qué?}, answer: text}
  bye: {say: {en: Thanks., es: Gracias.}}
"""
OTHER = """
flow: other
triggers: [{keyword: [other]}]
steps:
  a: {ask: Other?, answer: yes_no}
"""


def at(
    step: str, *, language: str | None = "en", start_flow: str | None = None
) -> Chat:
    """Return a talk that waits at a step of the survey."""
    chat = Chat(SURVEY, OTHER, language=language, start_flow=start_flow)
    chat.begin("survey")
    answers = {"score": [], "choice": ["9"], "why": ["9", "Delivery"]}[step]
    for answer in answers:
        chat.say(answer)
    assert chat.talk.asks == step
    return chat


@pytest.mark.parametrize("step", ["score", "choice", "why"])
@pytest.mark.parametrize("word", ["stop", "STOP", " Stop! ", "/stop", "unsubscribe"])
def test_stop_comes_first(step: str, word: str) -> None:
    """A stop ends the talk at any question, with one confirmation."""
    chat = at(step)
    assert len(chat.say(word)) == 1
    assert chat.talk.status == "stopped"
    assert len(chat.told(Stopped)) == 1


def test_a_label_wins_over_weak_stop_words() -> None:
    """*Cancel* answers a question that offers it, though it means stop elsewhere."""
    chat = at("choice")
    assert chat.say("cancel") == ["Why?"]
    assert chat.talk.answers["choice"] == "cancel"
    assert at("score").say("cancel") != []


def test_a_label_wins_over_requests() -> None:
    """*Help* answers a question that offers it."""
    chat = at("choice")
    assert chat.say("help") == ["Why?"]


def test_requests_come_before_a_text_question() -> None:
    """At a question for words, *human* calls a human instead of being the answer."""
    chat = at("why")
    chat.say("human")
    assert [case.team for case in chat.told(CaseOpened)] == ["support"]
    assert "why" not in chat.talk.answers


def test_keywords_are_answers_to_a_text_question() -> None:
    """At a question for words, another flow's keyword is an answer like any other."""
    chat = at("why")
    assert chat.say("other") == ["Thanks."]


def test_keywords_start_flows_elsewhere() -> None:
    """At a question that does not take it, a keyword runs its flow inside."""
    assert at("score").say("other") == ["Other?"]


def test_commands() -> None:
    """A command starts its flow, also as groups write it."""
    chat = Chat(SURVEY)
    assert chat.say("/feedback@acme_bot") == ["How was it?"]


def test_asked_again() -> None:
    """What is no answer is asked about in one message with the question."""
    said = at("score").say("I waited 10 minutes")
    assert len(said) == 1
    assert said[0].endswith("\n\nHow was it?")


def test_wish_to_stop_becomes_a_question() -> None:
    """*Please stop writing to me* is never an answer; a yes to the question stops."""
    chat = at("why")
    assert len(chat.say("please stop writing to me")) == 1
    assert "why" not in chat.talk.answers
    chat.say("yes")
    assert chat.talk.status == "stopped"


def test_wish_to_stop_denied() -> None:
    """A no to *shall we stop?* goes on with the question that waited."""
    chat = at("why")
    chat.say("please stop writing to me")
    assert chat.say("no")[-1] == "Why?"
    assert chat.say("slow") == ["Thanks."]


def test_any_word_is_the_way_back_from_a_stop() -> None:
    """After a stop nothing is held back any more once the contact writes again."""
    chat = at("score")
    chat.say("stop")
    assert len(chat.say("start")) == 1
    assert len(chat.told(Restarted)) == 1
    assert not chat.contact.stopped


def test_stop_twice_is_confirmed_once() -> None:
    """A second stop is heeded in silence."""
    chat = at("score")
    chat.say("stop")
    assert chat.say("stop") == []


def test_did_you_mean() -> None:
    """A near guess becomes an answer only by a yes."""
    chat = at("choice")
    assert "Delivery" in chat.say("delivry")[0]
    assert "choice" not in chat.talk.answers
    assert chat.say("yes") == ["Why?"]
    assert chat.talk.answers["choice"] == "more"


def test_did_you_mean_something_else() -> None:
    """After a near guess, another answer counts as itself."""
    chat = at("choice")
    chat.say("delivry")
    chat.say("help")
    assert chat.talk.answers["choice"] == "help"


# ── languages ────────────────────────────────────────────────────────────────────


def test_a_clear_answer_in_another_language_turns_the_talk() -> None:
    """What is clear in exactly one other language is taken, and turns the talk."""
    chat = at("score", language=None)
    assert chat.say("un ocho") == ["¿Seguimos?"]
    assert chat.told(LanguageChosen)[0].language == "es"


def test_the_keyword_tells_the_language() -> None:
    """A keyword of one language begins the talk in it."""
    chat = Chat(SURVEY, language=None)
    assert chat.say("Opinar") == ["¿Qué tal?"]


def test_what_the_contact_chose_comes_before_the_keyword() -> None:
    """A known language wins over the keyword's."""
    chat = Chat(SURVEY, language="en")
    assert chat.say("opinar") == ["How was it?"]


def test_choosing_a_language() -> None:
    """Naming a language repeats the question in it."""
    assert at("score").say("español") == ["¿Qué tal?"]


# ── going back ───────────────────────────────────────────────────────────────────


def test_back() -> None:
    """*Back* asks the earlier question again, and the new answer corrects the old."""
    chat = at("choice")
    assert chat.say("back") == ["How was it?"]
    assert chat.say("3") == ["Go on?"]
    last = chat.told(Answered)[-1]
    assert (last.value, last.corrects) == (3, True)


def test_back_twice() -> None:
    """*Back* goes one question further each time, and answers in between stay."""
    chat = at("why")
    assert chat.say("back") == ["Go on?"]
    assert chat.say("back") == ["How was it?"]
    assert chat.say("5") == ["Why?"]
    assert chat.talk.answers == {"score": 5, "choice": "more"}


def test_nothing_to_go_back_to() -> None:
    """At the first question *back* says so and asks again."""
    assert at("score").say("back")[-1].endswith("How was it?")


def test_a_tap_on_an_earlier_question_corrects_it() -> None:
    """A press on an earlier question corrects its answer while the talk is open."""
    chat = at("why")
    assert chat.tap("score", "2") == ["Why?"]
    assert chat.talk.answers["score"] == 2


def test_the_same_tap_twice_is_one_answer() -> None:
    """A second press that says the same changes nothing."""
    chat = at("score")
    assert chat.tap("score", "9") == ["Go on?"]
    assert chat.tap("score", "9") == []
    assert len(chat.told(Answered)) == 1


@pytest.mark.parametrize("option", ["11", "-1", "1_0", "9 ", "九", "x", "", "9" * 5000])
def test_forged_taps(option: str) -> None:
    """A press that names no answer of the question changes nothing."""
    chat = at("score")
    assert chat.tap("score", option) == ["How was it?"]
    assert chat.talk.answers == {}


def test_taps_of_another_talk() -> None:
    """A press that belongs to another talk changes nothing."""
    chat = at("score")
    chat.tap("score", "9", session=1)
    assert chat.talk.answers == {}


# ── between talks ────────────────────────────────────────────────────────────────


def test_afterword() -> None:
    """Words within a day after a talk are kept with it, in silence."""
    chat = at("why")
    chat.say("slow")
    assert chat.say("by the way, nice shop") == []
    assert chat.told(AfterwordKept)[0].text == "by the way, nice shop"


def test_one_sentence_a_day() -> None:
    """Words that nothing waits for get one built-in sentence a day."""
    chat = Chat(SURVEY)
    assert len(chat.say("hello")) == 1
    assert chat.say("hello?") == []
    chat.now = chat.now.replace(day=3)
    assert len(chat.say("hello??")) == 1
    assert len(chat.told(WordsUnheard)) == 3


def test_a_flow_takes_anything() -> None:
    """A flow with the trigger `anything` takes words that nothing else waits for."""
    chat = Chat(
        "flow: any\ntriggers: [{anything: yes}]\nsteps:\n  a: {say: Hi there.}\n"
    )
    assert chat.say("hello") == ["Hi there."]


def test_an_expired_talk_takes_its_answer() -> None:
    """An answer re-opens an expired talk for a week."""
    chat = at("score")
    chat.wait(days=7)
    assert chat.talk.status == "expired"
    assert chat.say("hmm") == []
    assert chat.say("9") == ["Go on?"]
    assert len(chat.told(SessionReopened)) == 1


def test_an_expired_talk_closes_for_good() -> None:
    """After a week an expired talk takes nothing any more."""
    chat = at("score")
    chat.wait(days=7)
    chat.wait(days=8)
    chat.say("9")
    assert chat.talk.status == "expired"
    assert chat.told(SessionReopened) == []


def test_start_begins_the_channels_flow() -> None:
    """*Start* begins what the channel is set to begin, else says what one can say."""
    assert Chat(SURVEY, start_flow="survey").say("start") == ["How was it?"]
    assert "feedback" in Chat(SURVEY).say("start")[0]


def test_nobody_is_there_without_teams() -> None:
    """Without teams a call for a human says that nobody is there, and opens no case."""
    chat = Chat(SURVEY, world=msgspec.structs.replace(WORLD, teams=()))
    assert len(chat.say("human")) == 1
    assert chat.told(CaseOpened) == []


# ── media, names, size ───────────────────────────────────────────────────────────


def test_a_voice_note_where_a_score_was_asked() -> None:
    """It is kept beside the question, and the scale is asked for again."""
    chat = at("score")
    assert chat.give("voice", "v1")[0].endswith("How was it?")
    assert chat.told(CommentKept)[0].text == "voice:v1"


def test_a_photo_where_words_were_asked() -> None:
    """It is kept with the answer, and the talk goes on."""
    chat = at("why")
    assert chat.give("photo", "p1", "broken") == ["Thanks."]
    assert chat.told(Answered)[-1].comment == "photo:p1"


@pytest.mark.parametrize(
    "name", ["{brand.name}", "{secret}", "<b>", "{{", "%s", "{0.__class__}"]
)
def test_names_are_shown_literally(name: str) -> None:
    """A text is rendered once, so a name that looks like a slot stays what it is."""
    chat = Chat(
        'flow: f\nsteps:\n  a: {say: "Hi {contact.first_name|you}!"}\n', first_name=name
    )
    assert chat.begin("f") == [f"Hi {name}!"]


def test_a_session_is_small() -> None:
    """A session with ten mixed answers is under 1 kB as JSON."""
    kinds = ["nps", "yes_no", "number", "date", "email", "phone", *["text"] * 4]
    steps = "".join(
        f"  step_{n}: {{ask: Question {n}?, answer: {kind}}}\n"
        for n, kind in enumerate(kinds)
    )
    chat = Chat(f"flow: long\nsteps:\n{steps}  bye: {{ask: More?, answer: text}}\n")
    chat.begin("long")
    words = [f"{n} words are forty characters long, so" for n in range(4)]
    words = [w.ljust(40, "x") for w in words]
    chat.say(
        "9", "yes", "12.5", "5 May 2026", "ana@example.com", "+34 612 345 678", *words
    )
    assert len(chat.talk.answers) == 10
    assert chat.talk.asks == "bye"
    assert len(msgspec.json.encode(chat.talk)) < 1024


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.text(max_size=60)
        | st.sampled_from(
            [
                "9",
                "back",
                "stop",
                "yes",
                "other",
                "start",
                "human",
                "un ocho",
                "delivry",
            ]
        ),
        max_size=12,
    )
)
def test_any_words(texts: list[str]) -> None:
    """Whatever is typed, a talk waits for something or is over, and its answers fit."""
    chat = Chat(SURVEY, OTHER, start_flow="survey")
    chat.begin("survey")
    chat.say(*texts)
    talk = chat.talk
    assert (talk.waits == "answer") == (talk.status == "active")
    score = talk.answers.get("score")
    assert score is None or score in range(11)
    assert talk.answers.get("choice") in {None, "cancel", "help", "more"}
