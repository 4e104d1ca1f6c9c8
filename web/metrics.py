"""`/metrics`: our figures, for those who run the bot and for nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

PATH: Final = "/metrics"
FORMAT: Final = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED: Final = frozenset({"forwarded", "via", "cf-connecting-ip", "true-client-ip"})
"""What proxies add to a request, besides all that begins with X-Forwarded or X-Real."""

Figures = Callable[[], Awaitable[bytes]]
"""Returns all figures in Prometheus' text format."""


def routes(figures: Figures, secret: str | None) -> list[BaseRoute]:
    """Return `/metrics`, for direct callers of this machine and bearers of the secret.

    To everybody else there is no such page.
    """
    return [Route(PATH, _Metrics(figures, secret))]


class _Metrics:
    """Answers one caller after the other, so that to ask much costs no more."""

    def __init__(self, figures: Figures, secret: str | None) -> None:
        self._figures = figures
        self._secret = secret
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(Request(scope))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"} or not self._may(request):
            return PlainTextResponse("Not Found", 404)
        async with self._turn:
            shown = await self._figures()
        headers = {"Cache-Control": "no-store"}
        return Response(shown, media_type=FORMAT, headers=headers)

    def _may(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        if self._secret and compare_digest(given, f"Bearer {self._secret}".encode()):
            return True
        return _is_near(request)


def _is_near(request: Request) -> bool:
    """Say whether a program of this machine asks, and asks us for itself."""
    passed_on = any(
        name in FORWARDED or name.startswith(("x-forwarded", "x-real"))
        for name in request.headers
    )
    return not passed_on and (
        _is_loopback(request.client.host if request.client else "")
        and _is_loopback(request.url.hostname or "")
    )


def _is_loopback(host: str) -> bool:
    """Say whether a host is this machine as it calls itself.

    >>> [_is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "10.0.0.1")]
    [True, True, True, False]
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
