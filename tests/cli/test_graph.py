"""`voxpop graph` draws a flow to stdout or to a file."""

from pathlib import Path

import pytest

from bot.cli.app import run
from tests.examples import ROOT, lay_out

PICTURE = (ROOT / "docs" / "images" / "nps.svg").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the flows of the project, and stand in it."""
    monkeypatch.chdir(lay_out(tmp_path))
    return tmp_path


def test_mermaid_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """A flow by its name, in its first language."""
    assert run(["graph", "nps"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("flowchart TD\n")
    assert '    step_score -->|"detractor"| step_sorry\n' in shown


def test_a_file_in_another_language(capsys: pytest.CaptureFixture[str]) -> None:
    """A flow by its file, also from elsewhere, in the language asked for."""
    moved = Path("elsewhere.yaml")
    moved.write_bytes(Path("flows/nps.yaml").read_bytes())
    assert run(["graph", str(moved), "--lang", "es"]) == 0
    assert "¿Qué salió mal?" in capsys.readouterr().out


@pytest.mark.parametrize("asked", [["--output", "f.SVG"], ["--format", "svg"]])
def test_a_picture(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A file's ending says what is wanted, or the option does."""
    assert run(["graph", "nps", *asked]) == 0
    file = Path("f.SVG")
    shown = file.read_text(encoding="utf-8") if file.exists() else ""
    assert (shown or capsys.readouterr().out) == PICTURE


def test_the_option_wins_over_the_ending() -> None:
    """Who asks for Mermaid gets it, whatever the file is called."""
    assert run(["graph", "nps", "--format", "mermaid", "--output", "f.svg"]) == 0
    assert Path("f.svg").read_text(encoding="utf-8").startswith("flowchart TD\n")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["nsp"], "there is no flow 'nsp'; did you mean 'nps'?"),
        (["xyzzy"], "there is no flow 'xyzzy'; there are nps, referral, welcome"),
        (["nowhere.yaml"], "there is no file nowhere.yaml"),
        (["flows/nps.test.yaml"], "holds tests; name the flow or its file"),
        (["nps", "--lang", "fr"], "flow 'nps' speaks en and es, not 'fr'"),
        (["nps", "--output", "no/where.svg"], "where.svg cannot be written: No such"),
        (["nps", "--format", "png"], "--format"),
    ],
)
def test_wrong_use(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not there is told in a sentence, with 2."""
    assert run(["graph", *given]) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.out == ""


def test_a_flow_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Its problems are told with their places, with 1."""
    Path("flows/f.yaml").write_text("flow: f\nsteps:\n  a: {sya: x}\n")
    assert run(["graph", "f"]) == 1
    assert "flows/f.yaml:3:7: error: unknown key 'sya'" in capsys.readouterr().err


def test_a_step_that_is_not_there_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    """What lint would find does not keep anybody from looking."""
    Path("flows/f.yaml").write_text("flow: f\nsteps:\n  a: {say: x, go: b}\n")
    assert run(["graph", "flows/f.yaml"]) == 0
    assert 'missing_b>"b<br/>there is no such step"]' in capsys.readouterr().out
