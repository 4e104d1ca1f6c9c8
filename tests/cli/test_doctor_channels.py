"""What `voxpop doctor` finds of channels."""

from pathlib import Path

import pytest

from bot.cli import doctor
from tests.cli.asked import Capsys, found, shop_in, wrong
from tests.fakes.telegram_answers import Answers, answering


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: flows and settings, and nothing else."""
    return shop_in(tmp_path, "sqlite", monkeypatch)


TOKEN = "123456:" + "SECRET"
TELEGRAM = "VOXPOP_CHANNELS__TELEGRAM"


@pytest.mark.usefixtures("shop")
def test_channels_that_lack_something(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an enabled channel lacks is told by the variable that sets it."""
    for name in ("TELEGRAM", "SLACK", "TWILIO"):
        monkeypatch.setenv(f"VOXPOP_CHANNELS__{name}__ENABLED", "true")
    told = [each for each in found(capsys) if each["area"] == "channels"]
    assert [each["level"] for each in told] == ["ok", "problem", "warning", "warning"]
    assert f"{TELEGRAM}__TOKEN" in told[1]["mend"]
    assert "does not speak it yet" in told[2]["words"]


@pytest.mark.usefixtures("shop")
def test_no_channel(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any channel nobody can talk with us."""
    monkeypatch.setenv("VOXPOP_CHANNELS__WEB__ENABLED", "false")
    assert wrong(capsys, "channels") == [("problem", "no channel is enabled")]


@pytest.mark.usefixtures("shop")
def test_a_token_that_waits(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token without its channel enabled is told."""
    monkeypatch.setenv(f"{TELEGRAM}__TOKEN", TOKEN)
    [(level, words)] = wrong(capsys, "channels")
    assert (level, "not enabled" in words) == ("warning", True)


@pytest.mark.usefixtures("shop")
def test_a_webhook_needs_an_address(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook without a public address is a problem, and so is one that is away."""
    for name, value in {"ENABLED": "true", "MODE": "webhook"}.items():
        monkeypatch.setenv(f"{TELEGRAM}__{name}", value)
    told = "web.public_url is not set, and a webhook needs it"
    assert wrong(capsys, "web") == [("problem", told)]
    monkeypatch.setenv("VOXPOP_WEB__PUBLIC_URL", "http://127.0.0.1:1")
    assert [level for level, _ in wrong(capsys, "web")] == ["problem"]


@pytest.mark.usefixtures("shop")
async def test_telegram(monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    """Telegram is asked where it is enabled, and no token is ever shown."""
    monkeypatch.setenv(f"{TELEGRAM}__ENABLED", "true")
    monkeypatch.setenv(f"{TELEGRAM}__TOKEN", TOKEN)
    answers = Answers()
    async with answering(answers) as url:
        monkeypatch.setenv(f"{TELEGRAM}__BASE_URL", url)
        told = await doctor.examine(None)
        assert [each.level for each in told if each.area == "telegram"] == ["ok"]
        answers.failing["getMe"] = (401, TOKEN)
        told = await doctor.examine(None)
    [refused] = [each for each in told if each.area == "telegram"]
    assert refused.level == "problem"
    shown = capsys.readouterr()
    assert "SECRET" not in f"{told}{shown.out}{shown.err}"
