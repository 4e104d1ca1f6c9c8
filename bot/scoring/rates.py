"""How many of those who could answer did, each rate with its denominator named."""

from bot.model.score import Rate


def response_rate(completed: int, delivered: int) -> Rate:
    """Return completed talks by delivered invitations, None where none was delivered.

    Those who came by themselves were not invited: with many of them it exceeds 1.

    >>> response_rate(30, 120)
    Rate(value=0.25, of='delivered')
    """
    return _rate(completed, delivered, "delivered")


def completion_rate(completed: int, started: int) -> Rate:
    """Return completed talks by started ones, 0…1, None where none was started.

    >>> completion_rate(0, 0)
    Rate(value=None, of='started')
    """
    return _rate(completed, started, "started")


def _rate(part: int, whole: int, of: str) -> Rate:
    return Rate(part / whole if whole > 0 else None, of)
