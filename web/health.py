"""Whether the process is alive, and whether it can take messages in."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

Ready = Callable[[], Awaitable[str | None]]
"""Returns what hinders us from taking messages, None where nothing does."""


def routes(ready: Ready) -> list[BaseRoute]:
    """Return `/health/live` and `/health/ready`."""
    shared = _Shared(ready)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def is_ready(_request: Request) -> Response:
        hindrance = await shared()
        if hindrance is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": hindrance}, 503)

    return [Route("/health/live", live), Route("/health/ready", is_ready)]


class _Shared:
    """One look at a time, for all who ask meanwhile: to ask much costs no more."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._looking: asyncio.Task[str | None] | None = None

    async def __call__(self) -> str | None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._ready())
        return await asyncio.shield(self._looking)
