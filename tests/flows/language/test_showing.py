"""Lint says what an enabled channel would cut, split or not show, and where."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.config import load_settings
from bot.model.limits import Limits
from bot.model.world import World
from bot.world import SERVICES, world_of
from flows.language.check import check
from flows.language.document import load_flow
from tests.examples import FLOWS, ROOT

LONG = "word " * 400
TWO = """\
flow: two
languages: [en, es]
steps:
  which:
    ask: {en: Which?, es: ¿Cuál?}
    answer: choice
    options:
      a: {en: Apples, es: Las manzanas verdes de la huerta}
      b:
        label: {en: Pears and plums from the tree, es: Peras}
        aliases: {en: [plums]}
"""
ALIKE = """\
flow: alike
steps:
  when:
    ask: When?
    answer: choice
    options: {a: "To the address you gave, today", b: "To the address you gave, later"}
"""
PLACE = """\
flow: place
steps:
  where: {ask: Where are you?, answer: location}
"""
SPLIT = f"""\
flow: split
languages: [en, es]
steps:
  hello:
    say:
      en: Hello {{contact.first_name|friend}}
      es: {LONG}
  pair: {{ask: "{LONG[:1200]}?", answer: yes_no}}
"""

CUT = "warning WhatsApp would cut this label to"
SAME = "To the address you gave…"
BOTH = (
    '"To the address you gave, today" and "To the address you gave, later"'
    " are both cut to"
)
BASE = world_of(load_settings(ROOT / "config.yaml", {}))


def lint(source: str, *channels: str) -> list[str]:
    """Return what lint says where these channels are enabled."""
    limits: Mapping[str, Limits] = {name: SERVICES[name] for name in channels}
    document = load_flow("f.yaml", source.encode())
    assert document.flow is not None, document.problems
    world: World = replace(BASE, limits=limits)
    return [
        f"{p.line}:{p.column} {p.severity} {p.message} [{p.code}]"
        for p in check([document], world)
        if p.code in {"cut-label", "lost-option", "long-text"}
    ]


@pytest.mark.parametrize(
    ("source", "channels", "told"),
    [
        (TWO, ["web", "telegram", "slack", "sms"], []),
        (
            TWO,
            ["web", "whatsapp"],
            [
                f"8:27 {CUT} 'Las manzanas verdes de…' [cut-label]",
                f"10:21 {CUT} 'Pears and plums from th…' [cut-label]",
            ],
        ),
        (
            ALIKE,
            ["whatsapp"],
            [
                f'6:55 warning on WhatsApp, {BOTH} "{SAME}" [lost-option]',
            ],
        ),
        (PLACE, ["web", "telegram", "whatsapp"], []),
        (
            PLACE,
            ["slack"],
            ["3:40 warning on Slack nobody can send a location [lost-option]"],
        ),
        (SPLIT, ["web"], []),
        (
            SPLIT,
            ["whatsapp"],
            [
                "7:11 warning the text is split into 2 parts on WhatsApp [long-text]",
                "8:15 warning the text is split into 2 parts on WhatsApp [long-text]",
            ],
        ),
        (
            SPLIT,
            ["sms"],
            ["7:11 warning the text is split into 2 parts on SMS [long-text]"],
        ),
    ],
)
def test_what_is_lost(source: str, channels: list[str], told: list[str]) -> None:
    """Each loss stands at its label or text, in the language that has it."""
    assert lint(source, *channels) == told


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_examples(path: Path) -> None:
    """The flows that come with Voxpop are shown whole on every channel."""
    document = load_flow("f.yaml", path.read_bytes())
    world = replace(BASE, limits=SERVICES)
    found = {problem.code for problem in check([document], world)}
    assert not found & {"cut-label", "lost-option", "long-text"}


def test_only_enabled_channels_count() -> None:
    """The settings say which channels a flow has to fit."""
    assert set(BASE.limits) == {"web"}
    environ = {
        "VOXPOP_CHANNELS__TWILIO__ENABLED": "true",
        "VOXPOP_CHANNELS__TWILIO__FROM": "messenger:4711",
        "VOXPOP_CHANNELS__WEB__ENABLED": "false",
    }
    world = world_of(load_settings(ROOT / "config.yaml", environ))
    assert set(world.limits) == {"messenger"}
