"""Small things that Voxpop keeps for itself, by name."""

from storage.table import Table


class Kept(Table):
    """What is kept by name."""

    async def kept(self, name: str) -> str | None:
        """Return what is kept under a name, None where nothing is."""
        rows = await self._db.fetch("kept", name)
        return rows[0][0] if rows else None

    async def keep(self, name: str, value: str) -> str:
        """Keep a value unless the name has one; return what stands there now."""
        await self._db.write([("kept_add", [(name, value)])])
        return await self.kept(name) or value

    async def note(self, name: str, value: str) -> None:
        """Keep a value under a name, in place of what was kept there."""
        await self._db.write([("kept_note", [(name, value)])])
