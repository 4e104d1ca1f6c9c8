"""What stands under a question where its answers cannot be pressed."""

from bot.model.answer import SCORED
from bot.model.message import Shown


def typed(shown: Shown) -> list[str]:
    """Return the lines that say what may be typed, none where any words may.

    A scale is never a numbered list, for a typed 3 would be ambiguous; neither are
    options of which one has a number in its label.

    >>> typed(Shown(step="a", kind="nps", minimum=0, maximum=10, low="no", high="yes"))
    ['0 = no … 10 = yes']
    """
    lines = [scale(shown)] if shown.kind in SCORED else _labels(shown)
    return [*lines, skip(shown.skip)] if shown.skip else lines


def scale(shown: Shown) -> str:
    """Return the line that explains a scale."""
    ends = ((shown.minimum, shown.low), (shown.maximum, shown.high))
    return " … ".join(f"{end} = {words}" if words else f"{end}" for end, words in ends)


def skip(label: str) -> str:
    """Return the line that says that a question may be skipped."""
    return f"({label})"


def _labels(shown: Shown) -> list[str]:
    labels = [option.label for option in shown.options]
    if shown.kind in {"yes_no", "consent"}:
        return [" / ".join(labels)]
    if shown.numbered:
        return [f"{place}. {label}" for place, label in enumerate(labels, 1)]
    return [f"- {label}" for label in labels]
