"""Stop, and the way back. A stop is the person's and comes before all else."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from bot.engine.voice import Voice
from bot.model.answer import Accepted, Asked
from bot.model.event import MessageCreated, Restarted, StopDoubted, Stopped
from bot.model.message import STOP, Outbound
from bot.understanding import reserved, sentence, understand, wishes_stop

_DOUBT: Final = Asked(kind="yes_no")


Heeded = Literal["stopped", "going_on", "asked"]


def hear_stop(
    voice: Voice, text: str, languages: Sequence[str], is_label: Callable[[], bool]
) -> Heeded | None:
    """Act on a stop, a wish to stop, or the answer to *shall we stop?*.

    Return what was done, None where the words are about something else. `is_label`
    says whether the waiting question would take them: then a word such as *cancel* is
    an answer, while *stop* never is.
    """
    meaning = reserved(text, languages)
    if meaning == "stop" or (meaning == "stop_unless_label" and not is_label()):
        return stop(voice)
    settled = _settle_doubt(voice, text) if voice.facts.contact.doubting else None
    if settled is None and wishes_stop(text, languages):
        if voice.facts.contact.stopped:
            return "stopped"
        voice.tell(StopDoubted(open=True))
        voice.say(sentence("shall_we_stop", voice.language))
        return "asked"
    return settled


def stop(voice: Voice) -> Heeded:
    """Stop for good, and confirm it once with the way back."""
    voice.tell(Stopped())
    if not voice.facts.contact.stopped:
        words = sentence("stopped", voice.language, brand=voice.facts.world.brand)
        voice.tell(MessageCreated(content=Outbound(text=words), topic=STOP))
    return "stopped"


def restart(voice: Voice, text: str, languages: Sequence[str]) -> bool:
    """Take up writing again after a stop; True where the words said only that."""
    voice.tell(Restarted())
    if reserved(text, languages) != "start":
        return False
    voice.say(sentence("started_again", voice.language))
    return True


def _settle_doubt(voice: Voice, text: str) -> Heeded | None:
    """Read a yes or no to *shall we stop?*; anything else lets the question go."""
    answer = understand(_DOUBT, text, voice.language, today=voice.facts.today)
    voice.tell(StopDoubted(open=False))
    if not isinstance(answer, Accepted):
        return None
    if answer.value:
        return stop(voice)
    voice.say(sentence("going_on", voice.language))
    return "going_on"
