"""What a contact may ask of the bot itself: help, a human, a language, what we know."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.engine.voice import Voice
from bot.model.event import CaseOpened, LanguageChosen
from bot.understanding import chosen_language, reserved, sentence


def hear_request(
    voice: Voice, text: str, languages: Sequence[str], *, team: str | None = None
) -> str | None:
    """Answer what was asked of the bot; return the request's name, None for none.

    `start` and `back` are only named: what they do depends on whether a talk is open.
    """
    language = chosen_language(text, languages)
    if language is not None:
        choose_language(voice, language)
        return "chosen"
    request = reserved(text, languages)
    if request == "human":
        call_human(voice, team)
    elif request is not None and request in _ANSWERS:
        voice.say(_ANSWERS[request](voice))
    return request if request in _KNOWN else None


def choose_language(voice: Voice, language: str) -> None:
    """Talk in another language from now on."""
    voice.tell(LanguageChosen(language=language))
    voice.language = language


def call_human(voice: Voice, team: str | None, flow: str = "") -> None:
    """Open a case for the flow's team or the first; without teams, say so."""
    teams = voice.facts.world.teams
    team = team or (teams[0] if teams else None)
    if team is None:
        voice.say(sentence("nobody_there", voice.language))
        return
    voice.tell(CaseOpened(flow=flow, team=team, urgency="normal", cause="human"))
    voice.say(sentence("human_called", voice.language))


def help_text(voice: Voice) -> str:
    """Say what one can say here."""
    help_words = sentence("help", voice.language)
    words = ", ".join(keywords(voice))
    if not words:
        return help_words
    return f"{help_words}\n{sentence('you_can_say', voice.language, words=words)}"


def keywords(voice: Voice) -> list[str]:
    """List one keyword of each flow that starts by one, in the voice's language."""
    first: dict[str, str] = {}
    for word, (flow, language) in voice.shelf.keywords.items():
        if language in {None, voice.language}:
            first.setdefault(flow, word)
    return list(first.values())


def _about_me(voice: Voice) -> str:
    contact = voice.facts.contact
    names = (contact.first_name, contact.last_name)
    known = [name for name in names if name]
    known += [f"{name}: {value}" for name, value in contact.attributes.items()]
    if not known:
        return sentence("about_me_none", voice.language)
    return sentence("about_me", voice.language, lines="\n".join(known))


def _languages(voice: Voice) -> str:
    spoken = sorted({x for s in voice.shelf.current.values() for x in s.flow.languages})
    return sentence("languages", voice.language, languages=", ".join(spoken))


_ANSWERS: Final[Mapping[str, Callable[[Voice], str]]] = {
    "help": help_text,
    "about_me": _about_me,
    "language": _languages,
}
_KNOWN: Final = frozenset({"start", "help", "human", "back", "language", "about_me"})
