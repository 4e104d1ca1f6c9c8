"""`voxpop report`: the table, the words, the JSON, and wrong use."""

import io
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from cyclopts import App
from rich.console import Console

from bot.cli.report import check_flow, cut_of, report as command
from bot.cli.report_comments import render_comments
from bot.cli.report_json import to_json
from bot.cli.report_table import render
from bot.errors import WrongUse
from bot.model.answer import Value
from bot.model.report import Cell, CommentRow, Cut, Question, Report
from bot.service import reports
from tests.engine.chat import shelf_of

NPS = ("nps", "score", "nps")
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

FLOWS = (
    "flow: nps\nsteps:\n  score: {ask: Recommend?, answer: nps}\n",
    (
        "flow: order\nsteps:\n  happy: {ask: Happy?, answer: csat}\n"
        "  stars: {ask: Stars?, answer: rating, min: 1, max: 10}\n"
    ),
)
QUESTIONS = (
    Question(flow="nps", step="score", kind="nps"),
    Question(flow="order", step="happy", kind="csat"),
    Question(flow="order", step="easy", kind="ces"),
    Question(flow="order", step="stars", kind="rating", lowest=1, highest=10),
)


class Shelf:
    """Cells and words kept at hand in place of a store."""

    def __init__(
        self, cells: Sequence[Cell] = (), words: Sequence[CommentRow] = ()
    ) -> None:
        self.cells, self.words = cells, words

    async def counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> Sequence[Cell]:
        """Return every cell, however it is asked."""
        del flow, start, end, by
        return self.cells

    people_counts = counts

    async def comments(
        self, *, flow: str | None, start: date | None, end: date | None
    ) -> Sequence[CommentRow]:
        """Return all words, however it is asked."""
        del flow, start, end
        return self.words


def answers(
    flow: str, step: str, kind: str, counts: dict[int, int], *group: str
) -> list[Cell]:
    """Return the answers to one question."""
    return [
        Cell(
            group=group,
            flow=flow,
            step=step,
            measure="answer",
            kind=kind,
            value=str(value),
            n=n,
        )
        for value, n in counts.items()
    ]


def talks(flow: str, *group: str, **stages: int) -> list[Cell]:
    """Return how far the talks of one flow came."""
    return [
        Cell(group=group, flow=flow, measure=measure, n=n)
        for measure, n in stages.items()
    ]


MANY = [
    *answers("nps", "score", "nps", {10: 30, 9: 20, 8: 30, 5: 13, 0: 7}),
    *answers("order", "happy", "csat", {5: 40, 4: 44, 3: 8, 2: 5, 1: 3}),
    *answers("order", "easy", "ces", {7: 5, 6: 2, 4: 1}),
    *answers("order", "stars", "rating", {8: 20, 9: 20, 3: 2}),
    *talks("nps", sent=230, delivered=212, started=130, completed=100),
    *talks("order", started=45, completed=42),
]


async def made(cells: Sequence[Cell], cut: Cut | None = None) -> Report:
    """Return the report of these cells."""
    return await reports.report(
        Shelf(cells),
        cut or Cut(),
        questions=QUESTIONS,
        now=NOW,
        timezone="Europe/Madrid",
    )


def shown(found: Report, width: int) -> str:
    """Return what a console of that width shows, without spaces at line ends."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    with console.capture() as capture:
        render(found, console)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


async def test_eighty_columns() -> None:
    """At 80 columns there is room for pictures, and every word is explained."""
    assert (
        shown(await made(MANY), 80)
        == """\
Scores, all answers so far (days in Europe/Madrid)

Question     Kind    Answers  Score (range)    Position      Spread
nps.score    NPS         100  30  (14 … 44)    ──────━●━───  ▂····▃··█▅█
order.happy  CSAT        100  84 %  (76 … 90)  ─────────━●─  ▁▁▁█▇
order.easy   CES           8  88 %  (53 … 98)  low sample    ···▂·▃█
order.stars  rating       42  8.2 on average                 ··▁····██·

