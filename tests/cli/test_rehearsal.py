"""Talks of test files, played on a clock of their own."""

from hypothesis import given, settings, strategies as st

from tests.cli.rehearsals import Case, cases, rehearsed


@settings(max_examples=25, deadline=None)
@given(talks=st.lists(cases(), min_size=2, max_size=6))
async def test_talks_do_not_touch_one_another(talks: list[Case]) -> None:
    """What comes of a talk is the same alone as among others, whatever they do."""
    together = await rehearsed(talks, lenient=True)
    alone = [(await rehearsed([each], lenient=True))[0] for each in talks]
    assert together == alone


@settings(max_examples=10, deadline=None)
@given(talks=st.lists(cases(), min_size=2, max_size=6))
async def test_talks_fail_alone(talks: list[Case]) -> None:
    """A talk that fails, or never rests, fails as it would by itself."""
    together = await rehearsed(talks)
    alone = [(await rehearsed([each]))[0] for each in talks]
    assert together == alone
