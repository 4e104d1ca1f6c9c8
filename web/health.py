"""Whether the process is alive, and whether it can take messages in."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

Ready = Callable[[], Awaitable[str | None]]
"""Returns what hinders us from taking messages, None where nothing does."""


def routes(ready: Ready) -> list[BaseRoute]:
    """Return `/health/live` and `/health/ready`."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def is_ready(_request: Request) -> Response:
        hindrance = await ready()
        if hindrance is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": hindrance}, 503)

    return [Route("/health/live", live), Route("/health/ready", is_ready)]
