"""The report as people read it: tables that fit the window, and what they mean."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.bars import spread, track
from bot.cli.plain import clean
from bot.model.report import RateRow, Report, ScoreRow
from bot.model.score import Rate
from bot.scoring.rates import completion_rate

Row = TypeVar("Row", ScoreRow, RateRow)
NAMES: Final = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
MEANINGS: Final = {
    "nps": "NPS: per cent of 9s and 10s, minus per cent of 0s to 6s.",
    "csat": "CSAT: per cent who chose 4 or 5, on a scale to 5.",
    "ces": "CES: per cent who chose 5, 6 or 7, on a scale to 7.",
    "rating": "Rating: the average answer.",
}
RANGE: Final = "The range is where the true score lies, 19 times out of 20."
LOW: Final = "Low sample: fewer than 30 answers; read no trend into it."
PICTURES: Final = {
    "Position": "Position: ● the score, ━ its range, from worst to best.",
    "Spread": "Spread: how often each value was chosen, lowest first.",
}
DEMO: Final = "DEMO: this database holds simulated customers, made by voxpop demo."
UNBOUNDED: Final = 10_000
"""A width in which every table is measured as wide as it would like to be."""


def render(report: Report, console: Console) -> None:
    """Print the report, with no line wider than the console."""
    if report.demo:
        render_mark(console)
    console.print(Text(_title(report), style="bold"))
    console.print()
    if any(row.figure.n for row in report.scores):
        table = _scores(report, console)
        console.print(table)
        console.print()
        console.print(Text("\n".join(_legend(report.scores, table)), style="dim"))
    else:
        console.print(Text("\n".join(_invitation(report))))
    if any(row.sent or row.started for row in report.rates):
        console.print()
        console.print(_rates(report, console))


def render_mark(console: Console) -> None:
    """Print that not all of what follows was said by real customers."""
    console.print(Text(DEMO, style="bold yellow"))
    console.print()


def _title(report: Report) -> str:
    """Return which days the report is about; the last one is named, not the next."""
    last = report.to and report.to - timedelta(days=1)
    if report.from_ and last:
        span = f"{report.from_} to {last}"
    elif report.from_:
        span = f"since {report.from_}"
    else:
        span = f"until {last}" if last else "all answers so far"
    return f"Scores, {span} (days in {report.timezone})"


def _scores(report: Report, console: Console) -> Table:
    """Return the richest table of scores that fits."""
    cells: dict[str, Callable[[ScoreRow], Text]] = {
        "Question": lambda row: Text(f"{row.flow}.{row.step}"),
        "Kind": lambda row: Text(NAMES.get(row.kind, row.kind)),
        "Answers": lambda row: Text(str(row.figure.n), justify="right"),
        "Score (range)": _score,
        "Position": _position,
        "Spread": lambda row: Text(spread(list(row.figure.histogram.values()))),
        "Score": _score_with_mark,
    }
    layouts = (
        ("Question", "Kind", "Answers", "Score (range)", "Position", "Spread"),
        ("Question", "Kind", "Answers", "Score (range)", "Position"),
        ("Question", "Answers", "Score (range)", "Position"),
        ("Question", "Answers", "Score"),
    )
    tables = [
        _table(report.scores, _by(report), {name: cells[name] for name in layout})
        for layout in layouts
    ]
    return _fitting(console, tables)


def _rates(report: Report, console: Console) -> Table:
    """Return the richest table of rates that fits."""
    cells: dict[str, Callable[[RateRow], Text]] = {
        "Flow": lambda row: Text(row.flow),
        "Sent": lambda row: Text(str(row.sent), justify="right"),
        "Response rate": _response,
        "Completion rate": _completion,
        "Response and completion": _both,
    }
    layouts = (
        ("Flow", "Sent", "Response rate", "Completion rate"),
        ("Flow", "Response rate", "Completion rate"),
        ("Flow", "Response and completion"),
    )
    rows = [row for row in report.rates if row.sent or row.started]
    tables = [
        _table(rows, _by(report), {name: cells[name] for name in layout})
        for layout in layouts
    ]
    return _fitting(console, tables)


def _by(report: Report) -> list[str]:
    """Return the dimensions that want a column; the flow stands in every row."""
    return [name for name in report.by if name != "flow"]


def _table(
    rows: Iterable[Row], by: Sequence[str], cells: dict[str, Callable[[Row], Text]]
) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in by:
        table.add_column(name.capitalize(), overflow="fold")
    for name in cells:
        table.add_column(name, overflow="fold")
    for row in rows:
        groups = [Text(_group(row.group[name])) for name in by]
        table.add_row(*groups, *(cell(row) for cell in cells.values()))
    return table


def _group(value: str | None) -> str:
    if value is None:
        return "-"
    return clean(value) or "(none)"


def _fitting(console: Console, tables: Sequence[Table]) -> Table:
    """Return the first table no wider than the console, or else the last."""
    unbounded = console.options.update(width=UNBOUNDED)
    for table in tables:
        if console.measure(table, options=unbounded).maximum <= console.width:
            return table
    return tables[-1]


def _score(row: ScoreRow) -> Text:
    """Return the score with its margin: `30  (14 … 44)`, or `84 %  (76 … 90)`.

    The range of a single answer's NPS ends before the score; it is shown up to it.
    """
    figure = row.figure
    if not figure.n:
        return Text("no answers yet", style="dim")
    if figure.score is None or figure.interval is None:
        return Text(f"{figure.mean:.1f} on average")
    low = round(min(figure.score, figure.interval[0]))
    high = round(max(figure.score, figure.interval[1]))
    unit = "" if row.kind == "nps" else " %"
    return Text(f"{round(figure.score)}{unit}  ({low} … {high})")


def _position(row: ScoreRow) -> Text:
    """Return where the score lies; of few answers no picture is drawn."""
    figure = row.figure
    if _low(row):
        return Text("low sample", style="yellow")
    if figure.score is None or figure.interval is None:
        return Text("")
    lowest = -100 if row.kind == "nps" else 0
    return Text(track(figure.score, figure.interval, lowest), style="cyan")


def _score_with_mark(row: ScoreRow) -> Text:
    """Return the score, and below it what the position would have said in words."""
    return Text("\n").join((_score(row), _position(row))) if _low(row) else _score(row)


def _low(row: ScoreRow) -> bool:
    return row.figure.low_sample and row.figure.n > 0


def _response(row: RateRow) -> Text:
    return _rate(row.response_rate, row.completed, row.delivered)


def _completion(row: RateRow) -> Text:
    return _rate(
        completion_rate(row.completed, row.started), row.completed, row.started
    )


def _both(row: RateRow) -> Text:
    """Return both rates, a line each."""
    response, completion = _response(row), _completion(row)
    return Text.assemble("response: ", response, "\ncompletion: ", completion)


def _rate(rate: Rate, part: int, whole: int) -> Text:
    """Return a rate with its denominator, and no rate where that is the smaller one."""
    if rate.value is None:
        return Text(f"none {rate.of}", style="dim")
    if part > whole:
        return Text(f"{part} completed, {whole} {rate.of}")
    return Text(f"{round(100 * rate.value)} % ({part} of {whole} {rate.of})")


def _legend(rows: Iterable[ScoreRow], table: Table) -> list[str]:
    """Return what the words and pictures of this table mean, a line each."""
    answered = [row for row in rows if row.figure.n]
    kinds = dict.fromkeys(row.kind for row in answered)
    lines = [MEANINGS[kind] for kind in kinds if kind in MEANINGS]
    if any(row.figure.interval for row in answered):
        lines.append(RANGE)
    if any(_low(row) for row in answered):
        lines.append(LOW)
    shown = [str(column.header) for column in table.columns]
    return lines + [PICTURES[name] for name in shown if name in PICTURES]


def _invitation(report: Report) -> list[str]:
    """Return that nobody answered, and what to do about it."""
    flow = next((row.flow for row in report.scores), "FLOW")
    if report.from_ or report.to:
        said = "Nobody answered in this time."
        more = ["  voxpop report", "    without --from and --to: all answers so far"]
    else:
        said, more = "Nobody has answered yet.", []
    return [
        said,
        "To get answers:",
        f"  voxpop chat {flow} --store",
        "    answer it yourself, here in the terminal",
        *more,
    ]
