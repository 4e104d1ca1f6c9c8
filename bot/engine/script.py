"""A revision made ready to run, and the shelf of all that talks may need."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from bot.model.answer import SCALES, Asked, Option
from bot.model.message import Shown
from bot.understanding import normalise
from flows.language.model import (
    AnythingTrigger,
    Ask,
    CommandTrigger,
    Flow,
    KeywordTrigger,
    Label,
    Refer,
    ReferralTrigger,
    Run,
    Step,
)
from flows.language.template import Text


class Script:
    """One revision of a flow, with what its steps need worked out once."""

    def __init__(self, revision: str, flow: Flow) -> None:
        self.revision = revision
        self.flow = flow
        self.name = flow.flow
        self.steps: Mapping[str, Step] = flow.steps
        self.first = next(iter(flow.steps))
        names = [*flow.steps, "end"]
        self.following = dict(pairwise(names))
        self.taken = frozenset(
            step.unless_said
            for step in flow.steps.values()
            if isinstance(step, Ask) and step.unless_said
        )
        self.shown: dict[tuple[str, str], Shown] = {}
        self._asked: dict[tuple[str, str], Asked] = {}

    def asked(self, name: str, language: str) -> Asked:
        """Return the question of a step as understanding needs it, in one language."""
        key = (name, language)
        asked = self._asked.get(key)
        if asked is None:
            asked = _asked(self.steps[name], language, self.flow.languages)
            self._asked[key] = asked
        return asked

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """Name the flows that this one runs inside itself."""
        return tuple(s.run for s in self.steps.values() if isinstance(s, Run))

    @cached_property
    def programme(self) -> str | None:
        """Name the programme of this flow: of its refer step or referral trigger."""
        for step in self.steps.values():
            if isinstance(step, Refer):
                return step.refer
        triggers = self.flow.triggers
        return next(
            (t.referral for t in triggers if isinstance(t, ReferralTrigger)), None
        )

    @cached_property
    def by_link_only(self) -> bool:
        """Say whether only an invitation starts this flow."""
        triggers = self.flow.triggers
        return bool(triggers) and all(isinstance(t, ReferralTrigger) for t in triggers)

    def spoken(self, wanted: Iterable[str | None]) -> str | None:
        """Return the first of these languages that the flow speaks, None for none."""
        for language in wanted:
            if language is None:
                continue
            for name in (language, language.split("-")[0]):
                if name in self.flow.languages:
                    return name
        return None


def _asked(step: Step, language: str, fallbacks: Sequence[str]) -> Asked:
    if not isinstance(step, Ask):
        raise TypeError(step)
    low, high = SCALES.get(step.answer, (step.min, step.max))
    return Asked(
        kind=step.answer,
        options=tuple(
            _option(key, label, language, fallbacks)
            for key, label in step.options.items()
        ),
        minimum=low,
        maximum=high,
        optional=step.optional,
    )


def _option(key: str, label: Label, language: str, fallbacks: Sequence[str]) -> Option:
    aliases = label.aliases
    words = aliases.get(language, ()) if isinstance(aliases, Mapping) else aliases
    return Option(key, plain(label.label, language, fallbacks), tuple(words))


def plain(text: Text, language: str, fallbacks: Sequence[str]) -> str:
    """Return words that hold no names to fill in, such as a label."""
    return text.render(language, fallbacks, {})


class Shelf:
    """Every revision a talk may need, which one is current, and what starts it."""

    def __init__(self, scripts: Iterable[Script], current: Mapping[str, str]) -> None:
        self.by_hash = {script.revision: script for script in scripts}
        self.current = {name: self.by_hash[h] for name, h in current.items()}
        self.keywords: dict[str, tuple[str, str | None]] = {}
        self.commands: dict[str, str] = {}
        self.anything: str | None = None
        for name in sorted(self.current, reverse=True):
            self._index(self.current[name])

    def _index(self, script: Script) -> None:
        for trigger in script.flow.triggers:
            match trigger:
                case KeywordTrigger(keyword=words):
                    for language, word in _keywords(words):
                        if said := normalise(word):
                            self.keywords[said] = (script.name, language)
                case CommandTrigger(command=command):
                    self.commands[command] = script.name
                case AnythingTrigger(anything=True):
                    self.anything = script.name
                case _:
                    pass

    def pins(self, name: str) -> dict[str, str]:
        """Return the revisions a talk through this flow keeps: it and all it runs."""
        found: dict[str, str] = {}
        waiting = [name]
        while waiting:
            flow = waiting.pop()
            if flow in found or flow not in self.current:
                continue
            script = self.current[flow]
            found[flow] = script.revision
            waiting.extend(script.runs)
        return found


def _keywords(
    words: Sequence[str] | Mapping[str, Sequence[str]],
) -> list[tuple[str | None, str]]:
    if isinstance(words, Mapping):
        return [(language, word) for language, those in words.items() for word in those]
    return [(None, word) for word in words]
