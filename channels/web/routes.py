"""All that stands under /chat, as plain ASGI, with the headers that guard it."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from channels.web import page, requests, sockets
from channels.web.chat import Chat, Page
from channels.web.requests import Endpoint

PATH: Final = "/chat"

Show = Callable[[Request, Chat], Response]


def routes(chat: Chat) -> list[BaseRoute]:
    """Return the routes of the chat page."""
    asked: list[tuple[str, str, requests.Answering]] = [
        ("POST", "/messages", requests.messages),
        ("POST", "/visits", requests.visits),
        ("GET", "/messages", requests.missed),
        ("POST", "/media", requests.upload),
        ("GET", "/media/{id}", requests.download),
    ]
    shown: list[tuple[str, Show]] = [
        ("", page.chat_page),
        ("/words", page.words_of),
        ("/look.css", page.look),
        ("/logo", page.logo),
        ("/embed.js", page.embed),
        ("/assets/{version}/{name}", page.asset),
    ]
    return [
        WebSocketRoute(f"{PATH}/socket", sockets.Sockets(chat)),
        *(
            Route(PATH + place, Endpoint(handle, chat, changes=True), methods=[verb])
            for verb, place, handle in asked
        ),
        *(
            Route(
                PATH + place,
                Endpoint(_showing(show), chat, changes=False),
                methods=["GET"],
            )
            for place, show in shown
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


def _showing(show: Show) -> requests.Answering:
    async def answer(request: Request, chat: Chat, _address: str) -> Response:
        return show(request, chat)

    return answer
