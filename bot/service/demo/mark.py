"""The mark on a database that holds simulated customers."""

from typing import Final

from bot.service.ports import Store

NAME: Final = "demo"
"""What the mark is kept under."""


async def mark(store: Store) -> None:
    """Mark a database as holding simulated customers."""
    async with store.transaction() as work:
        await work.keep(NAME, "yes")


async def is_demo(store: Store) -> bool:
    """Say whether a database holds simulated customers."""
    async with store.reading() as work:
        return await work.kept(NAME) is not None
