"""Texts are cut and split where no letter is torn, and no word is lost."""

import regex  # type: ignore[import-untyped] # comes with dateparser
from hypothesis import given, strategies as st

from bot.model.cutting import ELLIPSIS, cut, joins, split
from bot.model.limits import Limit, Unit

FAMILY = "👨‍👩‍👧‍👦"
PIECES = (
    *("a", "Z", "9", " ", "\n", "\n\n", ". ", "! ", "ñ", "e\u0301", "&", "<b>"),
    *("👍🏽", "🇪🇸", "🇫🇷", FAMILY, "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\U0001f600"),
    *("क्षि", "नमस्ते", "ไม่", "กำ", "한국", "\u1112\u1161\u11ab", "ｶﾞ", "店。", "\uff01"),
    *("سلام", "שָׁלוֹם", "؟ ", "word ", "longer-word ", "\u200f", "\r\n", "x" * 30),
)
"""Pieces of many scripts, among them letters of several characters."""

UNITS: st.SearchStrategy[Unit] = st.sampled_from(
    ["characters", "utf16", "bytes", "escaped"]
)
LIMITS = st.builds(Limit, st.integers(40, 200), UNITS)
MIXED = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
ANY = st.text(st.characters(codec="utf-8"), max_size=300)


def letters(text: str) -> list[str]:
    """Return what people see as letters, as another program tells them apart."""
    seen = [re_space.sub("", each) for each in regex.findall(r"\X", text)]
    return [each for each in seen if each]


re_space = regex.compile(r"\s+")


@given(MIXED | ANY, LIMITS)
def test_no_longer_than_the_limit(text: str, limit: Limit) -> None:
    """A cut text and every part of a split one are as short as the limit says."""
    assert limit.holds(cut(text, limit))
    assert all(limit.holds(part) for part in split(text, limit))


@given(MIXED | ANY, LIMITS)
def test_no_word_is_lost(text: str, limit: Limit) -> None:
    """All that is no space stands in the parts, in its order."""
    parts = split(text, limit)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(parts) or parts == [text]


@given(
    st.lists(st.sampled_from(["one", "two,", "three.", "新しい"]), min_size=1), LIMITS
)
def test_words_stay_whole(words: list[str], limit: Limit) -> None:
    """A word that is shorter than the limit is in one part."""
    parts = split(" ".join(words), limit)
    assert [word for part in parts for word in part.split()] == words


@given(MIXED, LIMITS)
def test_no_letter_is_torn_in_splitting(text: str, limit: Limit) -> None:
    """The letters of the parts are the letters of the text."""
    assert [each for part in split(text, limit) for each in letters(part)] == letters(
        text
    )


@given(MIXED, st.builds(Limit, st.integers(8, 60), UNITS))
def test_no_letter_is_torn_in_cutting(text: str, limit: Limit) -> None:
    """What is left of a text is its first letters, and a mark."""
    shown = cut(text, limit)
    if shown == text:
        assert limit.holds(text)
        return
    assert shown.endswith(ELLIPSIS)
    left = letters(shown.removesuffix(ELLIPSIS))
    assert left == letters(text)[: len(left)]


@given(MIXED | ANY, LIMITS)
def test_what_fits_stays(text: str, limit: Limit) -> None:
    """A text that the limit holds is neither cut nor split."""
    if limit.holds(text):
        assert cut(text, limit) == text
        assert split(text, limit) == [text]
    assert cut(text, None) == text
    assert split(text, None) == [text]


@given(MIXED)
def test_letters_are_known(text: str) -> None:
    """No place between two characters of one letter is a place to cut."""
    ends = {0}
    for letter in regex.findall(r"\X", text):
        ends.add(max(ends) + len(letter))
    assert all(joins(text, at) for at in range(len(text)) if at not in ends)


def test_a_paragraph_before_a_sentence_before_a_word() -> None:
    """A text is split where a reader would."""
    text = "First one here.\n\nSecond one. It goes on and on and on."
    assert split(text, Limit(32)) == [
        "First one here.",
        "Second one.",
        "It goes on and on and on.",
    ]
    assert split("It goes on and on", Limit(9)) == ["It goes", "on and on"]
    assert split("お店はどうでしたか。また来ますか。", Limit(12)) == [
        "お店はどうでしたか。",
        "また来ますか。",
    ]


def test_a_letter_that_is_longer_than_the_limit() -> None:
    """Even a pile of marks ends in parts, though it has to be torn."""
    pile = "a" + "\u0301" * 100
    assert [len(part) for part in split(pile, Limit(40))] == [40, 40, 21]
    assert cut(pile, Limit(40)) == ELLIPSIS
