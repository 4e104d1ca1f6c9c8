"""A scale answered in words: "very satisfied", "muy fácil", "memnun değilim".

A word of satisfaction or ease with words of degree before or behind it; or a whole
phrase that the lexicon gives a score of its own. What denies more than it says, such as
"not dissatisfied", is no score.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import Final, Literal

from bot.model.answer import Kind
from bot.model.words import Word, single
from bot.understanding.around import around
from bot.understanding.clause import Read
from bot.understanding.lexicon import LEFT_OUT, Lexicon, Said, load
from bot.understanding.phrases import Phrases, spelt
from bot.understanding.typos import Slips

Degree = Literal["very", "fairly", "little", "denied", "not_at_all"]

DEGREES: Final[tuple[Degree, ...]] = (
    "not_at_all",
    "denied",
    "little",
    "fairly",
    "very",
)
TURNING: Final[frozenset[Degree]] = frozenset({"denied", "not_at_all", "little"})
"""Degrees that turn a word into its opposite, or take it back."""

_MOST: Final = 4
"""Words of degree on one side."""

_CORES: Final[Mapping[str, tuple[str, Mapping[str, int]]]] = {
    "csat": (
        "satisfaction",
        {
            "delighted": 5,
            "satisfied": 4,
            "neutral": 3,
            "dissatisfied": 2,
            "awful": 1,
        },
    ),
    "ces": ("ease", {"easy": 6, "neither": 4, "difficult": 2}),
}
_STRONGER: Final[Mapping[str, int]] = {
    "delighted": 5,
    "satisfied": 5,
    "dissatisfied": 1,
    "awful": 1,
    "easy": 7,
    "difficult": 1,
}
_WEAKER: Final[Mapping[str, int]] = {
    "satisfied": 4,
    "dissatisfied": 2,
    "easy": 5,
    "difficult": 3,
}


class Worded:
    """The words of one scale in one language."""

    def __init__(self, kind: Kind, lexicon: Lexicon) -> None:
        section, self.usual = _CORES.get(kind, ("", {}))
        words = getattr(lexicon, section) if section else None
        self.cores = {name: Phrases(getattr(words, name)) for name in self.usual}
        self.degrees = {
            name: Phrases(getattr(lexicon.degree, name)) for name in DEGREES
        }
        self.joiners = Phrases(lexicon.choice.joiners)
        apart = lexicon.satisfaction if section == "ease" else None
        self.others = (
            [Phrases(getattr(apart, n)) for n in apart.__struct_fields__]
            if apart
            else []
        )
        self.trail = around(lexicon.language).trail
        self.polite = around(lexicon.language).polite
        phrases = lexicon.worded.get(kind, {})
        self.phrases = Phrases(said for several in phrases.values() for said in several)
        self.values = _values(phrases)
        self.core_firsts = frozenset[str]().union(
            *(core.firsts for core in self.cores.values())
        )
        self.degree_firsts = frozenset[str]().union(
            *(degree.firsts for degree in self.degrees.values())
        )
        self.firsts = self.phrases.firsts | self.core_firsts | self.degree_firsts

    @cached_property
    def slips(self) -> Slips:
        """Every word that stands in a phrase of this scale, as it may be mistyped."""
        every = (self.phrases, *self.cores.values(), *self.degrees.values())
        phrases = [said for one in every for said in one.whole]
        words = {word for said in phrases for word in said if not single(word)}
        signs = {"".join(said) for said in phrases if said and single(said[0])}
        return Slips(word.replace(LEFT_OUT, "") for word in words | signs)

    def read(self, words: Sequence[Word], start: int) -> Read | None:
        """Return the score that words at this place say; no value where they deny."""
        if start >= len(words) or words[start].norm not in self.firsts:
            return None
        whole = self.phrases.end(words, start)
        made = self._made(words, start)
        if whole > start and (made is None or whole >= made.end):
            said = tuple(word.norm for word in words[start:whole])
            value = self.values.get(" ".join(said))
            half = made is not None and made.end == whole and made.value is None
            if value == 1 or not half:  # "not really satisfied" says half a thing
                return self._joined(words, Read(value, whole, worded=True))
        return made

    def delights(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word of praise stands here that may be sarcasm."""
        core = self.cores.get("delighted")
        return core is not None and core.end(words, at) > at

    def degree(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word of degree stands here."""
        return any(one.end(words, at) > at for one in self.degrees.values())

    def _made(self, words: Sequence[Word], start: int) -> Read | None:
        before, at = self._degrees(words, start)
        core, end = self._core(words, at)
        if not core and before:  # "not at all": a word of degree may begin the core
            before, at = [], start
            core, end = self._core(words, start)
        if not core:
            return None
        after, behind = self._degrees(words, end)
        signs = "very" in after and single(words[end].norm)
        runs_on = signs and not self._closes(words, behind)  # "불만이에요 너무 느려요"
        if runs_on or ("very" in after and self._thanks(words, end, behind)):
            after, behind = [], end
        if TURNING.isdisjoint(after) or self._closes(words, behind):
            end = behind
        else:
            after = []
        value = self._value(core, before, after)
        if any(other.end(words, end) > end for other in self.others):
            value = None  # "einfach schlecht": simply bad
        return self._joined(words, Read(value, end, worded=True))

    def _thanks(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether "very" behind a word belongs to thanks: "thanks very much"."""
        return self.polite.end(words, start) > end

    def _joined(self, words: Sequence[Word], read: Read) -> Read:
        """Return what two words with an *and* between say: the stronger of the two."""
        at = self.joiners.end(words, read.end)
        if at == read.end or read.value is None:
            return read
        other = self._made(words, at)
        if other is None or other.value is None:
            return read
        middle = self.usual.get("neutral") or self.usual.get("neither") or 0
        one, two = read.value - middle, other.value - middle
        if one * two <= 0:
            return Read(None, other.end, worded=True)
        value = (
            max(read.value, other.value) if one > 0 else min(read.value, other.value)
        )
        return Read(value, other.end, worded=True)

    def _closes(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a clause ends here: what denies farther on, denies a remark."""
        at = self.trail.skip(words, at)
        return at >= len(words) or words[at].kind not in {"word", "number", "phrase"}

    def turned_at_end(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether a remark ends with a word that takes something back."""
        return any(
            self.degrees[name].end(words, at) == end
            for at in range(max(start, end - _MOST), end)
            for name in TURNING
        )

    def _core(self, words: Sequence[Word], at: int) -> tuple[str, int]:
        """Return which class of word stands here and where it ends, or nothing."""
        best, end = "", at
        if at < len(words) and words[at].norm in self.core_firsts:
            for name, core in self.cores.items():
                if (after := core.end(words, at)) > end:
                    best, end = name, after
        return best, end

    def _degrees(self, words: Sequence[Word], at: int) -> tuple[list[Degree], int]:
        found: list[Degree] = []
        for _ in range(_MOST):
            if at >= len(words) or words[at].norm not in self.degree_firsts:
                break
            best, end = DEGREES[0], at
            for name in DEGREES:
                if (after := self.degrees[name].end(words, at)) > end:
                    best, end = name, after
            if end == at or self._core(words, at)[1] > end:
                break
            found.append(best)
            at = end
        return found, at

    def _value(
        self, core: str, before: Sequence[Degree], after: Sequence[Degree]
    ) -> int | None:
        """Return the score of a word with its degrees, None where they turn it."""
        said = {*before, *after}
        if said & TURNING:
            return self._turned(before, said) if core == "satisfied" else None
        scores = self.usual
        if "very" in said:
            scores = {**scores, **_STRONGER}
        elif "fairly" in said:
            scores = {**scores, **_WEAKER}
        return scores[core]

    def _turned(self, before: Sequence[Degree], said: set[Degree]) -> int | None:
        """Return the score of "not satisfied", None for "not exactly" and the like."""
        if "not_at_all" in said:
            return 1
        apart = ("denied", "very") in pairwise(before) or "fairly" in said
        around_it = "very" in before and "denied" not in before
        if "little" in said or apart or around_it:
            return None  # "not really satisfied" may be a 2 or a 3
        return 1 if ("very", "denied") in pairwise(before) else 2


@cache
def worded(kind: Kind, language: str) -> Worded:
    """Return the words of a scale in a language, compiled once."""
    return Worded(kind, load(language))


def _values(phrases: Mapping[int, Said]) -> dict[str, int]:
    return {
        " ".join(spelt(said)): value
        for value, several in phrases.items()
        for said in several
    }
