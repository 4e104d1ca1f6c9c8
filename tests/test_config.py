"""Settings come from three places, and no mistake in them shows a secret."""

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import Settings, bucket_keys, load_settings, world_of
from bot.errors import InvalidSettings

ROOT = Path(__file__).parents[1]
CANARY = "123456:CANARY-do-not-show-9f8e7d6c5b4a"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mistakes(source: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the lines that a config.yaml of the current folder is refused with."""
    Path("config.yaml").write_text(source, encoding="utf-8")
    with pytest.raises(InvalidSettings) as refused:
        load_settings(None, environ or {})
    assert refused.value.__context__ is None
    return list(refused.value.mistakes)


@pytest.mark.usefixtures("folder")
def test_without_a_file_the_defaults_hold() -> None:
    """Nobody has to write a setting to begin."""
    settings = load_settings(None, {})
    assert settings.flows == Path("flows")
    assert settings.database_url() == "sqlite:///voxpop.db"
    assert settings.policy.budget
    assert settings.policy.budget.messages == 4
    assert settings == Settings()


def test_the_example_is_read_whole() -> None:
    """Each key of the example has its type, and what a flow is checked against."""
    settings = load_settings(ROOT / "config.yaml", {})
    assert settings.brand.timezone == "Europe/Madrid"
    assert settings.web.port is None
    assert settings.channels.twilio.from_ == "whatsapp:+14155238886"
    assert settings.teams["support"].hours.from_ == time(9)
    assert settings.retention.media == timedelta(days=365)
    world = world_of(settings)
    assert world.teams == ("support",)
    assert world.events["order.paid"] == {"order": "text", "total": "number"}
    assert world.programmes["friends"].hold == timedelta(days=14)
    assert world.programmes["friends"].friend_reward
    assert world.programmes["friends"].friend_reward.says["en"] == "€10 off"


def test_paths_count_from_the_files_folder(folder: Path) -> None:
    """What `--config` names decides where flows and database lie."""
    (folder / "shop").mkdir()
    (folder / "shop" / "config.yaml").write_text("flows: talks/\n", encoding="utf-8")
    settings = load_settings(Path("shop/config.yaml"), {})
    assert settings.flows == Path("shop/talks")
    assert settings.database_url() == "sqlite:///shop/voxpop.db"


def test_the_environment_wins_over_dotenv_over_the_file(folder: Path) -> None:
    """The nearer to the process, the stronger; mappings are joined."""
    (folder / "config.yaml").write_text(
        "brand: {name: File, color: '#000000', timezone: Europe/Madrid}\n",
        encoding="utf-8",
    )
    (folder / ".env").write_text(
        "VOXPOP_BRAND__NAME=Dot\nVOXPOP_BRAND__COLOR=#111111\nOTHER=x\n",
        encoding="utf-8",
    )
    settings = load_settings(
        None,
        {
            "VOXPOP_BRAND__NAME": "Outside",
            "VOXPOP_BRAND__LANGUAGES": '["es", "en"]',
            "VOXPOP_CHANNELS__TWILIO__FROM": "+1",
            "VOXPOP_TEAMS__SUPPORT__NOTIFY": "['slack:#help']",
            "VOXPOP_WEB__PORT": "",
            "PATH": "/bin",
        },
    )
    assert settings.brand.name == "Outside"
    assert settings.brand.color == "#111111"
    assert settings.brand.timezone == "Europe/Madrid"
    assert settings.brand.languages == ("es", "en")
    assert settings.channels.twilio.from_ == "+1"
    assert settings.teams["support"].notify == ("slack:#help",)


@pytest.mark.usefixtures("folder")
def test_nothing_said_is_none() -> None:
    """`null`, `~` and an empty value take a default away; in quotes they are words."""
    Path("config.yaml").write_text(
        "policy: {quiet_hours: ~, budget: null}\nbrand: {name: 'null', logo: }\n",
        encoding="utf-8",
    )
    settings = load_settings(None, {})
    assert (settings.policy.quiet_hours, settings.policy.budget) == (None, None)
    assert (settings.brand.name, settings.brand.logo) == ("null", None)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            "brand:\n  timezone: Mars/Base\n",
            "config.yaml:2:13: brand.timezone: 'Mars/Base' is no time zone; write one",
        ),
        (
            "brand:\n  nmae: Acme\n",
            "config.yaml:2:3: brand.nmae: unknown key 'nmae'; did you mean 'name'?",
        ),
        ("web: {port: 99999}", "config.yaml:1:13: web.port: at most 65535 is expected"),
        ("web: {port: 8_080}", "config.yaml:1:13: web.port: a number is expected here"),
        ("web: {port: 80.5}", "config.yaml:1:13: web.port: a whole number is expected"),
        (
            "media: s3://B",
            "config.yaml:1:8: media: photos and files are kept in a folde",
        ),
        ("media: gs://bucket", "config.yaml:1:8: media: photos and files are kept in"),
        ("media: s3://shop/../x", "config.yaml:1:8: media: photos and files are kept"),
        ("retention: {media: soon}", "config.yaml:1:20: retention.media: 'soon' is no"),
        (
            "attributes: {plan: txt}",
            "config.yaml:1:20: attributes.plan: unknown value 'txt'; did you mean 'te",
        ),
        ("brand: {languages: []}", "config.yaml:1:20: brand.languages: at least 1 is"),
        ("brand: {languages: [EN]}", "config.yaml:1:21: brand.languages.0: 'EN' is no"),
        ("brand: x", "config.yaml:1:8: brand: a mapping is expected here"),
        ("- x", "config.yaml:1:1: a mapping is expected here"),
        ("web: {port: 1, port: 2}", "config.yaml:1:16: key 'port' stands here and in"),
        ("database: mysql://x/y", "config.yaml:1:11: database: a database is sqlite:"),
        (
            "programmes: {f: {qualifies: {event: a, when: 'event.total >='}}}",
            "config.yaml:1:46: programmes.f.qualifies.when: ",
        ),
    ],
)
def test_a_mistake_is_one_readable_line(source: str, line: str) -> None:
    """File, line, column, key, what is wrong and what would mend it."""
    found = mistakes(source)
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.usefixtures("folder")
def test_all_mistakes_come_at_once() -> None:
    """Whoever mends the settings has to do it once."""
    found = mistakes(
        "brand: {timezone: Nowhere}\nweb: {prot: 1}\nweb: {}\n",
        {"VOXPOP_WEB__PORT": "high", "VOXPOP_WEB__HOTS": "x"},
    )
    assert [line.split(": ")[0] for line in found] == [
        "config.yaml:1:19",
        "config.yaml:2:7",
        "config.yaml:3:1",
        "VOXPOP_WEB__HOTS",
        "VOXPOP_WEB__PORT",
    ]


@pytest.mark.usefixtures("folder")
def test_a_variable_is_named_and_its_value_is_not() -> None:
    """What a variable holds may be a secret, wherever it landed."""
    found = mistakes(
        "",
        {
            "VOXPOP_WEB__PORT": CANARY,
            "VOXPOP_DATABASE": f"mysql://me:{CANARY}@db/x",
            "VOXPOP_BRAND__TIMEZONE": CANARY,
            "VOXPOP_CHANNELS__TELEGRAM__TOKN": CANARY,
            "VOXPOP_CHANNELS__TELEGRAM__MODE": CANARY,
        },
    )
    assert {line.split(": ")[0] for line in found} == {
        "VOXPOP_WEB__PORT",
        "VOXPOP_DATABASE",
        "VOXPOP_BRAND__TIMEZONE",
        "VOXPOP_CHANNELS__TELEGRAM__TOKN",
        "VOXPOP_CHANNELS__TELEGRAM__MODE",
    }
    assert any(
        line.endswith("did you mean 'VOXPOP_CHANNELS__TELEGRAM__TOKEN'?")
        for line in found
    )
    assert "CANARY" not in "".join(found)


SECRETS = [
    f"channels:\n  telegram:\n    token: {CANARY}\n",
    f"channels: {{slack: {{signing_secret: {CANARY}}}}}\n",
    f"channels: {{twilio: {{auth_token: [{CANARY}]}}}}\n",
    f"database: postgresql://me:{CANARY}@db/voxpop\n",
    f"channels: {{telegram: {CANARY}}}\n",
    f"channels: {{telegram: {{{CANARY}}}}}\n",
    f"channels: {{telegram: {{token: &{CANARY}}}}}\n",
    f"channels: {{telegram: {{token: *{CANARY}}}}}\n",
    f"channels: {{telegram: {{token: !{CANARY}}}}}\n",
    f"channels: {{telegram: {{mode: {CANARY}}}}}\n",
    f"channels: {{telegram: {{token: @{CANARY}}}}}\n",
    f"channels: {{telegram: {{tokne: {CANARY}}}}}\n",
    f"channels: {{telegram: {{base_url: 'https://{CANARY}@x'}}}}\n",
    f"teams: {{t: {{notify: ['https://hooks.example/{CANARY}']}}}}\n",
    f"channels:\n  telegram:\n    token: {CANARY}: x\n",
    f"{CANARY}\n",
    f"channels:\n  telegram:\n    token: '{CANARY}\n",
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("source", SECRETS)
def test_a_secret_in_the_file_is_refused_and_never_shown(source: str) -> None:
    """Whatever line a secret got into, the mistake does not repeat it."""
    found = mistakes(source)
    assert found
    assert "CANARY" not in "".join(found)


@pytest.mark.usefixtures("folder")
def test_the_refusal_says_where_the_secret_belongs() -> None:
    """The variable to set is spelt out."""
    (line,) = mistakes(SECRETS[0])
    assert line.startswith("config.yaml:3:12: channels.telegram.token: a secret")
    assert line.endswith("VOXPOP_CHANNELS__TELEGRAM__TOKEN")


@pytest.mark.usefixtures("folder")
def test_secrets_of_the_environment_are_not_printed() -> None:
    """Settings can be logged: tokens and the database's password are masked."""
    settings = load_settings(
        None,
        {
            "VOXPOP_CHANNELS__TELEGRAM__TOKEN": CANARY,
            "VOXPOP_DATABASE": f"postgresql://me:{CANARY}@db/voxpop",
        },
    )
    assert settings.channels.telegram.token
    assert settings.channels.telegram.token.get_secret_value() == CANARY
    assert "CANARY" in settings.database_url()
    assert "CANARY" not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_named_has_to_be_there() -> None:
    """Only the config.yaml of the current folder may be missing."""
    with pytest.raises(InvalidSettings, match=r"nowhere\.yaml: there is no such file"):
        load_settings(Path("nowhere.yaml"), {})


def test_unreadable_files_are_mistakes_too(folder: Path) -> None:
    """Bytes that are no text end in a line, not in a traceback."""
    (folder / "config.yaml").write_bytes(b"brand: caf\xe9\n")
    (folder / ".env").write_bytes(b"VOXPOP_DATABASE=\xff\n")
    with pytest.raises(InvalidSettings) as refused:
        load_settings(None, {})
    assert [line.split(": ")[0] for line in refused.value.mistakes] == [
        "config.yaml:1:11",
        ".env",
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("place", ["s3://shop", "s3://shop.eu/a-1/b.c", "s3://shop/a/"])
def test_a_bucket(place: str) -> None:
    """A bucket counts from no folder, and no folder's name is taken for one."""
    Path("config.yaml").write_text(f"media: {place}\n", encoding="utf-8")
    assert load_settings(None, {}).media == place
    Path("config.yaml").write_text("media: photos\n", encoding="utf-8")
    assert load_settings(None, {}).media == "photos"
    elsewhere = Path("sub/config.yaml")
    elsewhere.parent.mkdir()
    elsewhere.write_text("media: photos\n", encoding="utf-8")
    assert load_settings(elsewhere, {}).media == "sub/photos"


@pytest.mark.usefixtures("folder")
def test_keys_of_a_bucket() -> None:
    """What .env says of a bucket holds where the environment says nothing."""
    Path(".env").write_text(
        "AWS_ACCESS_KEY_ID=a\nAWS_REGION=b\nAWS_PROFILE=x\nAWS_SESSION_TOKEN=\n",
        encoding="utf-8",
    )
    assert load_settings(None, {}).media == "media"
    assert bucket_keys(None, {"AWS_REGION": "c"}) == {"AWS_ACCESS_KEY_ID": "a"}
    assert bucket_keys(Path("none/config.yaml"), {}) == {}
