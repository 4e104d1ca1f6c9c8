"""missing-language: words lack a language of the flow, or name a foreign one."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import Words, texts
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Ask, Flow, KeywordTrigger
from flows.language.positions import Path
from flows.language.template import Text, is_language


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find words that some contacts of this flow would get in a foreign language."""
    flow = document.flow
    if flow is None:
        return
    for words in texts(document, flow):
        missing = _missing(words.text, flow) if words.spoken else []
        if missing:
            yield _lacks(document, words, missing)
    yield from _foreign(document, flow)


def _missing(text: Text, flow: Flow) -> list[str]:
    if "" in text.languages:
        bare = len(flow.languages) == 1 or not any(
            character.isalpha()
            for form in text.forms[""].values()
            for character in form.words
        )
        return [] if bare else list(flow.languages)
    return [each for each in flow.languages if not _speaks(text, each)]


def _speaks(text: Text, language: str) -> bool:
    return language in text.languages or language.partition("-")[0] in text.languages


def _lacks(document: FlowDocument, words: Words, missing: list[str]) -> Problem:
    listed = " and ".join(missing)
    said = f"this text has no words in {listed}"
    if "" in words.text.languages:
        said = f"this text says not which language it is; the flow speaks {listed}"
    return problem(
        document,
        document.positions.key(words.path),
        "missing-language",
        said,
        suggestion="\n".join(f"{language}: …" for language in missing),
    )


def _foreign(document: FlowDocument, flow: Flow) -> Iterator[Problem]:
    """Find languages that are none, and keywords and aliases in unspoken ones."""
    for number, language in enumerate(flow.languages):
        if not is_language(language):
            place = document.positions.value(("languages", number))
            message = f"'{language}' is no language such as en or pt-BR"
            yield problem(document, place, "unknown-language", message)
    for language, path in _used(flow):
        if language not in flow.languages:
            yield problem(
                document,
                document.positions.key(path),
                "unknown-language",
                f"this flow does not speak '{language}', only"
                f" {' and '.join(flow.languages)}",
            )


def _used(flow: Flow) -> Iterator[tuple[str, Path]]:
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, KeywordTrigger) and isinstance(trigger.keyword, Mapping):
            for language in trigger.keyword:
                yield language, ("triggers", number, "keyword", language)
    for name, step in flow.steps.items():
        for key, option in step.options.items() if isinstance(step, Ask) else ():
            if isinstance(option.aliases, Mapping):
                for language in option.aliases:
                    path = ("steps", name, "options", key, "aliases", language)
                    yield language, path
