"""`voxpop doctor` as an operator calls it: settings, flows, and what it is like."""

import asyncio
from pathlib import Path

import pytest

from bot.cli import doctor
from bot.cli.app import run
from bot.model.finding import Finding
from tests.cli.asked import Capsys, ask, found, shop_in, wrong


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: flows and settings, and nothing else."""
    return shop_in(tmp_path, "sqlite", monkeypatch)


@pytest.mark.usefixtures("shop")
def test_all_is_well(capsys: Capsys) -> None:
    """A new folder is well, in a few lines, and nothing is made in it."""
    before = sorted(Path().rglob("*"))
    code, shown, told = ask(capsys, "doctor")
    assert (code, told) == (0, "All is well.\n")
    assert [line.split()[:2] for line in shown.splitlines()] == [
        ["ok", area]
        for area in ("settings", "flows", "database", "disk", "media", "web")
    ] + [["ok", "channels"]]
    assert "3 flows in flows, and lint finds nothing" in shown
    assert sorted(Path().rglob("*")) == before


@pytest.mark.usefixtures("shop")
def test_settings(capsys: Capsys) -> None:
    """Each mistake is a problem, with its place; the rest has to wait."""
    Path("config.yaml").write_text("brnd: {}\nweb: {port: x}\n", encoding="utf-8")
    told = found(capsys)
    assert {each["area"] for each in told} == {"settings"}
    assert [each["words"].partition(": ")[0] for each in told] == [
        "config.yaml:1:1",
        "config.yaml:2:13",
    ]
    assert found(capsys, "--config", "none.yaml")[0]["level"] == "problem"


@pytest.mark.usefixtures("shop")
def test_flows(capsys: Capsys) -> None:
    """Flows are counted as lint counts them."""
    Path("flows/more.yaml").write_text("flow: more\nstep: {}\n", encoding="utf-8")
    [(level, words)] = wrong(capsys, "flows")
    assert (level, "in 4 flows" in words) == ("problem", True)
    for file in Path("flows").iterdir():
        file.unlink()
    assert wrong(capsys, "flows") == [("warning", "flows holds no flow")]
    Path("flows").rmdir()
    [(level, words)] = wrong(capsys, "flows")
    assert (level, "voxpop new" in words) == ("problem", True)


@pytest.mark.usefixtures("shop")
def test_flows_that_channels_name(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flow that a channel names has to be there, in a file or published."""
    monkeypatch.setenv("VOXPOP_CHANNELS__WEB__FLOW", "nsp")
    monkeypatch.setenv("VOXPOP_CHANNELS__WEB__ALLOWED", "[nps, other]")
    [first, second] = wrong(capsys, "channels")
    assert first[1].startswith("channels.web.flow: there is no flow 'nsp'; did you me")
    assert second[1].startswith("channels.web.allowed: there is no flow 'other'")
    Path("flows/other.yaml").write_text(
        "flow: other\nsteps:\n  a: {say: Hi.}\n", encoding="utf-8"
    )
    assert run(["flow", "publish"]) == 0
    Path("flows/other.yaml").unlink()
    assert len(wrong(capsys, "channels")) == 1


@pytest.mark.usefixtures("shop")
def test_a_check_that_breaks(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks hides nothing else, and shows none of its words."""

    async def broken(_: object) -> list[Finding]:
        raise ValueError("SECRET")

    monkeypatch.setattr(doctor, "web", broken)
    told = "this could not be asked: ValueError"
    assert wrong(capsys) == [("problem", told)]


@pytest.mark.usefixtures("shop")
def test_a_check_without_end(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not answer is not waited for, and is told."""

    async def endless(_: object) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(doctor, "web", endless)
    monkeypatch.setattr(doctor, "SECONDS", 1.0)
    assert wrong(capsys) == [("problem", "no answer within 1 seconds")]


@pytest.mark.usefixtures("shop")
def test_words_for_people(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding is one line that ends with how to mend it, then a count."""
    monkeypatch.setenv("VOXPOP_CHANNELS__SLACK__ENABLED", "true")
    code, shown, told = ask(capsys, "doctor")
    assert (code, told) == (0, "1 warning\n")
    assert shown.splitlines()[-1] == (
        "warning  channels  channels.slack is enabled, but Voxpop does not speak it yet"
        " → set channels.slack.enabled: false"
    )
