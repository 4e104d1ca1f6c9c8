"""Flows are changed at random under running talks; no answer is lost or misfiled."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from bot.model.answer import Value
from bot.model.changes import AnswerRow
from bot.model.session import Session
from flows.language.document import FlowDocument
from tests.service.changing_flows import ACTS, NAMES, Version, broken, versions
from tests.service.house import House, open_house

HANDLES: Final = ("1", "2", "3")
FLOWS: Final = ("main", "inner")
EXAMPLES: Final = {"sqlite": 60, "postgres": 8}
PHASES: Final = (Phase.explicit, Phase.reuse, Phase.generate)
"""Nothing is made smaller: each try is a house of its own, and that would take long."""


class Shop:
    """A house whose flows change, and an account of all that must be kept of it."""

    def __init__(self, house: House, data: st.DataObject) -> None:
        self.house = house
        self.draw = data.draw
        self.numbers = itertools.count(1)
        self.known: dict[str, Version] = {}
        self.lines: dict[str, list[str]] = {name: [] for name in FLOWS}
        self.current: dict[str, str] = {}
        self.pins: dict[int, dict[str, str]] = {}
        self.kept: dict[tuple[str, str, str], tuple[int, str, Value]] = {}
        """By handle, flow and step: talk, revision and value of the last answer."""

    # ── what operators do ────────────────────────────────────────────────────────

    async def edit(self, name: str | None = None) -> None:
        """Save a new revision of a flow."""
        name = name or self.draw(st.sampled_from(FLOWS))
        version = self.draw(versions(name, next(self.numbers)))
        self.known[version.hash] = version
        await self.save(version.document)
        assert self.house.library.shelf.current[name].revision == version.hash
        self.lines[name].append(version.hash)
        self.current[name] = version.hash

    async def save(self, document: FlowDocument) -> None:
        """Publish a file as saving it does."""
        library, now = self.house.library, self.house.hands.at
        await library.publish([document], now=now, by="ann", how="save")

    async def spoil(self) -> None:
        """Save a file in the midst of being edited."""
        name = self.draw(st.sampled_from(FLOWS))
        await self.save(broken(self.known[self.current[name]]))

    async def roll_back(self) -> None:
        """Go back to any earlier revision, and have its file saved as it was."""
        name = self.draw(st.sampled_from(FLOWS))
        wanted = self.draw(st.sampled_from(self.lines[name]))
        if wanted == self.current[name]:
            return
        async with self.house.store.reading() as work:
            revision = (await work.revisions([wanted]))[wanted]
        await self.house.library.bring_back(revision, now=self.house.hands.at, by="ben")
        await self.save(self.known[self.current[name]].document)
        self.current[name] = wanted

    # ── what contacts do ─────────────────────────────────────────────────────────

    async def open_talk(self, handle: str) -> Session | None:
        """Return somebody's talk if it is open."""
        if await self.house.store.find(self.house.message("", handle).address) is None:
            return None
        session = await self.house.session(handle)
        return session if session.status == "active" else None

    async def begin(self, handle: str) -> None:
        """Begin a talk, unless one is open: it is on what is current now."""
        if await self.open_talk(handle) is None:
            await self.house.begin("main", handle)
            session = await self.house.session(handle)
            wanted = {name: self.current[name] for name in session.pins}
            assert session.pins == wanted

    async def answer(self, *handles: str) -> None:
        """Answer what is asked, several people at once."""
        asked = [(h, s) for h in handles if (s := await self.open_talk(h))]
        asked = [(handle, session) for handle, session in asked if session.asks]
        messages = []
        for handle, session in asked:
            here = session.here
            revision = session.pins[here.flow]
            words, value = self.known[revision].asks[here.step]
            self.kept[handle, here.flow, here.step] = (session.id, revision, value)
            messages.append(self.house.message(words, handle))
        await asyncio.gather(*(self.house.inbox.take(each) for each in messages))
        await self.house.outbox.drain()

    async def ask_for_more(self, handle: str) -> None:
        """Have another flow run inside the talk, unless words are awaited."""
        session = await self.open_talk(handle)
        if session is None or session.asks is None:
            return
        here = session.here
        _, value = self.known[session.pins[here.flow]].asks[here.step]
        if not (isinstance(value, str) and " " in value):
            await self.house.say("more", handle=handle)

    # ── what happens, and what must hold ─────────────────────────────────────────

    async def act(self, act: str) -> None:
        """Let one thing happen."""
        handle = self.draw(st.sampled_from(HANDLES))
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "edit": self.edit,
            "break": self.spoil,
            "roll back": self.roll_back,
            "forget": self.forget,
            "begin": partial(self.begin, handle),
            "inside": partial(self.ask_for_more, handle),
            "wait": self.wait,
            "together": partial(self.answer, *HANDLES),
            "answer": partial(self.answer, handle),
        }
        await acts[act]()

    async def forget(self) -> None:
        """Let go of what is not current and was not asked for."""
        self.house.library.let_go()

    async def wait(self) -> None:
        """Let some time pass: waits end, reminders leave, talks expire."""
        await self.house.wait(hours=self.draw(st.sampled_from((1, 6, 24 * 8))))

    async def check(self) -> None:
        """Assert that all talks are where they may be, and all answers where asked."""
        for name in FLOWS:
            running = self.house.library.shelf.current[name].revision
            assert running == self.current[name]
        for handle in HANDLES:
            await self._check_talk(await self.house.session(handle))
            await self._check_answers(handle)
        assert await self.house.store.stuck() == []

    async def _check_talk(self, session: Session) -> None:
        """Assert that a talk keeps its revisions, and stands at a step of them."""
        kept = self.pins.setdefault(session.id, dict(session.pins))
        assert {name: session.pins[name] for name in kept} == kept
        kept.update(session.pins)
        for frame in session.frames:
            version = self.known[session.pins[frame.flow]]
            assert version.document.flow is not None
            assert frame.step in version.document.flow.steps

    async def _check_answers(self, handle: str) -> None:
        contact = await self.house.contact(handle)
        every = [(contact.id, flow, step) for flow in FLOWS for step in NAMES]
        async with self.house.store.reading() as work:
            rows = await work.counted_answers(every)
        found = {(handle, r.flow, r.step): _kept(r) for r in rows}
        assert found == {key: v for key, v in self.kept.items() if key[0] == handle}
        for row in rows:
            version = self.known[row.revision]
            assert version.document.flow is not None
            asked = version.document.flow.steps[row.step]
            assert row.kind == getattr(asked, "answer", None)


