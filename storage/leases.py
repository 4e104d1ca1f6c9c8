"""Who does what only one may do at a time, and until when."""

from datetime import datetime

from storage.rows import micros
from storage.table import Table


class Leases(Table):
    """The leases that processes hold."""

    async def lease(
        self, name: str, holder: str, now: datetime, until: datetime
    ) -> bool:
        """Take or renew a lease; False where another one holds it still."""
        rows = await self._db.fetch(
            "lease_take", name, holder, micros(now), micros(until)
        )
        return bool(rows)

    async def drop_leases(self, holder: str) -> None:
        """Give up all that a process holds, so that others need not wait."""
        await self._db.write([("lease_drop", [(holder,)])])
