"""Which port the server listens at."""

import errno
import socket
from typing import Final

from bot.errors import WrongUse

FIRST: Final = 8080
TRIES: Final = 100
BACKLOG: Final = 4_096
READ_AT_ONCE: Final = 96 * 1024
"""Bytes of one connection that wait to be read: no more of it is taken at a time, so
that one who sends without end does not keep the others waiting."""
UNREAD_SECONDS: Final = 30
"""How long our words may wait for somebody who does not read them."""


def bind(host: str, port: int | None) -> socket.socket:
    """Return a listening place: the port named, else 8080 or the next that is free.

    Raises WrongUse where a named port is taken, or the host is not of this machine.
    """
    if port is not None:
        return _bound(host, port)
    for each in range(FIRST, FIRST + TRIES):
        try:
            return _bound(host, each)
        except _Taken:
            continue
    raise WrongUse(f"all ports from {FIRST} to {FIRST + TRIES - 1} are taken")


def taken(number: int) -> socket.socket:
    """Return the listening socket that was handed over under this number.

    Raises WrongUse where it is none.
    """
    try:
        found = socket.socket(fileno=number)
        listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise WrongUse(f"--socket {number} is no socket: {error.strerror}") from None
    if not listens:
        found.detach()
        raise WrongUse(f"--socket {number} does not listen")
    found.settimeout(0)
    return found


class _Taken(WrongUse):
    """Somebody else listens there."""


def _bound(host: str, port: int) -> socket.socket:
    try:
        [family, kind, _, _, place], *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise WrongUse(f"web.host: {host} cannot be found: {error.strerror}") from None
    found = socket.socket(family, kind)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_AT_ONCE)
        _lose_patience_with_the_deaf(found)
        found.bind(place)
        found.listen(BACKLOG)
        found.settimeout(0)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise _Taken(
                f"port {port} on {host} is taken; "
                "set web.port to another one, or stop what listens there"
            ) from None
        raise WrongUse(
            f"cannot listen at {host}, port {port}: {error.strerror}"
        ) from None
    return found


def _lose_patience_with_the_deaf(listening: socket.socket) -> None:
    """Have the system end connections that are not read from, where it can (Linux).

    A closed connection is kept until its last word is read; this one is not for ever.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        listening.setsockopt(socket.IPPROTO_TCP, option, UNREAD_SECONDS * 1_000)
