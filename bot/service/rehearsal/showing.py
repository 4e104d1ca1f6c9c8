"""What a contact sees of a message on the channel that a talk is played on."""

from bot.model.fit import fit
from bot.model.limits import Limits
from bot.model.message import Outbound


def offers(content: Outbound) -> frozenset[str]:
    """Return the keys of all that a message offers to tap."""
    shown = content.shown
    if shown is None:
        return frozenset()
    if shown.minimum is not None and shown.maximum is not None:
        return frozenset(map(str, range(shown.minimum, shown.maximum + 1)))
    return frozenset(option.key for option in shown.options)


def shown_text(content: Outbound, limits: Limits | None) -> str:
    """Return a message's words, and what stands below them where it cannot be tapped.

    Without limits all answers can be tapped, and the words stand alone.
    """
    if limits is None:
        return content.text
    display = fit(content, limits)
    if display.controls is not None:
        return content.text
    return "\n\n".join(display.parts)
