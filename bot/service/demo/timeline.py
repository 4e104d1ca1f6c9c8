"""Three months: when customers come, when they are awake, and how the mood is.

Business grows a little and the mood gets better, but for one week in which the parcels
came late.
"""

from bisect import bisect
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from statistics import NormalDist
from typing import Final
from zoneinfo import ZoneInfo

WEEKS: Final = 13
HOUR: Final = timedelta(hours=1)
BAD_WEEK: Final = 8
"""The week, counted from 0, in which all went wrong."""
GROWTH: Final = 0.4
WEEKEND: Final = 0.7
SATURDAY: Final = 5
HOURS: Final = dict(
    zip(range(8, 22), (3, 5, 7, 8, 8, 7, 6, 5, 6, 7, 9, 10, 9, 5), strict=True)
)
"""How many come in which hour of the day."""
AWAKE: Final = range(8, 23)

MOOD_BEFORE: Final = 7.4
MOOD_GAINED: Final = 1.9
MOOD_LOST: Final = 2.1
"""What the bad week costs, on a scale from 0 to 10."""
SPREAD: Final = 2.0
LIKED: Final[Mapping[str, float]] = {"whatsapp": 0.35, "web": -0.25, "slack": -0.5}
"""How much better the mood is on a channel."""
FIRST_LANGUAGE: Final = -0.35
UPSET: Final = 5.5
"""Who is below it is soon much below it."""
THEMES: Final = ("delivery", "product", "staff", "price")
ORDINARY: Final = (0.3, 0.6, 0.82)
LATE: Final = (0.8, 0.85, 0.97)
"""Up to which share of people each theme is on their mind; in the bad week."""

_NORMAL: Final = NormalDist()


class Timeline:
    """The weeks up to the last midnight in the brand's time zone."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self._zone = zone
        today = now.astimezone(zone).date()
        self._monday = today - timedelta(days=today.weekday(), weeks=WEEKS)
        self.first, self.last = self._monday, today - timedelta(days=1)
        self.start = self._at(self._monday, time())
        self.end = self._at(today, time())
        self._hours = [
            datetime.combine(self._monday + timedelta(days=day), time(hour), zone)
            for day in range((today - self._monday).days)
            for hour in HOURS
        ]
        self._weights = list(accumulate(map(self._weight, self._hours)))

    def moment(self, share: float) -> datetime:
        """Return when a share of all, from 0 for none to 1, has come."""
        sought = share * self._weights[-1]
        place = min(bisect(self._weights, sought), len(self._hours) - 1)
        before = self._weights[place - 1] if place else 0.0
        within = (sought - before) / (self._weights[place] - before)
        return self._hours[place].astimezone(UTC) + HOUR * min(within, 0.999)

    def awake(self, at: datetime, share: float) -> datetime:
        """Return the same moment, or one of the next morning where people sleep."""
        local = at.astimezone(self._zone)
        if local.hour in AWAKE:
            return at
        morning = local.date() + timedelta(days=local.hour >= AWAKE.stop)
        return self._at(morning, time(AWAKE.start)) + 2 * HOUR * share

    def mood(self, at: datetime, channel: str, *, first: bool, share: float) -> float:
        """Return how somebody feels from 0 to 10: `share` of all feel worse.

        `first` says that they speak the first language of the flow.
        """
        mean = MOOD_BEFORE + MOOD_GAINED * (at - self.start) / (self.end - self.start)
        mean += LIKED.get(channel, 0.0) + (FIRST_LANGUAGE if first else 0.0)
        mean -= MOOD_LOST if self._bad(at) else 0.0
        mood = mean + SPREAD * _NORMAL.inv_cdf(min(max(share, 0.001), 0.999))
        if mood < UPSET:
            mood -= (UPSET - mood) / 2
        return min(max(mood, 0.0), 10.0)

    def theme(self, at: datetime, share: float) -> str:
        """Return what somebody has on their mind."""
        return THEMES[bisect(LATE if self._bad(at) else ORDINARY, share)]

    def _bad(self, at: datetime) -> bool:
        days = (at.astimezone(self._zone).date() - self._monday).days
        return days // 7 == BAD_WEEK

    def _weight(self, hour: datetime) -> float:
        grown = 1 + GROWTH * (hour - self._hours[0]) / timedelta(weeks=WEEKS)
        calm = WEEKEND if hour.weekday() >= SATURDAY else 1.0
        return HOURS[hour.hour] * grown * calm

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self._zone).astimezone(UTC)
