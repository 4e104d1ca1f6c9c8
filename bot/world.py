"""The world that flows are checked against: settings, and what channels can show."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.config import Settings, world_of as declared
from bot.model.limits import Limits
from bot.model.world import World
from channels.slack import display as slack
from channels.telegram import display as telegram
from channels.twilio import display as twilio
from channels.web import display as web
from channels.web.wording import words

SERVICES: Final[Mapping[str, Limits]] = MappingProxyType(
    {
        "web": web.LIMITS,
        "telegram": telegram.LIMITS,
        "slack": slack.LIMITS,
        **twilio.BY_PREFIX,
    }
)
"""Every service that a flow can be shown on, by the name that addresses have."""

DONE: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"web": lambda language: words(language)["done"]}
)
"""How a service itself words the button that ends a choosing, by language."""


def channels_of(settings: Settings) -> dict[str, bool]:
    """Return the channels by the service they use now, and whether each is enabled."""
    channels = settings.channels
    return {
        "web": channels.web.enabled,
        "telegram": channels.telegram.enabled,
        "slack": channels.slack.enabled,
        through_twilio(settings): channels.twilio.enabled,
    }


def through_twilio(settings: Settings) -> str:
    """Return which service the address of `channels.twilio.from` stands for."""
    return twilio.service_of(settings.channels.twilio.from_)


def world_of(settings: Settings) -> World:
    """Return all that flows are checked against."""
    enabled = (name for name, on in channels_of(settings).items() if on)
    return declared(settings, limits={name: SERVICES[name] for name in enabled})
