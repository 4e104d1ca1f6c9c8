"""What everyone has to be offered alike: review links, and rewards for reviews."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.model.world import World
from flows.language.check.contents import Words, actions, texts
from flows.language.check.places import longest, within
from flows.language.check.reviews.sites import canonical, review_links
from flows.language.document import FlowDocument
from flows.language.model import Ask, Award, Flow
from flows.language.positions import Place
from flows.language.template import Form, Slot

LINKS: Final = "review_links."
TOPICS: Final = frozenset(
    {"review", "reviews", "testimonial", "testimonials", "quote", "quotes"}
)
"""Topics of a consent that make what is asked a review; a reward beside is for it."""
LINK: Final = "review link"
REWARD: Final = "reward for a review"


class Offer(NamedTuple):
    """A link or a reward: the same one wherever it stands has the same target.

    `outcome` is the answer that brings a reward; None where it comes in any case.
    """

    what: str
    target: str
    step: str
    place: Place
    outcome: str | None = None
    award: bool = False


def offers(document: FlowDocument, flow: Flow, world: World) -> Iterator[Offer]:
    """Yield each review link that contacts get to see, and each reward beside one."""
    links = [
        offer
        for words in texts(document, flow)
        if words.spoken and words.step is not None
        for offer in _linked(document, words, words.step, world)
    ]
    yield from links
    if not links and not _asks_for_words(flow):
        return
    for caused in actions(document, flow):
        if isinstance(caused.action, Award):
            place = document.positions.value((*caused.path, "award"))
            yield Offer(
                REWARD,
                caused.action.award,
                caused.step,
                place,
                caused.outcome,
                award=True,
            )


def _asks_for_words(flow: Flow) -> bool:
    return any(isinstance(s, Ask) and s.topic in TOPICS for s in flow.steps.values())


def _linked(
    document: FlowDocument, words: Words, step: str, world: World
) -> Iterator[Offer]:
    """Yield the links of a text, each once, where it stands first."""
    seen: set[str] = set()
    for language, forms in words.text.forms.items():
        at = (*words.path, *filter(None, (language,)))
        for category, form in forms.items():
            path = longest(document.positions, (*at, category), at)
            for target, offset in _targets(form, world.review_links):
                if target not in seen:
                    seen.add(target)
                    place = within(document, path, form.source, offset)
                    yield Offer(LINK, target, step, place)


def _targets(form: Form, declared: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for slot in form.slots:
        if isinstance(slot, Slot) and slot.path.root == "brand":
            _, _, name = slot.path.key.partition(LINKS)
            if name:
                yield canonical(declared.get(name, str(slot.path))), slot.offset + 1
    yield from review_links(form.source)
