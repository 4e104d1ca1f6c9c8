"""The words of one language around a number: what leads to it, parts it, turns it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from bot.model.words import Word
from bot.understanding.lexicon import Satisfaction, Scale, load
from bot.understanding.numerals import numerals
from bot.understanding.phrases import Phrases, spoken
from bot.understanding.signs import QUESTION, WRAPPING, decorates, parts, spaced


class Around:
    """The words of one language around a number."""

    def __init__(self, language: str) -> None:
        lexicon = load(language)
        self.spaces_part = lexicon.spaces_part
        self.verbs_say_who = lexicon.verbs_say_who
        self.dotted_ordinals = lexicon.dotted_ordinals
        self.sentence_ends = frozenset(lexicon.sentence_ends)
        self.numerals = numerals(language)
        self._take_scale(lexicon.scale)
        self.months = Phrases(chain.from_iterable(lexicon.date.months))
        self.ordinals = Phrases(lexicon.date.ordinals)
        self.praise = Phrases(_every(lexicon.satisfaction))
        self.unsure = Phrases(lexicon.yes_no.neither)
        shaky = frozenset(lexicon.yes_no.unsure_after_yes)
        self.maybe = Phrases(shaky.intersection(lexicon.yes_no.neither))
        self.positions = Phrases(lexicon.choice.positions)
        polite = (*lexicon.yes_no.yes_fillers, *lexicon.yes_no.no_fillers)
        self.polite = Phrases(polite)
        self.no = frozenset(map(spoken, lexicon.yes_no.no))
        self.pure_no = frozenset(map(spoken, lexicon.yes_no.pure_no))
        self.torn = self.no & self.corrections.firsts
        self._glance()

    def _take_scale(self, scale: Scale) -> None:
        """Compile the phrases around a score."""
        known = (*scale.strong, *scale.would, *scale.conclusions)
        self.lead = Phrases((*scale.lead, *scale.article, *known))
        self.conclusions = Phrases(scale.conclusions)
        self.most, self.least = Phrases(scale.most), Phrases(scale.least)
        self.ends = self.most.firsts | self.least.firsts
        self.article = Phrases(scale.article)
        self.strong = Phrases(scale.strong)
        self.would = Phrases(scale.would)
        self.own = Phrases(scale.own)
        self.others = Phrases(scale.others)
        self.trail = Phrases((*scale.trail, *known))
        self.stars = Phrases((*scale.stars, "*"))
        self.out_of = Phrases((*scale.out_of, "/"))
        self.out_of_first = Phrases(scale.out_of_first)
        self.because = Phrases(scale.because)
        self.but = Phrases(scale.but)
        self.openers = Phrases(scale.openers)
        self.conditions = Phrases(scale.conditions)
        self.negations = Phrases(scale.negations)
        self.denied = Phrases(scale.denied)
        self.corrections = Phrases(scale.corrections)
        self.units = Phrases((*scale.units, "%", "٪", "€", "$", "£", "°"))
        self.nearly = Phrases(scale.nearly)
        self.shades = Phrases(scale.shades)

    def _glance(self) -> None:
        """Gather first words: where none of them stands, there is nothing to skip."""
        turning = (self.negations, self.corrections, self.nearly)
        self.unmasked = (*turning, self.units, self.lead, self.because, self.denied)
        self.notes = _firsts((self.strong, self.would, self.article, self.conclusions))
        before = (self.lead, self.out_of_first, self.stars, *turning)
        after = (
            *(self.out_of, self.out_of_first, self.stars, self.trail, self.denied),
            *(self.units, self.months, self.ordinals, self.numerals.multiplying),
        )
        self.turns = _firsts(turning)
        self.before = (_firsts(before) | WRAPPING | {"\n"}) - self.numerals.minus
        self.after = _firsts(after) | self.numerals.after | {".", "+"}

    def turn(self, words: Sequence[Word], at: int) -> tuple[list[str], int]:
        """Return how the longest phrases here turn a number, and where they end."""
        denied = self.negations.end(words, at)
        corrected = self.corrections.end(words, at)
        nearly = self.nearly.end(words, at)
        end = max(denied, corrected, nearly)
        named = ("denied", denied), ("corrected", corrected), ("nearly", nearly)
        return [name for name, one in named if one == end], end

    def counts(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a unit or a month stands here: "3 days", "8 May"."""
        end = max(self.units.end(words, at), self.months.end(words, at))
        if end == at:
            return False
        return end >= max(self.trail.end(words, at), self.denied.end(words, at))

    def _sentence_ends(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a space follows the ending of a sentence: "좋아요 8점"."""
        before, last = words[at - 2], words[at - 1]
        apart = last.end < words[at].start and before.end == last.start
        return apart and last.norm in self.sentence_ends

    def bounds(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a clause may end before this place."""
        if at >= len(words):
            return True
        word = words[at]
        if self.spaces_part and at and spaced(words, at):
            return True
        if self.sentence_ends and at > 1 and self._sentence_ends(words, at):
            return True
        if word.kind == "word":
            begins = word.norm in self.because.firsts
            return (begins and self.because.end(words, at) > at) or decorates(word)
        return parts(words, at) or word.norm in QUESTION or decorates(word)


def _firsts(several: Iterable[Phrases]) -> frozenset[str]:
    """Return the words that any of these phrases begins with."""
    return frozenset[str]().union(*(phrases.firsts for phrases in several))


def _every(section: Satisfaction) -> Iterator[str]:
    """Yield every word of satisfaction, whatever it says."""
    for name in section.__struct_fields__:
        yield from getattr(section, name)


@cache
def around(language: str) -> Around:
    """Return the words around numbers of a language, compiled once."""
    return Around(language)
