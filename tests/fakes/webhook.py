"""Where the fake platform calls us: a message is acknowledged once it is stored."""

from typing import Final

from msgspec import Struct, ValidationError, json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.errors import Refused, StoreUnavailable
from bot.model.contact import Address
from bot.service.inbound import Inbox, received
from tests.fakes.channel import NAME

PATH: Final = "/fake/messages"


class Message(Struct, frozen=True):
    """What the platform tells of a message: its key, whose it is, and its words."""

    key: str
    sender: str
    text: str


def route(inbox: Inbox, clock: Clock) -> Route:
    """Return the route that takes messages in."""

    async def take(request: Request) -> Response:
        try:
            message = json.decode(await request.body(), type=Message)
            address = Address(NAME, message.sender)
            await inbox.take(received(address, message.text, message.key, clock()))
        except StoreUnavailable:
            return Response(status_code=503, headers={"Retry-After": "1"})
        except (Refused, ValidationError):
            return Response(status_code=400)
        return Response(status_code=200)

    return Route(PATH, take, methods=["POST"])
