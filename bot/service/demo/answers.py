"""What a simulated customer replies to a question: pressed, typed, or sent."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from bot.clock import Chance
from bot.model.answer import MEDIA, SCORED, Accepted, Asked, Option, Value
from bot.model.message import Delivery, Media, Shown, Tap
from bot.service.demo import voices
from bot.service.demo.customers import TAPS, Customer
from bot.service.demo.timeline import THEMES
from bot.service.demo.voices import Voice
from bot.understanding import understand

UNHAPPY, HAPPY = 6.5, 8.5
"""Moods below the one complain, above the other praise."""
SKIPS: Final = 0.12
AGREES: Final = 0.62
FITS: Final = 0.65
"""How many choose what they talk about, where it is on offer."""
SEVERAL: Final = 0.35
CORRECTION: Final = 1.5


class Reply(Struct, frozen=True, kw_only=True):
    """One message of a customer's: words, options pressed, or something sent."""

    text: str | None = None
    tap: Tap | None = None
    media: Media | None = None


class Turn(Struct, frozen=True, kw_only=True):
    """A customer, the question before them, and the day on which they reply."""

    customer: Customer
    question: Delivery
    chance: Chance
    today: date

    @property
    def shown(self) -> Shown:
        """Return the question itself."""
        shown = self.question.content.shown
        if shown is None:
            raise TypeError(self.question)
        return shown

    @property
    def voice(self) -> Voice:
        """Return how the customer talks."""
        return voices.voice(self.customer.language)


def reply(turn: Turn) -> Reply:
    """Return what the customer says now, and note how far they came."""
    customer, said, chance = turn.customer, turn.voice, turn.chance
    customer.written += 1
    if customer.habit == "stops" and customer.answered >= customer.leaves_after - 1:
        customer.gone = True
        return Reply(text=chance.choice(said.stop))
    if customer.unclear and turn.shown.kind in SCORED:
        customer.unclear = False
        return Reply(text=chance.choice(said.unclear))
    if customer.corrects and customer.answered == 1 and turn.shown.kind not in SCORED:
        customer.corrects = False
        customer.mood += CORRECTION if customer.mood < UNHAPPY else -CORRECTION
        return Reply(text=chance.choice(said.back))
    answered = _answer(turn)
    customer.answered += 1
    leaves = customer.habit == "halfway"
    customer.gone = leaves and customer.answered >= customer.leaves_after
    return answered


def _answer(turn: Turn) -> Reply:
    """Return an answer; pressed where the words would not be understood."""
    shown, chance = turn.shown, turn.chance
    if shown.kind in MEDIA:
        return Reply(media=Media(shown.kind, "demo"))  # type: ignore[arg-type]  # the same names
    skips = SKIPS if shown.kind not in SCORED else SKIPS / 6
    if shown.skip is not None and chance.random() < skips:
        return _pressed_or_typed(turn, None, chance.choice(turn.voice.skip))
    if shown.kind in SCORED:
        return _scored(turn)
    return _ANSWERS[shown.kind](turn)


def _scored(turn: Turn) -> Reply:
    shown, chance, customer = turn.shown, turn.chance, turn.customer
    low, high = shown.minimum or 0, shown.maximum or 0
    felt = low + customer.mood / 10 * (high - low)
    number = min(max(round(felt), low), high)
    if customer.chatty and chance.random() < turn.customer.mood / 30 + 0.6:
        words = _comment(turn)
        typed = voices.remark(turn.voice, number, high, words, chance)
        return (
            Reply(text=typed) if _means(turn, typed, number) else _pressed(turn, number)
        )
    typed = voices.score(turn.voice, number, high, chance)
    return _pressed_or_typed(turn, number, typed)


def _choice(turn: Turn) -> Reply:
    option = _chosen(turn, turn.shown.options)
    return _pressed_or_typed(turn, option.key, option.label)