def _kept(row: AnswerRow) -> tuple[int, str, Value]:
    return row.session, row.revision, row.value


async def live(data: st.DataObject, acts: Sequence[str]) -> None:
    """Let all of it happen, and look after each."""
    async with open_house() as house:
        shop = Shop(house, data)
        for name in FLOWS:
            await shop.edit(name)
        for handle in HANDLES:
            await shop.begin(handle)
        for act in acts:
            await shop.act(act)
            await shop.check()
        assert await house.store.recount() == []


def test_flows_change_under_talks(engine: str) -> None:
    """Each answer stands under the step that asked, of the revision the talk keeps.

    Talks end on the revisions they began with, new ones begin on the newest good one,
    whatever is edited, broken, rolled back or forgotten meanwhile.
    """

    @settings(
        max_examples=EXAMPLES[engine],
        phases=PHASES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data(), st.lists(st.sampled_from(ACTS), min_size=10, max_size=30))
    def changes(data: st.DataObject, acts: Sequence[str]) -> None:
        asyncio.run(live(data, acts))

    changes()


OLD: Final = """\
flow: main
steps:
  one: {ask: Old one?, answer: nps}
  go_on: {run: inner}
  two: {ask: Old two?, answer: text}
  bye: {say: Old bye.}
"""
INNER: Final = """\
flow: inner
steps:
  why: {ask: Old why?, answer: text}
  score: {ask: Old score?, answer: csat}
"""


async def test_two_newer_ones_are_saved() -> None:
    """A talk begun on one revision ends on it while two newer ones are saved."""
    async with open_house(OLD, INNER) as house:
        await house.begin("main")
        pins = (await house.session()).pins
        await house.publish(OLD.replace("Old", "New").replace("nps", "text"))
        await house.say("9")
        await house.publish(INNER.replace("Old", "New").replace("why:", "reason:"))
        await house.publish("flow: main\nsteps:\n  hi: {say: Newest.}\n")
        house.library.let_go()
        house.library.let_go()
        for words in ("Slow", "4", "Nothing else"):
            await house.say(words)
        heard = ["Old one?", "Old why?", "Old score?", "Old two?", "Old bye."]
        assert house.heard() == heard
        session = await house.session()
        assert (session.status, session.pins) == ("completed", pins)
        assert session.answers == {
            "one": 9,
            "inner.why": "Slow",
            "inner.score": 4,
            "two": "Nothing else",
        }
        await house.begin("main")
        assert house.heard()[-1] == "Newest."
