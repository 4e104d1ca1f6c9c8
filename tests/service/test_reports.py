from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from bot.model.report import Cell, CommentRow, Cut, Question, Report
from bot.model.score import Rate
from bot.service.reports import report

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NPS = Question(flow="nps", step="score", kind="nps")
CSAT = Question(flow="order", step="happy", kind="csat")


class Shelf:
    """Cells kept at hand in place of a store; it remembers what it was asked."""

    def __init__(self, *cells: Cell, people: Sequence[Cell] = ()) -> None:
        self.cells, self.people = cells, people
        self.asked: list[tuple[str | None, date | None, date | None, list[str]]] = []

    async def counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> Sequence[Cell]:
        """Return every cell of the flow."""
        self.asked.append((flow, start, end, list(by)))
        return [cell for cell in self.cells if flow in (None, cell.flow)]

    async def people_counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> Sequence[Cell]:
        """Return the cells of people."""
        self.asked.append((flow, start, end, list(by)))
        return self.people

    async def comments(
        self, *, flow: str | None, start: date | None, end: date | None
    ) -> Sequence[CommentRow]:
        """Return nothing; figures do not need words."""
        assert (flow, start, end) == (None, None, None)
        return []


def answers(value: int, n: int, *group: str, kind: str = "nps") -> Cell:
    """Return n answers of one value to the question `nps.score`."""
    return Cell(
        group=group,
        flow="nps",
        step="score",
        measure="answer",
        kind=kind,
        value=str(value),
        n=n,
    )


def talks(measure: str, n: int, *group: str) -> Cell:
    """Return n talks of the flow `nps` that came to one stage of the funnel."""
    return Cell(group=group, flow="nps", measure=measure, n=n)


async def made(shelf: Shelf, cut: Cut | None = None, *questions: Question) -> Report:
    """Return the report of what is on the shelf."""
    return await report(
        shelf, cut or Cut(), questions=questions, now=NOW, timezone="Europe/Madrid"
    )


async def test_a_survey() -> None:
    """Counts become a score with its range and rates with their denominators."""
    shelf = Shelf(
        answers(10, 50),
        answers(8, 30),
        answers(3, 20),
        talks("sent", 220),
        talks("delivered", 200),
        talks("started", 120),
        talks("completed", 100),
    )
    found = await made(shelf, None, NPS)
    (score,), (rate,) = found.scores, found.rates
    assert (score.flow, score.step, score.kind, score.group) == (
        "nps",
        "score",
        "nps",
        {},
    )
    assert (score.figure.n, score.figure.score) == (100, 30)
    assert score.figure.interval == pytest.approx((14.05, 44.21), abs=0.1)
    assert (rate.sent, rate.delivered, rate.started, rate.completed) == (
        220,
        200,
        120,
        100,
    )
    assert rate.response_rate == Rate(0.5, "delivered")
    assert (found.generated_at, found.timezone) == (NOW, "Europe/Madrid")


async def test_nobody_answered_yet() -> None:
    """A known question is in the report before its first answer, without a score."""
    found = await made(Shelf(), None, NPS)
    (score,), (rate,) = found.scores, found.rates
    assert (score.figure.n, score.figure.score, score.figure.interval) == (
        0,
        None,
        None,
    )
    assert list(score.figure.histogram) == list(range(11))
    assert rate.response_rate == Rate(None, "delivered")


async def test_what_was_never_answered_is_in_no_group() -> None:
    """A silent question stands last; of its dimensions only the flow is known."""
    shelf = Shelf(answers(9, 1, "2026-11-23", "nps"))
    found = await made(shelf, Cut(by=("day", "flow")), CSAT, NPS)
    assert [row.group for row in found.scores] == [
        {"day": "2026-11-23", "flow": "nps"},
        {"day": None, "flow": "order"},
    ]


async def test_only_the_flow_asked_for() -> None:
    """Questions of other flows stay out, and the store is asked for this one alone."""
    shelf = Shelf(answers(9, 1))
    cut = Cut(flow="order", start=date(2026, 11, 1), end=date(2026, 12, 1))
    found = await made(shelf, cut, NPS, CSAT)
    assert [row.flow for row in found.scores] == ["order"]
    assert [row.flow for row in found.rates] == ["order"]
    assert shelf.asked == [("order", date(2026, 11, 1), date(2026, 12, 1), [])]
    assert (found.from_, found.to) == (date(2026, 11, 1), date(2026, 12, 1))


async def test_days_become_weeks_and_months() -> None:
    """The store counts by day alone; ISO weeks and months are added up from it."""
    shelf = Shelf(
        answers(10, 1, "2026-11-23", "web"),
        answers(0, 2, "2026-11-29", "web"),
        answers(10, 4, "2026-11-30", "web"),
        answers(10, 8, "2027-01-03", "web"),
    )
    found = await made(shelf, Cut(by=("week", "channel", "month")), NPS)
    assert shelf.asked[0][3] == ["day", "channel"]
    assert [(*row.group.values(), row.figure.n) for row in found.scores] == [
        ("2026-W48", "web", "2026-11", 3),
        ("2026-W49", "web", "2026-11", 4),
        ("2026-W53", "web", "2027-01", 8),
    ]


async def test_rows_come_as_the_flows_have_them() -> None:
    """Within a group the order is that of the questions; forgotten ones come after."""
    shelf = Shelf(answers(4, 1, kind="csat"), answers(9, 1))
    found = await made(shelf, None, CSAT, NPS)
    assert [(row.flow, row.kind) for row in found.scores] == [
        ("order", "csat"),
        ("nps", "nps"),
        ("nps", "csat"),
    ]


async def test_people_count_once() -> None:
    """With `people` the store counts each person's last answer instead of all."""
    shelf = Shelf(answers(0, 9), people=[answers(10, 1)])
    found = await made(shelf, Cut(people=True), NPS)
    assert [(row.figure.n, row.figure.score) for row in found.scores] == [(1, 100)]


async def test_a_rating_shows_its_own_scale() -> None:
    """A rating's unused values are there with 0, as far as the flow knows its ends."""
    stars = Question(flow="nps", step="score", kind="rating", lowest=1, highest=4)
    found = await made(Shelf(answers(3, 2, kind="rating")), None, stars)
    assert found.scores[0].figure.histogram == {1: 0, 2: 0, 3: 2, 4: 0}
    assert found.scores[0].figure.mean == 3


async def test_what_is_no_number_is_no_score() -> None:
    """A cell that holds no whole number, or counts a step's funnel, is left out."""
    odd = Cell(
        group=(), flow="nps", step="score", measure="answer", kind="nps", value="x", n=1
    )
    asked = Cell(group=(), flow="nps", step="score", measure="sent", n=5)
    found = await made(Shelf(odd, asked), None, NPS)
    assert found.scores[0].figure.n == 0
    assert found.rates[0].sent == 0
