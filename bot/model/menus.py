"""Which menu of a service offers the answers of a question, and with which labels."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.model.answer import SCORED
from bot.model.cutting import cut
from bot.model.display import Controls, Loss, Offer
from bot.model.limits import BESIDE, Limits, Menu
from bot.model.message import Shown
from bot.model.rows import rows

MARK: Final = "✓"
"""Stands for *done* where the language has no word for it."""
MORE: Final = "…"
"""Opens a list where the language has no word for it."""


class Wanted(Struct, frozen=True):
    """What a question would have pressed: answers, and two buttons of its own."""

    offers: tuple[Offer, ...]
    done: str | None
    skip: str | None
    opens: str

    @property
    def labels(self) -> list[tuple[str | None, str]]:
        """Return every label on show; those of options with their keys."""
        own = ((None, label) for label in (self.done, self.skip) if label)
        return [*((offer.key, offer.label) for offer in self.offers), *own]


class Picked(Struct, frozen=True):
    """A menu, what it shows, and the labels that it had to cut."""

    menu: Menu
    shows: Wanted
    cuts: tuple[Loss, ...]
    alike: tuple[Loss, ...]
    """Labels that look the same once they are cut."""

    @property
    def controls(self) -> Controls:
        """Return what can be pressed, laid out."""
        shows, form = self.shows, self.menu.form
        return Controls(
            form=form,
            rows=rows(shows.offers, self.menu),
            done=shows.done,
            skip=shows.skip,
            opens=shows.opens if form == "list" else None,
        )


def menus_of(shown: Shown, limits: Limits) -> tuple[Menu, ...]:
    """Return the menus that a service has for this kind of question."""
    if shown.kind in SCORED:
        return limits.scale
    if shown.kind == "choices":
        return limits.choices
    if shown.kind == "date" and limits.date:
        return limits.date
    return limits.choice


def wanted(shown: Shown) -> Wanted:
    """Return what a question would have pressed; a scale offers its numbers."""
    offers = tuple(Offer(option.key, option.label) for option in shown.options)
    if shown.kind in SCORED and shown.minimum is not None and shown.maximum is not None:
        numbers = range(shown.minimum, shown.maximum + 1)
        offers = tuple(Offer(str(number), str(number)) for number in numbers)
    done = shown.done or MARK if shown.kind in {"choices", "date"} else None
    return Wanted(offers, done, shown.skip, shown.choose or MORE)


def pick(menus: Sequence[Menu], wish: Wanted) -> list[Picked]:
    """Return the menus that have room, the one that shows the labels best first."""
    if wish.done and not any(menu.form in _GATHERS for menu in menus):
        wish = replace(wish, done=None)
    found = [_picked(menu, wish) for menu in menus if has_room(menu, wish)]
    return sorted(found, key=_harm)


def _harm(picked: Picked) -> tuple[int, int, int]:
    """Return how much a menu takes away: looks alike, is cut, is cut off."""
    off = sum(len(cut.before or "") - len(cut.after or "") for cut in picked.cuts)
    return len(picked.alike), len(picked.cuts), off


_GATHERS: Final = frozenset({"select", "boxes", "toggles", "calendar"})
"""Forms in which an answer is not given by the first press."""


def has_room(menu: Menu, wish: Wanted) -> bool:
    """Tell whether a menu can hold so much, however long the labels are."""
    own = 0 if menu.form in BESIDE else bool(wish.skip) + bool(wish.done)
    if menu.most is not None and len(wish.offers) + own > menu.most:
        return False
    if menu.stars is not None:
        first = wish.offers[0].key if wish.offers else ""
        return first == "1" and len(wish.offers) <= menu.stars
    return carries(menu, wish)


def carries(menu: Menu, wish: Wanted) -> bool:
    """Tell whether a press can bring back the key of every option."""
    value = menu.value
    return value is None or all(value.holds(offer.key) for offer in wish.offers)


def _picked(menu: Menu, wish: Wanted) -> Picked:
    shows = Wanted(
        tuple(Offer(o.key, cut(o.label, menu.label)) for o in wish.offers),
        wish.done and cut(wish.done, menu.label),
        wish.skip and cut(wish.skip, menu.label),
        cut(wish.opens, menu.opens),
    )
    return Picked(menu, shows, tuple(_cuts(wish, shows)), tuple(_alike(wish, shows)))


def _cuts(wish: Wanted, shows: Wanted) -> Iterator[Loss]:
    for (key, before), (_, after) in zip(wish.labels, shows.labels, strict=True):
        if before != after:
            said = f'the label "{before}" is cut to "{after}"'
            yield Loss(code="cut", message=said, option=key, before=before, after=after)


def _alike(wish: Wanted, shows: Wanted) -> Iterator[Loss]:
    """Yield each label that looks like an earlier one only because it is cut."""
    seen: dict[str, str] = {}
    for (key, before), (_, after) in zip(wish.labels, shows.labels, strict=True):
        first = seen.setdefault(after.casefold(), before)
        if first.casefold() != before.casefold():
            said = f'"{first}" and "{before}" are both cut to "{after}"'
            yield Loss(
                code="equal-after-cut",
                message=said,
                option=key,
                before=before,
                after=after,
            )
