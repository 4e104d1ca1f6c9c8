"""What happens to words, in the order in which they are taken."""

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from bot.model.event import (
    AfterwordKept,
    Answered,
    CaseOpened,
    CommentKept,
    FlowPlanned,
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


# ── corrections ──────────────────────────────────────────────────────────────────

LONG = """
flow: long
steps:
  score: {ask: How was it?, answer: nps, go: {detractor: bad, else: why}}
  bad: {ask: What was bad?, answer: text, go: why}
  why: {ask: Why?, answer: text}
  note:
    say: Noted.
    then: [{start: {flow: long, wait: 1 day}}, {open_case: {team: care}}]
  last: {ask: More?, answer: text}
"""


@pytest.mark.parametrize("by", ["tap", "back"])
def test_a_correction_repeats_nothing(by: str) -> None:
    """What later steps said and caused is not said or caused again."""
    chat = Chat(LONG)
    chat.begin("long")
    chat.say("9", "kind people")
    before = [len(chat.told(kind)) for kind in (FlowPlanned, CaseOpened)]
    said = chat.tap("score", "8") if by == "tap" else chat.say("back", "back", "8")
    assert said == ["More?"]
    after = [len(chat.told(kind)) for kind in (FlowPlanned, CaseOpened)]
    assert after == before == [1, 1]


def test_a_correction_takes_another_way() -> None:
    """Where the new answer leads elsewhere, what stands there is asked."""
    chat = Chat(LONG)
    chat.begin("long")
    chat.say("9")
    assert chat.tap("score", "2") == ["What was bad?"]


def test_back_leaves_an_abandoned_way_alone() -> None:
    """After a correction *back* goes along the way that holds now."""
    chat = Chat(LONG)
    chat.begin("long")
    chat.say("2", "slow")
    assert chat.tap("score", "9") == ["Why?"]
    assert chat.say("back") == ["How was it?"]


LOOP = """
flow: loop
steps:
  score: {ask: How was it?, answer: nps}
  n: {ask: How many?, answer: number}
  look: {branch: [{when: answers.n > 10, to: big}, {else: last}]}
  big: {say: Too many., go: n}
  last: {say: Thanks.}
"""


def test_a_correction_before_a_loop() -> None:
    """A loop that comes back to an answered question asks it again."""
    chat = Chat(LOOP)
    chat.begin("loop")
    chat.say("9", "50")
    assert chat.tap("score", "8")[-1] == "How many?"
    assert chat.say("3") == ["Thanks."]


WAITING = """
flow: waiting
triggers: [{keyword: [waiting]}]
steps:
  score: {ask: How was it?, answer: nps}
  ok: {say: Thanks.}
  pause: {wait: 10 days}
  after: {ask: And now?, answer: text}
"""
SHORT = """
flow: short
triggers: [{keyword: [short]}]
steps:
  pause: {wait: 1 minute}
  b: {say: Short is over.}
"""


def test_a_correction_does_not_start_a_running_wait_over() -> None:
    """A wait that runs ends when it would have ended."""
    chat = Chat(WAITING)
    chat.begin("waiting")
    chat.say("9")
    chat.wait(days=9)
    chat.tap("score", "8")
    assert chat.wait(days=1) == ["And now?"]


def test_a_wait_inside_another() -> None:
    """A flow that waits inside another leaves the outer wait as long as it was."""
    chat = Chat(WAITING, SHORT)
    chat.begin("waiting")
    chat.say("9", "short")
    assert chat.wait(days=9) == ["Short is over."]
    assert chat.wait(days=1) == ["And now?"]


def test_asked_for_while_it_waits() -> None:
    """A flow asked for while it lets time pass says that it will go on."""
    chat = Chat(WAITING)
    chat.begin("waiting")
    chat.say("9")
    assert len(chat.say("waiting")) == 1


def test_two_waits_in_a_row() -> None:
    """One wait behind another each take their time."""
    chat = Chat(
        "flow: f\nsteps:\n  a: {wait: 1 minute}\n  b: {wait: 1 minute}\n"
        "  c: {say: Over.}\n"
    )
    chat.begin("f")
    assert chat.wait(seconds=119) == []
    assert chat.wait(seconds=1) == ["Over."]


def test_reminders_in_any_order() -> None:
    """Reminders go out from the soonest on, however they are written."""
    chat = Chat(
        "flow: f\nremind_after: [2 days, 5 days, 1 day]\nsteps:\n"
        "  q: {ask: How was it?, answer: nps}\n"
    )
    chat.begin("f")
    assert [len(chat.wait(days=1)) for _ in range(6)] == [1, 1, 0, 0, 1, 0]


# ── after a stop, doubts, media ──────────────────────────────────────────────────


def test_asking_for_a_flow_is_the_way_back_from_a_stop() -> None:
    """A keyword after a stop starts its flow, and nothing is held back any more."""
    chat = at("score")
    chat.say("stop")
    assert chat.say("other") == ["Other?"]
    assert not chat.contact.stopped


def test_we_start_nothing_after_a_stop() -> None:
    """Who said stop is asked nothing that they did not ask for."""
    chat = at("score")
    chat.say("stop")
    assert chat.begin("other") == []


def test_a_press_lets_a_doubt_go() -> None:
    """Who answers after *shall we stop?* goes on; a later yes is an answer."""
    chat = at("choice")
    chat.say("please stop writing to me")
    chat.tap("choice", "more")
    assert not chat.contact.doubting


def test_a_caption_can_stop() -> None:
    """*Stop* below a photo is a stop."""
    chat = at("why")
    chat.give("photo", "p1", "stop")
    assert chat.talk.status == "stopped"


def test_a_photo_after_a_talk_is_kept() -> None:
    """What is sent after a talk is kept with it, also where it is not words."""
    chat = at("why")
    chat.say("slow")
    chat.give("photo", "p1")
    assert chat.told(AfterwordKept)[0].text == "photo:p1"


def test_a_stale_press_opens_nothing() -> None:
    """A press that names no answer does not re-open an expired talk."""
    chat = at("score")
    chat.wait(days=7)
    chat.tap("score", "99")
    assert chat.talk.status == "expired"
    assert chat.tap("score", "9") == ["Go on?"]
    chat.wait(days=6)
    assert chat.talk.asks == "choice"


def test_words_are_no_outcome() -> None:
    """Typing *skipped* is an answer in words, and not a skip."""
    chat = Chat(
        "flow: f\nsteps:\n"
        "  q: {ask: Why?, answer: text, optional: true, go: {skipped: s, else: e}}\n"
        "  s: {say: Skipped., go: end}\n  e: {say: Said.}\n"
    )
    chat.begin("f")
    assert chat.say("skipped") == ["Said."]


def test_answers_of_the_outer_flow_stay_outside() -> None:
    """A flow run inside sees its own answers, not those of the same name outside."""
    outer = "flow: o\nsteps:\n  q: {ask: Outer?, answer: nps}\n  r: {run: i}\n"
    inner = (
        "flow: i\nsteps:\n"
        "  look: {branch: [{when: answers.q is none, to: q}, {else: known}]}\n"
        "  known: {say: Known., go: end}\n  q: {ask: Inner?, answer: nps}\n"
    )
    chat = Chat(outer, inner)
    chat.begin("o")
    assert chat.say("9") == ["Inner?"]


def test_an_interrupted_wait_survives_going_back() -> None:
    """Going back inside an interrupting flow leaves the outer wait as it was."""
    inner = (
        "flow: i\ntriggers: [{keyword: [inner]}]\nsteps:\n"
        "  a: {ask: A?, answer: nps}\n  b: {ask: B?, answer: nps}\n"
    )
    chat = Chat(WAITING, inner)
    chat.begin("waiting")
    chat.say("9", "inner", "7")
    assert chat.tap("i.a", "7") == []
    assert chat.say("back") == ["A?"]
    assert chat.say("8") == ["B?"]
    assert chat.say("6") == []
    assert chat.wait(days=10) == ["And now?"]


def test_a_correction_passes_a_wait_that_ended() -> None:
    """A wait that is over is not waited for again after a correction."""
    chat = Chat(WAITING)
    chat.begin("waiting")
    chat.say("9")
    chat.wait(days=10)
    assert chat.tap("score", "8") == ["And now?"]
    assert chat.talk.asks == "after"


def test_a_correction_stops_where_the_talk_stood() -> None:
    """A question that waits is not passed by with its answer of an earlier round."""
    chat = Chat(
        "flow: f\nsteps:\n  a: {ask: A?, answer: nps}\n  b: {ask: B?, answer: text}\n"
        "  more: {ask: More?, answer: yes_no, go: {yes: a, no: end}}\n"
    )
    chat.begin("f")
    chat.say("9", "first round", "yes", "8")
    assert chat.talk.asks == "b"
    assert chat.tap("a", "2") == ["B?"]


def test_a_wish_to_stop_after_a_stop_is_heeded_in_silence() -> None:
    """Who stopped already is not asked whether to stop."""
    chat = at("score")
    chat.say("stop")
    assert chat.say("please stop writing to me") == []
    assert chat.contact.stopped