NPS: per cent of 9s and 10s, minus per cent of 0s to 6s.
CSAT: per cent who chose 4 or 5, on a scale to 5.
CES: per cent who chose 5, 6 or 7, on a scale to 7.
Rating: the average answer.
The range is where the true score lies, 19 times out of 20.
Low sample: fewer than 30 answers; read no trend into it.
Position: ● the score, ━ its range, from worst to best.
Spread: how often each value was chosen, lowest first.

Flow   Sent  Response rate                Completion rate
nps     230  47 % (100 of 212 delivered)  77 % (100 of 130 started)
order     0  none delivered               93 % (42 of 45 started)"""
    )


async def test_sixty_columns() -> None:
    """At 60 columns the spread goes, and the rates stand below one another."""
    text = shown(await made(MANY), 60)
    assert max(map(len, text.splitlines())) <= 60
    assert "Spread" not in text
    assert "nps.score    NPS         100  30  (14 … 44)    ──────━●━───" in text
    assert (
        """\
Flow   Response and completion
nps    response: 47 % (100 of 212 delivered)
       completion: 77 % (100 of 130 started)"""
        in text
    )


async def test_forty_columns() -> None:
    """In the narrowest window no figure and no warning is cut off."""
    text = shown(await made(MANY), 40)
    assert max(map(len, text.splitlines())) <= 40
    assert (
        "order.easy         8  88 %  (53 … 98)\n                      low sample"
        in text
    )


async def test_groups_have_columns() -> None:
    """Every dimension but the flow has a column; no value and no group say so."""
    cells = [
        *answers("nps", "score", "nps", {10: 40}, "nps", "2026-11-23", ""),
        *talks("nps", "nps", "2026-11-23", "", started=4, completed=5, delivered=2),
    ]
    text = shown(await made(cells, Cut(by=("flow", "week", "campaign"))), 80)
    assert "Week      Campaign  Question" in text
    assert "2026-W48  (none)    nps.score" in text
    assert "-         -         order.happy" in text
    assert "5 completed, 2 delivered" in text


async def test_one_answer() -> None:
    """The range shown with a single answer reaches its score."""
    assert "100  (-48 … 100)" in shown(await made(answers(*NPS, {10: 1})), 80)


async def test_ratings_alone() -> None:
    """Where no question has a range, none is explained."""
    text = shown(await made(answers("order", "stars", "rating", {8: 40})), 80)
    assert "8.0 on average" in text
    assert "19 times" not in text


@pytest.mark.parametrize("width", [60, 80])
async def test_nobody_answered(width: int) -> None:
    """Before the first answer there is no empty table but what to do next."""
    text = shown(await made([]), width)
    assert "Nobody has answered yet." in text
    assert "voxpop chat nps --store" in text
    assert "Question" not in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("start", "end", "title"),
    [
        (date(2026, 11, 1), date(2026, 12, 1), "2026-11-01 to 2026-11-30"),
        (date(2026, 11, 1), None, "since 2026-11-01"),
        (None, date(2026, 12, 1), "until 2026-11-30"),
    ],
)
async def test_nobody_answered_in_this_time(
    start: date | None, end: date | None, title: str
) -> None:
    """A period is named by its last day, and an empty one points at the whole."""
    text = shown(await made([], Cut(start=start, end=end)), 80)
    assert text.startswith(f"Scores, {title} (days in Europe/Madrid)")
    assert "Nobody answered in this time." in text
    assert "without --from and --to" in text


async def test_no_colour_in_a_file() -> None:
    """Where nobody sees colours, none are written."""
    assert "\x1b" not in shown(await made(MANY), 80)


async def test_the_contract() -> None:
    """Programs find exactly the keys they were promised, in that order."""
    start, end = date(2026, 11, 1), date(2026, 12, 1)
    cells = [
        *answers(*NPS, {10: 50, 8: 30, 3: 20}, "2026-11-23"),
        *talks(
            "nps", "2026-11-23", sent=230, delivered=200, started=130, completed=100
        ),
    ]
    found = json.loads(
        to_json(await made(cells, Cut(start=start, end=end, by=("month",))))
    )
    score, rate = found.pop("scores")[0], found.pop("rates")[0]
    assert list(found.items()) == [
        ("generated_at", "2026-12-01T09:00:00Z"),
        ("timezone", "Europe/Madrid"),
        ("from", "2026-11-01"),
        ("to", "2026-12-01"),
        ("by", ["month"]),
    ]
    low, high = score.pop("interval")
    assert (low, high) == pytest.approx((14.05, 44.21), abs=0.1)
    assert score == {
        "flow": "nps",
        "step": "score",
        "kind": "nps",
        "group": {"month": "2026-11"},
        "n": 100,
        "score": 30.0,
        "level": 0.95,
        "method": "adjusted-wald",
        "low_sample": False,
        "histogram": dict.fromkeys(map(str, range(11)), 0)
        | {"10": 50, "8": 30, "3": 20},
        "mean": 8.0,
    }
    assert rate == {
        "flow": "nps",
        "group": {"month": "2026-11"},
        "sent": 230,
        "delivered": 200,
        "started": 130,
        "completed": 100,
        "response_rate": {"value": 0.5, "of": "delivered"},
    }


async def test_the_contract_of_nothing() -> None:
    """Without answers and without dates the same keys are there, and hold null."""
    found = json.loads(to_json(await made([])))
    assert list(found) == [
        "generated_at",
        "timezone",
        "from",
        "to",
        "by",
        "scores",
        "rates",
    ]
    assert (found["from"], found["to"], found["by"]) == (None, None, [])
    assert found["scores"][0] == {
        "flow": "nps",
        "step": "score",
        "kind": "nps",
        "group": {},
        "n": 0,
        "score": None,
        "interval": None,
        "level": 0.95,
        "method": "adjusted-wald",
        "low_sample": True,
        "histogram": dict.fromkeys(map(str, range(11)), 0),
        "mean": None,
    }
    assert found["rates"][0]["response_rate"] == {"value": None, "of": "delivered"}


def said(
    hour: int, value: Value, segment: str | None, comment: str, step: str = "score"
) -> CommentRow:
    """Return words that were said at that hour, in UTC."""
    return CommentRow(
        flow="nps",
        step=step,
        at=datetime(2026, 11, 22, hour, 5, tzinfo=UTC),
        value=value,
        segment=segment,
        comment=comment,
        channel="web",
        language="en",
    )


def test_comments() -> None:
    """Words come by segment, the unhappy first, newest on top, in the brand's time."""
    words = [
        said(3, 9, "promoter", "fast"),
        said(
            23, 2, "detractor", "it came open and half of what I had ordered was gone"
        ),
        said(4, 3, "detractor", "[red]late\x1b[31m\u202e"),
        said(5, "no answer", None, "no answer", "why"),
        said(6, ("price", "speed"), None, "both", "what"),
        said(7, "other", "unheard", "a place", "where"),
        said(8, value=True, segment=None, comment="gladly", step="may"),
    ]
    console = Console(file=io.StringIO(), width=50, highlight=False)
    with console.capture() as capture:
        render_comments(words, "Europe/Madrid", console)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    assert lines[:12] == [
        "Detractor (2)",
        "  2026-11-23 00:05 · nps.score · 2 · web · en",
        "    it came open and half of what I had ordered",
        "    was gone",
        "",
        "  2026-11-22 05:05 · nps.score · 3 · web · en",
        "    [red]late [31m",
        "",
        "Promoter (1)",
        "  2026-11-22 04:05 · nps.score · 9 · web · en",
        "    fast",
        "",
    ]
    rest = "\n".join(lines[12:])
    assert "nps.why · web" in rest
    assert "nps.what · price, speed · web" in rest
    assert "nps.where · other · web" in rest
    assert "nps.may · yes · web" in rest


