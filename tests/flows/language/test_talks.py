"""Tests of flows are read by the same loader, with the same care."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.language.document import load_talks
from flows.language.talks import Bot, Event, Passed, Tapped, Told, Typed

EXAMPLES = Path(__file__).parents[3] / "flows"


def told(source: str) -> list[str]:
    """Return each problem of a test file as `line:column code`."""
    problems = load_talks("f.test.yaml", source.encode()).problems
    return [f"{p.line}:{p.column} {p.code}" for p in problems]


def test_the_example_is_clean_and_keeps_answers_as_written() -> None:
    """What an answer's type is, only its flow knows; so it stays text here."""
    document = load_talks("n", (EXAMPLES / "nps.test.yaml").read_bytes())
    assert document.problems == ()
    assert document.talks
    first, last = document.talks.tests[0], document.talks.tests[-1]
    assert first.leaves.answers == {
        "score": "3",
        "recover": "tardaron una semana",
        "callback": "yes",
    }
    assert first.leaves.cases == ({"team": "support", "urgency": "high"},)
    assert first.leaves.events is None
    assert last.talk[3] == Tapped(tap=("speed", "price"))


def test_each_kind_of_line_is_known() -> None:
    """Bot, contact, tap, event and wait: one thing happens in a line."""
    source = (
        "flow: f\ntests:\n  - name: all\n    at: 2026-03-02 09:30\n"
        "    channel: telegram\n"
        "    trigger: {event: order.delivered, with: {total: 25}}\n    talk:\n"
        '      - bot: "*"\n      - contact: no\n      - tap: speed\n'
        "      - event: {order.paid: {total: 010}}\n      - event: seen\n"
        "      - wait: 2 days\n"
    )
    document = load_talks("f.test.yaml", source.encode())
    assert document.problems == ()
    assert document.talks
    talk = document.talks.tests[0]
    assert talk.at == datetime.fromisoformat("2026-03-02 09:30")
    assert talk.trigger == Event.model_validate(
        {"event": "order.delivered", "with": {"total": "25"}}
    )
    assert talk.talk == (
        Bot(bot="*"),
        Typed(contact="no"),
        Tapped(tap=("speed",)),
        Told(event={"order.paid": {"total": "010"}}),
        Told(event={"seen": {}}),
        Passed(wait=timedelta(days=2)),
    )


START = "flow: f\ntests:\n  - name: x\n"


@pytest.mark.parametrize(
    ("rest", "problems"),
    [
        ("    talk: [{bott: hi}]", ["4:13 unknown-key"]),
        ("    talk: [{}]", ["4:12 unknown-line"]),
        ("    talk: [{bot: a, contact: b}]", ["4:21 unknown-key"]),
        ("    talk:\n      - bot: We are #1", ["5:14 quote-text"]),
        ("    talk:\n      - bot: Note: this", ["5:14 quote-text"]),
        ("    talk:\n      - bot: *how likely*", ["5:14 quote-text"]),
        ("    talk:\n      - contact: {x}", ["5:18 quote-text"]),
        ("    talk:\n      - bot:", ["5:13 missing-words"]),
        ("    talk: []\n    at: 2026-02-30 12:00", ["5:9 invalid-moment"]),
        ("    talk: []\n    at: tomorrow", ["5:9 invalid-moment"]),
        ("    talk: []\n    leaves: {session: gone}", ["5:23 unknown-value"]),
        ("    talk: []\n    leaves: {answer: {a: 1}}", ["5:14 unknown-key"]),
        ("    talk: []\n    trigger: {}", ["5:5 unknown-trigger"]),
        ("    talk: [{event: {a: {}, b: {}}}]", ["4:20 out-of-range"]),
        ("    tlak: []", ["4:5 unknown-key"]),
    ],
)
def test_mistakes_are_told_at_their_place(rest: str, problems: list[str]) -> None:
    """A test that does not say what its author meant never passes in silence."""
    assert told(f"{START}{rest}\n") == problems
