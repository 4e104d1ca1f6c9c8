"""`--fix` mends what is mechanical, and never changes what a flow does."""

import re
from textwrap import dedent
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st

from bot.errors import Problem
from bot.model.world import World
from flows.language.check import problems_of
from flows.language.document import FlowDocument, load_flow, load_talks
from flows.language.fixing import as_done, fixed
from tests.engine.chat import Chat
from tests.flows.language.random_flows import flows, written

WORLD: Final = World(attributes={"plan": "text"})


def problems(document: FlowDocument) -> list[Problem]:
    """Return all that lint says of a flow."""
    return problems_of([document], (), WORLD)


def mended(source: bytes) -> bytes:
    """Return a flow once nothing in it can be mended any more."""
    for _ in range(20):
        document = load_flow("a.yaml", source)
        source, done = fixed(document, problems(document))
        if not done:
            return source
    raise AssertionError("mending never ends")


CASES: Final = [
    ("steps:\n  a: {say: We are #1}", 'steps:\n  a: {say: "We are #1"}'),
    ("steps:\n  a:\n    say: Look: here", 'steps:\n  a:\n    say: "Look: here"'),
    (
        "steps:\n  a: {say: {en: Hi, you, es: Hola}}",
        'steps:\n  a: {say: {en: "Hi, you", es: Hola}}',
    ),
    (
        "steps:\n  a: {say: @you}  # kept\n  b: {say: %s}",
        'steps:\n  a: {say: "@you"}  # kept\n  b: {say: "%s"}',
    ),
    ("steps:\n  a: {say: Hi\x07 you}", "steps:\n  a: {say: Hi you}"),
    ("steps:\n  a: {wait: 2Days}", "steps:\n  a: {wait: 2 days}"),
    ("steps:\n  a: {wait: 1 Hrs}", "steps:\n  a: {wait: 1 Hrs}"),
    ("steps:\n  a: {wait: '1h'}", "steps:\n  a: {wait: 1 hour}"),
    (
        "steps:\n  a: {ask: A, answer: text, optional: TRUE}",
        "steps:\n  a: {ask: A, answer: text, optional: true}",
    ),
    (
        "steps:\n  a: {say: Hi}  # lint: allow unreachable: long ago",
        "steps:\n  a: {say: Hi}",
    ),
    (
        "steps:\n  # lint: allow unreachable: long ago\n  a: {say: Hi}",
        "steps:\n  a: {say: Hi}",
    ),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_what_is_mechanical_is_mended(before: str, after: str) -> None:
    """Only the place at fault changes."""
    source = f"flow: a\n{before}\n".encode()
    assert mended(source).decode() == f"flow: a\n{after}\n"


def test_what_may_be_a_comment_is_left() -> None:
    """Nobody knows whether `# later` belongs to the words that contacts read."""
    source = b"flow: a\nsteps:\n  a:\n    say: Hello  # later\n"
    assert mended(source) == source


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "  x:\n    say: |\n      Over two\n      lines\n\n",
            "  x:\n    say: |\n      Over two\n      lines\n    go: last\n\n",
        ),
        (
            '  x:\n    say: "Hi"  # kept\n    # kept too\n',
            '  x:\n    say: "Hi"  # kept\n    go: last\n    # kept too\n',
        ),
        ("  x: {say: Hi,}\n", "  x: {say: Hi, go: last,}\n"),
        (
            "  x: {ask: A, answer: yes_no, go: {no: end}}\n",
            "  x: {ask: A, answer: yes_no, go: {no: end, else: last}}\n",
        ),
        (
            "  x:\n    branch:\n    - when: 'true'\n      to: end\n",
            "  x:\n    branch:\n    - when: 'true'\n      to: end\n    - else: last\n",
        ),
        (
            "  x: {branch: [{when: 'true', to: end}]}\n",
            "  x: {branch: [{when: 'true', to: end}, {else: last}]}\n",
        ),
    ],
)
def test_an_implied_way_is_written_down(before: str, after: str) -> None:
    """In the layout that the step has."""
    around = "flow: a\nsteps:\n  one: {{ask: A, answer: yes_no, go: {{no: last}}}}\n{}"
    around += "  last: {{say: Bye}}\n"
    source = around.format(before).encode()
    assert mended(source).decode() == around.format(after)


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    """A file from Windows remains one."""
    source = b"\xef\xbb\xbfflow: a\r\nsteps:\r\n  a: {say: We are #1}\r\n"
    wanted = b'\xef\xbb\xbfflow: a\r\nsteps:\r\n  a: {say: "We are #1"}\r\n'
    assert mended(source) == wanted


def test_tests_of_flows_are_mended_too() -> None:
    """A line of a talk is put in quotes as a text of a flow is."""
    source = dedent("""\
        flow: a
        tests:
          - name: One
            talk:
              - bot: Look: here
    """)
    talks = load_talks("a.test.yaml", source.encode())
    new, done = fixed(talks, talks.problems)
    assert new.decode() == source.replace("Look: here", '"Look: here"')
    assert [problem.code for problem in done] == ["quote-text"]


# ── whatever the flow ────────────────────────────────────────────────────────────

LINES: Final = st.lists(
    st.sampled_from(["3", "10", "yes", "no", "red", "blue", "skip", "back", "well"]),
    max_size=8,
)


@given(st.data(), flows(), LINES)
@settings(deadline=None)
def test_a_mended_flow_does_the_same(
    drawn: st.DataObject, data: dict[str, Any], lines: list[str]
) -> None:
    """Its meaning is equal, and a talk goes on word by word as before."""
    before = drawn.draw(written(data))
    after = mended(before.encode()).decode()
    flow, same = (
        load_flow("a.yaml", before.encode()),
        load_flow("a.yaml", after.encode()),
    )
    assert flow.flow is not None
    assert same.flow is not None
    assert as_done(flow.flow) == as_done(same.flow)
    assert not any(p.code == "falling-through" for p in problems(same))
    assert talk(before, lines) == talk(after, lines)


def talk(source: str, lines: list[str]) -> list[list[str]]:
    """Return what the bot says to each of some lines."""
    chat = Chat(source, world=WORLD)
    said = [chat.begin("made")]
    for line in lines:
        if chat.session is None or chat.session.status != "active":
            break
        said.append(chat.say(line))
    return said


@given(st.data(), flows())
@settings(deadline=None)
def test_comments_and_layout_stay(drawn: st.DataObject, data: dict[str, Any]) -> None:
    """Every remark is where it was, and nothing is lost: fixes only add ways here."""
    before = drawn.draw(written(data))
    after = mended(before.encode()).decode()
    assert re.findall(r"# remark \d+", after) == re.findall(r"# remark \d+", before)
    rest = iter(after)
    assert all(character in rest for character in before)


@given(st.binary(max_size=400))
def test_any_bytes_are_left_or_mended(source: bytes) -> None:
    """Nothing is raised, and mending comes to an end."""
    mended(source)
    mended(b"flow: a\nsteps:\n  a: {say: " + source + b"}\n")
