"""An editor completes every key, explains it, and underlines what lint would refuse."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from hypothesis import given, strategies as st

from bot.cli.schema import Of, schema_text
from bot.model.answer import Kind
from flows.language.document import load_flow, load_talks
from flows.language.model import VERBS
from tests.examples import FLOWS, ROOT, TALKS
from tests.flows.language.drawing.flows import SOME, loaded, sources
from tests.schemas import Schema, as_an_editor_reads, mistakes

FLOW: Final[Schema] = json.loads(schema_text("flow"))
TEST: Final[Schema] = json.loads(schema_text("test"))
CONFIG: Final[Schema] = json.loads(schema_text("config"))
REPORTED: Final = re.compile(r"^## Reported\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK: Final = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def on_pages() -> Iterator[str]:
    """Yield every good flow of the documentation, and its talks."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        for block in BLOCK.findall(REPORTED.sub("", path.read_text(encoding="utf-8"))):
            load = load_talks if "\ntests:" in block else load_flow
            if not load(path.name, block.encode()).problems:
                yield block


def templates() -> list[Path]:
    """Return flows that are copied into folders of flows, and their tests."""
    return sorted((ROOT / "bot" / "templates").rglob("*.yaml"))


GOOD: Final = [
    path.read_text(encoding="utf-8") for path in (*FLOWS, *TALKS, *templates())
]


def schema_for(source: str) -> Schema:
    """Return the schema that a file of these words is held to."""
    return TEST if "\ntests:" in source else FLOW


@pytest.mark.parametrize(
    ("of", "path"),
    [
        ("flow", "flows/flow.schema.json"),
        ("test", "flows/test.schema.json"),
        ("config", "config.schema.json"),
    ],
)
def test_the_files_are_renewed(of: Of, path: str) -> None:
    """What editors read follows from the models."""
    kept = (ROOT / path).read_text(encoding="utf-8")
    assert kept == schema_text(of), "make schema"


@pytest.mark.parametrize("source", [*GOOD, *on_pages()])
def test_what_is_good_raises_no_alarm(source: str) -> None:
    """Flows and talks that come with Voxpop, and on its pages, hold to the schema."""
    assert mistakes(schema_for(source), as_an_editor_reads(source)) == []


def objects(schema: Schema) -> Iterator[Schema]:
    """Yield every schema with keys of its own that is a model's."""
    return (
        each for each in (schema, *schema["$defs"].values()) if "properties" in each
    )


@pytest.mark.parametrize("schema", [FLOW, TEST, CONFIG], ids=["flow", "test", "config"])
def test_every_key_is_explained(schema: Schema) -> None:
    """Each key has a sentence, and each model one on what it is."""
    for each in objects(schema):
        assert each["description"].endswith(".")
        for key, value in each["properties"].items():
            assert value.get("description", "").endswith("."), key


def test_each_verb_is_an_alternative_of_its_own() -> None:
    """A step is one of its verbs, which it needs."""
    (steps,) = FLOW["properties"]["steps"]["patternProperties"].values()
    named = [FLOW["$defs"][each["$ref"][8:]] for each in steps["anyOf"]]
    assert [each["required"][0] for each in named] == list(VERBS)


def test_each_kind_is_explained() -> None:
    """Every kind of answer is offered, with a few words on what it is."""
    answer = FLOW["$defs"]["Ask"]["properties"]["answer"]
    assert answer["enum"] == list(get_args(Kind))
    assert len(answer["enumDescriptions"]) == len(answer["enum"])


HEAD: Final = "flow: f\nsteps:\n"


@pytest.mark.parametrize(
    "source",
    [
        HEAD + "  a: {say: 9}",
        HEAD + "  a: {say: no}",
        HEAD + "  a: {say: true}",
        HEAD + "  a: {say: 2026-03-02}",
        HEAD + "  a: {ask: x, answer: choice, options: {1: 1, no: false}}",
        HEAD + "  a: {ask: x, answer: rating, min: 1, max: '5'}",
        HEAD + "  a: {ask: x, answer: yes_no, go: {yes: end, no: end, else: end}}",
        HEAD + "  a: {ask: x, answer: yes_no, then: {no: {tag: sad}}, optional: true}",
        HEAD + "  a: {ask: x, answer: yes_no, then: [{alert: help}, {start: b}]}",
        HEAD + "  a: {branch: [{when: true, to: a}, {else: end}]}",
        HEAD + "  a: {say: {one: a day, other: 2}, then: {emit: done}}",
        HEAD + "  a: {say: {en: {one: a, other: b}, pt-BR: 3}, go: [{else: end}]}",
        "flow: f\ntriggers: [{date: born, at: 09:30}]\nsteps: {a: {say: x}}",
        "flow: f\nremind_after: 2 days\ntouchpoint: 7\nsteps: {a: {say: x}}",
        "flow: f\ntriggers: [{keyword: {en: yes, no: [ja, 1]}}]\nsteps: {a: {say: x}}",
    ],
)
def test_scalars_may_stand_as_the_loader_takes_them(source: str) -> None:
    """What an editor takes for a number, a truth or a day is words to us."""
    assert load_flow("f.yaml", source.encode()).problems == ()
    assert mistakes(FLOW, as_an_editor_reads(source)) == []


