"""A slip of the pen hides no other mistake of its flow, and makes up none."""

import pytest

from bot.model.world import World
from flows.language.check import problems_of
from flows.language.document import load_flow

SOURCE = """\
flow: a
languages: [en, es]
expire_after: 3 days
steps:
  q: {ask: {en: How?, es: Qué?}, answer: csat, optional: yes, go: {skipped: lost}}
  r: {say: {en: Bye.}}
"""


def told(source: str) -> list[str]:
    """Return each problem's place and code."""
    document = load_flow("a.yaml", source.encode())
    problems = problems_of([document], (), World(languages=("en", "es")))
    return [f"{each.line}:{each.column} {each.code}" for each in problems]


@pytest.mark.parametrize(
    ("right", "wrong", "slip"),
    [
        ("languages", "langauges", "2:1 unknown-key"),
        ("go:", "goo:", "5:63 unknown-key"),
        ("csat", "csaat", "5:42 unknown-kind"),
        ("yes", "Yes", "5:58 invalid-truth"),
        ("3 days", "3 dayz", "3:15 invalid-duration"),
        ("3 days", "a while", "3:15 invalid-duration"),
    ],
)
def test_a_slip_hides_nothing(right: str, wrong: str, slip: str) -> None:
    """What was meant is looked into, so all mistakes are told at once."""
    source = SOURCE.replace(right, wrong, 1)
    assert load_flow("a.yaml", source.encode()).flow is None
    codes = [each.partition(" ")[2] for each in told(source)]
    assert slip in told(source)
    assert sorted(codes) == sorted(
        [slip.partition(" ")[2], "unknown-step", "missing-language"]
    )


def test_where_nobody_knows_what_was_meant_nothing_is_made_up() -> None:
    """A key that resembles none may have held all that seems to be missing."""
    assert told(SOURCE.replace("go:", "whither:")) == ["5:63 unknown-key"]
