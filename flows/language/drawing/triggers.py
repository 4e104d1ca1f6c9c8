"""What starts a flow, a node each."""

from collections.abc import Iterator, Mapping
from typing import Final

from flows.language.drawing.nodes import Node
from flows.language.drawing.words import one_line, span_words
from flows.language.model import (
    AnythingTrigger,
    CommandTrigger,
    DateTrigger,
    EventTrigger,
    Flow,
    KeywordTrigger,
    ReferralTrigger,
    Trigger,
)

MOST_APART: Final = 6
"""Triggers with a node each; more of them share one."""


def starts(flow: Flow, language: str) -> Iterator[Node]:
    """Yield a node for each trigger; one where there is none, and one for very many."""
    said = [_words(trigger, language) for trigger in flow.triggers]
    if not said:
        yield Node(key="start_1", shape="start", name="started by name")
    elif len(said) > MOST_APART:
        lines = tuple(f"{kind} {words}".strip() for kind, words in said)
        yield Node(key="start_1", shape="start", name="triggers", causes=lines)
    else:
        for number, (kind, words) in enumerate(said, 1):
            yield Node(
                key=f"start_{number}", shape="start", notes=(kind,), name=words or kind
            )


def _words(trigger: Trigger, language: str) -> tuple[str, str]:
    """Return a trigger's kind, and what it waits for."""
    match trigger:
        case KeywordTrigger():
            return "keyword", one_line(", ".join(_keywords(trigger, language)))
        case CommandTrigger():
            return "command", f"/{trigger.command}"
        case EventTrigger():
            return "event", ", ".join(_of_event(trigger))
        case ReferralTrigger():
            return "referral", trigger.referral
        case DateTrigger():
            return "date", ", ".join(_of_date(trigger))
        case AnythingTrigger():
            return "anything", "" if trigger.anything else "no"


def _keywords(trigger: KeywordTrigger, language: str) -> tuple[str, ...]:
    words = trigger.keyword
    if not isinstance(words, Mapping):
        return words
    return words.get(language) or next(iter(words.values()), ())


def _of_event(trigger: EventTrigger) -> Iterator[str]:
    yield one_line(trigger.event)
    if trigger.wait:
        yield f"{span_words(trigger.wait)} later"
    if trigger.when:
        yield f"when {one_line(trigger.when.source)}"


def _of_date(trigger: DateTrigger) -> Iterator[str]:
    yield trigger.date
    if trigger.before:
        yield f"{span_words(trigger.before)} before"
    if trigger.after:
        yield f"{span_words(trigger.after)} after"
    if trigger.at:
        yield f"at {trigger.at:%H:%M}"
    if trigger.when:
        yield f"when {one_line(trigger.when.source)}"
