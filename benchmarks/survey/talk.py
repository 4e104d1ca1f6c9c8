"""What contacts say in the survey, what must come back, and who says it when.

Every bot is given the updates that Telegram would send, as JSON, and says what it would
send back. Message n of all contacts comes before message n + 1 of any of them.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

SCORE: Final = "How likely are you to recommend us, from 0 to 10?"
PROMOTER: Final = "Great! What do you like most?"
PASSIVE: Final = "Thanks. What should get better?"
DETRACTOR: Final = "Sorry to hear that. What went wrong?"
CHOICE: Final = "What matters most to you: price, speed, staff or other?"
CONSENT: Final = "May we contact you?"
COMMENT: Final = "A final comment?"
THANKS: Final = "Thank you."
OPTIONS: Final = ("price", "speed", "staff", "other")
MESSAGES: Final = 6
"""So many a contact sends, and so many come back."""
WARM_UP: Final = 32
"""Contacts that go through it before the clock runs."""

Say = Callable[[bytes], Awaitable[object]]
"""Hand a bot one update."""


@dataclass(frozen=True)
class Bot:
    """A bot that is ready, and what is to be seen to once everybody was served."""

    say: Say
    finish: Callable[[], Awaitable[str]] | None = None


def branch(score: int) -> str:
    """Return what is asked after a score."""
    if score >= 9:  # noqa: PLR2004 - as the score is defined
        return PROMOTER
    return PASSIVE if score >= 7 else DETRACTOR  # noqa: PLR2004


def lines(contact: int) -> tuple[tuple[str, str], ...]:
    """Return what a contact says, each with what must come back."""
    score = contact % 11
    return (
        ("/start", SCORE),
        (str(score), branch(score)),
        (f"It took {contact % 9 + 2} days to arrive", CHOICE),
        (OPTIONS[contact % 4], CONSENT),
        ("yes" if contact % 2 else "no", COMMENT),
        ("The colours are lovely", THANKS),
    )


def update(contact: int, number: int, text: str) -> bytes:
    """Return an update as Telegram sends it."""
    person = {"id": contact, "first_name": "Ana", "is_bot": False}
    message: dict[str, object] = {
        "message_id": number + 1,
        "from": {**person, "language_code": "en"},
        "chat": {"id": contact, "first_name": "Ana", "type": "private"},
        "date": 1_790_000_000,
        "text": text,
    }
    if text.startswith("/"):
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        message["entities"] = [entity]
    body = {"update_id": contact * MESSAGES + number, "message": message}
    return json.dumps(body).encode()


SENT: Final = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 1,
            "date": 1_790_000_000,
            "from": {"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"},
            "chat": {"id": 1, "type": "private", "first_name": "Ana"},
            "text": "what was sent",
        },
    }
).encode()
"""What Telegram answers when something was sent."""
ME: Final = json.dumps(
    {
        "ok": True,
        "result": {"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"},
    }
).encode()
"""What Telegram answers a bot that asks who it is."""


@dataclass
class Replies:
    """What came back, handed to whoever waits for it; a second one is kept apart."""

    waiting: "dict[int, asyncio.Future[str]]" = field(default_factory=dict)
    unasked: list[tuple[int, str]] = field(default_factory=list)

    def expect(self, contact: int) -> "asyncio.Future[str]":
        """Return what will hold the contact's next reply."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.waiting[contact] = future
        return future

    def came(self, contact: int, text: str) -> None:
        """Take a reply in."""
        future = self.waiting.pop(contact, None)
        if future is None:
            self.unasked.append((contact, text))
        else:
            future.set_result(text)


async def drive(say: Say, replies: Replies, contacts: range, at_once: int = 1) -> float:
    """Put contacts through the survey and return the seconds that it took.

    So many callers send at once, each the next message once the reply to its last one
    has come. Ends the run where a reply is missing, wrong or one too many.
    """
    script = [
        [
            (update(contact, number, said), expected)
            for number, (said, expected) in enumerate(lines(contact))
        ]
        for contact in contacts
    ]

    async def caller(first: int) -> None:
        for number in range(MESSAGES):
            for place in range(first, len(contacts), at_once):
                body, expected = script[place][number]
                reply = replies.expect(contacts[place])
                await say(body)
                text = await reply
                if text != expected:
                    raise SystemExit(f"{body!r} was answered {text!r}")

    start = perf_counter()
    async with asyncio.TaskGroup() as callers:
        for first in range(at_once):
            callers.create_task(caller(first))
    took = perf_counter() - start
    if replies.unasked or replies.waiting:
        raise SystemExit(f"replies that nobody asked for: {replies.unasked[:3]}")
    return took


def warm(contacts: int) -> tuple[range, range]:
    """Return who goes first, so that all is loaded, and who is measured."""
    return range(1, WARM_UP + 1), range(WARM_UP + 1, WARM_UP + 1 + contacts)
