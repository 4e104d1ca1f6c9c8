"""Every setting there is, with its default: what config.yaml may say."""

from datetime import time, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config.values import (
    Amount,
    Clock,
    Colour,
    Condition,
    Count,
    Database,
    Day,
    Event,
    Language,
    Level,
    Name,
    Notified,
    Origin,
    Port,
    Proxy,
    Secret,
    Span,
    Truth,
    Type,
    Url,
    Zone,
)


class Part(BaseModel):
    """The manners of every part: frozen, no key that is not named, no value shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Brand(Part):
    """Who is speaking."""

    name: str = "Voxpop"
    timezone: Zone = "UTC"
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1)
    review_links: dict[Name, Url] = Field(default_factory=dict)
    color: Colour = None
    logo: Path | None = None


class Web(Part):
    """Where the server listens; without a port 8080, or the next free one.

    `proxies` are the addresses of which we believe for whom they ask; `secret` is what
    visitors' ids are signed with, made and kept in the database unless it is given.
    Who brings `metrics` sees our figures from anywhere.
    """

    host: str = "127.0.0.1"
    port: Port | None = None
    public_url: Origin | None = None
    proxies: tuple[Proxy, ...] = ("127.0.0.1",)
    secret: Secret | None = None
    metrics: Secret | None = None


class WebChannel(Part):
    """The chat page: the flow that opening it begins, and those it may be asked for.

    `sites` may embed it; `secret` is what they sign facts about their visitors with.
    """

    enabled: Truth = True
    flow: Name | None = None
    allowed: tuple[Name, ...] = ()
    sites: tuple[Origin, ...] = ()
    secret: Secret | None = None


class Telegram(Part):
    """A bot of Telegram's."""

    enabled: Truth = False
    mode: Literal["polling", "webhook"] = "polling"
    flow: Name | None = None
    token: SecretStr | None = None
    base_url: Url = "https://api.telegram.org"


class Slack(Part):
    """An app of a Slack workspace."""

    enabled: Truth = False
    mode: Literal["socket", "http"] = "socket"
    flow: Name | None = None
    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    base_url: Url = "https://slack.com/api/"


class Twilio(Part):
    """WhatsApp, SMS and more through Twilio; `from` says which by its prefix."""

    enabled: Truth = False
    flow: Name | None = None
    from_: str | None = Field(default=None, alias="from")
    account_sid: str | None = None
    auth_token: SecretStr | None = None
    base_url: Url = "https://api.twilio.com"
    templates: dict[str, dict[Language, str]] = Field(default_factory=dict)


class Channels(Part):
    """The services we talk through."""

    web: WebChannel = WebChannel()
    telegram: Telegram = Telegram()
    slack: Slack = Slack()
    twilio: Twilio = Twilio()


class Hours(Part):
    """When a team is at work, in the brand's time zone."""

    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    from_: Clock = Field(default=time(9), alias="from")
    to: Clock = time(18)


class Due(Part):
    """How soon a case has to be answered, in the team's hours."""

    high: Span = timedelta(hours=4)
    normal: Span = timedelta(days=1)


class Team(Part):
    """People who owe unhappy customers a reply."""

    notify: tuple[Notified, ...] = ()
    hours: Hours = Hours()
    due: Due = Due()


class QuietHours(Part):
    """When nothing that we start goes out, in the contact's own time zone."""

    from_: Clock = Field(default=time(21), alias="from")
    to: Clock = time(9)


class Budget(Part):
    """How much we may start with one contact, on all channels together."""

    messages: Count = 4
    per: Span = timedelta(days=30)


class Policy(Part):
    """The right moment."""

    quiet_hours: QuietHours | None = QuietHours()
    budget: Budget | None = Budget()


class RewardRule(Part):
    """What one side of a referral earns."""

    amount: Amount
    unit: str
    says: dict[Language, str] | None = None


class QualifiesRule(Part):
    """What turns an invitation into a reward."""

    event: Event
    when: Condition | None = None
    within: Span | None = None


class Cap(Part):
    """How many rewards one referrer may earn in a time."""

    rewards: Count
    per: Span


class ProgrammeRule(Part):
    """A referral programme."""

    shop_link: Url | None = None
    friend_reward: RewardRule | None = None
    referrer_reward: RewardRule | None = None
    qualifies: QualifiesRule | None = None
    hold: Span | None = None
    cap: Cap | None = None


class Retention(Part):
    """How long things are kept that are not answers."""

    raw_payloads: Span = timedelta(days=30)
    media: Span = timedelta(days=365)


class Log(Part):
    """How much is told on stderr."""

    level: Level = "info"


class Settings(BaseSettings):
    """All settings; each has a default, so that no config.yaml is needed to begin."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, case_sensitive=True
    )

    brand: Brand = Brand()
    flows: Path = Path("flows")
    publish: Literal["auto", "manual"] | None = None
    database: Database = SecretStr("sqlite:///voxpop.db")
    media: Path = Path("media")
    web: Web = Web()
    channels: Channels = Channels()
    teams: dict[Name, Team] = Field(default_factory=dict)
    policy: Policy = Policy()
    attributes: dict[Name, Type] = Field(default_factory=dict)
    events: dict[Event, dict[Name, Type]] = Field(default_factory=dict)
    programmes: dict[Name, ProgrammeRule] = Field(default_factory=dict)
    retention: Retention = Retention()
    log: Log = Log()

    def database_url(self) -> str:
        """Return the database's address, which may hold a password: never show it."""
        return self.database.get_secret_value()
