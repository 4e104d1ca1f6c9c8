"""`voxpop test`: a talk that differs fails, at its line, and says how."""

from pathlib import Path

import pytest

from bot.cli.app import run

FLOW = """\
flow: f
languages: [en, es]
steps:
  q:
    ask: {en: How was it?, es: ¿Qué tal?}
    answer: nps
    then:
      detractor:
        - open_case: {team: support}
        - tag: sad
        - start: {flow: g, wait: 1 day}
        - emit: unhappy
  bye: {say: {en: Thanks., es: Gracias.}}
"""
OTHER = "flow: g\nlanguages: [en, es]\nsteps:\n  a: {say: {en: Better?, es: ¿Mejor?}}\n"
LEAVES = "answers: {q: 3}, segment: detractor, cases: [{team: support}], tags: [sad]"
MORE = "started: [g], events: [unhappy], session: completed"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two flows, and stand in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(
        "teams: {support: {}, care: {}}\nbrand: {languages: [en, es]}\n"
    )
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "f.yaml").write_text(FLOW)
    (flows / "g.yaml").write_text(OTHER)
    return tmp_path


def talk(lines: str, leaves: str = "") -> str:
    """Return a test file with one talk."""
    head = "flow: f\ntests:\n  - name: It works\n    talk:\n"
    return f"{head}{lines}    leaves: {{{leaves}}}\n"


WHOLE = """\
      - bot: How was it?
      - contact: "3"
      - bot: Thanks.
"""


def played(shop: Path, text: str) -> int:
    """Play a test file; return the exit code."""
    (shop / "flows" / "f.test.yaml").write_text(text)
    return run(["test", "flows"])


def test_a_talk_that_goes_as_it_should(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A talk whose lines and leavings all match passes."""
    assert played(shop, talk(WHOLE, f"{LEAVES}, {MORE}")) == 0
    assert capsys.readouterr().err == "1 passed, 0 failed\n"


@pytest.mark.parametrize(
    ("lines", "place", "words"),
    [
        (WHOLE.replace("How was it?", "How is it?"), 5, "expected: How is it?"),
        (WHOLE.replace("      - bot: Thanks.\n", ""), 6, "also said: Thanks."),
        (WHOLE + "      - bot: And more.\n", 8, "nothing more"),
        (WHOLE.replace("      - bot: How was it?\n", ""), 5, "also said: How was"),
        (WHOLE + "      - wait: 1 day\n      - bot: Worse?\n", 9, "said: Better?"),
        (WHOLE + "      - wait: 23 hours\n      - bot: Better?\n", 9, "nothing more"),
    ],
)
def test_lines_that_differ(
    shop: Path, lines: str, place: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every message has to be matched whole by a line, in order."""
    assert played(shop, talk(lines)) == 1
    shown = capsys.readouterr().out
    assert f"f.test.yaml:{place}" in shown
    assert words in shown


@pytest.mark.parametrize(
    "leaves",
    [
        "answers: {q: 4}",
        "answers: {}",
        "answers: {q: 3, bye: 1}",
        "segment: promoter",
        "cases: []",
        "cases: [{team: care}]",
        "cases: [{team: support, urgency: high}]",
        "cases: [{team: support}, {team: support}]",
        "tags: []",
        "tags: [sad, angry]",
        "started: []",
        "started: [g, g]",
        "events: []",
        "events: [happy]",
        "session: active",
    ],
)
def test_leavings_that_differ(
    shop: Path, leaves: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a talk leaves is complete where it is given: more or less or other fails."""
    assert played(shop, talk(WHOLE, leaves)) == 1
    assert "expected" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("contact: {language: es}", "¿Qué tal?"),
        ("contact: {language: es-MX}", "¿Qué tal?"),
        ("contact: {language: fr}", "How was it?"),
        ("channel: telegram", "How was it?"),
        ('at: "2026-07-01 09:00"', "How was it?"),
    ],
)
def test_who_where_and_when(shop: Path, head: str, first: str) -> None:
    """A talk may say who talks, on which channel, and when."""
    lines = f"      - bot: {first}\n"
    text = talk(lines).replace("    talk:\n", f"    {head}\n    talk:\n")
    assert played(shop, text) == 0


def test_a_file_that_cannot_be_read(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in a test file is told with its place, and nothing is played."""
    assert played(shop, talk("      - bott: How was it?\n")) == 1
    assert "f.test.yaml:5:9: error" in capsys.readouterr().err


def test_a_flow_that_is_not_there(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test of a flow that is not there says so."""
    assert played(shop, talk(WHOLE).replace("flow: f", "flow: x")) == 2
    assert "there is no flow 'x'" in capsys.readouterr().err


def test_a_flow_that_starts_another_at_once(shop: Path) -> None:
    """What a talk leaves is the talk's own, also where another began behind it."""
    (shop / "flows" / "f.yaml").write_text(FLOW.replace(", wait: 1 day", ""))
    assert (
        played(shop, talk(WHOLE + "      - bot: Better?\n", f"{LEAVES}, {MORE}")) == 0
    )
