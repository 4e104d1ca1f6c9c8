"""Who talks: the contact that a test describes."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from bot.model.answer import Value
from bot.model.contact import Contact
from bot.service.desk import Desk, zone_named
from bot.service.effects import typed

_OWN: Final = ("first_name", "last_name", "language", "zone")


class BadLine(ValueError):
    """A test describes what cannot be; `path` leads there."""

    def __init__(self, path: tuple[str, ...], words: str) -> None:
        self.path = path
        super().__init__(words)


def contact_of(desk: Desk, id_: int, said: Mapping[str, str]) -> Contact:
    """Return the contact that a test describes; other keys are attributes."""
    zone = said.get("zone")
    if zone is not None and zone_named(zone) is None:
        raise BadLine(("zone",), f"there is no time zone {zone}")
    own = {name: said[name] for name in _OWN if name in said}
    attributes = {
        name: _attribute(desk, name, value)
        for name, value in said.items()
        if name not in _OWN
    }
    return replace(Contact(id=id_, attributes=attributes), **own)


def _attribute(desk: Desk, name: str, value: str) -> Value:
    """Return an attribute of the type that it is declared with."""
    kind = desk.world.attributes.get(name)
    if kind is None:
        raise BadLine((name,), f"contact: no attribute is called {name}")
    found = typed(value, kind)
    fits = not isinstance(found, str) if kind in _TYPED else _is_date(kind, value)
    if not fits:
        raise BadLine((name,), f"contact: {name} is a {kind}, which {value!r} is not")
    return found


_TYPED: Final = frozenset({"number", "yes_no"})


def _is_date(kind: str, value: str) -> bool:
    if kind != "date":
        return True
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
