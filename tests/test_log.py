"""What reaches the logs, and what never does."""

import json

import pytest
import structlog

from bot import log
from bot.errors import Refused
from bot.service import inbound
from tests.service.house import open_house

SURVEY = "flow: f\nsteps:\n  q: {ask: How was it?, answer: nps}\n"


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An event is one line of JSON on stderr, with its time and level."""
    log.configure()
    structlog.get_logger().info("started", flows=3)
    shown = capsys.readouterr()
    line = json.loads(shown.err)
    assert (line["event"], line["level"], line["flows"]) == ("started", "info", 3)
    assert "timestamp" in line
    assert shown.out == ""


@pytest.mark.parametrize("name", sorted(log.PRIVATE))
def test_private_fields(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What names a person, or says what they said, reaches no log."""
    log.configure()
    structlog.get_logger().warning("odd", **{name: "canary"})
    assert "canary" not in capsys.readouterr().err


async def test_a_failure_is_told_without_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failing message is told by where it failed, never by what somebody typed."""

    def fail(*_: object) -> None:
        raise RuntimeError("canary")

    log.configure()
    async with open_house(SURVEY) as house:
        await house.begin("f")
        monkeypatch.setattr(inbound, "_handle", fail)
        with pytest.raises(Refused):
            await house.say("canary")
    shown = capsys.readouterr().err
    assert "RuntimeError" in shown
    assert "test_log.py" in shown
    assert "canary" not in shown
