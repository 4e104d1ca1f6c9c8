"""How a message fits a service: what is sent of it, and what is lost on the way.

The rules:

1. The first menu that shows every label as it is written offers the answers; else the
   one that cuts least; never one in which two labels look the same once cut.
2. Where no menu has room for the skip as well, the skip is written under the question.
3. Where no menu has room for the answers, they are written there: a scale as its two
   ends, options as a list. A typed answer always works.
4. The words for the ends of a scale stand beside its buttons, or else in the text.
5. The answers belong to the last part of a text that is split.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from bot.model.answer import MEDIA, SCORED
from bot.model.cutting import split
from bot.model.display import Controls, Display, Loss
from bot.model.limits import Limit, Limits
from bot.model.menus import Picked, Wanted, carries, menus_of, pick, wanted
from bot.model.message import Outbound, Shown
from bot.model.typed import scale, skip, typed


def fit(message: Outbound, limits: Limits) -> Display:
    """Return a message as a service shows it, with everything that is lost named."""
    offering = _offering(message.shown, limits) if message.shown else Offering()
    text = "\n".join(offering.lines)
    text = f"{message.text}\n\n{text}" if text else message.text
    parts = split(text, limits.text)
    parts = [*parts[:-1], *split(parts[-1], offering.text)]
    losses = [*_split(parts, limits), *offering.losses]
    return Display(parts=tuple(parts), controls=offering.controls, losses=tuple(losses))


class Offering(Struct, frozen=True, kw_only=True):
    """How the answers of a question are offered: pressed, written under it, or both."""

    controls: Controls | None = None
    lines: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    text: Limit | None = None


def _split(parts: list[str], limits: Limits) -> Iterator[Loss]:
    if len(parts) > 1:
        said = f"the text is split into {len(parts)} parts"
        yield Loss(code="split", message=f"{said} on {limits.service}")


def _offering(shown: Shown, limits: Limits) -> Offering:
    lost = tuple(_not_given(shown, limits))
    wish = wanted(shown)
    menus = menus_of(shown, limits)
    calendar = any(menu.form == "calendar" for menu in menus)
    if not wish.offers and not wish.skip and not calendar:
        return Offering(losses=lost)
    found = pick(menus, wish)
    if wish.skip and wish.offers and not _good(found):
        found = pick(menus, replace(wish, skip=None))
    if not _good(found):
        told = tuple(_typed(found, shown, limits))
        return Offering(lines=tuple(typed(shown)), losses=(*lost, *told))
    return _pressed(found[0], shown, limits, lost)


def _good(found: list[Picked]) -> bool:
    return bool(found) and not found[0].alike


def _pressed(
    picked: Picked, shown: Shown, limits: Limits, lost: tuple[Loss, ...]
) -> Offering:
    """Return answers to press, with what has to be written all the same."""
    controls, lines, losses = picked.controls, [], [*lost, *picked.cuts]
    if shown.kind in SCORED and limits.ends:
        controls = replace(controls, low=shown.low, high=shown.high)
    elif shown.kind in SCORED and (shown.low or shown.high):
        lines.append(scale(shown))
    if shown.skip and controls.skip is None:
        lines.append(skip(shown.skip))
        losses.append(_fallback(f'there is no room for "{shown.skip}", so it is typed'))
    return Offering(
        controls=controls,
        lines=tuple(lines),
        losses=tuple(losses),
        text=picked.menu.text,
    )


def _typed(found: list[Picked], shown: Shown, limits: Limits) -> Iterator[Loss]:
    """Yield why answers are typed."""
    menus, wish = menus_of(shown, limits), wanted(shown)
    if found:
        yield from found[0].alike
        yield _fallback("the answers are typed, for buttons could not tell them apart")
    elif not menus:
        yield _fallback(_no_menu(shown, limits))
    elif not any(carries(menu, wish) for menu in menus):
        yield from _dropped(wish, limits)
    else:
        yield _fallback(_too_many(wish, limits))


def _no_menu(shown: Shown, limits: Limits) -> str:
    if shown.kind == "choices" and limits.choice:
        return f"{limits.service} lets nobody press several, so they are typed"
    return f"{limits.service} has no buttons, so the answer is typed"


def _too_many(wish: Wanted, limits: Limits) -> str:
    count = len(wish.offers)
    return f"{count} answers are too many for {limits.service}, so they are typed"


def _dropped(wish: Wanted, limits: Limits) -> Iterator[Loss]:
    for offer in wish.offers:
        said = (
            f'{limits.service} cannot hold the key "{offer.key}", so there is no button'
        )
        yield Loss(code="dropped", message=said, option=offer.key)


def _not_given(shown: Shown, limits: Limits) -> Iterator[Loss]:
    if shown.kind in MEDIA - limits.gives:
        said = f"on {limits.service} nobody can send a {shown.kind}"
        yield Loss(code="dropped", message=said)


def _fallback(message: str) -> Loss:
    return Loss(code="fallback", message=message)
