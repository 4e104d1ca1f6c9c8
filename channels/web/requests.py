"""The same chat by plain requests: where sockets cannot be had, and for files."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import AddressValueError, IPv6Address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.errors import Refused, StoreUnavailable, VoxpopError
from bot.model.contact import Address
from channels.web import frames
from channels.web.chat import BUSY_SECONDS, Chat, TooFast
from channels.web.entries import NAME, entries, talk
from channels.web.uploads import LARGEST, Full, Unfit
from channels.web.visitors import Visitor

BODY_SECONDS: Final = 60.0
"""How long a request may take to arrive."""
TOO_FAST: Final = 429
FOREIGN: Final = "Another site's page may not speak here."
UNASKED: Final = "Nothing asks for a file here."
SILENCE_SECONDS: Final = 10.0
"""How long nothing of it may come."""
LONGEST_ID: Final = 4_096
"""Characters of a visitor's signed id."""
LONGEST_ADDRESS: Final = 64
NETWORK_BYTES: Final = 8
"""How much of an IPv6 address is a household's; it may choose the rest as it likes."""

Answering = Callable[[Request, Chat, str], Awaitable[Response]]


class Unknown(Exception):
    """The request bears no id of a visitor that we know."""


class TooLarge(Exception):
    """The request's body is larger than it may be."""


async def visits(request: Request, chat: Chat, address: str) -> Response:
    """Say hello: the answer is what a socket would be welcomed with."""
    hello = frames.read_hello(await body_of(request, frames.LARGEST_FRAME))
    return answer(await chat.welcome(await chat.meet(hello, address)))


async def messages(request: Request, chat: Chat, address: str) -> Response:
    """Take one message in."""
    visitor = visitor_of(request, chat)
    message = frames.read_message(await body_of(request, frames.LARGEST_FRAME))
    result = await chat.take(visitor, message, address)
    match result:
        case frames.NotTaken(reason=reason):
            return answer(result, 413 if reason == "too_long" else 400)
        case frames.Later(reason=reason, seconds=seconds):
            return later(TOO_FAST if reason == "too_fast" else 503, seconds, result.key)
        case _:
            return answer(result)


async def missed(request: Request, chat: Chat, _address: str) -> Response:
    """Return what came after an id."""
    visitor = visitor_of(request, chat)
    after = request.query_params.get("after") or "0"
    if not (after.isascii() and after.isdigit() and len(after) <= 19):  # noqa: PLR2004 - 63 bits
        raise Refused("after is the id of the last message, such as 0.")
    last = min(int(after), _LATEST)
    visit = await chat.house.look(Address(NAME, visitor.handle), last)
    return answer(frames.Messages(entries(visit), talk(visit.place)))


async def upload(request: Request, chat: Chat, address: str) -> Response:
    """Keep a file that the waiting question asks for."""
    visitor = visitor_of(request, chat)
    chat.upload(visitor, address)
    place = (await chat.house.look(Address(NAME, visitor.handle), _LATEST)).place
    kind = place.kind if place and place.open else None
    if kind not in {"photo", "voice", "file"}:
        return plain(UNASKED, 409)
    try:
        parts = parts_of(request, LARGEST)
        id_ = await chat.uploads.keep(visitor.handle, kind, parts)
    except Full:
        return plain(UNASKED, 409)
    except Unfit:
        return plain("This kind of file cannot be taken.", 415)
    return Response(frames.encode({"media": id_}), 201, media_type="application/json")


async def download(request: Request, chat: Chat, _address: str) -> Response:
    """Return a visitor's own file."""
    visitor = visitor_of(request, chat)
    found = await chat.uploads.open(visitor.handle, request.path_params["id"])
    if found is None:
        return plain("There is no such file.", 404)
    kept, media_type = found
    headers = {
        "Content-Disposition": "attachment",
        "Content-Length": str(kept.size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(kept.parts, headers=headers, media_type=media_type)


_LATEST: Final = 2**63 - 1


class Endpoint:
    """Answers requests as plain ASGI, and tells what went wrong in a sentence.

    What `changes` something is refused where the page of another site asks for it.
    """

    def __init__(self, handle: Answering, chat: Chat, *, changes: bool) -> None:
        self._handle = handle
        self._chat = chat
        self._changes = changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._changes and not is_own(request):
            return plain(FOREIGN, 403)
        address = address_of(request)
        try:
            self._chat.call(address)
            return await self._handle(request, self._chat, address)
        except (VoxpopError, Unknown, TooLarge, TimeoutError) as error:
            return _what_went_wrong(error)
        except ClientDisconnect:
            return plain("Whoever asked is gone.", 400)


def _what_went_wrong(error: Exception) -> Response:
    match error:
        case TooFast(seconds=seconds):
            return later(TOO_FAST, seconds)
        case StoreUnavailable():
            return later(503, BUSY_SECONDS)
        case Unknown():
            return plain("Say hello first: POST /chat/visits.", 401)
        case TooLarge():
            return plain("This is too large.", 413)
        case TimeoutError():
            return plain("The request did not arrive in time.", 408)
        case _:
            return plain(str(error), 400)


def is_own(connection: HTTPConnection) -> bool:
    """Say whether a request comes from our own page, or from no page at all.

    Browsers name the page's origin in requests that change something and in sockets;
    another site's page is not to speak for its visitors.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == connection.headers.get("host")
    except ValueError:
        return False


def address_of(request: HTTPConnection) -> str:
    """Return the address that a request comes from; of IPv6 its network alone."""
    address = request.client.host if request.client else "unknown"
    try:
        return IPv6Address(address).packed[:NETWORK_BYTES].hex(":", 2)
    except AddressValueError:
        return address[:LONGEST_ADDRESS]


def visitor_of(request: Request, chat: Chat) -> Visitor:
    """Return whose request it is; raise Unknown where its id is no good."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    good = scheme.lower() == "bearer" and len(token) <= LONGEST_ID
    visitor = chat.visitors.read(token) if good else None
    if visitor is None:
        raise Unknown
    return visitor


async def body_of(request: Request, largest: int) -> bytes:
    """Return a request's body; raise TooLarge, or TimeoutError where it dawdles."""
    return b"".join([part async for part in parts_of(request, largest)])


async def parts_of(request: Request, largest: int) -> AsyncIterator[bytes]:
    """Yield a request's body as it comes; raise as `body_of` does."""
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced) > largest:
        raise TooLarge
    size = 0
    stream = request.stream()
    loop = asyncio.get_running_loop()
    latest = loop.time() + BODY_SECONDS
    while True:
        async with asyncio.timeout_at(min(loop.time() + SILENCE_SECONDS, latest)):
            part = await anext(stream, None)
        if part is None:
            return
        size += len(part)
        if size > largest:
            raise TooLarge
        yield part


def answer(frame: frames.ToPage, status: int = 200) -> Response:
    """Return a frame as a response."""
    headers = {"Cache-Control": "no-store"}
    body = frames.encode(frame)
    return Response(body, status, headers, media_type="application/json")


def later(status: int, seconds: int, key: str | None = None) -> Response:
    """Return that the same may be asked again after so many seconds."""
    frame = frames.Later(key, seconds, "too_fast" if status == TOO_FAST else "busy")
    response = answer(frame, status)
    response.headers["Retry-After"] = str(seconds)
    return response


def plain(words: str, status: int) -> Response:
    """Return a sentence."""
    return Response(words, status, media_type="text/plain")
