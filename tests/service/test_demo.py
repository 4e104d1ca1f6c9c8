"""Simulated customers: believable, the same each time, and no harm to anybody real."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple, get_args
from zoneinfo import ZoneInfo

import pytest

from bot.clock import seeded
from bot.model.answer import MEDIA, Accepted, Asked, Kind, Rejected
from bot.model.contact import Address
from bot.model.report import DIMENSIONS
from bot.service.demo import voices
from bot.service.demo.customers import Crowd, Customer
from bot.service.demo.mark import is_demo, mark
from bot.service.demo.simulation import Simulation
from bot.service.demo.timeline import AWAKE, BAD_WEEK, WEEKS, Timeline
from bot.understanding import chosen_language, reserved, understand, wishes_stop
from tests.service.house import House, open_house

NOW: Final = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
MADRID: Final = ZoneInfo("Europe/Madrid")
LANGUAGES: Final = ("en", "es")
TONES: Final = ("unhappy", "middling", "happy")
TODAY: Final = date(2026, 11, 25)

NPS: Final = """\
flow: nps
languages: [en, es]
once_every: 90 days
remind_after: [22 hours, 3 days]
steps:
  score: {ask: {en: Recommend?, es: ¿Recomiendas?}, answer: nps}
  why:
    ask: {en: Why?, es: ¿Por qué?}
    answer: text
    unless_said: score
    optional: true
  thanks: {say: {en: Thank you., es: Gracias.}}
"""
KINDS: Final = "".join(
    f"  {kind}: {{ask: {{en: '{kind}?', es: '¿{kind}?'}}, answer: {kind}}}\n"
    for kind in get_args(Kind)
    if kind not in {"choice", "choices", "number", "rating", "consent"}
)
EVERYTHING: Final = f"""\
flow: everything
languages: [en, es]
remind_after: 1 day
steps:
{KINDS}\
  which:
    ask: {{en: Which?, es: ¿Cuál?}}
    answer: choice
    options:
      speed: {{en: Delivery speed, es: Rapidez}}
      price: {{en: Price, es: Precio}}
  several:
    ask: {{en: Which ones?, es: ¿Cuáles?}}
    answer: choices
    optional: true
    options:
      speed: {{en: Delivery speed, es: Rapidez}}
      price: {{en: Price, es: Precio}}
      other: {{en: Something else, es: Otra cosa}}
  stars: {{ask: {{en: Stars?, es: ¿Estrellas?}}, answer: rating, min: 1, max: 6}}
  many: {{ask: {{en: How many?, es: ¿Cuántos?}}, answer: number, min: 20, max: 30}}
  pause: {{wait: 3 hours}}
  may: {{ask: {{en: May we?, es: ¿Podemos?}}, answer: consent, topic: news,
    then: [{{start: {{flow: nps, wait: 2 days}}}}]}}
  bye: {{say: {{en: Bye., es: Adiós.}}}}
