"""All that stands under /chat, as plain ASGI, with the headers that guard it."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from channels.web import page, requests, sockets
from channels.web.chat import Chat, Page, TooFast
from channels.web.requests import answering, plain

PATH: Final = "/chat"


def routes(chat: Chat) -> list[BaseRoute]:
    """Return the routes of the chat page."""
    shown: list[tuple[str, Callable[[Request, Chat], Response]]] = [
        ("", page.chat_page),
        ("/words", page.words_of),
        ("/look.css", page.look),
        ("/logo", page.logo),
        ("/embed.js", page.embed),
        ("/{name}", page.asset),
    ]
    asked: list[tuple[str, str, requests.Answering]] = [
        ("POST", "/visits", requests.visits),
        ("POST", "/messages", requests.messages),
        ("GET", "/messages", requests.missed),
        ("POST", "/media", requests.upload),
        ("GET", "/media/{id}", requests.download),
    ]
    return [
        WebSocketRoute(f"{PATH}/socket", _socket(chat)),
        *(
            Route(PATH + place, answering(_from_own_page(handle), chat), methods=[verb])
            for verb, place, handle in asked
        ),
        *(
            Route(PATH + place, answering(_showing(handle), chat))
            for place, handle in shown
        ),
    ]


def headers(page_: Page) -> dict[str, str]:
    """Return the headers of everything under /chat; only named sites may embed it."""
    framed = " ".join(("'self'", *page_.sites))
    return {
        "Content-Security-Policy": (
            "default-src 'self'; base-uri 'none'; form-action 'none'; "
            f"object-src 'none'; frame-ancestors {framed}"
        ),
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self)",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def is_own(connection: HTTPConnection) -> bool:
    """Say whether a request comes from our own page, or from no page at all.

    Browsers name the page's origin in requests that change something and in sockets;
    another site's page is not to speak for its visitors.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == connection.headers.get("host")


def _showing(
    show: Callable[[Request, Chat], Response],
) -> requests.Answering:
    async def endpoint(request: Request, chat: Chat, _address: str) -> Response:
        return show(request, chat)

    return endpoint


def _from_own_page(handle: requests.Answering) -> requests.Answering:
    async def endpoint(request: Request, chat: Chat, address: str) -> Response:
        if not is_own(request):
            return plain("Another site's page may not speak here.", 403)
        return await handle(request, chat, address)

    return endpoint


def _socket(chat: Chat) -> Callable[[WebSocket], object]:
    async def endpoint(websocket: WebSocket) -> None:
        address = websocket.client.host if websocket.client else "unknown"
        if not is_own(websocket):
            await _deny(websocket, "Another site's page may not speak here.", 403)
            return
        try:
            chat.call(address)
        except TooFast as error:
            await websocket.send_denial_response(requests.later(429, error.seconds))
            return
        await sockets.talk(chat, websocket, address)

    return endpoint


async def _deny(websocket: WebSocket, words: str, status: int) -> None:
    await websocket.send_denial_response(plain(words, status))
