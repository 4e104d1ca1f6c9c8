"""keyword-clash, hidden-reserved, unheard-keyword: words that start no flow."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.errors import Problem
from bot.model.words import normalise, plain
from bot.model.world import World
from flows.language.check.once import once
from flows.language.check.places import longest, problem
from flows.language.document import FlowDocument
from flows.language.model import (
    AnythingTrigger,
    CommandTrigger,
    Flow,
    KeywordTrigger,
)
from flows.language.positions import Path

ENGLISH: Final = "en"
MEANINGS: Final[Mapping[str, str]] = {
    "stop": "ends all writing",
    "stop_unless_label": "ends all writing",
    "start": "starts whatever the channel begins with",
    "help": "tells what one can say",
    "human": "calls a person",
    "back": "goes back a question",
    "about_me": "tells what is known of somebody",
    "language": "changes the language",
}
"""What each reserved message does in every flow."""


class Claim(NamedTuple):
    """Something that starts a flow when it is heard; what clashes has an equal key."""

    key: tuple[str, str]
    """The kind of trigger, and the word as the engine spells it."""
    written: str
    path: Path
    languages: tuple[str, ...]


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find keywords and commands that another meaning or another flow takes."""
    flow = document.flow
    if flow is None:
        return
    seen: dict[tuple[str, str], set[str]] = {}
    for claim in claims(document, flow):
        code, said = "unheard-keyword", _unheard(claim)
        if not said:
            code, said = "hidden-reserved", _hidden(claim, world)
        if not said:
            code, said = "keyword-clash", _clash(claim, flow.flow, _taken(flows), seen)
        if said:
            place = document.positions.value(claim.path)
            yield problem(document, place, code, said)
        else:
            seen.setdefault(claim.key, set()).update(claim.languages)


def claims(document: FlowDocument, flow: Flow) -> Iterator[Claim]:
    """Yield all words, commands and whatever else a contact can start a flow by."""
    for number, trigger in enumerate(flow.triggers):
        path = ("triggers", number)
        match trigger:
            case KeywordTrigger():
                yield from _keywords(document, flow, trigger, (*path, "keyword"))
            case CommandTrigger(command=command):
                place = (*path, "command")
                yield Claim(("command", command), f"/{command}", place, flow.languages)
            case AnythingTrigger(anything=True):
                yield Claim(
                    ("anything", ""), "anything", (*path, "anything"), flow.languages
                )
            case _:
                pass


def _keywords(
    document: FlowDocument, flow: Flow, trigger: KeywordTrigger, path: Path
) -> Iterator[Claim]:
    said = trigger.keyword
    by_language = said if isinstance(said, Mapping) else {"": said}
    for language, words in by_language.items():
        at = (*path, language) if language else path
        for number, word in enumerate(words):
            place = longest(document.positions, (*at, number), at)
            spoken = (language,) if language else flow.languages
            yield Claim(("keyword", normalise(word)), word, place, spoken)


def _unheard(claim: Claim) -> str:
    kind, word = claim.key
    if kind != "keyword":
        return ""
    if not word:
        return "nobody can type this; a keyword has letters or digits"
    if claim.written.lstrip().startswith("/"):
        return "what begins with / is a command; write 'command:' without the sign"
    return ""


def _hidden(claim: Claim, world: World) -> str:
    """Say what words mean in every flow, before keywords are looked for."""
    if claim.key[0] == "anything":
        return ""
    said = plain(claim.written)
    for language in dict.fromkeys((*claim.languages, ENGLISH)):
        if meaning := world.reserved.get(language, {}).get(said):
            does = MEANINGS.get(meaning, "means something else")
            return f"in every flow '{claim.written}' {does}; take another word"
    return ""


@once
def _taken(flows: Mapping[str, FlowDocument]) -> Mapping[tuple[str, str], str]:
    """Return which flow each word goes to: of several, the first by name."""
    taken: dict[tuple[str, str], str] = {}
    for name, other in sorted(flows.items()):
        if other.flow is not None:
            for claim in claims(other, other.flow):
                taken.setdefault(claim.key, name)
    return taken


def _clash(
    claim: Claim,
    own: str,
    taken: Mapping[tuple[str, str], str],
    seen: Mapping[tuple[str, str], set[str]],
) -> str:
    other = taken.get(claim.key, own)
    if other < own:
        said = f"'{claim.written}' starts flow '{other}' already"
        return f"{said}; only one flow can have it"
    if not seen.get(claim.key, set()).isdisjoint(claim.languages):
        return f"'{claim.written}' stands here twice; once is enough"
    return ""
