"""What flows are checked against, taken from the settings."""

from collections.abc import Mapping
from datetime import timedelta

from bot.config.settings import ProgrammeRule, QualifiesRule, RewardRule, Settings
from bot.model.limits import Limits
from bot.model.programme import Programme, Qualifies, Reward
from bot.model.world import Type, World
from bot.understanding import RESERVED


def world_of(settings: Settings, limits: Mapping[str, Limits] | None = None) -> World:
    """Return what flows are checked against: settings, reserved words, and limits."""
    attributes: dict[str, Type] = dict(settings.attributes)
    events: dict[str, Mapping[str, Type]] = {
        name: dict(carried) for name, carried in settings.events.items()
    }
    return World(
        brand=settings.brand.name,
        languages=settings.brand.languages,
        teams=tuple(settings.teams),
        programmes={
            name: _programme(name, rule) for name, rule in settings.programmes.items()
        },
        attributes=attributes,
        events=events,
        review_links=dict(settings.brand.review_links),
        reserved=RESERVED,
        limits=limits or {},
    )


def _programme(name: str, rule: ProgrammeRule) -> Programme:
    return Programme(
        name=name,
        shop_link=rule.shop_link,
        friend_reward=_reward(rule.friend_reward),
        referrer_reward=_reward(rule.referrer_reward),
        qualifies=_qualifies(rule.qualifies),
        hold=rule.hold or timedelta(),
    )


def _qualifies(rule: QualifiesRule | None) -> Qualifies | None:
    if rule is None:
        return None
    return Qualifies(event=rule.event, when=rule.when, within=rule.within)


def _reward(rule: RewardRule | None) -> Reward | None:
    if rule is None:
        return None
    says = rule.says or {"en": f"{rule.amount} {rule.unit}"}
    return Reward(amount=rule.amount, unit=rule.unit, says=says)
