"""What single kinds of question promise beyond the tables."""

from datetime import date

import pytest

from bot.model.answer import Accepted, Asked, Confirm, Kind, Option, Rejected
from bot.understanding import understand
from tests.understanding.questions import MONDAY, OPTIONS


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("nps", "skip"),
        ("nps", "Skip!"),
        ("csat", "prefer not to say"),
        ("choice", "none"),
        ("text", "skip"),
        ("text", "-"),
        ("number", "n/a"),
        ("photo", "skip"),
        ("date", "pass"),
    ],
)
def test_optional(kind: Kind, text: str) -> None:
    """A question that may be skipped takes a skip, and no other question does."""
    asked = Asked(kind=kind, options=OPTIONS["en"], optional=True)
    assert understand(asked, text, "en", today=MONDAY) == Accepted(None)
    asked = Asked(kind=kind, options=OPTIONS["en"])
    assert understand(asked, text, "en", today=MONDAY) == Rejected()


def test_none_of_them() -> None:
    """None of several is an answer of its own; of one it is none."""
    asked = Asked(kind="choices", options=OPTIONS["en"])
    for text in ("none", "none of these", "nothing"):
        assert understand(asked, text, "en", today=MONDAY) == Accepted(())
    asked = Asked(kind="choice", options=OPTIONS["en"])
    assert understand(asked, "none of these", "en", today=MONDAY) == Rejected()


def test_nothing_is_text() -> None:
    """Nothing is an answer where words were asked for."""
    asked = Asked(kind="text", optional=True)
    assert understand(asked, "Nothing.", "en", today=MONDAY) == Accepted("Nothing.")


def test_text_as_typed() -> None:
    """Words are kept as typed, but for white space around and control characters."""
    asked = Asked(kind="text")
    found = understand(asked, " Ünïcode {secret}\x07 <b> \n", "en", today=MONDAY)
    assert found == Accepted("Ünïcode {secret}  <b>")


def test_rating() -> None:
    """A rating has the ends its question gives it."""
    asked = Asked(kind="rating", minimum=0, maximum=100)
    assert understand(asked, "95", "en", today=MONDAY) == Accepted(95)
    assert understand(asked, "ninety five", "en", today=MONDAY) == Accepted(95)
    assert understand(asked, "95/100", "en", today=MONDAY) == Accepted(95)
    assert understand(asked, "9/10", "en", today=MONDAY) == Rejected()
    assert understand(asked, "101", "en", today=MONDAY) == Rejected()


def test_fixed_scales() -> None:
    """NPS goes from 0 to 10, whatever bounds are given."""
    asked = Asked(kind="nps", minimum=1, maximum=5)
    assert understand(asked, "10", "en", today=MONDAY) == Accepted(10)


@pytest.mark.parametrize(
    ("text", "language", "region", "value"),
    [
        ("1.234", "es", "MX", 1.234),
        ("1.234", "es-MX", None, 1.234),
        ("1.234", "es", "ES", 1234),
        ("1,234", "es", "MX", 1234),
        ("1.234.567", "en", None, 1_234_567),
        ("1.234,5", "en", None, 1234.5),
    ],
)
def test_separators(text: str, language: str, region: str | None, value: float) -> None:
    """The sign that parts decimals is the place's; two different ones tell by order."""
    asked = Asked(kind="number")
    found = understand(asked, text, language, today=MONDAY, region=region)
    assert found == Accepted(value)


@pytest.mark.parametrize(
    ("region", "found"),
    [
        (None, Confirm("2026-04-03")),
        ("GB", Accepted("2026-04-03")),
        ("US", Accepted("2026-03-04")),
        ("CA", Confirm("2026-04-03")),
    ],
)
def test_date_order(region: str | None, found: Accepted | Confirm) -> None:
    """Where day and month may be meant either way, it is asked."""
    asked = Asked(kind="date")
    assert understand(asked, "03/04/2026", "en", today=MONDAY, region=region) == found


def test_date_today() -> None:
    """Days are counted from the day that is handed in."""
    asked = Asked(kind="date")
    new_year = date(2027, 1, 1)
    assert understand(asked, "yesterday", "en", today=new_year) == Accepted(
        "2026-12-31"
    )
    assert understand(asked, "31 December", "en", today=new_year) == Accepted(
        "2026-12-31"
    )


def test_phone_region() -> None:
    """A number without its country's code needs a region."""
    asked = Asked(kind="phone")
    found = understand(asked, "020 7946 0958", "en", today=MONDAY, region="GB")
    assert found == Accepted("+442079460958")


def test_pictures() -> None:
    """A picture that only one label has names it."""
    asked = Asked(
        kind="choice", options=(Option("r", "🔴 Red"), Option("g", "🟢 Green"))
    )
    assert understand(asked, "🔴", "en", today=MONDAY) == Accepted("r")
    assert understand(asked, "red", "en", today=MONDAY) == Accepted("r")
    assert understand(asked, "🔵", "en", today=MONDAY) == Rejected()


def test_aliases() -> None:
    """Other words of the author's mean the option; a key does where it is free."""
    asked = Asked(
        kind="choice",
        options=(Option("cost", "Price", ("money",)), Option("other", "Else")),
    )
    for text in ("money", "Price", "cost"):
        assert understand(asked, text, "en", today=MONDAY) == Accepted("cost")


def test_joined_labels() -> None:
    """A label that holds a comma or an "and" is one option among several."""
    asked = Asked(
        kind="choices",
        options=(
            Option("r", "Red"),
            Option("f", "Food and drinks"),
            Option("m", "Music, film"),
        ),
    )
    found = understand(asked, "music, film, food and drinks", "en", today=MONDAY)
    assert found == Accepted(("f", "m"))


def test_same_label() -> None:
    """Two options that share a name are not told apart by it."""
    asked = Asked(kind="choice", options=(Option("a", "Red"), Option("b", "red!")))
    assert understand(asked, "red", "en", today=MONDAY) == Rejected()


def test_keys_against_places() -> None:
    """A key nobody sees does not overrule the place a contact may mean by it."""
    asked = Asked(kind="choice", options=(Option("b", "Alpha"), Option("a", "Beta")))
    assert understand(asked, "a", "en", today=MONDAY) == Rejected()
    assert understand(asked, "2", "en", today=MONDAY) == Accepted("a")
