"""The names of a question's options, each with the language and the place it has."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.errors import Problem, Severity
from bot.model.words import plain
from flows.language.check.contents import label_path
from flows.language.check.places import longest, problem
from flows.language.document import FlowDocument
from flows.language.model import Ask, Flow, Label
from flows.language.positions import Path


class Named(NamedTuple):
    """One name of an option: its label, or one of its aliases.

    `language` is empty where the words say none. `typed` is what understanding takes,
    empty where it is not known before the label is filled in.
    """

    option: str
    language: str
    words: str
    typed: str
    path: Path
    label: bool


def questions(
    document: FlowDocument, flow: Flow
) -> Iterator[tuple[Ask, tuple[Named, ...]]]:
    """Yield each question that has options, and all their names in order."""
    for name, step in flow.steps.items():
        if isinstance(step, Ask) and step.options:
            named = (
                each
                for key, option in step.options.items()
                for each in _names(document, name, key, option)
            )
            yield step, tuple(named)


def _names(
    document: FlowDocument, step: str, key: str, option: Label
) -> Iterator[Named]:
    path = label_path(document, step, key)
    for language, forms in option.label.forms.items():
        form = forms["other"]
        typed = "" if form.fixed is None else plain(form.fixed)
        place = longest(document.positions, (*path, language), path)
        yield Named(key, language, form.source, typed, place, label=True)
    aliases = option.aliases
    path = ("steps", step, "options", key, "aliases")
    by_language = aliases if isinstance(aliases, Mapping) else {"": aliases}
    for language, words in by_language.items():
        at = (*path, language) if language else path
        for number, word in enumerate(words):
            yield Named(key, language, word, plain(word), (*at, number), label=False)


def at_name(
    document: FlowDocument,
    named: Named,
    code: str,
    message: str,
    severity: Severity | None = None,
) -> Problem:
    """Return a problem at the name of an option."""
    place = document.positions.value(named.path)
    return problem(document, place, code, message, severity=severity)
