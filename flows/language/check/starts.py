"""Whether a flow has the trigger that a test starts it by."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from unicodedata import normalize

from flows.language.model import (
    CommandTrigger,
    EventTrigger,
    Flow,
    KeywordTrigger,
    ReferralTrigger,
)
from flows.language.talks import Command, Event, Keyword, Referral, Start


class Missing(NamedTuple):
    """A trigger that a flow does not have, by the key that names it."""

    key: str
    message: str


def missing(flow: Flow, start: Start | None) -> Missing | None:
    """Return what a test starts by and its flow does not, None where all is well."""
    match start:
        case Keyword(keyword=word) if _bare(word) not in _keywords(flow):
            return _missing(flow, "keyword", word)
        case Command(command=name) if name not in _commands(flow):
            return _missing(flow, "command", name)
        case Event(event=name) if name not in _events(flow):
            return _missing(flow, "event", name)
        case Referral(referral=name) if name not in _referrals(flow):
            return _missing(flow, "referral", name)
        case _:
            return None


def _missing(flow: Flow, key: str, name: str) -> Missing:
    return Missing(key, f"flow '{flow.flow}' has no trigger '{key}: {name}'")


def _bare(word: str) -> str:
    """Return a keyword's letters and digits: how else it is written does not matter."""
    return "".join(x for x in normalize("NFKD", word).casefold() if x.isalnum())


def _keywords(flow: Flow) -> set[str]:
    found: set[str] = set()
    for trigger in flow.triggers:
        if isinstance(trigger, KeywordTrigger):
            words = trigger.keyword
            lists: Iterable[Iterable[str]] = (
                words.values() if isinstance(words, Mapping) else [words]
            )
            found |= {_bare(word) for those in lists for word in those}
    return found


def _commands(flow: Flow) -> set[str]:
    return {t.command for t in flow.triggers if isinstance(t, CommandTrigger)}


def _events(flow: Flow) -> set[str]:
    return {t.event for t in flow.triggers if isinstance(t, EventTrigger)}


def _referrals(flow: Flow) -> set[str]:
    return {t.referral for t in flow.triggers if isinstance(t, ReferralTrigger)}
