"""Conditions say what they mean, refuse what they cannot, and never raise."""

from datetime import date, datetime
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st
from pydantic_core import PydanticCustomError

from bot.model.world import Type
from flows.language.conditions import Misfit, Path, parse_condition, type_problems

SCOPE: Final[dict[str, dict[str, object]]] = {
    "answers": {
        "score": 6,
        "why": "It came Late",
        "improve": ("speed", "price"),
        "willing": True,
        "return": 1,
        "referral.willing": False,
        "born": "2026-03-01",
        "count": 0,
    },
    "contact": {"plan": "pro", "renewal_on": "2026-03-09"},
    "event": {"total": 19.5, "at": datetime(2026, 3, 1, 9)},  # noqa: DTZ001 - naive
    "session": {"today": date(2026, 3, 2), "channel": "web"},
}

HOLDS: Final = [
    'answers.score <= 6 and contact.plan == "pro"',
    "0 <= answers.score < 7",
    "answers.score in (6, 7)",
    'contact.plan in ["free", "pro"]',
    'contact.plan not in ("free",)',
    '"speed" in answers.improve',
    '"Late" in answers.why',
    'lower(answers.why) == "it came late"',
    "len(answers.improve) == 2",
    "answers.willing",
    "answers.willing is true",
    "answers.willing == yes",
    "not answers.referral.willing",
    "answers.nothing is none",
    "answers.score is not None",
    "not answers.nothing > 3",
    "(answers.nothing + 3) is none",
    "answers.return == 1",
    "answers.score * 2 - 2 == 10 / 1",
    "answers.score // 4 == 1 and answers.score % 4 == 2",
    "-answers.score == -6",
    "abs(-3) == 3 and round(2.6) == 3",
    "max(answers.score, 9) == 9 and min(1, 2) == 1",
    "max(session.today, answers.born) == session.today",
    "days_since(answers.born) == 1",
    "days_until(contact.renewal_on) == 7",
    'contact.renewal_on > session.today and session.today == "2026-03-02"',
    "days_since(event.at) == 1",
    "contact.plan < 3 or answers.willing",
    "\n  answers.score\n  == 6\n",
    "true",
]


@pytest.mark.parametrize("source", HOLDS)
def test_what_holds(source: str) -> None:
    """Each of these is true of the same talk."""
    assert parse_condition(source).test(SCOPE) is True


FAILS: Final = [
    "answers.nothing < 3",
    "answers.nothing != 3",
    "answers.nothing not in (1, 2)",
    "3 in answers.nothing",
    "answers.nothing + 1 > 0",
    "answers.nothing",
    "answers.count > 0",
    "days_since(answers.nothing) > 1",
    "answers.score == 6 and false",
    '"x" in answers.why',
]


@pytest.mark.parametrize("source", FAILS)
def test_what_does_not_hold(source: str) -> None:
    """What is absent is false wherever it is compared, counted or looked for."""
    assert parse_condition(source).test(SCOPE) is False


MISFITS: Final = [
    'answers.score == "6"',
    'answers.score != "6"',
    "contact.plan < 3",
    "not contact.plan < 3",
    "contact.plan",
    "answers.score / answers.count > 1",
    "answers.score % answers.count > 1",
    "answers.willing < true",
    "answers.willing == 1",
    "1 in answers.why",
    "answers.score in answers.willing",
    "len(answers.score) > 1",
    "days_since(contact.plan) > 1",
    "contact.plan + 1 > 1",
    "session.today == answers.why",
    "-contact.plan == 1",
    "answers.improve in answers.improve",
    "max(answers.score, contact.plan) > 1",
]


@pytest.mark.parametrize("source", MISFITS)
def test_what_cannot_be_told(source: str) -> None:
    """A value of the wrong type is false with a reason, never an exception."""
    verdict = parse_condition(source).test(SCOPE)
    assert isinstance(verdict, Misfit)
    assert not verdict
    assert str(verdict)


