"""Limits of time that cannot hold, and flows that start themselves."""

from datetime import time, timedelta
from typing import Final

import pytest

from bot.model.world import Budget, QuietHours, World
from flows.language.check import check
from flows.language.document import load_flow

WORLD: Final = World(
    attributes={"born": "date"},
    events={"paid": {}},
    budget=Budget(3, timedelta(days=30)),
    quiet_hours=QuietHours(time(21), time(9)),
)
CODES: Final = frozenset({"limits-clash", "starts-itself"})


def told(*sources: str, world: World = WORLD) -> list[str]:
    """Return the place, the code and the words of what is told of the first flow."""
    documents = [load_flow(f"{n}.yaml", s.encode()) for n, s in enumerate(sources)]
    assert [each.problems for each in documents if each.flow is None] == []
    return [
        f"{each.line}:{each.column} {each.code}: {each.message}"
        for each in check(documents, world)
        if each.code in CODES and each.path == "0.yaml"
    ]


ASKS: Final = "steps:\n  one: {ask: A, answer: nps}\n"

LIMITS: Final = [
    ("remind_after: 3 days\nexpire_after: 3 days\n", ["2:15 ends 3 days after"]),
    ("remind_after: 71 hours\nexpire_after: 3 days\n", []),
    ("remind_after: [9 days, 1 hour]\n", ["2:16 ends 7 days after"]),
    ("reminder: Hello?\n", ["2:11 'remind_after'"]),
    ("reminder: Hello?\nremind_after: 1 day\n", []),
    (
        "triggers: [{event: paid}]\nremind_after: [3 days, 1 day, 2 days]\n",
        ["3:16 message 4 of ours, and 'policy.budget' allows 3 in 30 days"],
    ),
    ("triggers: [{command: a}]\nremind_after: [3 days, 1 day, 2 days]\n", []),
    (
        """\
expire_after: 90 days
remind_after: [1 day, 31 days, 32 days, 33 days, 2 days, 3 days]
""",
        [],
    ),
    (
        "triggers: [{date: born, before: 1 day, after: 2 days}]\n",
        ["2:47 two triggers"],
    ),
    (
        'triggers: [{date: born, at: "08:59"}, {date: born, at: "09:00"}]\n',
        ["2:29 21:00 to 09:00"],
    ),
]


@pytest.mark.parametrize(("head", "expected"), LIMITS)
def test_a_limit_that_cannot_hold_is_told(head: str, expected: list[str]) -> None:
    """Where it stands, and with the other limit that it breaks."""
    found = told(f"flow: a\n{head}{ASKS}")
    assert len(found) == len(expected)
    for each, (place, _, words) in zip(
        found, (line.partition(" ") for line in expected), strict=True
    ):
        assert each.startswith(f"{place} limits-clash")
        assert words in each


def test_without_a_budget_reminders_are_not_counted() -> None:
    """Who sets no limit in config.yaml breaks none."""
    source = f"flow: a\nremind_after: [1 day, 2 days, 3 days, 4 days]\n{ASKS}"
    assert len(told(source)) == 1
    assert told(source, world=World()) == []


@pytest.mark.parametrize(
    ("begin", "end", "at", "held"),
    [
        (21, 9, 23, True),
        (21, 9, 9, False),
        (21, 9, 12, False),
        (12, 14, 12, True),
        (12, 14, 14, False),
    ],
)
def test_quiet_hours_hold_also_past_midnight(
    begin: int, end: int, at: int, *, held: bool
) -> None:
    """From their beginning up to, and not at, their end."""
    assert QuietHours(time(begin), time(end)).hold(time(at)) is held


def flow(steps: str, head: str = "", name: str = "a") -> str:
    """Return a flow of some steps."""
    return f"flow: {name}\n{head}steps:\n{steps}"


SOON: Final = "starts-itself"
CLASH: Final = "limits-clash"
AGAIN: Final = "  one: {say: A, then: [{start: a}]}\n"
LATER: Final = "  one: {say: A, then: [{start: {flow: a, wait: %s}}]}\n"

STARTS: Final = [
    ("at once", flow(AGAIN), f"3:32 {SOON}: this leads back here at once"),
    (
        "in an hour",
        flow(LATER % "1 hour"),
        f"3:39 {SOON}: this leads back here every 1",
    ),
    ("in a day", flow(LATER % "1 day"), None),
    (
        "once the talk is over",
        flow(AGAIN + "  two: {wait: 1 hour}\n  three: {wait: 2 hours}\n"),
        f"3:32 {SOON}: this leads back here every 3 hours",
    ),
    ("after a wait of a day", flow(AGAIN + "  two: {wait: 1 day}\n"), None),
    ("after a question", flow("  q: {ask: A, answer: nps}\n" + AGAIN), None),
    ("before a question", flow(AGAIN + "  q: {ask: A, answer: nps}\n"), None),
    (
        "where one way has no question",
        flow(
            "  one: {branch: [{when: session.channel == 'x', to: two}, {else: q}]}\n"
            "  q: {ask: A, answer: nps}\n"
            "  two: {say: A, then: [{start: a}]}\n"
        ),
        f"5:32 {SOON}: this leads back here at once",
    ),
    (
        "within its period",
        flow(AGAIN, "once_every: 2 days\n"),
        f"4:32 {CLASH}: this start",
    ),
    (
        "after its period",
        flow(LATER % "2 days", "once_every: 2 days\n"),
        None,
    ),
    ("never", flow(AGAIN.replace("start: a", "start: b")), None),
]
OTHER: Final = "flow: b\nsteps:\n  one: {say: A}\n"


@pytest.mark.parametrize(
    ("source", "expected"), [pytest.param(*case[1:], id=case[0]) for case in STARTS]
)
def test_a_flow_that_starts_itself_too_soon_is_told(
    source: str, expected: str | None
) -> None:
    """A question or a day in between makes it a habit, and `once_every` an end."""
    found = told(source, OTHER)
    assert [each[: len(expected or "")] for each in found] == [expected] * bool(
        expected
    )


def test_a_ring_of_starts_and_runs_is_told_at_each_start() -> None:
    """The times on the way add up, those of flows run inside included."""
    first = flow("  one: {say: A, then: [{start: {flow: b, wait: 1 hour}}]}\n")
    second = flow("  one: {run: c}\n  two: {wait: 1 hour}\n", name="b")
    third = flow(
        "  one: {wait: 1 hour}\n  two: {say: B, then: [{start: a}]}\n", name="c"
    )
    every = "this leads back here every 3 hours"
    assert told(first, second, third)[0].startswith(f"3:39 {SOON}: {every}")
    assert told(third, first, second)[0].startswith(f"4:32 {SOON}: {every}")
    assert told(second, first, third) == []
    asks = second.replace("wait: 1 hour", "ask: A, answer: nps")
    assert told(first, asks, third) == []
    limited = third.replace("steps:", "once_every: 30 days\nsteps:")
    assert told(first, second, limited)[0].startswith(f"3:39 {SOON}")
    held = first.replace("steps:", "once_every: 30 days\nsteps:")
    assert told(held, second, third) == []
    assert told(third, held, second)[0].startswith(f"4:32 {CLASH}: this start comes 3")
