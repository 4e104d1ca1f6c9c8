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
    HookSecret,
    Language,
    Level,
    Media,
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
    """Who is speaking: {brand.name} in texts."""
    timezone: Zone = "UTC"
    """Whose days reports count by, such as Europe/Madrid."""
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1)
    """The first is spoken with those whose language is unknown."""
    review_links: dict[Name, Url] = Field(default_factory=dict)
    """Addresses by name: {brand.review_links.NAME} in texts."""
    color: Colour = None
    """The colour of the chat page in quotes, such as '#0a7d5a'."""
    logo: Path | None = None
    """The file of the logo on the chat page."""


class Web(Part):
    """Where the server listens; without a port 8080, or the next free one.

    `proxies` are the addresses of which we believe for whom they ask; `secret` is what
    visitors' ids are signed with, made and kept in the database unless it is given.
    Who brings `metrics` sees our figures from anywhere.
    """

    host: str = "127.0.0.1"
    """Where the server listens; 0.0.0.0 is everywhere."""
    port: Port | None = None
    """Its port; without one 8080, or the next free one."""
    public_url: Origin | None = None
    """Where the world reaches it, such as https://chat.example."""
    proxies: tuple[Proxy, ...] = ("127.0.0.1",)
    """The proxies that are believed when they say for whom they ask."""
    secret: Secret | None = None
    """What visitors' ids are signed with; made once where none is given."""
    metrics: Secret | None = None
    """Who brings it sees /metrics from anywhere."""


class WebChannel(Part):
    """The chat page: the flow that opening it begins, and those it may be asked for.

    `sites` may embed it; `secret` is what they sign facts about their visitors with.
    """

    enabled: Truth = True
    """Whether there is a chat page."""
    flow: Name | None = None
    """The flow that opening it begins."""
    allowed: tuple[Name, ...] = ()
    """The flows that it may be asked for with ?flow=."""
    sites: tuple[Origin, ...] = ()
    """The sites that may embed the chat, such as https://shop.example."""
    secret: Secret | None = None
    """What these sites sign facts about their customers with."""


class Telegram(Part):
    """A bot of Telegram's."""

    enabled: Truth = False
    """Whether we talk through Telegram."""
    mode: Literal["polling", "webhook"] = "polling"
    """How messages come: we ask for them, or Telegram calls web.public_url."""
    flow: Name | None = None
    """The flow that start begins."""
    allowed: tuple[Name, ...] = ()
    """The flows that a link may begin: t.me/BOT?start=FLOW."""
    token: SecretStr | None = None
    """The bot's token, from @BotFather."""
    secret: HookSecret | None = None
    """What Telegram proves itself to the webhook with; made once unless given."""
    base_url: Url = "https://api.telegram.org"
    """The address of the service itself."""


class Slack(Part):
    """An app of a Slack workspace."""

    enabled: Truth = False
    """Whether we talk through Slack; not yet."""
    mode: Literal["socket", "http"] = "socket"
    """How messages come."""
    flow: Name | None = None
    """The flow that start begins."""
    bot_token: SecretStr | None = None
    """The token that writes."""
    app_token: SecretStr | None = None
    """The token that socket mode connects with."""
    signing_secret: SecretStr | None = None
    """What webhooks are checked with."""
    base_url: Url = "https://slack.com/api/"
    """The address of the service itself."""


class Twilio(Part):
    """WhatsApp, SMS and more through Twilio; `from` says which by its prefix."""

    enabled: Truth = False
    """Whether we talk through Twilio; not yet."""
    flow: Name | None = None
    """The flow that start begins."""
    from_: str | None = Field(default=None, alias="from")
    """Whom messages come from, such as whatsapp:+14155238886."""
    account_sid: str | None = None
    """The account."""
    auth_token: SecretStr | None = None
    """The account's token."""
    base_url: Url = "https://api.twilio.com"
    """The address of the service itself."""
    templates: dict[str, dict[Language, str]] = Field(default_factory=dict)
    """Approved messages for outside the 24 hours, by flow.step and language."""


class Channels(Part):
    """The services we talk through."""

    web: WebChannel = WebChannel()
    """The chat page."""
    telegram: Telegram = Telegram()
    """A bot of Telegram's."""
    slack: Slack = Slack()
    """An app of a Slack workspace; not yet."""
    twilio: Twilio = Twilio()
    """WhatsApp, SMS and more through Twilio; not yet."""


class Hours(Part):
    """When a team is at work, in the brand's time zone."""

    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    """The days when the team is at work."""
    from_: Clock = Field(default=time(9), alias="from")
    """When its day begins, in the brand's time zone."""
    to: Clock = time(18)
    """When its day ends."""


