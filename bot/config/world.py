"""What flows are checked against, taken from the settings."""

from collections.abc import Mapping
from datetime import timedelta

from bot.config.settings import (
    Budget as BudgetRule,
    Channels,
    ProgrammeRule,
    QualifiesRule,
    QuietHours as QuietRule,
    RewardRule,
    Settings,
    Twilio,
)
from bot.model.limits import Limits
from bot.model.programme import Programme, Qualifies, Reward
from bot.model.world import Budget, QuietHours, Type, World
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
        budget=_budget(settings.policy.budget),
        quiet_hours=_quiet(settings.policy.quiet_hours),
        templates=_templates(settings.channels.twilio),
        opens=_opens(settings.channels),
        reserved=RESERVED,
        limits=limits or {},
    )


def _budget(rule: BudgetRule | None) -> Budget | None:
    return Budget(rule.messages, rule.per) if rule else None


def _quiet(rule: QuietRule | None) -> QuietHours | None:
    return QuietHours(rule.from_, rule.to) if rule else None


def _opens(channels: Channels) -> frozenset[str]:
    flows = (
        channels.web.flow,
        channels.telegram.flow,
        channels.slack.flow,
        channels.twilio.flow,
    )
    return frozenset(flow for flow in flows if flow)


def _templates(twilio: Twilio) -> Mapping[str, Mapping[str, str]] | None:
    return dict(twilio.templates) if twilio.enabled else None


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