def test_no_comments() -> None:
    """Where nobody said anything, a sentence says so."""
    console = Console(file=io.StringIO(), width=60)
    with console.capture() as capture:
        render_comments([], "UTC", console)
    assert capture.get() == "Nobody has left a comment here yet.\n"


def wanted(**options: str) -> Cut:
    """Return the cut that these options ask for."""
    return cut_of(
        flow=None,
        from_=options.get("from_"),
        to=options.get("to"),
        by=options.get("by"),
        people=False,
    )


def test_options_become_a_cut() -> None:
    """Dates are read as ISO, dimensions by commas, each once and in its order."""
    found = wanted(from_="2026-11-01", to="2026-12-01", by="week, Channel,week")
    assert found == Cut(
        start=date(2026, 11, 1), end=date(2026, 12, 1), by=("week", "channel")
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"by": "chanel"}, "--by cannot divide by 'chanel'; did you mean 'channel'?"),
        ({"by": "xyz"}, "choose from campaign, channel, day, flow"),
        ({"from_": "2026-11-31"}, "--from '2026-11-31' is no date"),
        ({"to": "tomorrow"}, "write year-month-day, such as 2026-11-23"),
        ({"from_": "2026-11-02", "to": "2026-11-02"}, "it is the day after the last"),
    ],
)
def test_wrong_options(options: dict[str, str], sentence: str) -> None:
    """Whoever asks for what cannot be is told what can."""
    with pytest.raises(WrongUse) as caught:
        wanted(**options)
    assert sentence in str(caught.value)


