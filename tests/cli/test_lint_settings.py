"""`voxpop lint` tells which flows and events config.yaml names that are not there."""

from pathlib import Path
from typing import Final

import pytest

from bot.cli.app import run

NPS: Final = "flow: nps\nsteps:\n  a: {say: hi}\n"
EVENTS: Final = "events: {order.paid: {total: number}}\n"
QUALIFIES: Final = EVENTS + "programmes:\n  friends:\n    qualifies: "


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one flow that is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "nps.yaml").write_text(NPS)
    return tmp_path


def told(config: str, capsys: pytest.CaptureFixture[str], *given: str) -> list[str]:
    """Return the lines that lint prints with these settings."""
    Path("config.yaml").write_text(config)
    code = run(["lint", *given])
    lines = capsys.readouterr().out.splitlines()
    assert code == (1 if lines else 0)
    return lines


BAD: Final = [
    (
        "channels:\n  web: {flow: npz}\n",
        "2:15: error: flow 'npz' does not exist; did you mean 'nps'? [unknown-flow]",
    ),
    (
        "channels:\n  telegram:\n    flow: visit\n",
        "3:11: error: flow 'visit' does not exist [unknown-flow]",
    ),
    (
        "channels:\n  web: {flow: nps, allowed: [nps, visit]}\n",
        "2:35: error: flow 'visit' does not exist [unknown-flow]",
    ),
    (
        QUALIFIES + "{event: order.pad}\n",
        (
            "4:24: error: event 'order.pad' is not declared in config.yaml; "
            "did you mean 'order.paid'? [unknown-event]"
        ),
    ),
    (
        QUALIFIES + "{event: order.paid, when: contact.x and event.totl > 20}\n",
        (
            "4:56: error: 'event.totl' is not known; did you mean 'event.total'? "
            "[unknown-name]"
        ),
    ),
]


@pytest.mark.parametrize(("config", "line"), BAD)
def test_a_name_that_is_not_there_is_told_at_its_place(
    config: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line begins with the path of the settings' file."""
    assert told(config, capsys) == [f"config.yaml:{line}"]
    assert told(config, capsys, ".") == [f"config.yaml:{line}"]


def test_names_that_are_there_are_not_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A flow in a deeper folder counts, and so does one with errors."""
    Path("flows/deep").mkdir()
    Path("flows/deep/visit.yaml").write_text("flow: visit\nsteps: {a: {}}\n")
    web = "channels: {web: {flow: nps, allowed: [nps, visit]}}\n"
    rule = "{event: order.paid, when: event.total >= 20}\n"
    lines = told(web + QUALIFIES + rule, capsys)
    assert [line.partition(":")[0] for line in lines] == ["flows/deep/visit.yaml"]


@pytest.mark.parametrize("given", ["flows/nps.yaml", "flows/deep", "other"])
def test_where_not_all_flows_are_looked_at_nothing_is_said(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks about one file hears of that one."""
    Path("flows/deep").mkdir()
    Path("other").mkdir()
    config = "channels: {web: {flow: visit}}\n"
    assert told(config, capsys, given) == []
    assert len(told(config, capsys)) == 1


def test_a_flow_whose_name_cannot_be_read_may_be_the_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its file is mended first."""
    Path("flows/visit.yaml").write_text("flwo: visit\nsteps: {a: {say: hi}}\n")
    lines = told("channels: {web: {flow: visit}}\n", capsys)
    assert {line.partition(":")[0] for line in lines} == {"flows/visit.yaml"}


def test_what_the_environment_sets_has_no_place_in_the_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wins over the file, whose own name is then not used."""
    monkeypatch.setenv("VOXPOP_CHANNELS__WEB__FLOW", "visit")
    assert told("channels: {web: {flow: other}}\n", capsys) == []


def test_the_settings_of_another_folder_are_told_by_their_path(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--config` names the file, and lint repeats it."""
    Path("shop.yaml").write_text("channels: {web: {flow: npz}}\n")
    assert run(["lint", "--config", str(shop / "shop.yaml")]) == 1
    assert capsys.readouterr().out.startswith(f"{shop / 'shop.yaml'}:1:24: error: flow")


def test_mending_leaves_the_settings_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nobody can know which flow was meant."""
    config = "channels:\n  web: {flow: npz}  # Yes\n"
    assert len(told(config, capsys, "--fix")) == 1
    assert Path("config.yaml").read_text() == config
