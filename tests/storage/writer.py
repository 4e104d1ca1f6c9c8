"""A process that stores messages and says so, until it is killed."""

import asyncio
import itertools
import sys

from storage import open_store
from tests.storage.samples import inbound, save


async def write(place: str) -> None:
    """Store batches of three messages; print a batch's number once it is committed."""
    async with open_store(f"sqlite:///{place}") as store:
        for batch in itertools.count():
            keys = range(batch * 3, batch * 3 + 3)
            await save(store, inbound=[inbound(key, str(key)) for key in keys])
            sys.stdout.write(f"{batch}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
