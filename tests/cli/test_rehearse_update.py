"""`voxpop test --update`: tests that fail are written anew, and nothing else is."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.cli.app import run
from bot.service.rehearsal.matching import matches, pattern_of
from flows.language.document import load_talks
from flows.language.writing import words
from tests.cli.rehearsals import LATER, OTHER, SURVEY, lines
from tests.examples import ROOT

HEAD = "# Ours.\nflow: survey\n\ntests:\n"
GOOD = """\
  - name: 'One that passes'   # as it should
    talk:
      - {bot: "You, *"}     # whatever it is
    leaves: {session:   active}
"""


def shop(folder: Path) -> Path:
    """Lay out a folder with the flows to rehearse; return where the tests go."""
    (folder / "flows").mkdir()
    flows = {"survey": SURVEY, "later": LATER, "other": OTHER}
    for name, source in flows.items():
        (folder / "flows" / f"{name}.yaml").write_text(source)
    (folder / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    return folder / "flows" / "survey.test.yaml"


def updated(file: Path, text: str) -> tuple[int, str]:
    """Bring a test file up to date; return the exit code and what it says now."""
    file.write_bytes(text.encode())
    code = run(
        [
            "test",
            str(file),
            "--update",
            "--config",
            str(file.parents[1] / "config.yaml"),
        ]
    )
    return code, file.read_bytes().decode()


# ── one thing at a time ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """\
            - bot: "Hello"   # greets
            - contact: "5"
            - bot: "*best?"
            """,
            """\
            - bot: "You, how was it?"   # greets
            - contact: "5"
            - bot: "*best?"
            """,
        ),
        (
            """\
            - contact: "5"
            # ends here
            """,
            """\
            - bot: You, how was it?
            - contact: "5"
            - bot: What was best?
            # ends here
            """,
        ),
        (
            """\
            - bot: You, how was it?
            - bot: One too many
            # a word
            - contact: "1, rain"
            - wait: 6 hours
            - bot: |
                Thanks
                a lot
            - bot: and more
            """,
            """\
            - bot: You, how was it?
            # a word
            - contact: "1, rain"
            - wait: 6 hours
            - bot: Thanks \\* for that.
            """,
        ),
    ],
)
def test_lines(
    tmp_path: Path, before: str, after: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Messages are changed, put in and taken out; comments and patterns stay."""
    head = f"{HEAD}{GOOD}  - name: Other\n    talk:\n"
    old, new = (indent(dedent(each), "      ") for each in (before, after))
    assert updated(shop(tmp_path), head + old) == (0, head + new)
    assert "new   " in capsys.readouterr().out


LOW = "\n  answers:\n    score: {}  # low\n    why: rain"
ONE = "\n  answers:\n    score: 1"
WHY = "\n    why: rain"
MORE = "{{answers: {{score: {}, why: rain}}, tags:  [sad]}}"
SEGMENT = "{{answers: {}, segment: {}}}"
BOTH = "{score: 1, why: rain}"
CASES = "\n  events:\n    - {}\n  cases: [{}]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MORE.format(4), MORE.format(1)),
        (SEGMENT.format("{}", "satisfied"), SEGMENT.format(BOTH, "unsatisfied")),
        (LOW.format(3), LOW.format(1)),
        (f"{ONE}\n  started: []", f"{ONE}{WHY}\n  started: [later]"),
        (f"\n  answers:\n    pick: x\n    score: 1{WHY}", ONE + WHY),
        ("\n  tags:\n    - angry  # no\n    - sad", "\n  tags:\n    - sad  # no"),
        (
            CASES.format("happy", ""),
            CASES.format("unhappy", "{team: support, urgency: high}"),
        ),
        (
            "\n  cases:\n    - team: care",
            "\n  cases:\n    - {team: support}",
        ),
    ],
)
def test_leavings(tmp_path: Path, before: str, after: str) -> None:
    """What a talk leaves is changed value by value, as it is laid out."""
    lines = "      - bot: '*'\n      - contact: 1, rain\n"
    head = f"{HEAD}  - name: Other\n    talk:\n{lines}"
    texts = [
        head + indent(f"leaves: {each}" if each[0] == "{" else f"leaves:{each}", "    ")
        for each in (before, after)
    ]
    code, text = updated(shop(tmp_path), texts[0] + "\n")
    assert (code, text) == (0, texts[1] + "\n")


