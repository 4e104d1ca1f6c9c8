"""Groups of routes, each with the headers that guard it; what breaks tells nothing."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final, TypeGuard

import structlog
from msgspec import Struct
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

V6: Final = 6
MOST_HOSTS: Final = 100
"""Host headers of which it is remembered whether they name us."""
RawHeaders = list[tuple[bytes, bytes]]

BARE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)
"""The headers of whatever belongs to no group."""


class Group(Struct, frozen=True):
    """Routes under one path, and the headers of all they answer."""

    path: str
    routes: Sequence[BaseRoute]
    headers: Mapping[str, str] = BARE


def application(groups: Sequence[Group], hosts: "Hosts") -> ASGIApp:
    """Return one application of all groups, guarded."""
    routes = [route for group in groups for route in group.routes]
    return _Guard(Router(routes), groups, hosts)


def _is_plain(route: BaseRoute) -> TypeGuard[Route]:
    """Say whether a route is of one path alone."""
    return isinstance(route, Route) and not route.param_convertors


class Hosts:
    """Which names this server answers to, so that no other name can be put before it.

    A page of another site whose name was made to resolve to us would else pass for our
    own. Addresses and `localhost` are always ours, other names those configured.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(name.lower() for name in names)
        self._known: dict[bytes, bool] = {}

    def owns(self, headers: RawHeaders) -> bool:
        """Say whether the Host header among these names us."""
        host = next((value for name, value in headers if name == b"host"), b"")
        known = self._known.get(host)
        if known is None:
            known = self.own(host.decode("latin-1"))
            if len(self._known) < MOST_HOSTS:
                self._known[host] = known
        return known

    def own(self, host: str) -> bool:
        """Say whether a Host header names us.

        >>> hosts = Hosts(["chat.example"])
        >>> hosts.own("chat.example:8080"), hosts.own("[::1]:80"), hosts.own("evil.org")
        (True, True, False)
        """
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        name = name.lower().rstrip(".")
        return name in self._names or name == "localhost" or _is_address(name)


def _is_address(name: str) -> bool:
    """Say whether a name is an address, in brackets where it holds colons."""
    bare = name.removeprefix("[").removesuffix("]")
    try:
        return f"[{bare}]" == name if ip_address(bare).version == V6 else bare == name
    except ValueError:
        return False


class _Guard:
    """Sets the headers, refuses strange hosts, and hides what breaks."""

    def __init__(self, app: ASGIApp, groups: Sequence[Group], hosts: Hosts) -> None:
        self._app = app
        self._groups = [(group.path, _raw(group.headers)) for group in groups]
        self._hosts = hosts
        self._plain: dict[str, tuple[Route, RawHeaders]] = {}
        for route in (r for group in groups for r in group.routes if _is_plain(r)):
            self._plain.setdefault(route.path, (route, self._headers(route.path)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app, headers = self._place(scope)
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        out = send if scope["type"] == "websocket" else guarded
        if not self._hosts.owns(scope["headers"]):
            words = "This server goes by another name; set web.public_url to it.\n"
            await _refuse(scope, receive, out, words, 421)
            return
        try:
            await app(scope, receive, out)
        except Exception:
            log.exception("request_broke", path=scope["path"])
            if not started:
                words = "Something went wrong here.\n"
                await _refuse(scope, receive, out, words, 500)

    def _place(self, scope: Scope) -> tuple[ASGIApp, RawHeaders]:
        """Return what answers a request, and its headers: a plain path's at once."""
        path = scope["path"]
        found = self._plain.get(path) if scope["type"] == "http" else None
        if found is None:
            return self._app, self._headers(path)
        route, headers = found
        if route.methods and scope["method"] not in route.methods:
            return self._app, headers
        scope["endpoint"], scope["path_params"] = route.endpoint, {}
        return route.app, headers

    def _headers(self, path: str) -> RawHeaders:
        return next(
            (
                headers
                for start, headers in self._groups
                if path == start or path.startswith(f"{start}/")
            ),
            _BARE,
        )


def _raw(headers: Mapping[str, str]) -> RawHeaders:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_BARE: Final = _raw(BARE)


async def _refuse(
    scope: Scope, receive: Receive, send: Send, words: str, status: int
) -> None:
    if scope["type"] == "http":
        await PlainTextResponse(words, status)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1011})
