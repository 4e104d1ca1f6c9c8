"""Tell who started us that we are ready, as systemd asks for it (`sd_notify(3)`)."""

import os
import socket
from contextlib import suppress
from typing import Final

PLACE: Final = "NOTIFY_SOCKET"


def ready() -> bool:
    """Say that we take messages now; False where who asked for it is gone."""
    place = os.environ.get(PLACE)
    if not place:
        return True
    address = f"\0{place[1:]}" if place.startswith("@") else place
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(b"READY=1", address)
        return True
    return False
