"""The shelf of revisions: what is published, and what older talks still run."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from msgspec.structs import replace

from bot.engine.script import Script, Shelf
from bot.errors import StoreUnavailable
from bot.model.changes import Revision
from bot.model.publication import BY_NAME, ROLLBACK
from bot.service.ports import Store, Work
from flows.language.document import FlowDocument, load_flow
from flows.language.model import LANGUAGE_VERSION

log = structlog.get_logger()

LOOK_SECONDS: Final = 2.0
"""How often it is looked whether somebody else published anything."""
LOOKS_A_ROUND: Final = 150
"""Looks after which what nobody asked for is let go: some minutes, so that whatever
is under way is long done with it."""


class Change(Revision, frozen=True, kw_only=True):
    """A revision that became the current one, and what was current before."""

    replaced: str | None


class Library:
    """Every revision that may run, made ready once and kept while it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts: dict[str, Script] = {}
        self._current: Mapping[str, str] = {}
        self._asked: set[str] = set()
        self.shelf = Shelf((), {})

    async def publish(
        self,
        documents: Sequence[FlowDocument],
        *,
        now: datetime,
        by: str,
        how: str = BY_NAME,
    ) -> list[Change]:
        """Store what changed of these flows and make it current; return what did.

        Flows with errors are left out: their last good revision goes on running. What
        was rolled back from does not come back unless somebody asks for it.
        """
        async with self._store.transaction() as work:
            await work.hold_revisions()
            current = await work.current()
            shunned = set() if how == BY_NAME else await work.rolled_back()
            fresh = [
                _change(document, current, now, by)
                for document in documents
                if document.flow
                and current.get(document.flow.flow) != document.hash
                and (document.flow.flow, document.hash) not in shunned
            ]
            await work.publish(fresh, how)
        await self.refresh()
        return fresh

    async def bring_back(self, revision: Revision, *, now: datetime, by: str) -> None:
        """Make an earlier revision the current one of its flow again."""
        again = replace(revision, published_at=now, published_by=by)
        async with self._store.transaction() as work:
            await work.hold_revisions()
            await work.publish([again], ROLLBACK)
        await self.refresh()

    async def follow(self) -> None:
        """Take up what others publish, within seconds, until cancelled."""
        while True:
            for _ in range(LOOKS_A_ROUND):
                await asyncio.sleep(LOOK_SECONDS)
                with suppress(StoreUnavailable):
                    await self._look()
            self.let_go()

    async def _look(self) -> None:
        before = self._current
        await self.refresh()
        for flow, revision in self._current.items():
            if before.get(flow) != revision:
                log.info("flow_taken_up", flow=flow, revision=revision)

    async def refresh(self) -> None:
        """Take up what is current in the store."""
        async with self._store.reading() as work:
            current = await work.current()
            if current == self._current:
                return
            await self._load(work, current.values())
        self._asked.update(self._current.values())
        self._arrange(current)

    async def ensure(self, work: Work, hashes: Iterable[str]) -> None:
        """See to it that these revisions, which open talks keep, can run."""
        wanted = set(hashes)
        self._asked |= wanted
        if not wanted <= self._scripts.keys():
            await self._load(work, wanted)
            self._arrange(self._current)

    def let_go(self) -> None:
        """Forget what is not current, and was not asked for since the last time."""
        kept = self._asked.union(self._current.values())
        self._asked = set()
        if not self._scripts.keys() <= kept:
            self._scripts = {h: s for h, s in self._scripts.items() if h in kept}
            self._arrange(self._current)

    async def _load(self, work: Work, hashes: Iterable[str]) -> None:
        missing = sorted(set(hashes) - self._scripts.keys())
        if not missing:
            return
        for revision in (await work.revisions(missing)).values():
            document = load_flow(f"{revision.flow}.yaml", revision.source)
            if document.flow is not None:
                self._scripts[revision.hash] = Script(revision.hash, document.flow)

    def _arrange(self, current: Mapping[str, str]) -> None:
        self._current = current
        known = {name: h for name, h in current.items() if h in self._scripts}
        self.shelf = Shelf(self._scripts.values(), known)


def _change(
    document: FlowDocument, current: Mapping[str, str], now: datetime, by: str
) -> Change:
    name = document.flow.flow if document.flow else ""
    return Change(
        hash=document.hash,
        flow=name,
        source=document.source,
        language_version=LANGUAGE_VERSION,
        published_at=now,
        published_by=by,
        replaced=current.get(name),
    )
