"""`voxpop lint` tells every problem of all files in one run, in three forms."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.cli.app import run
from bot.cli.files import write
from bot.errors import WrongUse
from tests.examples import lay_out

ROOT = Path(__file__).parents[2]

BROKEN = "flow: broken\nsteps:\n  a:\n    say: @you, 100%\n  b:\n    ask: x\n"
FINE = "flow: fine\nsteps:\n  a: {say: hi}\n"
UNREACHED = "flow: f\nsteps:\n  a: {say: hi, go: end}\n  b: {say: never}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    return tmp_path


def put(path: str, source: str | bytes) -> None:
    """Write a file below the current folder."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(source.encode() if isinstance(source, str) else source)


def test_the_examples_are_clean(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The flows that come with Voxpop have no problem at all."""
    monkeypatch.chdir(lay_out(tmp_path))
    assert run(["lint", "flows", "--strict"]) == 0
    assert run(["lint"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "0 errors, 0 warnings in 3 flows\n" * 2


@pytest.mark.usefixtures("folder")
def test_a_problem_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Path, line, column, severity, message and code; the summary apart."""
    put("flows/broken.yaml", BROKEN)
    put("flows/deep/fine.yml", FINE)
    assert run(["lint"]) == 1
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "flows/broken.yaml:4:10: error: put the text in quotes [quote-text]",
        "flows/broken.yaml:5:3: error: key 'answer' is missing [missing-key]",
    ]
    assert shown.err == "2 errors, 0 warnings in 2 flows\n"


@pytest.mark.usefixtures("folder")
def test_problems_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as data, with the suggestion."""
    put("flows/broken.yaml", BROKEN)
    assert run(["lint", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["errors"], found["warnings"], found["flows"]) == (2, 0, 1)
    assert found["problems"][0] == {
        "path": "flows/broken.yaml",
        "line": 4,
        "column": 10,
        "severity": "error",
        "code": "quote-text",
        "message": "put the text in quotes",
        "suggestion": '"@you, 100%"',
    }
    assert found["problems"][1]["suggestion"] is None


@pytest.mark.usefixtures("folder")
def test_problems_as_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    """GitHub's own signs are escaped, in the place and in the words."""
    put("flows/a,b:100%.yaml", "flow: f\nsteps: {a: {'50%,x': y}}\n")
    assert run(["lint", "--format", "github"]) == 1
    assert capsys.readouterr().out == (
        "::error file=flows/a%2Cb%3A100%25.yaml,line=2,col=9,title=unknown-step-verb"
        "::this step does nothing; write say, ask, branch, run, wait or refer\n"
    )


@pytest.mark.usefixtures("folder")
def test_warnings_fail_only_when_strict(capsys: pytest.CaptureFixture[str]) -> None:
    """A warning is worth a look, and stops only those who ask for it."""
    put("flows/f.yaml", UNREACHED)
    assert run(["lint"]) == 0
    assert run(["lint", "--strict"]) == 1
    shown = capsys.readouterr()
    assert "flows/f.yaml:4:3: warning: " in shown.out
    assert shown.err == "0 errors, 1 warning in 1 flow\n" * 2


@pytest.mark.usefixtures("folder")
def test_which_files_a_folder_stands_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Hidden ones, the language and other kinds of files are passed over."""
    for path in ("flows/.old.yaml", "flows/.git/a.yaml", "flows/language/b.yaml"):
        put(path, "flow: [")
    put("flows/README.md", "flow: [")
    put("flows/more/language/c.yaml", FINE)
    put("config.yaml", "brand: {name: Acme}\n")
    assert run(["lint"]) == 0
    assert run(["lint", "."]) == 0
    assert capsys.readouterr().err == "0 errors, 0 warnings in 1 flow\n" * 2


@pytest.mark.usefixtures("folder")
def test_a_single_file_knows_the_flows_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Other flows may be run from it, and their own problems are not its problems."""
    put("flows/f.yaml", "flow: f\nsteps:\n  a: {run: fine}\n")
    put("flows/deep/fine.yaml", FINE)
    put("flows/broken.yaml", BROKEN)
    put("flows/f.test.yaml", "flow: f\ntests:\n  - name: x\n    talk: [{bot: hi}]\n")
    assert run(["lint", "flows/f.yaml", "flows/f.test.yaml", "flows/f.yaml"]) == 0
    assert capsys.readouterr().err == "0 errors, 0 warnings in 1 flow\n"


