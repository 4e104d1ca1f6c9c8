"""The shelf of revisions: what is published, and what older talks still run."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from bot.engine.script import Script, Shelf
from bot.errors import StoreUnavailable
from bot.model.changes import Revision
from bot.service.ports import Store, Work
from flows.language.document import FlowDocument, load_flow
from flows.language.model import LANGUAGE_VERSION

LOOK_SECONDS: Final = 2.0
"""How often it is looked whether somebody else published anything."""


class Library:
    """Every revision that may run, made ready once and kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scripts: dict[str, Script] = {}
        self.shelf = Shelf((), {})

    async def publish(
        self, documents: Sequence[FlowDocument], *, now: datetime, by: str
    ) -> list[str]:
        """Store what changed of these flows and make it current; name what did.

        Flows with errors are left out: their last good revision goes on running.
        """
        async with self._store.transaction() as work:
            current = await work.current()
            fresh = [
                _revision(document, now, by)
                for document in documents
                if document.flow and current.get(document.flow.flow) != document.hash
            ]
            await work.publish(fresh)
        await self.refresh()
        return [revision.flow for revision in fresh]

    async def follow(self) -> None:
        """Take up what others publish, within seconds, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(StoreUnavailable):
                await self.refresh()

    async def refresh(self) -> None:
        """Take up what is current in the store."""
        async with self._store.reading() as work:
            current = await work.current()
            await self._load(work, current.values())
        self._arrange(current)

    async def ensure(self, work: Work, hashes: Iterable[str]) -> None:
        """See to it that these revisions, which open talks keep, can run."""
        missing = [h for h in hashes if h not in self._scripts]
        if missing:
            await self._load(work, missing)
            current = {name: s.revision for name, s in self.shelf.current.items()}
            self._arrange(current)

    async def _load(self, work: Work, hashes: Iterable[str]) -> None:
        missing = sorted(set(hashes) - self._scripts.keys())
        if not missing:
            return
        for revision in (await work.revisions(missing)).values():
            document = load_flow(f"{revision.flow}.yaml", revision.source)
            if document.flow is not None:
                self._scripts[revision.hash] = Script(revision.hash, document.flow)

    def _arrange(self, current: Mapping[str, str]) -> None:
        known = {name: h for name, h in current.items() if h in self._scripts}
        self.shelf = Shelf(self._scripts.values(), known)


def _revision(document: FlowDocument, now: datetime, by: str) -> Revision:
    name = document.flow.flow if document.flow else ""
    return Revision(
        hash=document.hash,
        flow=name,
        source=document.source,
        language_version=LANGUAGE_VERSION,
        published_at=now,
        published_by=by,
    )