REFUSED: Final = [
    ("(" * 5000 + ")" * 5000, 0),
    ("(" * 249 + "1" + ")" * 249, None),
    ("-" * 499 + "1", None),
    ("not " * 100 + "true", None),
    (" and ".join(["answers.a"] * 45), 0),
    ("", 0),
    ("answers.score = 3", 14),
    ("answers.score == 3 && true", 19),
    ("answers.score == 3 || true", 19),
    ("answers.x ** 2 > 1", 0),
    ('"x" * 9 == answers.why', 0),
    ("answers[0]", 0),
    ("answers.why.upper()", 0),
    ("open(1)", 0),
    ("len(answers.why, 2) > 1", 0),
    ("lambda: 1", 0),
    ("[a for a in answers.x]", 0),
    ("(x := 3)", 1),
    ('f"{contact.plan}"', 0),
    ("1 if true else 2", 0),
    ("answers.x == 1 # why", 15),
    ("answers", 0),
    ("true and score > 3", 9),
    ("answer.score > 3", 0),
    ("answers.x is 3", 13),
    ("answers.x in (1, answers.y)", 17),
    ("1e999 > answers.x", 0),
    ("9" * 300 + " > answers.x", 0),
    ("b'x' == answers.why", 0),
    ("~answers.x == 1", 0),
    ("answers.x == ", None),
    ("answers.x == 1; true", None),
    ("\0", None),
    ("\ud800", None),
    (None, 0),
    (["answers.x"], 0),
]


@pytest.mark.parametrize(("source", "offset"), REFUSED)
def test_what_is_refused(source: object, offset: int | None) -> None:
    """What is no condition is refused in words, at the character it is about."""
    with pytest.raises(PydanticCustomError) as refused:
        parse_condition(source)
    assert refused.value.context is not None
    assert offset in {None, refused.value.context["offset"]}
    assert refused.value.context["words"]


TYPES: Final[dict[str, Type]] = {
    "answers.score": "number",
    "answers.willing": "yes_no",
    "answers.improve": "list",
    "contact.plan": "text",
    "contact.renewal_on": "date",
    "session.today": "date",
}

MISTYPED: Final = [
    ("contact.plan", 0, "wrong-type"),
    ("answers.score", 0, "wrong-type"),
    ("answers.score == 3 and contact.plan", 23, "wrong-type"),
    ("answers.scroe > 3", 0, "unknown-name"),
    ("contact.plan == 3", 0, "wrong-type"),
    ('answers.score == "3"', 0, "wrong-type"),
    ("answers.willing < true", 0, "wrong-type"),
    ('answers.willing == "yes"', 0, "wrong-type"),
    ('contact.renewal_on > "soon"', 0, "wrong-type"),
    ("contact.renewal_on > contact.plan", 0, "wrong-type"),
    ("answers.score is true", 0, "wrong-type"),
    ("answers.score == none", 0, "wrong-type"),
    ('answers.score in ("a", "b")', 0, "wrong-type"),
    ("1 in answers.improve", 0, "wrong-type"),
    ("1 in contact.plan", 0, "wrong-type"),
    ('"a" in answers.score', 7, "wrong-type"),
    ("days_since(contact.plan) > 3", 11, "wrong-type"),
    ("answers.score + contact.plan > 3", 16, "wrong-type"),
    ("-contact.plan > 3", 1, "wrong-type"),
    ("not answers.score", 4, "wrong-type"),
]


@pytest.mark.parametrize(("source", "offset", "code"), MISTYPED)
def test_types_are_checked_at_load(source: str, offset: int, code: str) -> None:
    """A name or a type that cannot be right is told with the place it stands at."""
    found = type_problems(
        parse_condition(source), lambda path: TYPES.get(str(path)), TYPES
    )
    assert [(each.offset, each.code) for each in found] == [(offset, code)]


