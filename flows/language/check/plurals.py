"""missing-plural, unused-plural: plural forms that do not fit the language."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.world import Type, World
from flows.language.check.contents import Words, texts
from flows.language.check.knowledge import Knowledge, knowledge_of
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Flow
from flows.language.people import plural_forms
from flows.language.template import Form, Forms

OTHER: Final = "other"
_NUMBERS: Final[frozenset[Type | None]] = frozenset({"number", "any", None})


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find texts that lack a plural form of their language, or have one it has not."""
    flow = document.flow
    if flow is None:
        return
    known: Knowledge | None = None
    for words in texts(document, flow):
        for language, forms in words.text.forms.items():
            if len(forms) > 1:
                known = known or knowledge_of(flow, flows, world)
                yield from _unfit(document, flow, words, language, known)


def _unfit(
    document: FlowDocument, flow: Flow, words: Words, language: str, known: Knowledge
) -> Iterator[Problem]:
    forms = words.text.forms[language]
    path = (*words.path, *filter(None, (language,)))
    if not _counts(forms[OTHER], known):
        message = "no number stands in the form 'other', so it is always taken"
        place = document.positions.key((*path, OTHER))
        yield problem(document, place, "unused-plural", message)
        return
    for spoken in [language] if language else flow.languages:
        needed, all_ = plural_forms(spoken)
        for form in sorted(forms.keys() - all_) if all_ else ():
            message = f"'{spoken}' has no plural form '{form}', only {_listed(all_)}"
            place = document.positions.key((*path, form))
            yield problem(document, place, "unused-plural", message)
        if missing := _missing(forms, needed):
            message = f"'{spoken}' counts with {_listed(missing)}, too"
            place = document.positions.key(path)
            suggestion = "\n".join(f"{form}: …" for form in missing)
            yield problem(
                document, place, "missing-plural", message, suggestion=suggestion
            )


def _counts(form: Form, known: Knowledge) -> bool:
    """Tell whether a slot of the form may hold a number."""
    return any(known.type_of(slot.path) in _NUMBERS for slot in form.slots)


def _missing(forms: Forms, needed: frozenset[str]) -> list[str]:
    return [form for form in _ORDER if form in needed and form not in forms]


def _listed(forms: frozenset[str] | list[str]) -> str:
    return " and ".join(f"'{form}'" for form in _ORDER if form in forms)


_ORDER: Final = ("zero", "one", "two", "few", "many", OTHER)
