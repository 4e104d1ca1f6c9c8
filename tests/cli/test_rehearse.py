"""`voxpop test`: a talk that differs fails, at its line, and says how."""

import re
from pathlib import Path

import pytest

from bot.cli.app import run
from tests.examples import ROOT, lay_out

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


ASKED_BY_EVENT = """\
flow: f
languages: [en, es]
triggers:
  - event: order.paid
    wait: 2 days
    when: event.total >= 20
  - keyword: {en: [survey], es: [encuesta]}
steps:
  q: {ask: {en: How was it?, es: ¿Qué tal?}, answer: nps}
"""
EVENTS = "events: {order.paid: {total: number}}\n"


@pytest.fixture
def told(shop: Path) -> Path:
    """Return a shop in which a flow starts by an event."""
    config = shop / "config.yaml"
    config.write_text(config.read_text() + EVENTS)
    (shop / "flows" / "f.yaml").write_text(ASKED_BY_EVENT)
    return shop


@pytest.mark.parametrize(
    ("trigger", "lines", "words"),
    [
        ("{event: order.paid, with: {total: 25}}", "      - bot: How was it?\n", None),
        (
            "{event: order.paid, with: {total: 19}}",
            "      - bot: x\n",
            "does not start",
        ),
        ("{event: order.paid}", "      - bot: x\n", "does not start"),
        ("{keyword: Survey}", "      - bot: How was it?\n", None),
        ("{keyword: nothing}", "      - bot: x\n", "nothing started the flow f"),
    ],
)
def test_triggers(
    told: Path,
    trigger: str,
    lines: str,
    words: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A flow begins as its trigger says: after its wait, and where its `when` holds."""
    text = talk(lines).replace("    talk:\n", f"    trigger: {trigger}\n    talk:\n")
    assert played(told, text) == (0 if words is None else 1)
    shown = capsys.readouterr().out
    assert words is None or (words in shown and "f.test.yaml:4:" in shown)


def test_an_event_in_mid_talk(told: Path) -> None:
    """What is told meanwhile starts a flow after its wait, once the talk is over."""
    lines = """\
      - bot: How was it?
      - event: {order.paid: {total: 19}}
      - wait: 3 days
      - event: {order.paid: {total: 20}}
      - wait: 50 hours
      - contact: "9"
      - bot: How was it?
"""
    assert played(told, talk(lines, "session: active, answers: {}")) == 0


def test_an_afterword(shop: Path) -> None:
    """Words after a talk are kept with it, and nobody answers them."""
    assert played(shop, talk(WHOLE + "      - contact: and it was late\n")) == 0


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        ("{visits: many}", "visits is a number"),
        ("{zone: Nowhere/Land}", "no time zone Nowhere/Land"),
        ("{shoe: 44}", "no attribute is called shoe"),
    ],
)
def test_a_contact_who_cannot_be(
    shop: Path, contact: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One test that declares odd things fails at their place, and the others go on."""
    config = shop / "config.yaml"
    config.write_text(config.read_text() + "attributes: {visits: number}\n")
    good = talk(WHOLE)
    odd = f"  - name: Odd\n    contact: {contact}\n    talk:\n{WHOLE}"
    assert played(shop, good + odd) == 1
    shown = capsys.readouterr()
    assert words in shown.out
    assert "f.test.yaml:10:" in shown.out
    assert shown.err == "1 passed, 1 failed\n"


def test_leavings_are_told_value_by_value(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of several answers, those that differ are told, each with what it is."""
    leaves = "answers: {q: 4}, tags: [angry], session: completed"
    assert played(shop, talk(WHOLE, leaves)) == 1
    shown = capsys.readouterr().out
    assert "f.test.yaml:8:27" in shown
    assert "answers.q: expected 4, is 3\n" in shown
    assert "tags: expected [angry], is [sad]\n" in shown
    assert "session" not in shown


@pytest.mark.parametrize(
    ("channel", "first"),
    [
        ("slack", "How was it?"),
        (
            "whatsapp",
            '"How was it?\\n\\n0 = not at all likely … 10 = extremely likely"',
        ),
    ],
)
def test_what_a_channel_shows(shop: Path, channel: str, first: str) -> None:
    """Where a scale cannot be tapped, its own line stands below the question."""
    text = talk(f"      - bot: {first}\n").replace(
        "    talk:\n", f"    channel: {channel}\n    talk:\n"
    )
    assert played(shop, text) == 0


def test_a_channel_that_nobody_knows(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that is wrong with test files is told at once, and nothing is played."""
    other = shop / "flows" / "g.test.yaml"
    other.write_text(talk("      - bott: Hi\n").replace("flow: f", "flow: g"))
    text = talk(WHOLE).replace("    talk:\n", "    channel: fax\n    talk:\n")
    assert played(shop, text) == 1
    shown = capsys.readouterr().err
    assert "f.test.yaml:4:14: error: unknown value 'fax'; known here:" in shown
    assert "g.test.yaml:5:9: error" in shown


def test_nothing_of_a_talk_steers_the_terminal(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escapes in a test's words are shown as spaces."""
    lines = WHOLE.replace("bot: How was it?", 'bot: "How\\e[31m"')
    assert played(shop, talk(lines).replace("It works", '"It\\e[2J works"')) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_the_page_on_testing_flows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The talks of the page pass, and what it shows as never tried never was."""
    page = (ROOT / "docs" / "howto" / "test-a-flow.md").read_text(encoding="utf-8")
    monkeypatch.chdir(lay_out(tmp_path))
    run(["test", "--coverage"])
    [shown] = re.findall(r"^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert shown in capsys.readouterr().out
    talks = re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    for number, text in enumerate(talks):
        (tmp_path / "flows" / f"page{number}.test.yaml").write_text(text)
    assert run(["test"]) == 0