def test_what_cannot_be_updated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tap on what is not offered makes no sense any more; the rest is mended."""
    odd = "  - name: Odd\n    talk:\n      - bot: x\n      - tap: green\n"
    stale = "  - name: Stale\n    talk:\n      - bot: x\n"
    mended = stale.replace("bot: x", "bot: You, how was it?")
    found = updated(shop(tmp_path), HEAD + odd + stale)
    assert found == (1, HEAD + odd + mended)
    shown = capsys.readouterr().out
    assert "cannot be updated: nothing to tap is called green" in shown


def test_line_ends_and_marks_stay(tmp_path: Path) -> None:
    """A file from another system keeps its line ends and its byte order mark."""
    text = "\ufeff" + (HEAD + "  - name: A\n    talk: []\n").replace("\n", "\r\n")
    lines = "talk:\r\n      - bot: You, how was it?\r\n"
    found = updated(shop(tmp_path), text)
    assert found == (0, text.replace("talk: []\r\n", lines))


# ── whatever stands there ────────────────────────────────────────────────────────


@given(said=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_message_can_be_written(said: str) -> None:
    """What a test file says of a message is read back as it was, and matches it."""
    for within in (False, True):
        line = words(pattern_of(said), within=within)
        text = f"- {{bot: {line}}}" if within else f"- bot: {line}"
        source = f"flow: f\ntests:\n- name: A\n  talk:\n  {text}\n"
        document = load_talks("f.test.yaml", source.encode())
        assert document.problems == ()
        assert document.talks is not None
        [found] = document.talks.tests[0].talk
        assert matches(getattr(found, "bot", ""), said)


BOT = st.sampled_from(
    [
        "You, how was it?",
        "*",
        "What was best?",
        "*best*",
        "Why?",
        "Ho: # ho",
        "¿Qué tal?",
    ]
)
LEAVES = st.sampled_from(
    [
        None,
        "{answers: {score: 5}, session: active}",
        "\n      answers:\n        score: 1\n      tags: [sad]   # really\n",
        "\n      segment: satisfied\n      started:\n        - later\n      events: []",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Return a file with talks that go as they may."""
    text = HEAD + GOOD
    for number in range(draw(st.integers(1, 3))):
        text += f"  # talk {number}\n  - name: Talk {number}\n    talk:\n"
        for line in draw(_talks):
            text += f"      - {_line(line)}   # note\n"
        leaves = draw(LEAVES)
        text += "" if leaves is None else f"    leaves: {leaves}\n"
    return text


_talks = lines().flatmap(
    lambda told: (
        st.lists(BOT.map(lambda words: {"bot": words}), min_size=1, max_size=4)
        .map(lambda bots: [*bots, *told])
        .flatmap(st.permutations)
    )
)


def _line(line: dict[str, Any]) -> str:
    [(verb, what)] = line.items()
    return f"{verb}: {what if verb == 'wait' else json.dumps(what, ensure_ascii=False)}"


def kept(text: str) -> list[str]:
    """Return the lines of a file that no update may change."""
    mutable = ("bot:", "answers:", "score:", "why:", "pick:", "tags:", "started:")
    others = ("events:", "segment:", "session:", "- later", "leaves:")
    return [
        line
        for line in text.splitlines()
        if not any(word in line for word in mutable + others)
    ]


@settings(max_examples=40, deadline=None)
@given(text=files())
def test_after_an_update_all_is_well(text: str) -> None:
    """What was updated passes, the rest is named; a second update changes nothing."""
    with TemporaryDirectory() as folder:
        file = shop(Path(folder))
        code, once = updated(file, text)
        assert once.startswith(HEAD + GOOD)
        assert kept(once) == kept(text)
        assert updated(file, once) == (code, once)
        arguments = [
            "test",
            str(file),
            "--config",
            str(file.parents[1] / "config.yaml"),
        ]
        assert run(arguments) == code
        if "tap" not in text:
            assert code == 0
