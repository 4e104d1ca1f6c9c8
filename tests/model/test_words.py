"""Words are cut at a glance where they can be, and just the same."""
# ruff: noqa: RUF001 - what people type

from unicodedata import normalize

from hypothesis import given, settings, strategies as st

from bot.model.words import _AS_TYPED, fold, split, typed
from bot.understanding.phrases import Phrases

TYPED = "late LATE more, don't don’t más ¡Sí! 3 3, 3.5 1,234 1st 9/10 :) ok:) ... ?!"
ODD = "５ ② ½ ⭐ 👍🏽 5\ufe0f\u20e3 e\u0301 ﬁn ß İ \ud800 a\u0301, x:, 8!!! « ( - '"
PIECES = [*TYPED.split(), *ODD.split(), "\n", "\u00a0", "\u200d", "\ufe0f"]
anything = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*PIECES, " ", "  "]), max_size=12).map(" ".join),
    st.lists(st.sampled_from([*PIECES, " ", "a"]), max_size=12).map("".join),
)


@given(text=anything)
@settings(max_examples=500, deadline=None)
def test_glance(text: str) -> None:
    """Words between spaces are those that reading sign by sign finds, as with tabs."""
    tabbed = text.replace(" ", "\t") + "\t"
    assert split(text) == split(tabbed)


@given(text=anything)
@settings(deadline=None)
def test_spelt(text: str) -> None:
    """A message's spellings are those of its words; no word is spelt as nothing."""
    message = typed(text)
    assert message.norms == {word.norm for word in message.words}
    assert "" not in message.norms


def test_one_message_kept() -> None:
    """What people type is not kept beyond the message that is being read."""
    assert typed.cache_info().maxsize == 1


def test_longest_phrase() -> None:
    """The longest phrase counts; one that breaks off leaves the shorter one."""
    phrases = Phrases(["no", "no way at all", "way"])
    words = split("no way at all no way at last")
    assert [phrases.end(words, at) for at in range(8)] == [4, 2, 2, 3, 5, 6, 6, 7]


def test_telling() -> None:
    """Where a phrase stands, a telling word of it stands too."""
    phrases = Phrases(["no", "stop it", "leave me alone", ""])
    assert phrases.telling == {"no", "stop", "leave"}


def test_spelt_as_typed() -> None:
    """Letters that are looked up as they are typed have no other spelling."""
    for code in range(0x80, 0x10000):
        letter = chr(code)
        if _AS_TYPED.fullmatch(letter):
            assert fold(normalize("NFKC", letter).casefold()) == letter
