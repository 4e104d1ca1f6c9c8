"""What a contact sees of a message on the channel that a talk is played on."""

from typing import Final

from bot.model.message import Outbound, Shown

WIDEST: Final = {"twilio": 10, "whatsapp": 10}
"""How many values of a scale these channels can show to tap; others show all."""


def offers(content: Outbound) -> frozenset[str]:
    """Return the keys of all that a message offers to tap."""
    shown = content.shown
    if shown is None:
        return frozenset()
    if shown.minimum is not None and shown.maximum is not None:
        return frozenset(map(str, range(shown.minimum, shown.maximum + 1)))
    return frozenset(option.key for option in shown.options)


def shown_text(channel: str, content: Outbound) -> str:
    r"""Return a message's words, with the scale's own line where it cannot be tapped.

    >>> scale = Shown(step="q", kind="nps", minimum=0, maximum=10, low="no", high="yes")
    >>> shown_text("twilio", Outbound(text="Well?", shown=scale))
    'Well?\n0 = no … 10 = yes'
    """
    shown = content.shown
    if shown is None or channel not in WIDEST:
        return content.text
    if shown.minimum is None or shown.maximum is None:
        return content.text
    if shown.maximum - shown.minimum < WIDEST[channel]:
        return content.text
    return f"{content.text}\n{_ends(shown)}"


def _ends(shown: Shown) -> str:
    low = f"{shown.minimum} = {shown.low}" if shown.low else f"{shown.minimum}"
    high = f"{shown.maximum} = {shown.high}" if shown.high else f"{shown.maximum}"
    return f"{low} … {high}"
