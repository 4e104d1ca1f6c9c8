"""What a flow is checked against: all that stands outside its own file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from bot.model.limits import Limits
from bot.model.programme import Programme

Type = Literal["text", "number", "date", "yes_no", "list", "none", "any"]
"""What a value is. `any` fits everything and is only met where nothing is known."""

CONTACT_FIELDS: Final[Mapping[str, Type]] = MappingProxyType(
    {"first_name": "text", "last_name": "text", "language": "text", "zone": "text"}
)
SESSION_FIELDS: Final[Mapping[str, Type]] = MappingProxyType(
    {
        "channel": "text",
        "language": "text",
        "flow": "text",
        "trigger": "text",
        "today": "date",
    }
)


class World(Struct, frozen=True, kw_only=True):
    """Names and types that `config.yaml` declares and flows may use."""

    brand: str = "Voxpop"
    languages: tuple[str, ...] = ("en",)
    teams: tuple[str, ...] = ()
    programmes: Mapping[str, Programme] = {}
    attributes: Mapping[str, Type] = {}
    events: Mapping[str, Mapping[str, Type]] = {}
    review_links: Mapping[str, str] = {}
    reserved: Mapping[str, Mapping[str, str]] = {}
    """Language to the messages that mean the same in every flow, and what they mean."""
    limits: Mapping[str, Limits] = {}
    """What each enabled channel can show."""
