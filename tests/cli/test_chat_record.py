"""`voxpop chat --record`: the talk that was had is a test that passes."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from bot.cli.app import run
from flows.language.document import load_talks
from tests.cli.rehearsals import WORDS
from tests.cli.test_rehearse_update import shop


def chat(
    folder: Path, lines: Sequence[str], *options: str, flow: str = "survey"
) -> int:
    """Have a talk at the desk; return the exit code."""
    said = folder / "said"
    said.write_bytes("".join(f"{line}\n" for line in lines).encode())
    before = sys.stdin
    config = str(folder / "config.yaml")
    with said.open() as opened:
        sys.stdin = opened
        try:
            return run(["chat", flow, *options, "--config", config])
        finally:
            sys.stdin = before


def played(folder: Path) -> int:
    """Play the tests of the folder; return the exit code."""
    return run(["test", "--config", str(folder / "config.yaml")])


def test_a_talk_is_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is made beside the flow, with what was said and what it left."""
    file = shop(tmp_path)
    lines = ["1", "# late: *twice*"]
    assert chat(tmp_path, lines, "--record", "--lang", "es") == 0
    assert (
        file.read_text()
        == """\
flow: survey

tests:
  - name: "1, then # late: *twice*"
    contact: {language: es}
    talk:
      - bot: ¿Qué tal?
      - contact: "1"
      - bot: ¿Por qué?
      - contact: "# late: *twice*"
    leaves:
      answers: {score: 1, why: "# late: *twice*"}
      segment: unsatisfied
      session: active
      tags: [sad]
      cases: [{team: support, urgency: high}]
      started: [later]
      events: [unhappy]
"""
    )
    assert "Recorded as" in capsys.readouterr().err
    assert played(tmp_path) == 0


def test_a_talk_is_added(tmp_path: Path) -> None:
    """Where the file is there already, all of it stays, and the talk follows."""
    file = shop(tmp_path)
    text = "# Ours.\nflow: survey\ntests:\n- name: A\n  talk:\n  - bot: 'You*'  # hi\n"
    file.write_text(text)
    assert chat(tmp_path, ["5", "Speed"], "--record") == 0
    assert file.read_text().startswith(f'{text.rstrip()}\n\n- name: "5, then Speed"\n')
    assert played(tmp_path) == 0


def test_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in the way is told before the talk, with what to do."""
    file = shop(tmp_path)
    other = tmp_path / "flows" / "other.test.yaml"
    other.write_text("flow: other\ntests: [{name: A, talk: []}]\n")
    broken = tmp_path / "flows" / "broken.test.yaml"
    broken.write_text("flow: [\n")
    for name, code, words in (
        ("notes.txt", 2, "tests stand in files named *.test.yaml"),
        ("away/a.test.yaml", 2, "there is no such folder"),
        (str(other), 2, "holds tests of other, not of survey"),
        (str(broken), 1, "error"),
    ):
        assert chat(tmp_path, ["5"], "--record", name) == code
        shown = capsys.readouterr()
        assert words in shown.err
        assert shown.out == ""
    assert chat(tmp_path, ["5"], "a.test.yaml") == 2
    assert "say --record" in capsys.readouterr().err
    assert not file.exists()


def test_what_only_happens_at_the_desk(tmp_path: Path) -> None:
    """A talk that knows its channel is written down as one of the desk."""
    flow = tmp_path / "flows" / "here.yaml"
    file = shop(tmp_path).with_name("here.test.yaml")
    flow.write_text("flow: here\nsteps:\n  a: {say: 'On {session.channel}'}\n")
    assert chat(tmp_path, [], "--record", flow="here") == 0
    assert "    channel: terminal\n" in file.read_text()
    assert played(tmp_path) == 0


HOSTILE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=30
)
SAID = st.lists(st.sampled_from(WORDS) | HOSTILE, max_size=6)


@settings(max_examples=25, deadline=None)
@given(talks=st.lists(SAID, min_size=1, max_size=2))
def test_whatever_was_said_is_a_test_that_passes(talks: list[list[str]]) -> None:
    """Any words make a file that can be read, and tests that pass."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = shop(folder)
        for lines in talks:
            assert chat(folder, lines, "--record") == 0
        document = load_talks(str(file), file.read_bytes())
        assert document.problems == ()
        assert document.talks is not None
        assert len(document.talks.tests) == len(talks)
        assert played(folder) == 0
