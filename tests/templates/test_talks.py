"""The templates are whole: clean, in both languages, and every sentence is rehearsed.

Their talks are collected where they stand, beside them.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from bot.cli.app import run
from bot.cli.lint import look
from bot.config import load_settings
from bot.world import world_of
from flows.language.document import FlowDocument, load_flow, load_talks
from flows.language.model import (
    Ask,
    EventTrigger,
    Flow,
    KeywordTrigger,
    Say,
)
from flows.language.talks import Bot, Talks
from tests.examples import FLOWS, ROOT

FOLDER: Final = ROOT / "bot" / "templates"
NAMES: Final = sorted(p.stem for p in FOLDER.glob("*.yaml") if "." not in p.stem)
CONFIG: Final = Path(__file__).parent / "config.yaml"
each_template = pytest.mark.parametrize("name", NAMES)


def document(path: Path) -> FlowDocument:
    """Return a flow's file as it is read."""
    return load_flow(path.name, path.read_bytes())


def flow_of(path: Path) -> Flow:
    """Return the flow of a file without errors."""
    flow = document(path).flow
    assert flow is not None
    return flow


def template(name: str) -> tuple[Flow, Talks]:
    """Return a template and its talks."""
    path = FOLDER / f"{name}.test.yaml"
    talks = load_talks(path.name, path.read_bytes()).talks
    assert talks is not None
    return flow_of(FOLDER / f"{name}.yaml"), talks


def test_what_there_is() -> None:
    """The moments that most people ask about are there."""
    wanted = {"csat_after_support", "ces", "product_market_fit", "onboarding_checkin"}
    wanted |= {"churn", "post_delivery", "event_feedback", "review_invitation"}
    assert wanted | {"you_said_we_did", "nps", "bring_a_friend"} == set(NAMES)


def test_the_templates_are_clean() -> None:
    """Together, with what they need declared, they have no problem at all."""
    world = world_of(load_settings(CONFIG, environ={}))
    found = look([FOLDER], home=FOLDER, world=world)
    assert (found.problems, found.flows) == ([], len(NAMES))


@each_template
def test_how_a_template_begins(name: str) -> None:
    """An editor finds the schema, a reader a sentence, and the name is the file's."""
    for kind, ending in (("flow", ".yaml"), ("test", ".test.yaml")):
        schema, sentence, *_ = (FOLDER / f"{name}{ending}").read_text().splitlines()
        assert schema == f"# yaml-language-server: $schema={kind}.schema.json"
        assert re.fullmatch(r"# [A-Z].*[.:]", sentence)
    flow, talks = template(name)
    assert (flow.flow, talks.flow) == (name, name)
    assert flow.languages == ("en", "es")
    assert flow.title is not None
    assert flow.touchpoint


GALLERY: Final = (ROOT / "docs" / "howto" / "start-from-a-template.md").read_text()


@each_template
def test_the_gallery_shows_it(name: str) -> None:
    """Each template has a section that names the event it starts with."""
    found = re.search(rf"^## {name}\n(.*?)^## ", GALLERY, re.MULTILINE | re.DOTALL)
    assert found
    assert f"| [`{name}`](#{name}) |" in GALLERY
    flow, _ = template(name)
    events = [t.event for t in flow.triggers if isinstance(t, EventTrigger)]
    assert set(events) == set(re.findall(r"the event `([\w.]+)`", found[1]))


def test_the_gallery_shows_no_other() -> None:
    """A template that is gone leaves the gallery."""
    assert re.findall(r"^## ([a-z_]+)$", GALLERY, re.MULTILINE) == NAMES


# ── keywords ─────────────────────────────────────────────────────────────────────


def keywords(flow: Flow) -> Iterator[str]:
    """Yield the words that start a flow."""
    for trigger in flow.triggers:
        if isinstance(trigger, KeywordTrigger) and isinstance(trigger.keyword, dict):
            for words in trigger.keyword.values():
                yield from words


def test_no_keyword_starts_two_flows() -> None:
    """All templates and the flows that come with Voxpop fit into one folder."""
    paths = [*FLOWS, *(FOLDER / f"{name}.yaml" for name in NAMES)]
    every = [word.casefold() for path in paths for word in keywords(flow_of(path))]
    assert len(every) >= 2 * len(NAMES)
    assert len(every) == len(set(every))


# ── every sentence and every way is rehearsed ────────────────────────────────────


def meet(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    """Tell whether some text fits two patterns; None stands for any characters."""
    if not one or not other:
        return not any((*one, *other))
    if one[0] is None:
        return meet(one[1:], other) or meet(one, other[1:])
    if other[0] is None:
        return meet(other, one)
    return one[0] == other[0] and meet(one[1:], other[1:])


def pattern(text: str, hole: str) -> list[str | None]:
    """Return a text as letters, with None where a hole lets anything stand."""
    found: list[str | None] = []
    for part in re.split(f"({hole})", text.strip()):
        found += [None] if re.fullmatch(hole, part) else list(part)
    return found


def spoken(flow: Flow, language: str) -> Iterator[tuple[str, str]]:
    """Yield each step that says or asks, and its words in a language."""
    for name, step in flow.steps.items():
        if isinstance(step, Say | Ask):
            words = step.say if isinstance(step, Say) else step.ask
            for form in words.forms[language].values():
                yield name, form.source


def expected(talks: Talks, language: str) -> list[str]:
    """Return the lines of the bot in the talks of a language."""
    lines = [
        line.bot
        for talk in talks.tests
        if talk.contact.get("language") == language
        for line in talk.talk
        if isinstance(line, Bot) and line.bot.strip("*")
    ]
    return list(dict.fromkeys(lines))


@pytest.mark.parametrize("language", ["en", "es"])
@each_template
def test_every_sentence_is_rehearsed(name: str, language: str) -> None:
    """Whatever a template can say is heard in one of its talks, in each language."""
    flow, talks = template(name)
    heard = [pattern(line, r"\*") for line in expected(talks, language)]
    for step, words in spoken(flow, language):
        shape = pattern(words, r"\{[^{}]*\}")
        assert any(meet(line, shape) for line in heard), f"{step}: {words}"


def test_every_step_and_way_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    """The talks of the templates pass, and leave no step and no way out."""
    assert run(["test", "--coverage", "--json", "--config", str(CONFIG)]) == 0
    covered = json.loads(capsys.readouterr().out)["coverage"]
    assert [each["flow"] for each in covered] == NAMES
    assert [never for each in covered for never in each["never"]] == []


@each_template
def test_a_talk_that_nobody_answers_ends(name: str) -> None:
    """Whoever is silent is reminded as often as the flow says, and left alone."""
    flow, talks = template(name)
    ends = {talk.leaves.session for talk in talks.tests}
    assert flow.once_every is None or "expired" in ends


# ── the invitation to review ─────────────────────────────────────────────────────


def test_everybody_gets_the_review_link() -> None:
    """No answer leads around the link: from the first step on there is one way."""
    flow, _ = template("review_invitation")
    steps = list(flow.steps.items())
    assert all(getattr(step, "go", None) is None for _, step in steps)
    last = steps[-1][1]
    assert isinstance(last, Say)
    assert all(
        "{brand.review_links.google}" in form["other"].source
        for form in last.say.forms.values()
    )
