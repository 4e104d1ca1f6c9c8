"""equal-labels, alike-labels: two options of a question cannot be told apart."""

from collections.abc import Iterator, Mapping, Sequence

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.options import Named, at_name, questions
from flows.language.document import FlowDocument


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find options of one question that look alike, or are one when they are typed."""
    if document.flow is None:
        return
    for _, names in questions(document, document.flow):
        yield from _equal(document, [named for named in names if named.label])
        yield from _alike(document, names)


def _equal(document: FlowDocument, labels: Sequence[Named]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for named in labels:
        first = seen.setdefault((named.language, _look(named)), named.option)
        if first != named.option:
            message = f"options '{first}' and '{named.option}' have the same label"
            yield at_name(document, named, "equal-labels", message)


def _look(named: Named) -> str:
    return named.words.strip().casefold()


def _alike(document: FlowDocument, names: Sequence[Named]) -> Iterator[Problem]:
    """Find names of which understanding takes neither, each pair of options once."""
    languages = tuple(dict.fromkeys(named.language for named in names))
    seen: dict[tuple[str, str], Named] = {}
    told: set[tuple[str, str]] = set()
    for named in names:
        for language in [named.language] if named.language else languages:
            first = seen.setdefault((language, named.typed), named)
            pair = (first.option, named.option)
            if not named.typed or pair in told or not _confuse(first, named):
                continue
            told.add(pair)
            message = (
                f"'{named.typed}' may be option '{first.option}' or '{named.option}',"
                " so who types it is asked again; take other words"
            )
            yield at_name(document, named, "alike-labels", message)


def _confuse(first: Named, second: Named) -> bool:
    """Tell whether these are names of two options, beyond what equal-labels says."""
    told = first.label and second.label and _look(first) == _look(second)
    return first.option != second.option and not told