def _choices(turn: Turn) -> Reply:
    options = turn.shown.options
    chosen = {_chosen(turn, options).key}
    if turn.chance.random() < SEVERAL:
        chosen.add(turn.chance.choice(options).key)
    mine = [option for option in options if option.key in chosen]
    typed = turn.voice.joiner.join(option.label for option in mine)
    return _pressed_or_typed(turn, tuple(option.key for option in mine), typed)


def _chosen(turn: Turn, options: tuple[Option, ...]) -> Option:
    signs = turn.voice.signs[turn.customer.theme]
    fits = [o for o in options if any(s in f"{o.key} {o.label}".lower() for s in signs)]
    if fits and turn.chance.random() < FITS:
        return fits[0]
    weights = [1 / (place + 2) for place in range(len(options))]
    return turn.chance.choices(options, weights)[0]


def _yes_no(turn: Turn) -> Reply:
    agrees = turn.chance.random() < AGREES
    words = turn.voice.yes_ if agrees else turn.voice.no_
    return _pressed_or_typed(turn, agrees, turn.chance.choice(words))


def _comment(turn: Turn) -> str:
    """Return what they think; who is asked again speaks of something else."""
    customer = turn.customer
    tone = "middling" if UNHAPPY <= customer.mood < HAPPY else "unhappy"
    tone = "happy" if customer.mood >= HAPPY else tone
    place = THEMES.index(customer.theme) + customer.commented
    customer.commented += 1
    return voices.comment(turn.voice, tone, THEMES[place % len(THEMES)], turn.chance)


def _number(turn: Turn) -> Reply:
    """Type a number that fits; the ends stand in what was asked, if anywhere."""
    named = sorted(map(int, re.findall(r"\d+", turn.question.content.text)[:2])) or [
        1,
        5,
    ]
    return Reply(text=str(turn.chance.randint(named[0], named[-1])))


def _date(turn: Turn) -> Reply:
    words = turn.chance.choice(turn.voice.dates)
    day = turn.today - timedelta(days=turn.chance.randint(1, 30))
    return Reply(text=words if _means(turn, words) else day.isoformat())


def _email(turn: Turn) -> Reply:
    name = turn.customer.name.lower().encode("ascii", "ignore").decode()
    return Reply(text=f"{name}.{turn.customer.number}@example.com")


def _phone(turn: Turn) -> Reply:
    """Type a number that is kept free for stories."""
    return Reply(text=f"+44 20 7946 0{turn.chance.randint(0, 999):03}")


_ANSWERS: Final[Mapping[str, Callable[[Turn], Reply]]] = {
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "consent": _yes_no,
    "text": lambda turn: Reply(text=_comment(turn)),
    "number": _number,
    "date": _date,
    "email": _email,
    "phone": _phone,
}


def _pressed_or_typed(turn: Turn, value: Value, typed: str) -> Reply:
    """Press the answer or type it; the second time, and in doubt, it is pressed."""
    taps = TAPS.get(turn.customer.address.channel, 0.5)
    again = turn.customer.misses > 0
    if again or turn.chance.random() < taps or not _means(turn, typed, value):
        return _pressed(turn, value)
    return Reply(text=typed)


def _pressed(turn: Turn, value: Value) -> Reply:
    """Return a press on the message that asks."""
    match value:
        case None:
            options: tuple[str, ...] = ()
        case bool():
            options = ("yes" if value else "no",)
        case tuple():
            options = value
        case _:
            options = (str(value),)
    return Reply(tap=Tap(turn.question.session or 0, turn.shown.step, options))


_ANY: Final = object()


def _means(turn: Turn, typed: str, value: object = _ANY) -> bool:
    """Say whether words would be understood outright, and as this value."""
    shown = turn.shown
    asked = Asked(
        kind=shown.kind,
        options=shown.options,
        minimum=shown.minimum,
        maximum=shown.maximum,
        optional=shown.skip is not None,
    )
    found = understand(asked, typed, turn.customer.language, today=turn.today)
    return isinstance(found, Accepted) and value in (_ANY, found.value)
