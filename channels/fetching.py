"""Fetch a file from a service: from hosts that we know, and from nowhere within.

A name is asked for once, every address that it leads to is looked at, and the one that
was looked at is connected to: a name that leads elsewhere a moment later gains nothing.
No redirect is followed, and no proxy used, which would ask for the name again.
"""

import asyncio
import socket
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterator,
)
from contextlib import aclosing, contextmanager
from datetime import timedelta
from typing import Final

import httpx

from bot.errors import ChannelError, Throttled, Unreachable
from bot.model.files import LARGEST
from channels.addresses import is_public

SECONDS: Final = 120.0
"""How long a file may take in all."""
SILENCE: Final = 10.0
"""How long nothing of it may come."""
HTTPS: Final = 443
ONCE: Final = httpx.Limits(max_keepalive_connections=0)
"""A connection proves one name: it must not serve another of the same address."""
OK: Final = 200
TOO_MANY: Final = 429
BROKEN: Final = 500
AGAIN: Final = frozenset({408, 425})
"""What else passes, of what is said to be our fault."""
TOO_LARGE: Final = "it is too large"
PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)

Resolve = Callable[[str, int], Awaitable[Collection[str]]]
"""Returns the addresses that a name leads to; raises OSError where it leads nowhere."""


async def resolved(host: str, port: int) -> Collection[str]:
    """Return the addresses that a name leads to, as this machine has them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Doors(httpx.AsyncBaseTransport):
    """Lets requests out to addresses of the world, each by the name it was meant for.

    Raises ChannelError where one address of a name is not the world's.
    """

    def __init__(
        self, resolve: Resolve = resolved, inner: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._resolve = resolve
        self._inner = inner or httpx.AsyncHTTPTransport(trust_env=False, limits=ONCE)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the first address that can be reached."""
        host = request.url.host
        error: httpx.TransportError = httpx.ConnectError("no address")
        for address in await self._checked(host, request.url.port or HTTPS):
            at = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # with the name, as Host
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await self._inner.handle_async_request(at)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failed:
                error = failed
        raise error

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _checked(self, host: str, port: int) -> Collection[str]:
        try:
            found = await self._resolve(host, port)
        except OSError as error:
            raise httpx.ConnectError("no such name") from error
        if not all(is_public(address) for address in found):
            raise refused("it leads to an address within")
        return found


async def fetch(
    url: str,
    hosts: Collection[str],
    *,
    own: str | None = None,
    largest: int = LARGEST,
    doors: httpx.AsyncBaseTransport | None = None,
) -> AsyncGenerator[bytes, None]:
    """Yield a file from one of these hosts as it comes; raise ChannelError.

    Only by https and its usual port, or from `own`: the address that an operator set
    for the service, whatever that is.
    """
    target = _parsed(url)
    through = _way(target, hosts, own, doors)
    latest = asyncio.get_running_loop().time() + SECONDS
    with _explained():
        async with httpx.AsyncClient(
            transport=through, timeout=SILENCE, trust_env=False
        ) as client:
            response = await _ask(client, target, latest)
            async with aclosing(response):
                _look(response, largest)
                parts, size = response.aiter_raw(), 0
                while (part := await _next(parts, latest)) is not None:
                    size += len(part)
                    if size > largest:
                        raise refused(TOO_LARGE)
                    yield part


def _way(
    target: httpx.URL,
    hosts: Collection[str],
    own: str | None,
    doors: httpx.AsyncBaseTransport | None,
) -> httpx.AsyncBaseTransport:
    """Return what takes a request there; raise ChannelError where it may not go."""
    port = target.port or HTTPS
    if target.scheme == "https" and port == HTTPS and target.host in hosts:
        return doors or Doors()
    if own is not None and _origin(target) == _origin(_parsed(own)):
        return httpx.AsyncHTTPTransport(trust_env=False)
    raise refused("its host is none of the service's")


async def _ask(
    client: httpx.AsyncClient, target: httpx.URL, latest: float
) -> httpx.Response:
    plain = {"Accept-Encoding": "identity"}
    request = client.build_request("GET", target, headers=plain)
    async with asyncio.timeout_at(latest):
        return await client.send(request, stream=True)


async def _next(parts: AsyncIterator[bytes], latest: float) -> bytes | None:
    async with asyncio.timeout_at(latest):
        return await anext(parts, None)


def _look(response: httpx.Response, largest: int) -> None:
    """Raise ChannelError where an answer is no file, or one that is too large."""
    status, headers = response.status_code, response.headers
    if status == TOO_MANY:
        raise Throttled("The service wants us to slow down.", _pause(headers))
    if status >= BROKEN or status in AGAIN:
        raise broken(f"it answers with {status}")
    if status != OK:
        raise refused(f"it answers with {status}")
    if headers.get("content-encoding", "identity") != "identity":
        raise refused("it is packed")
    size = headers.get("content-length", "0")
    if not (size.isascii() and size.isdigit()) or int(size[:20]) > largest:
        raise refused(TOO_LARGE)


def _pause(headers: httpx.Headers) -> timedelta:
    said = headers.get("retry-after", "")
    known = said.isascii() and said.isdigit() and len(said) < len("100000")
    return min(timedelta(seconds=int(said)), LONGEST_PAUSE) if known else PAUSE


def _parsed(url: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        found = httpx.URL("")
    if found.scheme not in {"http", "https"} or not found.host or found.userinfo:
        raise refused("it has no address that can be fetched")
    return found


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    usual = {"http": 80, "https": HTTPS}[url.scheme]
    return url.scheme, url.host, url.port or usual


def refused(why: str) -> ChannelError:
    """Return that a file will never be had, and why."""
    return ChannelError(f"This file cannot be fetched: {why}.", code="refused")


def broken(why: str) -> ChannelError:
    """Return that a file may be had another time, and why not now."""
    said = f"This file could not be fetched: {why}."
    return ChannelError(said, code="broken", retryable=True)


@contextmanager
def _explained() -> Iterator[None]:
    """Tell what went wrong on the way, without the address, which may hold a token."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise Unreachable("The service cannot be reached.") from None
    except (httpx.TransportError, TimeoutError):
        raise broken("the service fell silent") from None