"""


class Played(NamedTuple):
    """A house after a demo."""

    house: House
    customers: list[Customer]


@asynccontextmanager
async def played(
    *sources: str, flow: str, size: int = 60, seed: int = 1
) -> AsyncIterator[Played]:
    """Open a house, and let customers go through a flow of it."""
    async with open_house(*sources) as house:
        yield await play(house, flow, size, seed)


async def play(house: House, flow: str, size: int = 60, seed: int = 1) -> Played:
    """Let customers go through a flow."""
    timeline = Timeline(NOW, MADRID)
    house.hands.at = timeline.start
    crowd = Crowd(seed=seed, size=size, languages=LANGUAGES, timeline=timeline)
    simulation = Simulation(
        house.desk, house.hands, flow=flow, crowd=crowd, timeline=timeline
    )
    told: list[tuple[int, datetime]] = []
    await simulation.run(lambda came, at: told.append((came, at)))
    assert told == sorted(told)
    assert told[-1][0] == size
    assert house.hands.at <= timeline.end
    return Played(house, [crowd.customer(number, "x") for number in range(size)])


async def said(house: House) -> list[tuple[object, ...]]:
    """Return all that was answered, without ids."""
    rows = await house.store.reports.comments(flow=None, start=None, end=None)
    counts = await house.store.reports.counts(
        flow=None, start=None, end=None, by=[d for d in DIMENSIONS if d in COLUMNS]
    )
    return [(r.at, r.step, r.value, r.comment, r.channel, r.language) for r in rows] + [
        (c.group, c.step, c.measure, c.value, c.n) for c in sorted(counts, key=str)
    ]


COLUMNS: Final = ("day", "channel", "language")


# ── the whole ────────────────────────────────────────────────────────────────────


async def test_the_same_seed_gives_the_same_answers() -> None:
    """Two runs of a day agree in all but ids, and another seed gives other answers."""
    found = []
    for seed in (1, 1, 2):
        async with played(NPS, flow="nps", seed=seed) as done:
            found.append(await said(done.house))
    assert len(found[0]) > 60
    assert found[0] == found[1]
    assert found[0] != found[2]


async def test_what_a_demo_leaves() -> None:
    """Some are silent, some go away, some come back; the counts agree; nobody waits."""
    async with played(NPS, flow="nps", size=150) as done:
        store = done.house.store
        assert await store.recount() == []
        assert await store.stuck() == []
        funnel = await done.house.funnel()
        assert funnel["sent"] == 150
        assert 0.5 < funnel["completed"] / funnel["delivered"] < 0.75
        assert funnel["completed"] < funnel["started"]
        cells = await store.reports.counts(flow=None, start=None, end=None, by=COLUMNS)
        assert {cell.group[1] for cell in cells} == {
            "web",
            "whatsapp",
            "telegram",
            "slack",
        }
        assert {cell.group[2] for cell in cells} == set(LANGUAGES)
        async with store.reading() as work:
            assert await work.next_wake() is None
            waiting = [d for d in await work.newest(1000) if d.state == "due"]
        assert waiting == []


async def test_every_kind_of_question() -> None:
    """A flow that asks everything is answered to its end, and starts another."""
    async with played(NPS, EVERYTHING, flow="everything", size=40) as done:
        store = done.house.store
        assert await store.stuck() == []
        assert await store.recount() == []
        cells = await store.reports.counts(flow=None, start=None, end=None, by=())
        count = {(c.flow, c.measure): c.n for c in cells if not c.step}
        whole = sum(c.habit == "whole" and c.reachable for c in done.customers)
        assert count["everything", "completed"] >= whole
        assert count["nps", "completed"] > 0


async def test_nobody_else_is_touched() -> None:
    """Real talks and messages in the database are neither woken nor sent."""
    async with open_house(NPS) as house:
        house.hands.at = NOW - timedelta(days=100)
        await house.begin("nps", "real")
        real = await house.session("real")
        heard = len(house.heard())
        house.hands.at += timedelta(hours=23)
        await house.timers.tick()
        await play(house, "nps", 30)
        assert (await house.session("real")).status == "active"
        async with house.store.reading() as work:
            due = [d for d in await work.newest(1000) if d.state == "due"]
            assert await work.next_wake() is not None
        assert [(d.address, d.role) for d in due] == [
            (Address("web", "real"), "reminder")
        ]
        house.hands.at = NOW
        await house.outbox.drain()
        assert len(house.heard()) == heard + 1
        assert (await house.session("real")).id == real.id


async def test_the_mark() -> None:
    """A database is a demo once it was marked, also twice."""
    async with open_house() as house:
        assert not await is_demo(house.store)
        await mark(house.store)
        await mark(house.store)
        assert await is_demo(house.store)


# ── when and who ─────────────────────────────────────────────────────────────────


def test_the_weeks() -> None:
    """People come one after the other in whole weeks up to yesterday, by day."""
    timeline = Timeline(NOW, MADRID)
    assert (timeline.first, timeline.last) == (date(2026, 8, 24), date(2026, 11, 24))
    moments = [timeline.moment(share / 500) for share in range(501)]
    assert all(one < other for one, other in pairwise(moments))
    assert timeline.start < moments[0]
    assert moments[-1] < timeline.end
    assert all(8 <= at.astimezone(MADRID).hour < 22 for at in moments)


def test_the_mood() -> None:
    """It gets better with time, but for one week in which all speak of deliveries."""
    timeline = Timeline(NOW, MADRID)
    weeks = [timeline.start + timedelta(weeks=week, days=1) for week in range(WEEKS)]
    moods = [timeline.mood(at, "web", first=True, share=0.5) for at in weeks]
    assert moods.index(min(moods)) == BAD_WEEK
    del moods[BAD_WEEK]
    assert moods == sorted(moods)
    shares = [share / 10 for share in range(10)]
    themes = [timeline.theme(weeks[BAD_WEEK], share) for share in shares]
    assert themes.count("delivery") == 8
    assert len({timeline.theme(weeks[0], share) for share in shares}) == 4
    lowest = timeline.mood(weeks[0], "web", first=True, share=0.0)
    assert 0 <= lowest < moods[0]


@pytest.mark.parametrize("hour", range(24))
def test_nobody_writes_at_night(hour: int) -> None:
    """What would be written at night is written the next morning."""
    timeline = Timeline(NOW, MADRID)
    at = datetime(2026, 10, 1, hour, 30, tzinfo=MADRID)
    woken = timeline.awake(at, 0.5).astimezone(MADRID)
    assert woken.hour in AWAKE
    assert at <= woken < at + timedelta(hours=12)
    assert (woken == at) == (at.hour in AWAKE)


def test_a_flow_of_one_language() -> None:
    """Everybody speaks the language of a flow that has only one."""
    timeline = Timeline(NOW, MADRID)
    crowd = Crowd(seed=3, size=50, languages=("fr",), timeline=timeline)
    assert {crowd.customer(n, "x").language for n in range(50)} == {"fr"}
    assert voices.voice("fr") is voices.voice("fr")
    assert voices.voice("fr").yes_ == voices.voice("en").yes_


# ── words ────────────────────────────────────────────────────────────────────────


def comments(language: str) -> list[str]:
    """Return every comment that somebody may make in a language."""
    said = voices.voice(language)
    chance = seeded(1)
    lines = [
        line
        for tone in TONES
        for theme in getattr(said, tone).values()
        for line in theme
    ]
    whole = [voices.filled(line, chance) for line in lines]
    tails = [tail for tone in TONES for tail in said.tails[tone]]
    return [*whole, *(f"{whole[place]}. {tail}" for place, tail in enumerate(tails))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "low", "high"), [("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)]
)
def test_scores_are_understood(language: str, kind: Kind, low: int, high: int) -> None:
    """Every way in which somebody types a number is that number."""
    said = voices.voice(language)
    asked = Asked(kind=kind, minimum=low, maximum=high)
    for number in range(low, high + 1):
        for seed in range(80):
            typed = voices.score(said, number, high, seeded(seed))
            found = understand(asked, typed, language, today=TODAY)
            assert isinstance(found, Accepted), typed
            assert found.value == number, typed


@pytest.mark.parametrize("language", LANGUAGES)
def test_remarks_are_understood(language: str) -> None:
    """Every comment beside a number leaves the number, and is kept."""
    said = voices.voice(language)
    asked = Asked(kind="nps", minimum=0, maximum=10)
    for place, words in enumerate(comments(language)):
        for seed in range(20):
            typed = voices.remark(said, place % 11, 10, words, seeded(seed))
            found = understand(asked, typed, language, today=TODAY)
            assert isinstance(found, Accepted), typed
            assert found.value == place % 11, typed
            assert found.comment, typed
            assert found.comment.lower().endswith(words.lower()), typed


@pytest.mark.parametrize("language", LANGUAGES)
def test_comments_are_only_comments(language: str) -> None:
    """No comment asks for anything else, and each is an answer to an open question."""
    for words in comments(language):
        assert not wishes_stop(words, LANGUAGES), words
        assert reserved(words, LANGUAGES) is None, words
        assert chosen_language(words, LANGUAGES) is None, words
        asked = Asked(kind="text", optional=True)
        assert understand(asked, words, language, today=TODAY) == Accepted(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_words(language: str) -> None:
    """Consent, skips, dates and orders mean what they are meant to mean."""
    said = voices.voice(language)

    def read(kind: Kind, words: str, *, optional: bool = False) -> object:
        asked = Asked(kind=kind, minimum=0, maximum=10, optional=optional)
        return understand(asked, words, language, today=TODAY)

    assert {read("consent", words) for words in said.yes_} == {Accepted(value=True)}
    assert {read("consent", words) for words in said.no_} == {Accepted(value=False)}
    skipped = {read("text", words, optional=True) for words in said.skip}
    assert skipped == {Accepted(None)}
    assert {read("nps", words) for words in said.unclear} == {Rejected()}
    assert all(isinstance(read("date", words), Accepted) for words in said.dates)
    assert {reserved(words, [language]) for words in said.back} == {"back"}
    assert {reserved(words, [language]) for words in said.stop} == {"stop"}
    assert {reserved(words, LANGUAGES) for words in said.unclear} == {None}


def test_sent_things() -> None:
    """Photos, voices, files and places are all that is sent rather than said."""
    assert set(get_args(Kind)) >= MEDIA
