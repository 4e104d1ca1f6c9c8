"""Which revision is meant by a beginning of its hash, or by so many back."""

import re

import pytest
from hypothesis import given, strategies as st

from bot.errors import WrongUse
from bot.model.publication import Publication
from bot.service.revisions import Past
from tests.engine.chat import NOON


def past(*published: str) -> Past:
    """Return a past of these hashes, oldest first; one that begins with < went back."""
    noted = [
        Publication(
            flow="nps",
            number=number,
            hash=each.removeprefix("<"),
            at=NOON,
            by="ann",
            how="rollback" if each.startswith("<") else "save",
            replaced=None,
        )
        for number, each in enumerate(published, 1)
    ]
    current = noted[-1].hash if noted else None
    return Past(flow="nps", publications=noted[::-1], current=current)


@pytest.mark.parametrize(
    ("published", "wanted", "found"),
    [
        ("aaaa1 bbbb1", "~1", "aaaa1"),
        ("aaaa1 bbbb1", "~0", "bbbb1"),
        ("aaaa1 bbbb1 cccc1", "~2", "aaaa1"),
        ("aaaa1 bbbb1 cccc1 <bbbb1", "~1", "aaaa1"),
        ("aaaa1 bbbb1 aaaa1", "~1", "bbbb1"),
        ("aaaa1 bbbb1 <aaaa1 cccc1", "~1", "bbbb1"),
        ("aaaa1 bbbb1 cccc1 <aaaa1", "cccc", "cccc1"),
        ("aaaa1 aaab1", "AAAB", "aaab1"),
    ],
)
def test_what_is_meant(published: str, wanted: str, found: str) -> None:
    """A rollback is a step back on the line of what was published, and no more."""
    assert past(*published.split()).find(wanted) == found


@pytest.mark.parametrize(
    ("published", "wanted", "said"),
    [
        ("aaaa1", "~1", "none came before"),
        ("aaaa1 bbbb1 <aaaa1", "~1", "none came before"),
        ("aaaa1 bbbb1", "~2", "only 1 came before"),
        ("aaaa1", "aaa", "too short"),
        ("aaaa1", "", "too short"),
        ("aaaa1 aaaa2", "aaaa", "may mean aaaa1, aaaa2"),
        ("aaaa1", "bbbb", "has no revision 'bbbb'"),
        ("aaaa1", "~", "says no number"),
        ("aaaa1", "~-1", "says no number"),
        ("aaaa1", "~²", "says no number"),
        ("aaaa1", "~" + "9" * 5000, "says no number"),
    ],
)
def test_what_is_not(published: str, wanted: str, said: str) -> None:
    """What cannot be meant is told in a sentence."""
    with pytest.raises(WrongUse, match=re.escape(said)):
        past(*published.split()).find(wanted)


@given(st.lists(st.sampled_from("ABCDE"), min_size=1))
def test_rolling_back_again_and_again(published: list[str]) -> None:
    """Rolling back step by step comes by every revision once, and ends."""
    names = [each * 4 for each in published]
    line = past(*names).line
    assert line[-1] == names[-1]
    assert sorted(line) == sorted(set(names))
    for wanted in reversed(line[:-1]):
        assert past(*names).before() == wanted
        names.append(f"<{wanted}")
    with pytest.raises(WrongUse):
        past(*names).before()
