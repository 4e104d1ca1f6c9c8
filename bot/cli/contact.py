"""What the commands on contacts share: addresses as people write them."""

from bot.errors import WrongUse
from bot.model.contact import Address


def named(text: str) -> Address:
    """Return the address that somebody wrote; raise WrongUse where it is none.

    >>> named("crm:4711")
    Address(channel='crm', handle='4711')
    """
    address = Address.of(text)
    if not address.channel or not address.handle or not text.isprintable():
        raise WrongUse(
            f"a contact is named by an address such as crm:4711, not {text!r}"
        )
    return address
