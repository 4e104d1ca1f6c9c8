"""Which values the answer to a question can have, and an attribute."""

from datetime import date

from bot.model.answer import SCALES, SCORED
from bot.model.world import Type
from flows.language.model import Ask
from flows.language.scalars import shown

_TRUTHS = frozenset({"yes", "no", "true", "false"})
_AS_LISTED = ", "


def never(step: Ask, value: str | tuple[str, ...]) -> str | None:
    """Return why a question is never answered so, None where it may be.

    >>> never(Ask.model_validate({"ask": "How?", "answer": "nps"}), "11")
    'a whole number from 0 to 10 is expected here'
    """
    if step.answer == "choices":
        chosen = value if isinstance(value, tuple) else (value,)
        return _option(step, next((k for k in chosen if k not in step.options), None))
    word = value if isinstance(value, str) else _AS_LISTED.join(value)
    if step.answer == "choice":
        return _option(step, None if word in step.options else word)
    if step.answer in {"yes_no", "consent"}:
        return _truth(word)
    if step.answer in SCORED or step.answer == "number":
        return _number(step, word)
    return _date(word) if step.answer == "date" else None


def misfit(kind: Type, value: str) -> str | None:
    """Return why an attribute of this type never has this value, None if it may.

    >>> misfit("yes_no", "maybe"), misfit("text", "maybe")
    ('yes or no is expected here', None)
    """
    if kind == "yes_no":
        return _truth(value)
    if kind == "number":
        return None if _float(value) is not None else "a number is expected here"
    return _date(value, loose=True) if kind == "date" else None


def _option(step: Ask, odd: str | None) -> str | None:
    listed = _AS_LISTED.join(step.options)
    return (
        None if odd is None else f"no option is called {shown(odd)}; there is {listed}"
    )


def _truth(word: str) -> str | None:
    return None if word.casefold() in _TRUTHS else "yes or no is expected here"


def _number(step: Ask, word: str) -> str | None:
    low, high = SCALES.get(step.answer, (step.min, step.max))
    found = _float(word)
    scored = step.answer in SCORED
    fits = (
        found is not None
        and (low is None or found >= low)
        and (high is None or found <= high)
        and (not scored or found.is_integer())
    )
    if fits:
        return None
    bounds = f"{_from(low)}{_to(high)}"
    return f"a {'whole ' if scored else ''}number{bounds} is expected here"


def _from(low: float | None) -> str:
    return "" if low is None else f" from {low:g}"


def _to(high: float | None) -> str:
    return "" if high is None else f" to {high:g}"


def _float(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _date(word: str, *, loose: bool = False) -> str | None:
    try:
        if loose or date.fromisoformat(word).isoformat() == word:
            date.fromisoformat(word)
            return None
    except ValueError:
        pass  # the 30th of February
    return "a date such as 2026-03-02 is expected here"
