"""The words and phrases of one list, found where they stand in a message."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar

from bot.model.words import SPOKEN, Word, split

DASHES: Final = frozenset("-\u2010\u2011\u2013")
"""Signs that tie two words together, as in "twenty-one"; phrases are read over them."""

_END: Final = ""
"""Stands in a tree where a phrase may end; no word is spelt like that."""

_Tree = dict[str, Any]
"""What may follow each word of some phrases, word by word; what one means at its end.

The phrases behind a first word are a list until that word is met: a language has ten
thousand phrases, and a message a few words.
"""


class Phrases:
    """A set of words and phrases, found in a list of words at one place.

    `firsts` are the words that they begin with.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._tree: _Tree = {}
        tree = self._tree
        for phrase in phrases:
            words = _norms(phrase.partition(" ")[0]) or spelt(phrase)
            first = words[0] if words else ""
            if first in tree:
                tree[first].append(phrase)
            elif first:
                tree[first] = [phrase]
        self.firsts = frozenset(tree)

    def _means(self, phrase: str) -> object:  # noqa: ARG002 - these mean themselves
        """Return what stands at the end of a phrase."""
        return True

    def _branch(self, first: str) -> _Tree:
        """Return what may follow a first word, which some phrase must have."""
        known: _Tree | list[str] = self._tree[first]
        if isinstance(known, dict):
            return known
        branch: _Tree = {}
        for phrase in known:
            twig = branch
            for word in spelt(phrase)[1:]:
                twig = twig.setdefault(word, {})
            twig[_END] = self._means(phrase)
        self._tree[first] = branch
        return branch

    @cached_property
    def whole(self) -> frozenset[tuple[str, ...]]:
        """Every phrase, as its words."""
        return frozenset(
            (first, *rest)
            for first in self.firsts
            for rest in _ends(self._branch(first))
        )

    def end(self, words: Sequence[Word], start: int) -> int:
        """Return where the longest phrase that begins at `start` ends, or `start`."""
        if start >= len(words):
            return start
        norm = words[start].norm
        branch = self._tree.get(norm)
        if branch is None:
            return start
        if branch.__class__ is list:
            branch = self._branch(norm)
        end = at = start
        while branch is not None:
            at += 1
            if _END in branch:
                end = at
            if at >= len(words):
                break
            norm = words[at].norm
            if norm in DASHES and norm not in branch and tied(words, at):
                at += 1
                norm = words[at].norm
            branch = branch.get(norm)
        return end

    @property
    def telling(self) -> frozenset[str]:
        """Return the longest word of each phrase: where none stands, no phrase does."""
        return frozenset(max(phrase, key=len) for phrase in self.whole)

    def skip(self, words: Sequence[Word], start: int) -> int:
        """Return the first place at or after `start` where no phrase begins."""
        while (after := self.end(words, start)) > start:
            start = after
        return start

    def begun(self, words: Sequence[Word], at: int, stop: int) -> Iterator[int]:
        """Yield the places where phrases in a row begin, and words that are none."""
        while at < stop:
            yield at
            at = max(self.end(words, at), at + 1)

    def strip(self, words: Sequence[Word], start: int = 0) -> Sequence[Word]:
        """Return the words from `start` without the phrases at both ends."""
        start, end = self.skip(words, start), len(words)
        at = start
        while at < end:
            at, begun = self.skip(words, at), at
            if at >= end:
                return words[start:begun]
            at += 1
        return words[start:end]

    def knows(self, word: str) -> bool:
        """Tell whether one word is a phrase of its own."""
        return word in self.firsts and _END in self._branch(word)


Meaning = TypeVar("Meaning")


class Named(Phrases, Generic[Meaning]):
    """Phrases that each mean something."""

    def __init__(self, phrases: Mapping[str, Meaning]) -> None:
        self._phrases = phrases
        super().__init__(phrases)

    def _means(self, phrase: str) -> Meaning:
        return self._phrases[phrase]

    def meaning(self, words: Sequence[Word], start: int, end: int) -> Meaning:
        """Return what the phrase between two places means; it must be one."""
        branch = self._branch(words[start].norm)
        for word in words[start + 1 : end]:
            if word.norm in branch or word.norm not in DASHES:
                branch = branch[word.norm]
        found: Meaning = branch[_END]
        return found


def spelt(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are looked up, hyphens between left out.

    >>> spelt("Twenty-One")
    ('twenty', 'one')
    """
    said: list[str] = []
    for piece in phrase.split(" "):
        said += _norms(piece)
    return tuple(said or [norm for norm, _ in _cut(phrase)])


def spoken(phrase: str) -> str:
    """Return only the words and numbers of a phrase, one space between.

    >>> spoken("A-1, ok!")
    'a 1 ok'
    """
    cut = (word for piece in phrase.split(" ") for word in _cut(piece))
    return " ".join([norm for norm, says in cut if says])


def tied(words: Sequence[Word], at: int) -> bool:
    """Tell whether the sign at this place stands between two words without a space."""
    if not 0 < at < len(words) - 1:
        return False
    return words[at - 1].end == words[at].start and words[at].end == words[at + 1].start


@lru_cache(maxsize=16_384)
def _cut(piece: str) -> tuple[tuple[str, bool], ...]:
    """Return the words of what stands between two spaces, and which are spoken."""
    return tuple((word.norm, word.kind in SPOKEN) for word in split(piece))


@lru_cache(maxsize=16_384)
def _norms(piece: str) -> tuple[str, ...]:
    """Return the words of what stands between two spaces, hyphens left out."""
    return tuple([norm for norm, _ in _cut(piece) if norm not in DASHES])


def _ends(branch: _Tree) -> list[tuple[str, ...]]:
    """Return what follows a first word, phrase by phrase."""
    found: list[tuple[str, ...]] = [()] if _END in branch else []
    for word, twig in branch.items():
        if word != _END:
            found += [(word, *rest) for rest in _ends(twig)]
    return found
