"""What each simulated customer is like; all of it follows from a seed and their number.

Traits are spread evenly over neighbours, so that every week has its share of the happy,
the silent and the hasty, however few come in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from bot.clock import Chance, seeded
from bot.model.contact import Address
from bot.model.message import Delivery
from bot.service.demo.timeline import Timeline
from bot.service.demo.voices import names

MOST: Final = 1 << 20
"""More customers than any demo has."""
MESSAGES: Final = 1 << 8
"""More messages than anybody writes."""
CHANNELS: Final = (
    ("web", 0.38),
    ("whatsapp", 0.69),
    ("telegram", 0.86),
    ("slack", 1.0),
)
"""Up to which share of people each channel is theirs."""
VISITED: Final = frozenset({"web", "telegram"})
"""Channels on which people open the chat; on others we write first."""
TAPS: Final = {"web": 0.65, "telegram": 0.55, "slack": 0.55, "whatsapp": 0.3}
"""How many of the answers on a channel are pressed rather than typed."""
FIRST_LANGUAGE: Final = 0.62
TOLD: Final = 0.85
"""How many come with the language that they speak known."""
UNREACHABLE: Final = 0.02
UNCLEAR, CORRECTS, CHATTY = 0.08, 0.05, 0.4
MISSES: Final = 3
"""Who was not understood so often goes away."""

Habit = Literal["silent", "late", "halfway", "stops", "whole"]
HABITS: Final[tuple[tuple[Habit, float], ...]] = (
    ("silent", 0.29),
    ("late", 0.38),
    ("halfway", 0.46),
    ("stops", 0.48),
    ("whole", 1.0),
)
"""Up to which share of people each habit is theirs; `late` are those whom a reminder
makes answer."""
_IRRATIONAL: Final = (
    0.41421356237, 0.73205080757, 0.2360679775, 0.64575131106, 0.31662479036,
)  # fmt: skip
"""Multiples of such numbers, without their whole parts, fill the span from 0 to 1
evenly and never in step with one another."""


class Customer(Struct, kw_only=True):
    """Somebody who is asked: what they are like, and how far they came."""

    number: int
    address: Address
    name: str
    language: str
    told: bool
    mood: float
    theme: str
    habit: Habit
    reachable: bool
    unclear: bool
    corrects: bool
    chatty: bool
    leaves_after: int
    question: Delivery | None = None
    """The question that waits for their reply."""
    asked: str | None = None
    """What they were asked last."""
    answered: int = 0
    commented: int = 0
    written: int = 0
    misses: int = 0
    talks: bool = False
    """They are about to write."""
    gone: bool = False

    def hear(self, delivery: Delivery) -> None:
        """Take in what we say; only a question waits for a reply."""
        if delivery.content.shown is None:
            return
        again = delivery.role == "again" and delivery.asks == self.asked
        self.misses = self.misses + 1 if again else 0
        self.question = delivery
        self.asked = delivery.asks

    def replies(self) -> bool:
        """Say whether they will reply to what waits for it."""
        if self.question is None or self.gone or self.misses > MISSES:
            return False
        if self.habit == "silent" or self.written >= MESSAGES - 1:
            return False
        return self.habit != "late" or self.reminded

    @property
    def reminded(self) -> bool:
        """Say whether they began to answer, or were reminded to."""
        role = self.question.role if self.question else "opens"
        return self.answered > 0 or role != "opens"

    def delay(self, chance: Chance) -> timedelta:
        """Return how long they take to reply."""
        if self.answered or self.written:
            return timedelta(seconds=chance.uniform(12, 150))
        if self.address.channel in VISITED:
            return timedelta(seconds=chance.uniform(15, 240))
        return timedelta(minutes=min(chance.lognormvariate(3.2, 1.4), 20 * 60))


class Crowd:
    """All customers of a demo, in the order in which they come."""

    def __init__(
        self, *, seed: int, size: int, languages: Sequence[str], timeline: Timeline
    ) -> None:
        self.size = size
        self._seed = seed
        self._languages = languages
        self._timeline = timeline
        chance = seeded(seed * MOST * MESSAGES)
        self._first = [chance.random() for _ in _IRRATIONAL]

    def chance(self, number: int, message: int = 0) -> Chance:
        """Return what chance holds for a customer's message; 0 is how they are."""
        return seeded((self._seed * MOST + number + 1) * MESSAGES + message)

    def comes(self, number: int) -> datetime:
        """Return when a customer comes; nobody overtakes the one before."""
        share = (number + self.chance(number, MESSAGES - 1).random()) / self.size
        return self._timeline.moment(share)

    def customer(self, number: int, run: str) -> Customer:
        """Return a customer; `run` tells this demo's addresses from any other's."""
        chance = self.chance(number)
        feeling, habit, channel, language, theme = self._traits(number)
        at = self.comes(number)
        where = next(name for name, share in CHANNELS if channel <= share)
        spoken = self._language(language)
        first = spoken == self._languages[0]
        mood = self._timeline.mood(at, where, first=first, share=feeling)
        return Customer(
            number=number,
            address=Address(where, f"demo-{run}-{number}"),
            name=chance.choice(names()),
            language=spoken,
            told=chance.random() < TOLD,
            mood=mood,
            theme=self._timeline.theme(at, theme),
            habit=next(name for name, share in HABITS if habit <= share),
            reachable=where in VISITED or chance.random() >= UNREACHABLE,
            unclear=chance.random() < UNCLEAR,
            corrects=chance.random() < CORRECTS,
            chatty=chance.random() < CHATTY,
            leaves_after=chance.randint(1, 2),
        )

    def _traits(self, number: int) -> list[float]:
        pairs = zip(self._first, _IRRATIONAL, strict=True)
        return [(first + number * step) % 1 for first, step in pairs]

    def _language(self, share: float) -> str:
        first, *others = self._languages
        if share < FIRST_LANGUAGE or not others:
            return first
        rest = (share - FIRST_LANGUAGE) / (1 - FIRST_LANGUAGE)
        return others[int(rest * len(others))]
