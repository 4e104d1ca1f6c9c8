"""From the counts in the store to the report that operators read."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Protocol

from msgspec.structs import replace

from bot.engine.script import Script
from bot.model.answer import SCORED
from bot.model.report import (
    Cell,
    CommentRow,
    Cut,
    Question,
    RateRow,
    Report,
    ScoreRow,
)
from bot.scoring.rates import response_rate
from bot.scoring.score import score
from flows.language.model import Ask

DAILY: Final = frozenset({"day", "week"})
"""Dimensions that need the counts of each day."""
Place = tuple[tuple[str | None, ...], tuple[str, ...]]
"""A group and what is counted in it: a flow, or flow, step and kind of a question."""
Known = dict[tuple[str, ...], Question]


class Counts(Protocol):
    """What reports need of the store: counts by group, and the words."""

    async def counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> Sequence[Cell]:
        """Return every count from `start` to the day before `end`, by group."""
        ...

    async def people_counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> Sequence[Cell]:
        """Return the same where each person's last answer to a question counts once."""
        ...

    async def comments(
        self, *, flow: str | None, start: date | None, end: date | None
    ) -> Sequence[CommentRow]:
        """Return what people said in that time, newest first."""
        ...


async def report(
    counts: Counts,
    cut: Cut,
    *,
    questions: Iterable[Question],
    now: datetime,
    timezone: str,
) -> Report:
    """Return the figures of every known or answered question, cut as asked.

    Rows come by group, then in the order of `questions`, then by name. A question
    that nobody answered has a row of its own with n 0.
    """
    columns = _columns(cut.by)
    ask = counts.people_counts if cut.people else counts.counts
    found = await ask(flow=cut.flow, start=cut.start, end=cut.end, by=columns)
    cells = [replace(cell, group=_fold(cut.by, columns, cell.group)) for cell in found]
    known: Known = {
        (question.flow, question.step, question.kind): question
        for question in questions
        if cut.flow in (None, question.flow)
    }
    return Report(
        generated_at=now,
        timezone=timezone,
        from_=cut.start,
        to=cut.end,
        by=cut.by,
        scores=_scores(cells, known, cut.by),
        rates=_rates(cells, known, cut.by),
    )


def _fold(
    by: Sequence[str], columns: Sequence[str], group: Sequence[str]
) -> tuple[str, ...]:
    """Return the values of the asked dimensions from those of the store's columns."""
    values = dict(zip(columns, group, strict=True))
    day = values.get("day", "")
    return tuple(_period(name, values.get(name, day)) for name in by)


def _columns(by: Sequence[str]) -> tuple[str, ...]:
    """Return what the store is to group by: days where they are needed, else months.

    >>> _columns(["week", "flow", "month"]), _columns(["month", "flow"])
    (('day', 'flow'), ('month', 'flow'))
    """
    if not DAILY & set(by):
        return tuple(by)
    days = ("day" if name in {*DAILY, "month"} else name for name in by)
    return tuple(dict.fromkeys(days))


def _period(dimension: str, value: str) -> str:
    """Return the ISO week (`2026-W48`) or month (`2026-11`) a day falls in.

    >>> _period("week", "2027-01-03"), _period("month", "2027-01-03")
    ('2026-W53', '2027-01')
    """
    match dimension:
        case "week":
            return _iso_week(date.fromisoformat(value))
        case "month":
            return value[:7]
        case _:
            return value


def _iso_week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _scores(
    cells: Iterable[Cell], known: Known, by: tuple[str, ...]
) -> tuple[ScoreRow, ...]:
    """Return one row a question and group, also for questions nobody answered."""
    histograms: defaultdict[Place, Counter[int]] = defaultdict(Counter)
    for cell in cells:
        number = _number(cell.value)
        if cell.measure == "answer" and number is not None:
            asked = (cell.flow, cell.step, cell.kind)
            histograms[cell.group, asked][number] += cell.n
    return tuple(
        _score_row(group, asked, by, _whole(known.get(asked), histograms[group, asked]))
        for group, asked in _in_order(histograms, tuple(known), by)
    )


def _score_row(
    group: Sequence[str | None],
    asked: Sequence[str],
    by: Sequence[str],
    counts: Mapping[int, int],
) -> ScoreRow:
    flow, step, kind = asked
    return ScoreRow(
        flow=flow,
        step=step,
        kind=kind,
        group=dict(zip(by, group, strict=True)),
        figure=score(kind, counts),
    )


def _whole(question: Question | None, counts: Mapping[int, int]) -> Mapping[int, int]:
    """Return the counts with zeros for every value of a known rating's own scale."""
    if not question or question.lowest is None or question.highest is None:
        return counts
    scale = range(question.lowest, question.highest + 1)
    return {**dict.fromkeys(scale, 0), **counts}


def _rates(
    cells: Iterable[Cell], known: Known, by: tuple[str, ...]
) -> tuple[RateRow, ...]:
    """Return one row a flow and group, also for flows that never went out."""
    funnels: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for cell in cells:
        if cell.measure != "answer" and not cell.step:
            funnels[cell.group, (cell.flow,)][cell.measure] += cell.n
    flows = tuple(dict.fromkeys((flow,) for flow, *_ in known))
    return tuple(
        _rate_row(group, flow, by, funnels[group, (flow,)])
        for group, (flow,) in _in_order(funnels, flows, by)
    )


def _rate_row(
    group: Sequence[str | None], flow: str, by: Sequence[str], funnel: Counter[str]
) -> RateRow:
    return RateRow(
        flow=flow,
        group=dict(zip(by, group, strict=True)),
        sent=funnel["sent"],
        delivered=funnel["delivered"],
        started=funnel["started"],
        completed=funnel["completed"],
        response_rate=response_rate(funnel["completed"], funnel["delivered"]),
    )


def _in_order(
    found: Collection[Place], known: Sequence[tuple[str, ...]], by: Sequence[str]
) -> list[Place]:
    """Return what was found and what else is known: by group, as known, by name.

    What was never found has no group but its flow's, and comes last.
    """
    seen = {what for _, what in found}
    silent = [(_nowhere(by, what[0]), what) for what in known if what not in seen]
    rank = {what: place for place, what in enumerate(known)}

    def order(place: Place) -> tuple[list[tuple[bool, str]], int, tuple[str, ...]]:
        group, what = place
        values = [(value is None, value or "") for value in group]
        return values, rank.get(what, len(rank)), what

    return sorted([*found, *silent], key=order)


def _nowhere(by: Iterable[str], flow: str) -> tuple[str | None, ...]:
    """Return the group of what never happened: of all dimensions only the flow's."""
    return tuple(flow if name == "flow" else None for name in by)


def _number(text: str) -> int | None:
    """Return the whole number that a scored answer was counted under."""
    try:
        return int(text)
    except ValueError:
        return None


def questions_of(scripts: Iterable[Script]) -> Iterator[Question]:
    """Yield the scored questions of flows, answered or not, in file order."""
    for script in scripts:
        for step, ask in script.steps.items():
            if isinstance(ask, Ask) and ask.answer in SCORED:
                asked = script.asked(step, script.flow.languages[0])
                yield Question(
                    flow=script.name,
                    step=step,
                    kind=ask.answer,
                    lowest=_end(asked.minimum),
                    highest=_end(asked.maximum),
                )


def _end(number: float | None) -> int | None:
    return None if number is None else int(number)
