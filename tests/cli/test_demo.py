"""`voxpop demo`: its own database, the mark, and what it says afterwards."""

import json
import shlex
import sqlite3
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.service.demo.simulation import Simulation, Told
from tests.examples import lay_out

DEMO = "DEMO: this database holds simulated customers"
FEW = ("--customers", "25")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the example flows and settings, and stand in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOXPOP_DATABASE", raising=False)
    return lay_out(tmp_path)


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what went to stdout and stderr."""
    code = run(arguments)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def answers(file: Path) -> int:
    """Return how many answers a database holds."""
    with sqlite3.connect(file) as found:
        [[count]] = found.execute("SELECT count(*) FROM answers")
    found.close()
    return int(count)


def test_the_report_of_a_demo(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says DEMO, and the commands named at the end work."""
    code, shown, told = ask(capsys, "demo", *FEW)
    assert code == 0
    assert shown.startswith(DEMO)
    assert "nps.score" in shown
    assert "\x1b" not in told
    assert told.startswith("\n25 simulated customers, ")
    assert sorted(path.name for path in shop.iterdir() if path.suffix == ".db") == [
        "voxpop-demo.db"
    ]
    hints = [shlex.split(line) for line in told.splitlines() if "report" in line]
    assert len(hints) == 3
    for variable, _, *arguments in hints:
        name, _, value = variable.partition("=")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, value)
            code, shown, _ = ask(capsys, *arguments)
            assert code == 0
            assert shown.startswith(DEMO)
            assert "nps" in shown
            code, shown, _ = ask(capsys, *arguments, "--json")
            assert json.loads(shown)["demo"] is True
            assert ask(capsys, "rebuild") == (0, "", "0 differences\n")
    code, shown, _ = ask(capsys, "report", "--json")
    assert "demo" not in json.loads(shown)