@pytest.mark.parametrize(
    "source",
    [
        'answers.score <= 6 and contact.plan == "pro"',
        'contact.renewal_on >= "2026-01-01"',
        'days_since("2026-01-01") > 3',
        'days_until(contact.renewal_on) in (7, 14) and "speed" in answers.improve',
        "answers.willing is none or not answers.willing",
        "max(answers.score, 3) > 2 and answers.improve is not none",
    ],
)
def test_what_fits_is_left_alone(source: str) -> None:
    """A condition whose types fit has no problem."""
    condition = parse_condition(source)
    assert type_problems(condition, lambda path: TYPES.get(str(path))) == []


def test_an_unknown_name_brings_the_likely_one() -> None:
    """Somebody who mistypes a name is told the one they meant."""
    (found,) = type_problems(
        parse_condition("answers.scroe > 3"), lambda _: None, TYPES
    )
    assert found.suggestion == "answers.score"
    assert "did you mean 'answers.score'?" in found.message


def test_names_stand_in_the_order_written_each_once() -> None:
    """A condition tells which names it uses."""
    condition = parse_condition("answers.b == 1 or answers.a == answers.b")
    assert condition.names == (Path("answers", "b"), Path("answers", "a"))


def test_a_condition_is_what_its_words_are() -> None:
    """Two conditions of the same words are equal, and a parsed one passes through."""
    condition = parse_condition("answers.x == 1")
    assert condition == parse_condition("answers.x == 1")
    assert parse_condition(condition) is condition


PIECES: Final = st.sampled_from(
    [
        *("answers.a", "contact.b", "event.c", "session.today", "x", "true", "none"),
        *("1", "2.5", "'x'", '"2026-03-02"', "in", "not", "and", "or", "is"),
        *("len(", "lower(", "abs(", "round(", "min(", "max(", "days_since("),
        *"()[],+-*/%<>#\\=:{}.",
        *("//", "**", "==", "!=", "<=", ">=", ":="),
    ]
)
VALUES: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.datetimes()
    | st.binary()
    | st.sampled_from([object(), 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner),
    max_leaves=4,
)
SCOPES: Final = st.dictionaries(
    st.sampled_from(["answers", "contact", "event", "session"]),
    st.dictionaries(st.sampled_from(["a", "b", "c", "today"]), VALUES),
)


@given(st.text() | st.lists(PIECES).map(" ".join))
def test_any_text_ends_in_a_condition_or_a_refusal(source: str) -> None:
    """Nothing that an author may write ends in any other exception."""
    try:
        condition = parse_condition(source)
    except PydanticCustomError as refused:
        offset = (refused.context or {"offset": -1})["offset"]
    else:
        offset = 0
        type_problems(condition, lambda _: "any")
    assert 0 <= offset <= len(source)


SOURCES: Final = st.sampled_from([*HOLDS, *FAILS, *MISFITS]).map(
    lambda source: (
        source.replace("answers.score", "answers.a")
        .replace("contact.plan", "contact.b")
        .replace("answers.improve", "event.c")
        .replace("answers.why", "answers.b")
        .replace("answers.count", "contact.c")
        .replace("contact.renewal_on", "event.a")
    )
)


@given(SOURCES, SCOPES)
def test_asking_never_raises(source: str, scope: dict[str, dict[str, object]]) -> None:
    """Whatever is known of a talk, a condition holds, does not, or cannot be told."""
    verdict = parse_condition(source).test(scope)
    assert isinstance(verdict, bool | Misfit)


@given(st.lists(PIECES, max_size=12).map(" ".join), SCOPES)
def test_asking_anything_never_raises(
    source: str, scope: dict[str, dict[str, object]]
) -> None:
    """Also a condition that nobody would write is answered."""
    try:
        condition = parse_condition(source)
    except PydanticCustomError:
        return
    assert isinstance(condition.test(scope), bool | Misfit)
