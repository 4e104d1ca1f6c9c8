"""What reports read of a store."""

from datetime import date

from bot.model.report import Cell
from bot.service.reports import Counts
from storage import SqlStore
from tests.storage.samples import ANN, BEN, answer, cell, save

SENT = cell("", step="", measure="sent", kind="")
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


async def test_counts_add_up(store: SqlStore) -> None:
    """Cells are summed over everything that a report does not cut by."""
    await save(store, counts={cell(): 2, cell(slot=1): 3, cell("3"): 1, SENT: 9})
    await save(store, counts={cell(): 1, cell(channel="telegram"): 4})
    counts: Counts = store.reports
    found = await counts.counts(flow=None, start=None, end=None, by=[])
    assert sorted((row.measure, row.value, row.n) for row in found) == [
        ("answer", "3", 1),
        ("answer", "9", 10),
        ("sent", "", 9),
    ]
    by_channel = await counts.counts(flow="nps", start=None, end=None, by=["channel"])
    assert Cell(
        group=("telegram",),
        flow="nps",
        step="score",
        measure="answer",
        kind="nps",
        value="9",
        n=4,
    ) in list(by_channel)


async def test_groups_stand_as_asked(store: SqlStore) -> None:
    """The values of a group come in the order that its dimensions were asked in."""
    await save(store, counts={cell(touchpoint="order", campaign="spring"): 1})
    by = ["campaign", "language", "flow", "day", "touchpoint"]
    [row] = await store.reports.counts(flow=None, start=None, end=None, by=by)
    assert row.group == ("spring", "en", "nps", "2026-03-02", "order")


async def test_a_period_ends_before_its_last_day(store: SqlStore) -> None:
    """A report begins with its first day and ends the day before its last."""
    await save(store, counts={cell(): 1, cell(day="2026-03-03"): 1})
    for start, end, days in (
        (MONDAY, TUESDAY, ["2026-03-02"]),
        (TUESDAY, None, ["2026-03-03"]),
        (None, MONDAY, []),
        (None, None, ["2026-03-02", "2026-03-03"]),
    ):
        found = await store.reports.counts(flow=None, start=start, end=end, by=["day"])
        assert [row.group[0] for row in found] == days


async def test_a_flow_alone(store: SqlStore) -> None:
    """A report on one flow holds nothing of others, however alike their names."""
    await save(store, counts={cell(): 1, cell(flow="nps2"): 1, cell(flow="np"): 1})
    found = await store.reports.counts(flow="nps", start=None, end=None, by=["flow"])
    assert [row.group for row in found] == [("nps",)]


async def test_moved_counts_vanish(store: SqlStore) -> None:
    """A cell that a correction emptied is not reported."""
    await save(store, counts={cell("3"): 1})
    await save(store, counts={cell("3"): -1, cell("9"): 1})
    found = await store.reports.counts(flow=None, start=None, end=None, by=[])
    assert [(row.value, row.n) for row in found] == [("9", 1)]


async def test_people(store: SqlStore) -> None:
    """Of each person the last answer in the period counts; the funnel stays talks."""
    given = [
        answer(1, 3),
        answer(2, 9, channel="telegram"),
        answer(3, 10, standing="test"),
        answer(4, 1, contact=BEN.id),
        answer(5, 2, step="other"),
        answer(6, 10, day="2026-03-03"),
        answer(7, None),
        answer(8, "price", step="why", kind="choice"),
    ]
    await save(store, answers=given, counts={SENT: 4, cell(): 99})
    found = await store.reports.people_counts(
        flow="nps", start=MONDAY, end=TUESDAY, by=["channel"]
    )
    assert sorted((row.group, row.step, row.value, row.n) for row in found) == [
        (("telegram",), "score", "9", 1),
        (("web",), "", "", 4),
        (("web",), "other", "2", 1),
        (("web",), "score", "1", 1),
    ]


async def test_comments(store: SqlStore) -> None:
    """Words beside an answer and answers in words are shown, the newest first."""
    given = [
        answer(1, 3, segment="detractor", comment="slow", standing="earlier"),
        answer(2, 9),
        answer(3, "the people", step="why", kind="text", segment=None, text="people"),
        answer(4, None, step="more", kind="text", segment=None, text="skip"),
        answer(5, 9, comment="test", standing="test"),
        answer(6, 9, comment="wrong", standing="corrected"),
        answer(7, 9, comment="tomorrow", day="2026-03-03"),
        answer(8, "hm", step="why", kind="text", segment=None, session=9, text="hm"),
    ]
    await save(store, answers=given)
    said = await store.reports.comments(flow="nps", start=MONDAY, end=TUESDAY)
    assert [(row.segment, row.value, row.comment) for row in said] == [
        (None, "hm", "hm"),
        ("promoter", "the people", "people"),
        ("detractor", 3, "slow"),
    ]
    assert (said[0].flow, said[0].step, said[0].channel) == ("nps", "why", "web")
    assert await store.reports.comments(flow="x", start=None, end=None) == []


async def test_recount(store: SqlStore) -> None:
    """A recount of the answers finds each cell that is wrong, and by how much."""
    await save(
        store,
        answers=[
            answer(1),
            answer(2, standing="earlier"),
            answer(3, 3, contact=ANN.id),
        ],
        counts={cell(): 1, cell("3"): 1, SENT: 9},
    )
    assert await store.recount() == []
    await save(store, counts={cell("3"): 1, cell(slot=2): -1})
    assert await store.recount() == [(cell("3"), 2, 1), (cell(), 0, 1)]


async def test_months(store: SqlStore) -> None:
    """Months add their days up, whole ones from sums of their own."""
    days = ["2026-03-02", "2026-03-31", "2026-04-01"]
    await save(store, counts={cell(day=day): n for n, day in enumerate(days, 1)})
    await save(store, counts={cell(day=days[0]): -1, cell(day=days[1]): 4})
    for start, end, months in (
        (None, None, {"2026-03": 6, "2026-04": 3}),
        (date(2026, 3, 1), date(2026, 4, 1), {"2026-03": 6}),
        (TUESDAY, date(2026, 4, 2), {"2026-03": 6, "2026-04": 3}),
        (date(2026, 4, 1), None, {"2026-04": 3}),
    ):
        counts = store.reports.counts
        found = await counts(flow="nps", start=start, end=end, by=["month"])
        assert {row.group[0]: row.n for row in found} == months
        whole = await counts(flow=None, start=start, end=end, by=[])
        assert sum(row.n for row in whole) == sum(months.values())


async def test_people_by_month(store: SqlStore) -> None:
    """Where each person counts once, that is in the month of their last answer."""
    await save(
        store,
        answers=[answer(1), answer(2, 3, day="2026-04-01"), answer(3, contact=BEN.id)],
    )
    found = await store.reports.people_counts(
        flow="nps", start=None, end=None, by=["month"]
    )
    cells = sorted((row.group[0], row.value, row.n) for row in found)
    assert cells == [("2026-03", "9", 1), ("2026-04", "3", 1)]


async def test_months_that_do_not_add_up(store: SqlStore) -> None:
    """A recount says where the months are not what their days are."""
    await save(store, answers=[answer(1)], counts={cell(): 1})
    assert await store.recount() == []
    async with store._driver.transaction() as db:  # noqa: SLF001 - what must not happen
        month = cell()._replace(day="2026-03")
        await db.write([("months_move", [(*month, 1)])])
    assert await store.recount() == [(month, 2, 1)]