def test_unknown_flows() -> None:
    """A flow that asks nothing and never ran was probably misspelt."""
    check_flow(None, ())
    check_flow("nps", {"nps"})
    with pytest.raises(WrongUse, match="did you mean 'nps'"):
        check_flow("npss", {"nps", "order"})
    with pytest.raises(WrongUse, match=r"there is no flow 'npss'$"):
        check_flow("npss", ())


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Return what the command finds where it opens the house."""
    shelf = Shelf()
    house = SimpleNamespace(
        store=SimpleNamespace(reports=shelf),
        settings=SimpleNamespace(brand=SimpleNamespace(timezone="Europe/Madrid")),
    )
    known = shelf_of(*FLOWS).current
    monkeypatch.setattr("bot.cli.report.known_flows", lambda _: known)

    async def is_demo(_: object) -> bool:
        return False

    monkeypatch.setattr("bot.cli.report.is_demo", is_demo)

    @asynccontextmanager
    async def opened(
        config: Path | None, *, looking: bool
    ) -> AsyncIterator[SimpleNamespace]:
        assert looking
        assert config in (None, Path("shop.yaml"))
        yield house

    wiring = ModuleType("bot.wiring")
    wiring.__dict__["opened"] = opened
    monkeypatch.setitem(sys.modules, "bot.wiring", wiring)
    return shelf


@pytest.mark.parametrize(
    ("options", "start"),
    [
        ("", "Scores, all answers so far"),
        ("--from 2026-11-01 --by week --people", "Scores, since 2026-11-01"),
        ("--flow nps --json --config shop.yaml", '{\n  "generated_at": '),
        ("--comments", "Detractor (1)"),
        ("--comments --json", '{\n  "comments": [\n'),
    ],
)
async def test_the_command(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], options: str, start: str
) -> None:
    """The options as people type them print a table, words or JSON, and all is well."""
    shelf.words = [said(3, 2, "detractor", "late")]
    app = App(default_command=command, result_action="return_value")
    assert await app.run_async(options.split()) == 0
    assert capsys.readouterr().out.startswith(start)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--flow npss", "did you mean 'nps'"),
        ("--comments --flow npss", "did you mean 'nps'"),
        ("--comments --by week", "leave out --by and --people"),
    ],
)
async def test_the_command_used_wrongly(
    shelf: Shelf, options: str, sentence: str
) -> None:
    """A mistake of the caller ends in a sentence that says what would be right."""
    assert not shelf.cells
    app = App(default_command=command, result_action="return_value")
    with pytest.raises(WrongUse, match=sentence):
        await app.run_async(options.split())
