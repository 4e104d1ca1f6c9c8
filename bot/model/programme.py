"""A referral programme, as `config.yaml` declares it."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct


class Reward(Struct, frozen=True, kw_only=True):
    """What one side earns: an exact amount, its unit, and the words for people."""

    amount: str
    unit: str
    says: Mapping[str, str]


class Qualifies(Struct, frozen=True, kw_only=True):
    """What turns an invitation into a reward: an event, its condition, a time."""

    event: str
    when: str | None = None
    within: timedelta | None = None


class Programme(Struct, frozen=True, kw_only=True):
    """The rules of one programme; absent ones do not bind."""

    name: str
    shop_link: str | None = None
    friend_reward: Reward | None = None
    referrer_reward: Reward | None = None
    qualifies: Qualifies | None = None
    hold: timedelta = timedelta()
