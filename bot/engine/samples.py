"""What stands in texts for what only a talk can know.

A name with a fallback shows its fallback, as it does for somebody new. A name that is
there by the time its text is said has no fallback: a number is 2, a day is today, an
answer one of those on offer, and anything else the name itself, in its braces.
"""

from collections.abc import Iterator
from typing import Final

from bot.engine.scope import SAMPLE, Root
from bot.engine.script import Script
from bot.engine.talk import Talk
from bot.model.answer import SCORED
from bot.model.world import Type
from bot.understanding import sentence
from flows.language.model import Ask
from flows.language.names import Path
from flows.language.template import Text

COUNT: Final = 2
"""The number that plural forms follow."""
_UNKNOWN: Final = frozenset({"answers", "contact", "event", "referrer"})


class Samples:
    """Fills texts in as for somebody new, and keeps which names had to be made up."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.used: dict[str, None] = {}

    def fill(self, text: Text) -> str:
        """Return the words of a text."""
        talk = self._talk
        scope: dict[str, Root] = {root: talk.words[root] for root in talk.words}
        scope |= {root: {} for root in _UNKNOWN} | {"referral": SAMPLE}
        for path, value in self._made_up(text):
            scope[path.root] = {**scope[path.root], path.key: value}
            self.used[str(path)] = None
        return text.render(talk.language, talk.script.flow.languages, scope)

    def _made_up(self, text: Text) -> Iterator[tuple[Path, object]]:
        language = self._talk.language
        for slot in text.slots(language):
            if slot.fallback is None and slot.path.root in _UNKNOWN:
                yield slot.path, self._value(slot.path)

    def _value(self, path: Path) -> object:
        if path.root == "answers":
            return self._answer(path)
        world = self._talk.facts.world
        types: dict[str, Type] = dict(world.attributes)
        if path.root == "event":
            types = {n: t for each in world.events.values() for n, t in each.items()}
        return self._of_type(types.get(path.key, "text"), path)

    def _of_type(self, type_: Type, path: Path) -> object:
        if type_ == "number":
            return COUNT
        if type_ == "date":
            return self._talk.facts.today.isoformat()
        return f"{{{path}}}"

    def _answer(self, path: Path) -> object:
        script, key = self._place(path.key)
        step = script.steps.get(key)
        if not isinstance(step, Ask):
            return f"{{{path}}}"
        asked = script.asked(key, self._talk.language)
        if step.answer in SCORED:
            return asked.maximum
        if step.answer in {"yes_no", "consent"}:
            return sentence("yes", self._talk.language)
        if asked.options:
            return asked.options[0].label
        kinds: dict[str, Type] = {"number": "number", "date": "date"}
        return self._of_type(kinds.get(step.answer, "text"), path)

    def _place(self, key: str) -> tuple[Script, str]:
        """Return the flow that an answer comes from, and its step there."""
        flow, _, step = key.rpartition(".")
        return self._talk.shelf.current.get(flow, self._talk.script), step