class Due(Part):
    """How soon a case has to be answered, in the team's hours."""

    high: Span = timedelta(hours=4)
    """How soon an urgent case wants a reply, such as 4 hours."""
    normal: Span = timedelta(days=1)
    """How soon any other case wants one."""


class Team(Part):
    """People who owe unhappy customers a reply."""

    notify: tuple[Notified, ...] = ()
    """Who is told: slack:#NAME or telegram:ID; not yet."""
    hours: Hours = Hours()
    """When the team is at work; not yet."""
    due: Due = Due()
    """How soon a case wants a reply; not yet."""


class QuietHours(Part):
    """When nothing that we start goes out, in the contact's own time zone."""

    from_: Clock = Field(default=time(21), alias="from")
    """From when we start nothing, in the contact's own time zone."""
    to: Clock = time(9)
    """Until when."""


class Budget(Part):
    """How much we may start with one contact, on all channels together."""

    messages: Count = 4
    """How many messages we start with one contact."""
    per: Span = timedelta(days=30)
    """In which time, such as 30 days."""


class Policy(Part):
    """The right moment."""

    quiet_hours: QuietHours | None = QuietHours()
    """When nothing that we start goes out; not yet."""
    budget: Budget | None = Budget()
    """How much we may start with one contact; not yet."""


class RewardRule(Part):
    """What one side of a referral earns."""

    amount: Amount
    """How much, in quotes, such as '10.00'."""
    unit: str
    """Of what, such as EUR."""
    says: dict[Language, str] | None = None
    """How texts call it, by language; without it, the amount and the unit."""


class QualifiesRule(Part):
    """What turns an invitation into a reward."""

    event: Event
    """The event that turns an invitation into a reward."""
    when: Condition | None = None
    """A condition on the event that has to hold."""
    within: Span | None = None
    """Within which time it has to happen."""


class Cap(Part):
    """How many rewards one referrer may earn in a time."""

    rewards: Count
    """How many rewards one referrer may earn."""
    per: Span
    """In which time, such as 365 days."""


class ProgrammeRule(Part):
    """A referral programme."""

    shop_link: Url | None = None
    """Where a friend buys: {programme.shop_link} in texts."""
    friend_reward: RewardRule | None = None
    """What the friend gets."""
    referrer_reward: RewardRule | None = None
    """What the referrer gets."""
    qualifies: QualifiesRule | None = None
    """What turns an invitation into a reward; not yet."""
    hold: Span | None = None
    """How long a reward is held; not yet."""
    cap: Cap | None = None
    """How many rewards one referrer may earn; not yet."""


class Retention(Part):
    """How long things are kept that are not answers."""

    raw_payloads: Span = timedelta(days=30)
    """How long messages are kept as the provider sent them."""
    media: Span = timedelta(days=365)
    """How long photos, voice notes and files are kept."""


class Log(Part):
    """How much is told on stderr."""

    level: Level = "info"
    """How much is told on stderr."""


class Settings(BaseSettings):
    """All settings; each has a default, so that no config.yaml is needed to begin."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, case_sensitive=True
    )

    brand: Brand = Brand()
    """Who is speaking."""
    flows: Path = Path("flows")
    """The folder of the flows; it counts from the folder of this file."""
    publish: Literal["auto", "manual"] | None = None
    """Whether flows are published by themselves, or by `voxpop flow publish`."""
    database: Database = SecretStr("sqlite:///voxpop.db")
    """Where all is kept: sqlite:///FILE or postgresql://USER@HOST/NAME."""
    media: Media = "media"
    """Where photos and files are kept: a folder, or s3://BUCKET/PREFIX."""
    web: Web = Web()
    """Where the server listens."""
    channels: Channels = Channels()
    """The services we talk through."""
    teams: dict[Name, Team] = Field(default_factory=dict)
    """Who owes unhappy customers a reply, by name."""
    policy: Policy = Policy()
    """When we may write, and how much; not yet."""
    attributes: dict[Name, Type] = Field(default_factory=dict)
    """What we may know of a contact, by name, each with its type."""
    events: dict[Event, dict[Name, Type]] = Field(default_factory=dict)
    """What may be told from outside, by name, and what it carries."""
    programmes: dict[Name, ProgrammeRule] = Field(default_factory=dict)
    """The referral programmes by name."""
    retention: Retention = Retention()
    """How long things are kept that are not answers."""
    log: Log = Log()
    """What is told on stderr."""

    def database_url(self) -> str:
        """Return the database's address, which may hold a password: never show it."""
        return self.database.get_secret_value()