def test_a_demo_as_json(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the report of the demo is JSON, and says that it is one."""
    code, shown, _ = ask(capsys, "demo", "nps", *FEW, "--json")
    found = json.loads(shown)
    assert code == 0
    assert found["demo"] is True
    assert found["rates"][0]["sent"] == 25
    assert (shop / "voxpop-demo.db").exists()


def test_a_demo_begins_anew(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo before is replaced; the same seed makes the same answers."""
    assert ask(capsys, "demo", *FEW)[0] == 0
    first = answers(shop / "voxpop-demo.db")
    assert ask(capsys, "demo", *FEW)[0] == 0
    assert first == answers(shop / "voxpop-demo.db") > 0


@pytest.mark.parametrize("memory", ["shm", "nowhere"])
def test_where_it_is_made(
    shop: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    memory: str,
) -> None:
    """It is made in memory where there is room, and lies beside the settings then."""
    (shop / "shm").mkdir()
    monkeypatch.setattr("bot.cli.demo.MEMORY", shop / memory)
    monkeypatch.setattr("bot.cli.demo.ROOM", 1)
    assert ask(capsys, "demo", *FEW)[0] == 0
    assert answers(shop / "voxpop-demo.db") > 0
    left = {path.name for path in shop.iterdir()}
    assert left == {"config.yaml", "flows", "shm", "voxpop-demo.db"}
    assert list((shop / "shm").iterdir()) == []


def test_a_folder_that_cannot_be_written_to(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no file can be made, a sentence says where one could be."""

    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bot.cli.demo.TemporaryDirectory", refused)
    code, shown, told = ask(capsys, "demo", *FEW)
    assert (code, shown) == (1, "")
    assert f"cannot be kept in {shop}: Permission denied; write elsewhere" in told


@pytest.mark.parametrize("foreign", ["voxpop", "text", "nothing"])
def test_what_is_no_demo_is_left_alone(
    shop: Path, capsys: pytest.CaptureFixture[str], foreign: str
) -> None:
    """A file of that name without the mark stays as it is, to the byte."""
    file = shop / "voxpop-demo.db"
    if foreign == "voxpop":
        assert ask(capsys, "demo", *FEW)[0] == 0
        with sqlite3.connect(file) as found:
            found.execute("DELETE FROM kept WHERE name = 'demo'")
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found.close()
    else:
        file.write_text("my notes" if foreign == "text" else "")
    before = file.read_bytes()
    code, shown, told = ask(capsys, "demo", *FEW)
    assert (code, shown) == (2, "")
    assert "voxpop-demo.db is there already and is no demo" in told
    assert "--into other.db" in told
    assert file.read_bytes() == before
    assert [path.name for path in shop.glob("*.db*")] == ["voxpop-demo.db"]


@pytest.mark.parametrize("into", ["mine.db", "sqlite:///mine.db"])
def test_into_another_database(
    shop: Path, capsys: pytest.CaptureFixture[str], into: str
) -> None:
    """What is in the other database stays, and the demo comes on top of it."""
    assert ask(capsys, "demo", "--into", into, *FEW)[0] == 0
    first = answers(shop / "mine.db")
    code, shown, told = ask(capsys, "demo", "--into", into, *FEW, "--seed", "1")
    assert code == 0
    assert answers(shop / "mine.db") == 2 * first > 0
    assert shown.startswith(DEMO)
    assert "VOXPOP_DATABASE=sqlite:///mine.db " in told
    assert not (shop / "voxpop-demo.db").exists()


def test_into_the_usual_database(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the database that all commands use, the report is asked for as ever."""
    told = ask(capsys, "demo", "--into", "voxpop.db", *FEW)[2]
    assert "VOXPOP_DATABASE" not in told
    assert ask(capsys, "report")[1].startswith(DEMO)
    assert (shop / "voxpop.db").exists()


def test_another_folder(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database lies beside the settings, and so does what the hints name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path.parent)
        told = ask(capsys, "demo", "--config", str(shop / "config.yaml"), *FEW)[2]
    assert "VOXPOP_DATABASE=sqlite:///voxpop-demo.db " in told
    assert f"--config {shop / 'config.yaml'}" in told
    assert (shop / "voxpop-demo.db").exists()


def test_ctrl_c(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted demo leaves the one before, and nothing half-done."""
    assert ask(capsys, "demo", *FEW)[0] == 0
    before = (shop / "voxpop-demo.db").read_bytes()
    whole = Simulation.run

    async def interrupted(self: Simulation, told: Told) -> None:
        await whole(self, told)
        raise KeyboardInterrupt

    monkeypatch.setattr(Simulation, "run", interrupted)
    with pytest.raises(SystemExit, match="130"):
        run(["demo", *FEW, "--seed", "2"])
    assert (shop / "voxpop-demo.db").read_bytes() == before
    left = {path.name for path in shop.iterdir()}
    assert left == {"config.yaml", "flows", "voxpop-demo.db"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--customers", "0"], "from 1 to 100,000"),
        (["--customers", "100001"], "from 1 to 100,000"),
        (["npss"], "did you mean 'nps'?"),
        (["--into", "sqlite:///:memory:"], "a database that lasts"),
        (["--into", "mysql://there"], "no store of the kind 'mysql'"),
    ],
)
def test_wrong_use(
    shop: Path,
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A mistake ends in a sentence, and leaves nothing behind."""
    code, shown, told = ask(capsys, "demo", *arguments)
    assert (code, shown) == (2, "")
    assert words in told
    assert list(shop.glob("*.db*")) == []


def test_which_flow(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word it is the web chat's flow, nps, or one that asks for a score."""
    (shop / "config.yaml").write_text("")
    for flow in (shop / "flows").iterdir():
        flow.unlink()
    told = ask(capsys, "demo", *FEW)[2]
    assert "no flow that asks for a score; name the one" in told
    for name, kind in (("after", "csat"), ("nps", "nps"), ("visit", "ces")):
        text = f"flow: {name}\nsteps:\n  q: {{ask: How was it?, answer: {kind}}}\n"
        (shop / "flows" / f"{name}.yaml").write_text(text)
        if name != "visit":
            assert sent(capsys) == name
    (shop / "config.yaml").write_text("channels: {web: {flow: visit}}\n")
    assert sent(capsys) == "visit"


def sent(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the flow that a demo went through."""
    rates = json.loads(ask(capsys, "demo", *FEW, "--json")[1])["rates"]
    return next(str(rate["flow"]) for rate in rates if rate["sent"])
