"""What messages through Twilio can show, by the prefix of the address.

Source: twilio.com/docs/content, the error 21617 (a body of 1600), and WhatsApp's
rule that after 24 hours only an approved template may go. In session, and without
approval, WhatsApp takes three quick replies, or a list of ten that opens from a button.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.model.limits import Limit, Limits, Menu

TEXT: Final = Limit(1600)
DAY: Final = timedelta(hours=24)

_BODY: Final = Limit(1024)
_ID: Final = Limit(200)


def _replies(most: int) -> Menu:
    """Return quick replies: their titles have 20 characters."""
    return Menu(form="buttons", most=most, label=Limit(20), value=_ID, text=_BODY)


_LIST: Final = Menu(
    form="list",
    most=10,
    label=Limit(24),
    value=_ID,
    text=_BODY,
    opens=Limit(20),
)

WHATSAPP: Final = Limits(
    service="WhatsApp",
    text=TEXT,
    caption=_BODY,
    scale=(_replies(3), _LIST),
    choice=(_replies(3), _LIST),
    window=DAY,
)
MESSENGER: Final = Limits(
    service="Messenger",
    text=TEXT,
    scale=(_replies(10),),
    choice=(_replies(10),),
)
SMS: Final = Limits(
    service="SMS", text=TEXT, gives=frozenset({"photo", "voice", "file"})
)
RCS: Final = Limits(service="RCS", text=TEXT)

BY_PREFIX: Final[Mapping[str, Limits]] = MappingProxyType(
    {"whatsapp": WHATSAPP, "messenger": MESSENGER, "rcs": RCS, "sms": SMS}
)
"""Service by the prefix of its addresses; those of SMS have none."""


def service_of(sender: str | None) -> str:
    """Return the service that an address sends through; WhatsApp where none is set.

    >>> service_of("whatsapp:+14155238886"), service_of("+14155238886")
    ('whatsapp', 'sms')
    """
    if sender is None:
        return "whatsapp"
    prefix, separator, _ = sender.partition(":")
    return prefix if separator and prefix in BY_PREFIX else "sms"