TALK: Final = "flow: f\ntests:\n"


@pytest.mark.parametrize(
    "source",
    [
        TALK
        + "  - {name: 1, talk: [{bot: 9}, {contact: no}, {tap: 3}, {tap: [a, 1]}]}",
        TALK + "  - {name: a, at: 2026-03-02 12:00, talk: [{event: order.paid}]}",
        TALK + "  - {name: a, talk: [], leaves: {answers: {a: yes, b: 3, c: [x, 1]}}}",
        TALK + "  - {name: a, talk: [{event: {order.paid: {total: 25}}}]}",
    ],
)
def test_scalars_of_talks(source: str) -> None:
    """The same holds in tests of flows."""
    assert load_talks("f.test.yaml", source.encode()).problems == ()
    assert mistakes(TEST, as_an_editor_reads(source)) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("flow: f", "/steps: required"),
        ("flow: My flow\nsteps: {a: {say: x}}", "/flow: pattern"),
        ("flow: f\nlangauges: [en]\nsteps: {a: {say: x}}", "/langauges: unknown"),
        (HEAD + "  a: {sya: Hello}", "/steps/a: anyOf"),
        (HEAD + "  a: {say: Hello, go_to: end}", "/steps/a: anyOf"),
        (HEAD + "  a: {say: }", "/steps/a: anyOf"),
        (HEAD + "  a: {ask: How?}", "/steps/a: anyOf"),
        (HEAD + "  a: {ask: How?, answer: npss}", "/steps/a: anyOf"),
        (HEAD + "  a: {ask: How?, answer: choice}", "/steps/a: anyOf"),
        (HEAD + "  a: {ask: How?, answer: rating, min: 1}", "/steps/a: anyOf"),
        (HEAD + "  a: {ask: How?, answer: consent}", "/steps/a: anyOf"),
        (HEAD + "  a: {wait: 2days}", "/steps/a: anyOf"),
        (HEAD + "  a: {say: x, wait: 2 days}", "/steps/a: anyOf"),
        (HEAD + "  a: {say: x, then: [{tga: y}]}", "/steps/a: anyOf"),
        (HEAD + "  a: {say: {english: x}}", "/steps/a: anyOf"),
        (HEAD + "  A step: {say: x}", "/steps/A step: unknown"),
        (
            "flow: f\ntriggers: [{keywrod: a}]\nsteps: {a: {say: x}}",
            "/triggers/0: anyOf",
        ),
    ],
)
def test_usual_mistakes_are_underlined(source: str, told: str) -> None:
    """An unknown key, a misspelt verb, a wrong kind, and what is missing."""
    assert mistakes(FLOW, as_an_editor_reads(source)) == [told]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            TALK + "  - {name: a, tlak: []}",
            ["/tests/0/talk: required", "/tests/0/tlak: unknown"],
        ),
        (TALK + "  - {name: a, talk: [{bto: x}]}", ["/tests/0/talk/0: anyOf"]),
        (TALK + "  - {name: a, talk: [], at: noon}", ["/tests/0/at: pattern"]),
        (
            TALK + "  - {name: a, talk: [], leaves: {session: open}}",
            ["/tests/0/leaves/session: enum"],
        ),
    ],
)
def test_usual_mistakes_in_talks(source: str, told: list[str]) -> None:
    """The same holds in tests of flows."""
    assert mistakes(TEST, as_an_editor_reads(source)) == told


def test_the_settings_hold_to_their_schema() -> None:
    """What comes with Voxpop raises no alarm, its nulls included."""
    source = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert mistakes(CONFIG, as_an_editor_reads(source)) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("brnad: {name: Acme}", "/brnad: unknown"),
        ("web: {port: many}", "/web/port: anyOf"),
        ("attributes: {plan: txt}", "/attributes/plan: enum"),
        ("retention: {media: a year}", "/retention/media: pattern"),
        ("channels: {telegram: {token: x}}", "/channels/telegram/token: unknown"),
        ("web: {secret: x}", "/web/secret: unknown"),
    ],
)
def test_usual_mistakes_in_settings(source: str, told: str) -> None:
    """An unknown key, a wrong value, and a secret, which stands in no file."""
    assert mistakes(CONFIG, as_an_editor_reads(source)) == [told]


@SOME
@given(source=sources())
def test_what_loads_holds_to_the_schema(source: dict[str, Any]) -> None:
    """No flow that loads is underlined."""
    flow = loaded(source)
    if flow is not None:
        assert mistakes(FLOW, source) == []


@SOME
@given(source=sources(most=3), data=st.data())
def test_an_unknown_key_is_underlined(
    source: dict[str, Any], data: st.DataObject
) -> None:
    """Wherever a key is added that no step has, the schema says so."""
    name = data.draw(st.sampled_from(sorted(source["steps"])))
    source["steps"][name]["gogo"] = "end"
    assert mistakes(FLOW, source) == [f"/steps/{name}: anyOf"]
