import pytest

from bot.model.score import Rate
from bot.scoring.rates import completion_rate, response_rate


def test_denominators_are_named() -> None:
    """A response is a share of what was delivered, a completion of what was started."""
    assert response_rate(30, 120) == Rate(0.25, "delivered")
    assert completion_rate(30, 40) == Rate(0.75, "started")


@pytest.mark.parametrize("whole", [0, -1])
def test_a_share_of_nothing(whole: int) -> None:
    """Nothing was delivered or started, so there is no rate."""
    assert response_rate(3, whole).value is None
    assert completion_rate(0, whole).value is None


def test_who_came_uninvited_counts_too() -> None:
    """More completed than invited: the rate says so instead of hiding it."""
    assert response_rate(8, 2).value == 4
