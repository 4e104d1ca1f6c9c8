"""unspoken-language: words in a language that nobody is talked with in this flow."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import texts
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Flow, KeywordTrigger
from flows.language.positions import Path


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find languages that a text has and the flow lacks, and keywords in too few."""
    flow = document.flow
    if flow is None:
        return
    for words in texts(document, flow):
        for language in words.text.languages:
            if language and not speaks(flow.languages, language):
                yield _unspoken(document, flow, language, (*words.path, language))
    yield from _keywords(document, flow)


def speaks(languages: tuple[str, ...], language: str) -> bool:
    """Tell whether one of these languages is taken for words in that one.

    >>> speaks(("pt-BR",), "pt"), speaks(("pt",), "pt-BR")
    (True, False)
    """
    return any(language in {each, each.partition("-")[0]} for each in languages)


def _unspoken(document: FlowDocument, flow: Flow, language: str, path: Path) -> Problem:
    listed = " and ".join(flow.languages)
    return problem(
        document,
        document.positions.key(path),
        "unspoken-language",
        f"nobody reads this: the flow speaks {listed}, not {language};"
        " add it to 'languages' with words for every text, or leave it out",
    )


def _keywords(document: FlowDocument, flow: Flow) -> Iterator[Problem]:
    """Find the languages in which nobody can ask for the flow, though in others."""
    asked: dict[str, Path] = {}
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, KeywordTrigger):
            if not isinstance(trigger.keyword, Mapping):
                return
            path = ("triggers", number, "keyword")
            asked |= {each: path for each in trigger.keyword if each not in asked}
    missing = [
        each
        for each in flow.languages
        if each not in asked and each.partition("-")[0] not in asked
    ]
    foreign = any(not speaks(flow.languages, each) for each in asked)
    if asked and missing and not foreign:
        yield problem(
            document,
            document.positions.key(next(iter(asked.values()))),
            "missing-language",
            f"nobody can ask for this flow in {' and '.join(missing)}",
            severity="warning",
            suggestion="\n".join(f"{language}: […]" for language in missing),
        )
