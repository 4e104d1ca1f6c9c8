"""What conditions and texts may see, made only as far as they look."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from bot.model.answer import Value
from bot.model.contact import Contact
from bot.model.programme import Programme, Reward
from bot.understanding import sentence
from flows.language.model import Ask

if TYPE_CHECKING:
    from bot.engine.talk import Talk

Root = Mapping[str, object]


class Scope(Mapping[str, Root]):
    """The roots by name, each worked out when it is first asked for."""

    __slots__ = ("_labelled", "_talk")

    def __init__(self, talk: "Talk", *, labelled: bool) -> None:
        self._talk = talk
        self._labelled = labelled

    def __getitem__(self, root: str) -> Root:
        """Return one root, flat: deeper names have dots in them."""
        if root == "answers" and self._labelled:
            return _labelled(self._talk)
        return _ROOTS[root](self._talk)

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the roots."""
        return iter(_ROOTS)

    def __len__(self) -> int:
        """Count the roots."""
        return len(_ROOTS)


def _answers(talk: "Talk") -> dict[str, Value]:
    """Return the flow's own answers by step, those of flows inside by `flow.step`."""
    prefix = talk.prefix
    if not prefix:
        return dict(talk.answers)
    found = {key: value for key, value in talk.answers.items() if "." in key}
    own = (key for key in talk.answers if key.startswith(prefix))
    return found | {key[len(prefix) :]: talk.answers[key] for key in own}


def _labelled(talk: "Talk") -> dict[str, object]:
    """Return the answers in people's words: labels in place of option keys."""
    answers = _answers(talk)
    return {name: _in_words(talk, name, value) for name, value in answers.items()}


def _in_words(talk: "Talk", name: str, value: Value) -> object:
    if isinstance(value, bool):
        return sentence("yes" if value else "no", talk.language)
    flow, _, key = name.rpartition(".")
    pins = talk.session.pins
    script = talk.shelf.by_hash[pins[flow]] if flow in pins else talk.script
    step = script.steps.get(key)
    if value is None or not isinstance(step, Ask) or not step.options:
        return value
    labels = {o.key: o.label for o in script.asked(key, talk.language).options}
    keys = value if isinstance(value, tuple) else (str(value),)
    return ", ".join(labels.get(one, one) for one in keys)


def contact_scope(contact: Contact) -> dict[str, object]:
    """Return what flows may know of a contact."""
    known: dict[str, object] = dict(contact.attributes)
    known["first_name"] = contact.first_name
    known["last_name"] = contact.last_name
    known["language"] = contact.language
    known["zone"] = contact.zone
    return known


def _contact(talk: "Talk") -> dict[str, object]:
    return contact_scope(talk.facts.contact)


def _event(talk: "Talk") -> Mapping[str, object]:
    return talk.session.event


def _session(talk: "Talk") -> dict[str, object]:
    return {
        "channel": talk.facts.address.channel,
        "language": talk.language,
        "flow": talk.frames[0].flow,
        "trigger": talk.session.trigger,
        "today": talk.facts.today,
    }


def _brand(talk: "Talk") -> dict[str, object]:
    world = talk.facts.world
    links = {f"review_links.{name}": url for name, url in world.review_links.items()}
    return {"name": world.brand, **links}


def _programme(talk: "Talk") -> dict[str, object]:
    name = talk.script.programme
    programme = talk.facts.world.programmes.get(name) if name else None
    return programme_scope(programme, talk.language) if programme else {}


def programme_scope(programme: Programme, language: str) -> dict[str, object]:
    """Return what texts may say of a programme, its rewards in people's words."""
    return {
        "name": programme.name,
        "shop_link": programme.shop_link,
        "friend_reward": _says(programme.friend_reward, language),
        "referrer_reward": _says(programme.referrer_reward, language),
    }


def _says(reward: Reward | None, language: str) -> str | None:
    if reward is None:
        return None
    words = reward.says
    return words.get(language) or next(iter(words.values()), None)


SAMPLE: Final[Root] = {"link": "https://example.com/r/SAMPLE", "code": "SAMPLE"}
"""What stands for an invitation where a flow is tried without one."""


def _referral(talk: "Talk") -> Root:
    return SAMPLE if talk.script.by_link_only else {}


def _referrer(_: "Talk") -> Root:
    return {}


_ROOTS: Final[Mapping[str, Callable[["Talk"], Root]]] = {
    "answers": _answers,
    "contact": _contact,
    "event": _event,
    "session": _session,
    "brand": _brand,
    "programme": _programme,
    "referral": _referral,
    "referrer": _referrer,
}
