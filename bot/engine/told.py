"""Which flows wait for an event that was told from outside."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from bot.engine.begin import language_of
from bot.engine.heard import Facts
from bot.engine.scope import contact_scope
from bot.engine.script import Script, Shelf
from bot.model.answer import Value
from flows.language.model import EventTrigger


class Awaited(NamedTuple):
    """A flow that waits for an event: it is to start after so long."""

    flow: str
    wait: timedelta


class Declined(NamedTuple):
    """A flow that waits for an event of another kind; why, where a type did not fit."""

    flow: str
    misfit: str | None


def awaiting(
    shelf: Shelf, event: str, data: Mapping[str, Value], facts: Facts
) -> Iterator[Awaited | Declined]:
    """Yield each flow that has a trigger for this event, and whether its `when` holds.

    Of several triggers for one event the first that holds counts.
    """
    for name in sorted(shelf.current):
        script = shelf.current[name]
        triggers = [
            trigger
            for trigger in script.flow.triggers
            if isinstance(trigger, EventTrigger) and trigger.event == event
        ]
        if triggers:
            yield _judged(script, triggers, data, facts)


def _judged(
    script: Script,
    triggers: list[EventTrigger],
    data: Mapping[str, Value],
    facts: Facts,
) -> Awaited | Declined:
    seen = _scope(script, data, facts)
    misfit: str | None = None
    for trigger in triggers:
        result = trigger.when.test(seen) if trigger.when else True
        if result is True:
            return Awaited(script.name, trigger.wait or timedelta())
        if result is not False:
            misfit = misfit or str(result)
    return Declined(script.name, misfit)


def _scope(
    script: Script, data: Mapping[str, Value], facts: Facts
) -> Mapping[str, Mapping[str, object]]:
    """Return what a trigger's condition sees: there is no talk yet."""
    session = {
        "channel": facts.address.channel,
        "language": language_of(script, facts, None),
        "flow": script.name,
        "trigger": "event",
        "today": facts.today,
    }
    return {
        "event": data,
        "contact": contact_scope(facts.contact),
        "session": session,
        "answers": {},
    }
