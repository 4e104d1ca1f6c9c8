"""Answers sent through the inbound path, and the scores that come of them."""

import asyncio
from math import isclose

import pytest

from bot.model.report import Cut, Question, Report, ScoreRow
from bot.scoring.intervals import wilson
from bot.service import reports
from tests.service.house import House, open_house


def flow(kind: str) -> str:
    """Return a flow that asks one scored question."""
    return f"flow: f\nsteps:\n  q: {{ask: How was it?, answer: {kind}}}\n"


async def answered(kind: str, answers: dict[str, int]) -> ScoreRow:
    """Return the score after so many people gave each answer."""
    async with open_house(flow(kind)) as house:
        given = [text for text, count in answers.items() for _ in range(count)]
        for number in range(len(given)):
            await house.begin("f", str(number))
        messages = [house.message(text, str(n)) for n, text in enumerate(given)]
        await asyncio.gather(*(house.inbox.take(m) for m in messages))
        (row,) = (await report(house, kind)).scores
        return row


async def report(house: House, kind: str) -> Report:
    """Return the report of everything."""
    return await reports.report(
        house.store.reports,
        Cut(),
        questions=[Question(flow="f", step="q", kind=kind)],
        now=house.hands.at,
        timezone="Europe/Madrid",
    )


async def test_a_hundred_people() -> None:
    """50 promoters, 30 passives and 20 detractors score 30, within [14.05, 44.21]."""
    row = await answered(
        "nps", {"9": 25, "ten": 25, "7": 15, "8": 15, "3": 10, "0": 10}
    )
    assert (row.figure.n, row.figure.score) == (100, 30)
    assert row.figure.interval == pytest.approx((14.05, 44.21), abs=0.1)


async def test_eight_promoters() -> None:
    """Eight promoters score 100, and the range says how little that is."""
    row = await answered("nps", {"10": 8})
    assert row.figure.score == 100
    assert row.figure.interval == pytest.approx((38.5, 100), abs=0.1)
    assert row.figure.low_sample


@pytest.mark.parametrize(
    ("kind", "answers", "top", "n"),
    [
        ("csat", {"5": 6, "very satisfied": 1, "4": 2, "2": 1}, 9, 10),
        ("ces", {"7": 30, "5": 20, "4": 20, "1": 30}, 50, 100),
        ("csat", {"1": 5}, 0, 5),
    ],
)
async def test_shares(kind: str, answers: dict[str, int], top: int, n: int) -> None:
    """CSAT and CES are the share of the top values, with Wilson's interval."""
    row = await answered(kind, answers)
    expected = wilson(top, n)
    assert expected is not None
    assert row.figure.n == n
    assert row.figure.interval is not None
    assert isclose(row.figure.score or 0, 100 * top / n)
    assert row.figure.interval == pytest.approx([100 * end for end in expected])


async def test_nobody() -> None:
    """Nobody answered, so there is no score."""
    row = await answered("nps", {})
    assert (row.figure.n, row.figure.score, row.figure.interval) == (0, None, None)