@pytest.mark.usefixtures("folder")
def test_tests_of_flows_are_looked_at_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt key in a test is told as one in a flow is."""
    put("flows/f.yaml", FINE)
    put("flows/f.test.yaml", "flow: fine\ntests:\n  - {name: x, tlak: []}\n")
    assert run(["lint"]) == 1
    assert (
        "flows/f.test.yaml:3:15: error: unknown key 'tlak'" in capsys.readouterr().out
    )


@pytest.mark.usefixtures("folder")
def test_wrong_use_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """A path that is not there, and settings that do not hold, end with 2."""
    assert run(["lint", "nowhere.yaml"]) == 2
    assert run(["lint", "--config", "nowhere.yaml"]) == 2
    assert run(["lint", "--format", "xml"]) == 2
    shown = capsys.readouterr()
    assert "nowhere.yaml: there is no such file or folder" in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.usefixtures("folder")
def test_a_name_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """One problem stays one line, whatever a key holds."""
    put("flows/f.yaml", 'flow: f\nsteps:\n  "a\\n\\e[2Jb": {say: x}\n')
    assert run(["lint"]) == 1
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown


@given(source=st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("folder")
def test_any_bytes_end_in_problems(source: bytes) -> None:
    """No file makes the command fail in another way than it promises."""
    put("flows/f.yaml", source)
    put("flows/f.test.yaml", source)
    assert run(["lint"]) == 1


def test_linting_loads_no_more_than_it_needs() -> None:
    """Five hundred flows are linted in seconds because nothing else is loaded."""
    code = (
        "import sys; from bot.cli.app import run; run(['lint', 'flows'])\n"
        "print({'rich', 'babel', 'dateparser', 'aiosqlite'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True
    )
    assert done.stdout == b"set()\n"


TEN: Final = """\
flow: Ten mistakes
langauges: [en]
once_every: soon
steps:
  one:
    say: @you
  two:
    ask: How?
    answer: npss
  three: {sya: Hi}
  four: {ask: Why?, answer: text, optional: on}
  five: {say: "Hi {name}"}
  six: {wait: 0 days}
  seven: {say: Hi, then: [{open_case: {team: support, urgency: urgent}}]}
"""


@pytest.mark.usefixtures("folder")
def test_ten_mistakes_are_ten_problems(capsys: pytest.CaptureFixture[str]) -> None:
    """None hides another, and none is told twice."""
    put("flows/ten.yaml", TEN)
    assert run(["lint"]) == 1
    shown = capsys.readouterr()
    places = [line.split(":")[1:3] for line in shown.out.splitlines()]
    assert [[int(n) for n in place] for place in places] == [
        [1, 7],
        [2, 1],
        [3, 13],
        [6, 10],
        [9, 13],
        [10, 11],
        [11, 45],
        [12, 19],
        [13, 15],
        [14, 64],
    ]
    assert shown.err == "10 errors, 0 warnings in 1 flow\n"


@pytest.mark.usefixtures("folder")
def test_what_is_mechanical_is_mended(capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is listed as ever; a second time there is nothing to mend."""
    put("flows/a.yaml", "flow: a\nsteps:\n  a: {say: We are #1}\n  b: {sya: x}\n")
    Path("flows/a.yaml").chmod(0o640)
    assert run(["lint", "--fix"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("mended 1 problem in 1 file\n1 error")
    assert "[unknown-key]" in shown.out
    assert "[quote-text]" not in shown.out
    assert '"We are #1"' in Path("flows/a.yaml").read_text(encoding="utf-8")
    assert Path("flows/a.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in Path("flows").iterdir()] == ["a.yaml"]
    assert run(["lint", "--fix"]) == 1
    assert "mended" not in capsys.readouterr().err


def test_what_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    """A folder's place cannot be taken; a link's file gets the new bytes."""
    file, linked, folder = (tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml"))
    file.write_bytes(b"flow: a\n")
    linked.symlink_to(file)
    folder.mkdir()
    with pytest.raises(WrongUse, match=r"c\.yaml: cannot be written: Is a directory"):
        write(folder, b"flow: b\n")
    write(linked, b"flow: c\n")
    assert linked.is_symlink()
    assert file.read_bytes() == b"flow: c\n"
    assert sorted(tmp_path.iterdir()) == [file, linked, folder]
