"""What a chat page and its server say to one another, as JSON.

Ids travel as text, for JavaScript's numbers are too small for them.
"""

from typing import Annotated, Final, Literal, TypeVar

from msgspec import DecodeError, Meta, Struct, json

from bot.errors import Refused
from bot.model.answer import Kind

LONGEST_TEXT: Final = 5_000
"""Characters of one message."""
LARGEST_FRAME: Final = 64 * 1024
"""Bytes of one frame; what is larger closes the socket."""

T = TypeVar("T")
Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Id = Annotated[str, Meta(pattern=r"^[0-9]{1,19}$")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Why = Literal["too_long", "refused"]
Token = Annotated[str, Meta(max_length=4_096)]


# ── from the page ────────────────────────────────────────────────────────────────────


class Hello(Struct, frozen=True, tag="hello"):
    """Who comes, what they have seen already, and what the page is to begin."""

    visitor: Token | None = None
    after: Id | None = None
    flow: Name | None = None
    language: Name | None = None
    zone: Name | None = None
    facts: Token | None = None
    link: Name | None = None
    """The code of a one-time link that they came by."""


class Say(Struct, frozen=True, tag="say"):
    """Typed words."""

    key: Key
    text: str


class Tap(Struct, frozen=True, tag="tap"):
    """Options pressed; none of them means *skip*."""

    key: Key
    talk: Id
    step: Name
    options: Annotated[tuple[Name, ...], Meta(max_length=100)]


class Give(Struct, frozen=True, tag="give"):
    """A photo, voice note or file that was uploaded, or a place as `lat,lon`."""

    key: Key
    kind: Literal["photo", "voice", "file", "location"]
    media: Name
    text: str | None = None


class Again(Struct, frozen=True, tag="again"):
    """A wish to start again."""

    key: Key


Message = Say | Tap | Give | Again
FromPage = Hello | Message


# ── to the page ──────────────────────────────────────────────────────────────────────


class Choice(Struct, frozen=True):
    """One option of a question."""

    key: str
    label: str


class Question(Struct, frozen=True):
    """What a message asks, and all that the page needs to offer answers."""

    talk: str
    step: str
    kind: Kind
    options: tuple[Choice, ...] = ()
    min: int | None = None
    max: int | None = None
    low: str | None = None
    high: str | None = None
    skip: str | None = None


class Tapped(Struct, frozen=True):
    """Which options of which question a visitor pressed."""

    talk: str
    step: str
    options: tuple[str, ...]


class Given(Struct, frozen=True):
    """What a visitor sent that is not words."""

    kind: str
    id: str


class Entry(Struct, frozen=True, kw_only=True, rename={"author": "from"}):
    """One message of the log: the bot's, or the visitor's own with its key."""

    id: str
    author: Literal["bot", "me"]
    text: str | None = None
    question: Question | None = None
    key: str | None = None
    tap: Tapped | None = None
    media: Given | None = None


class Talk(Struct, frozen=True):
    """Where the newest talk stands; without a language it is as before."""

    id: str
    open: bool
    language: str | None
    asks: str | None


class Welcome(Struct, frozen=True, tag="welcome"):
    """The answer to hello: keep the token; `note` is for the site's developer."""

    visitor: str
    talk: Talk | None
    messages: tuple[Entry, ...]
    note: str | None = None


class Messages(Struct, frozen=True, tag="messages"):
    """New entries; without a talk it stands where it stood."""

    messages: tuple[Entry, ...]
    talk: Talk | None = None


class Stored(Struct, frozen=True, tag="stored"):
    """The visitor's message is kept for good."""

    key: str
    id: str | None = None
    talk: Talk | None = None


class NotTaken(Struct, frozen=True, tag="refused"):
    """The visitor's message will never be taken."""

    key: str
    reason: Why


class Later(Struct, frozen=True, tag="later"):
    """Nothing was stored; the same may be sent again after so many seconds."""

    key: str | None
    seconds: int
    reason: Literal["busy", "too_fast"]


ToPage = Welcome | Messages | Stored | NotTaken | Later

encode: Final = json.Encoder().encode
_from_page: Final = json.Decoder(FromPage)
_message: Final = json.Decoder(Message)
_hello: Final = json.Decoder(Hello)


def read(frame: str | bytes) -> FromPage:
    """Return what a page says; raise Refused where it is no frame of ours."""
    found: FromPage = _read(_from_page, frame)
    return found


def read_message(body: str | bytes) -> Message:
    """Return the one message of a request; raise Refused where it holds none."""
    found: Message = _read(_message, body)
    return found


def read_hello(body: str | bytes) -> Hello:
    """Return the hello of a request; raise Refused where it holds none."""
    return _read(_hello, body)


def _read(decoder: json.Decoder[T], text: str | bytes) -> T:
    try:
        return decoder.decode(text)
    except (DecodeError, UnicodeError) as error:
        raise Refused("This is nothing that a chat page says.") from error
