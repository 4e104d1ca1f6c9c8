"""What `config.yaml` lacks is told as the lines to add; added, the flow is clean."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.config import load_settings
from bot.errors import Problem
from bot.model.world import World
from bot.world import world_of
from flows.language.check import check
from flows.language.document import load_flow

LACKING = [
    (
        "a team",
        "steps: {one: {say: Hi, then: {open_case: {team: sales}}}}",
        "teams:\n  sales: {}",
    ),
    (
        "the team of the flow",
        "team: sales\nsteps: {one: {say: Hi}}",
        "teams:\n  sales: {}",
    ),
    (
        "an attribute that is set",
        "steps: {one: {say: Hi, then: {set: {colour: red}}}}",
        "attributes:\n  colour: text",
    ),
    (
        "an attribute that is a number",
        "steps: {one: {branch: [{when: contact.visits > 3, to: end}, {else: end}]}}",
        "attributes:\n  visits: number",
    ),
    (
        "an attribute that is a date",
        "steps: {one: {say: Hi, go: [{when: days_since(contact.at) > 3, to: end}]}}",
        "attributes:\n  at: date",
    ),
    (
        "the attribute of a date trigger",
        "triggers: [{date: joined}]\nsteps: {one: {say: Hi}}",
        "attributes:\n  joined: date",
    ),
    (
        "an attribute that a text tells",
        'steps: {one: {say: "Your plan: {contact.tariff|none}"}}',
        "attributes:\n  tariff: text",
    ),
    (
        "an event, with all that is read of it",
        """\
        triggers: [{event: order.lost, when: event.total > 3}]
        steps: {one: {say: "Lost: {event.order}"}}""",
        "events:\n  order.lost: {total: number, order: text}",
    ),
    (
        "an event of which nothing is read",
        "triggers: [{event: order.lost}]\nsteps: {one: {say: Sorry}}",
        "events:\n  order.lost: {}",
    ),
    (
        "a field of an event that is declared without it",
        "triggers: [{event: visit.ended}]\nsteps: {one: {say: '{event.shop}'}}",
        "events:\n  visit.ended: {shop: text, minutes: number}",
    ),
    (
        "a programme of which nothing is told",
        "steps: {one: {refer: family, say: '{referral.link}', share: Come}}",
        "programmes:\n  family: {}",
    ),
    (
        "a programme, with what is told of it",
        """\
        steps:
          one: {say: "You get {programme.referrer_reward|more}"}
          two: {refer: family, say: "{referral.link}", share: Come}""",
        'programmes:\n  family:\n    referrer_reward: {amount: "10.00", unit: EUR}',
    ),
    (
        "a review link",
        'steps: {one: {say: "{brand.review_links.maps}"}}',
        "brand:\n  review_links:\n    maps: https://example.com/review",
    ),
]
DECLARED = "events: {visit.ended: {minutes: number}}\n"


def world(folder: Path, config: str) -> World:
    """Return what a config.yaml declares."""
    path = folder / "config.yaml"
    path.write_text(config, encoding="utf-8")
    return world_of(load_settings(path, environ={}))


def problems(source: str, given: World) -> list[Problem]:
    """Return what is wrong with a flow, which has no problem of its own."""
    document = load_flow("a.yaml", f"flow: a\n{dedent(source)}\n".encode())
    assert document.problems == ()
    return check([document], given)


@pytest.mark.parametrize(
    ("source", "lines"), [each[1:] for each in LACKING], ids=[e[0] for e in LACKING]
)
def test_the_lines_to_add(source: str, lines: str, tmp_path: Path) -> None:
    """The suggestion is what config.yaml lacks, and no problem is left with it."""
    (problem,) = problems(source, world(tmp_path, DECLARED))
    assert problem.suggestion == lines
    rest = "" if "visit.ended" in lines else DECLARED
    rest = "" if lines.startswith("events:") else rest
    assert problems(source, world(tmp_path, f"{rest}{lines}\n")) == []


@pytest.mark.parametrize(
    ("source", "near"),
    [
        ("team: Our Team\nsteps: {one: {say: Hi}}", None),
        ("triggers: [{event: 'order lost'}]\nsteps: {one: {say: Hi}}", None),
        ("steps: {one: {say: '{event.total|0}'}}", None),
        ("steps: {one: {say: '{contact.First|you}'}}", "contact.first_name"),
        ("steps: {one: {say: '{brand.review_links.a b}'}}", None),
    ],
)
def test_what_config_cannot_hold(source: str, near: str | None, tmp_path: Path) -> None:
    """A name that no config.yaml can declare brings no lines, but what is near it."""
    given = world(tmp_path, DECLARED)
    document = load_flow("a.yaml", f"flow: a\n{source}\n".encode())
    found = [*document.problems, *check([document], given)]
    assert [each.suggestion for each in found] == [near]
