"""What is misspelt, missing or odd is told in the same words by every command."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.cli.publishing import Found, tell
from bot.errors import Problem
from tests.examples import lay_out

BROKEN = "flow: other\nsteps:\n  a: {sya: x}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the current folder, with the sample flows in it; nobody types a word."""
    monkeypatch.chdir(lay_out(tmp_path))
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        yield tmp_path


@pytest.mark.parametrize(
    "command", ["chat", "render", "graph", "flow diff", "flow publish", "flow history"]
)
def test_a_misspelt_flow(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The flow that was meant is named, whatever else is wrong in the folder."""
    Path("flows/other.yaml").write_text(BROKEN)
    assert run([*command.split(), "npss"]) == 2
    told = capsys.readouterr().err
    assert told == "voxpop: there is no flow 'npss'; did you mean 'nps'?\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lint", "nps"], "no such file or folder; did you mean 'flows/nps.yaml'?"),
        (["lint", "flows/nsp.yaml"], "did you mean 'flows/nps.yaml'?"),
        (["lint", "zzz"], "voxpop: zzz: there is no such file or folder\n"),
        (["test", "nps"], "did you mean 'flows/nps.test.yaml'?"),
        (["chat", "flows/nps.test.yaml"], "holds tests; name the flow or its file"),
        (["flow", "diff", "config.yaml"], "config.yaml: no flow of the folder"),
        (["graph", "nps", "--output", "f.PNG"], "f.PNG: graph draws .svg, not .PNG"),
        (["render"], "render needs FLOW; for example: voxpop render nps"),
        (["new", "My", "flow"], "what is 'flow' for? See voxpop new --help"),
    ],
)
def test_wrong_use(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use is a sentence that says what would be right, with 2."""
    assert run(arguments) == 2
    assert told in capsys.readouterr().err


def test_a_picture_that_is_none() -> None:
    """No text is written into a file that is called a picture."""
    assert run(["graph", "nps", "--output", "nps.png"]) == 2
    assert not Path("nps.png").exists()


def test_a_broken_flow_is_told_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Who wants to talk with a broken flow hears what is wrong with that one."""
    Path("flows/other.yaml").write_text(BROKEN)
    Path("flows/third.yaml").write_text(BROKEN.replace("other", "third"))
    assert run(["chat", "other"]) == 1
    told = capsys.readouterr().err
    assert "flows/other.yaml:3:7" in told
    assert "third" not in told


@pytest.mark.parametrize("command", ["chat", "render", "graph", "test"])
def test_a_file_name_steers_no_terminal(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a file is called is text, also where a command tells of its errors."""
    file = Path("flows/e\x1b[31mvil.yaml")
    file.write_text(BROKEN)
    Path("flows/other.test.yaml").write_text(
        "flow: other\ntests:\n  - name: x\n    talk:\n      - bot: x\n"
    )
    wanted = "flows/other.test.yaml" if command == "test" else "other"
    assert run([command, wanted]) == 1
    told = capsys.readouterr().err
    assert "vil.yaml:3:7" in told
    assert "\x1b" not in told


@pytest.mark.parametrize("command", ["history", "diff", "rollback"])
def test_a_published_flow_by_its_file(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A flow is named by its file as well as by its name."""
    assert run(["flow", "publish"]) == 0
    file = Path("flows/nps.yaml")
    file.write_text(file.read_text().replace("likely", "probable"))
    assert run(["flow", "publish", "nps"]) == 0
    capsys.readouterr()
    assert run(["flow", command, "--json", "./flows/nps.yaml"]) == 0
    assert '"flow": "nps"' in capsys.readouterr().out


def test_an_empty_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing is, every command says how to begin, and new says what it needs."""
    empty = folder / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert run(["lint"]) == 2
    assert "new makes a first flow in it" in capsys.readouterr().err
    assert run(["render", "nps"]) == 2
    assert "new makes one from a template" in capsys.readouterr().err
    assert run(["new", "effort", "--from", "ces"]) == 0
    assert "a config.yaml, which is not there yet" in capsys.readouterr().err
    assert run(["render", "zzz"]) == 2
    assert "there is only 'effort'" in capsys.readouterr().err


def test_no_talk_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without tests shows nothing, so it is no success."""
    Path("bare").mkdir()
    assert run(["test", "bare"]) == 1
    assert "NAME.test.yaml" in capsys.readouterr().err


def test_the_list_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Below the templates stands what to type next, out of a program's way."""
    assert run(["new"]) == 0
    assert "new NAME --from TEMPLATE" in capsys.readouterr().err
    assert run(["new", "--json"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kept", [True, False])
def test_what_runs_meanwhile(*, kept: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A talk that is forgotten has no earlier revision to fall back on."""
    problem = Problem(path="f.yaml", line=1, column=1, code="empty", message="empty")
    tell(Found(errors=[problem]), kept=kept)
    assert ("last good revision" in capsys.readouterr().err) is kept


def test_a_family_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that commands stand under has an example, too."""
    assert run(["flow", "--help"]) == 0
    assert "Example: voxpop flow history nps" in capsys.readouterr().out
