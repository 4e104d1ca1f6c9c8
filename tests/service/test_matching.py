"""What the `bot` lines of tests take for the message that they mean."""

import re
from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.service.rehearsal.matching import matches, pattern_of

WORDS: Final = st.text(alphabet="ab* \n", max_size=8)


@given(st.lists(st.text(alphabet="ab.", max_size=3), min_size=1), WORDS)
def test_a_star_is_anything(parts: list[str], said: str) -> None:
    """As a regular expression would have it, where that is short enough to try."""
    wanted = re.fullmatch(".*".join(map(re.escape, parts[:4])), said.strip(), re.DOTALL)
    assert matches("*".join(parts[:4]), said) == (wanted is not None)


@given(WORDS)
def test_a_message_matches_its_own_pattern(said: str) -> None:
    """Its stars are written as stars."""
    assert matches(pattern_of(said), said)


@pytest.mark.parametrize(("expected", "said"), [(r"5 \*", "5 *"), (r"\**\*", "*5*")])
def test_a_star_of_the_message_is_written_with_a_backslash(
    expected: str, said: str
) -> None:
    """Nothing else may stand in its place."""
    assert matches(expected, said)
    assert not matches(expected, said.replace("*", "x"))


def test_no_two_parts_share_a_letter() -> None:
    """What stands before a star and after it are both there."""
    assert not matches("aba*aba", "aba")
    assert not matches("*aba*ba", "aba")


def test_many_stars_come_to_an_end() -> None:
    """However many there are, a message is read once."""
    assert not matches("*a" * 30 + "b", "a" * 3000)
    assert matches("*a" * 30, "a" * 3000)
