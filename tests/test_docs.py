"""The pages say what the code does: all of it, and nothing that is not there."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import pytest
from cyclopts import App
from msgspec import Struct
from msgspec.structs import fields, replace
from pydantic import BaseModel

from bot.cli.app import COMMANDS, make_app
from bot.cli.flow_publish import Published
from bot.cli.lint import Findings
from bot.cli.making import Made
from bot.cli.rehearse import Result, play, read_talks
from bot.cli.rehearse_words import lines_of
from bot.cli.rendering import Rendered, Rendering, Shown, Template
from bot.cli.understand_batch import Request
from bot.config import Settings, load_settings
from bot.errors import Problem, VoxpopError
from bot.model.answer import Kind
from bot.model.display import Controls, Display, Loss, Offer
from bot.model.report import CommentRow, RateRow, Report
from bot.model.score import Score
from bot.service.visits import SILENT
from bot.world import world_of
from channels.web.frames import LONGEST_TEXT
from channels.web.limits import Limits
from channels.web.visitors import read_facts
from flows.language.check import check_talks, problems_of
from flows.language.codes import CODES
from flows.language.difference import Difference
from flows.language.document import FlowDocument, load_flow, load_talks
from flows.language.model import ACTIONS, TRIGGERS, VERBS
from flows.language.talks import LINES
from tests import examples

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
LINT: Final = DOCS / "reference" / "lint"
PAGES: Final = sorted(
    path
    for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "flows" / "README.md")
    if path.is_file()
)

WORLD: Final = world_of(load_settings(ROOT / "config.yaml", environ={}))

BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
TARGET: Final = re.compile(r"^([a-z]+):", re.MULTILINE)
CODE: Final = re.compile(r"[a-z]+([-_][a-z]+)*\Z")
FILE: Final = re.compile(r"`((?:bot|channels|storage|tests|tools)/[\w/.]+)`")
CALL: Final = re.compile(r"voxpop ([a-z]+)")


def page(name: str) -> str:
    """Return what a page of docs/ says."""
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of the second level."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"there is no section {heading!r}"
    return found[1]


def codes(text: str) -> set[str]:
    """Return every word that stands in backticks, also among others."""
    spans = re.findall(r"`([^`\n]+)`", text)
    return {word for span in spans for word in re.split(r"[\s,=|]+", span)}


def blocks(path: Path, language: str) -> Iterator[str]:
    """Yield the blocks of one language on a page."""
    for found in BLOCK.finditer(path.read_text(encoding="utf-8")):
        if found[1] == language:
            yield found[2]


def on_pages(language: str) -> list[Any]:
    """Return every block of one language as a parameter named for its place."""
    return [
        pytest.param(path, block, id=f"{path.relative_to(ROOT)}-{number}")
        for path in PAGES
        if path.parent != LINT  # tests/cli/test_lint_pages.py plays those
        for number, block in enumerate(blocks(path, language), 1)
    ]


def app_of(command: str) -> App:
    """Return a command, also one that stands under the word of its family."""
    return reduce(lambda app, word: app[word], command.split(), make_app())


def is_command(words: list[str]) -> bool:
    """Say whether a line calls a command that is there."""
    return words[1] in COMMANDS or " ".join(words[1:3]) in COMMANDS


# ── the reference holds all there is ─────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command: str) -> None:
    """Each command has a section of its own, and each of its options stands there."""
    named = codes(section(page("reference/commands.md"), command))
    collection = app_of(command).assemble_argument_collection()
    options = {
        name for each in collection for name in each.names if name.startswith("--")
    }
    assert options, "a command has options"
    assert options - named == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_has_more_options_on_the_page(command: str) -> None:
    """An option in a command's table is one that the command has."""
    text = section(page("reference/commands.md"), command)
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    named = {word for row in rows for word in codes(row) if word.startswith("--")}
    collection = app_of(command).assemble_argument_collection()
    assert named <= {name for each in collection for name in each.names}


def test_every_section_is_a_command() -> None:
    """The page describes no command that is not there."""
    text = page("reference/commands.md")
    headings = re.findall(r"^## ([a-z][\w ]*)$", text, re.MULTILINE)
    assert headings == list(COMMANDS)


@pytest.mark.parametrize(
    ("command", "shape"),
    [
        ("lint", Findings),
        ("lint", Problem),
        ("flow publish", Published),
        ("flow diff", Difference),
        ("test", Result),
        ("understand", Request),
        ("render", Rendering),
        ("render", Rendered),
        ("render", Shown),
        ("render", Template),
        ("render", Display),
        ("render", Controls),
        ("render", Offer),
        ("render", Loss),
        ("new", Made),
        ("report", Report),
        ("report", Score),
        ("report", RateRow),
        ("report", CommentRow),
    ],
)
def test_keys_of_json(command: str, shape: type[Struct]) -> None:
    """What a command prints or takes as JSON is named key by key."""
    named = codes(section(page("reference/commands.md"), command))
    assert {field.encode_name for field in fields(shape)} - named == set()


def settings_of(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Yield the path of every setting; NAME stands for what the operator names."""
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        part, between = _part(field.annotation)
        if part is None or between:
            yield path
        if part is not None:
            yield from settings_of(part, f"{path}{between}.")


def _part(annotation: Any) -> tuple[type[BaseModel] | None, str]:  # noqa: ANN401
    """Return the model within an annotation, and the name on the way to it."""
    between = ".NAME" if get_origin(annotation) is dict else ""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each, between
    return None, ""


def test_settings() -> None:
    """Every setting stands in the reference, and no other does."""
    rows = re.findall(
        r"^\| `([a-z][\w.]*)` \|",
        section(page(SETTINGS), "Every setting"),
        re.MULTILINE,
    )
    assert sorted(rows) == sorted(settings_of(Settings))


SETTINGS: Final = "reference/settings.md"


def errors() -> Iterator[type[VoxpopError]]:
    """Yield every class of the error tree that stands in bot/errors.py."""
    waiting: list[type[VoxpopError]] = [VoxpopError]
    while waiting:
        error = waiting.pop()
        if error.__module__ == VoxpopError.__module__:
            yield error
            waiting.extend(error.__subclasses__())


@pytest.mark.parametrize("error", list(errors()))
def test_errors(error: type[VoxpopError]) -> None:
    """Each error stands in the tree and in the table of the reference."""
    text = page("reference/errors.md")
    assert re.search(rf"^[│├└─ ]*{error.__name__}$", text, re.MULTILINE)
    assert f"\n| `{error.__name__}` |" in text


LANGUAGE: Final = "reference/flow-language.md"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(VERBS, id="verbs"),
        pytest.param(get_args(Kind), id="kinds"),
        pytest.param(ACTIONS, id="actions"),
        pytest.param(TRIGGERS, id="triggers"),
    ],
)
def test_flow_language(words: tuple[str, ...]) -> None:
    """Every verb, kind of answer, action and trigger begins a row of a table."""
    rows = re.findall(r"^\| (`.*?) \|", page(LANGUAGE), re.MULTILINE)
    named = {word.rstrip(":") for row in rows for word in codes(row)}
    assert set(words) - named == set()


def test_lines_of_talks() -> None:
    """Every line that a test of a flow may have stands with the command."""
    assert set(LINES) <= codes(section(page("reference/commands.md"), "test"))


TELLERS: Final = frozenset(
    {"PydanticCustomError", "Problem", "TypeProblem", "problem", "refuse"}
    | {"_Said", "_problem", "_refuse", "_report", "_said", "_stop", "_unread"}
)
"""What is called with the code of a problem."""


def lint_codes() -> set[str]:
    """Return every code that the language and lint give a problem, from the source."""
    paths = [*(ROOT / "flows" / "language").rglob("*.py"), ROOT / "bot/cli/files.py"]
    found = {
        word.replace("_", "-")
        for path in paths
        for word in _told(ast.parse(path.read_text(encoding="utf-8")))
        if CODE.match(word)
    }
    return found | {"unknown-kind", "unknown-value"}  # made from the place of the value


def _told(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = {key.arg: key.value for key in node.keywords}
        given = [named.get("code"), named.get("custom_error_type")]
        if _name(node.func) in TELLERS:
            given += node.args
        for each in given:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def test_lint_codes() -> None:
    """Every code that lint can give stands in the catalogue, which has the pages."""
    found = lint_codes()
    assert {"unknown-step", "equal-keys", "unreadable", "invalid-name"} <= found
    assert found - {"text"} <= set(CODES)  # `text` is a part of a message


# ── what the pages show is true ──────────────────────────────────────────────────


def own_flows() -> list[FlowDocument]:
    """Return the flows that come with Voxpop."""
    return [load_flow(str(path), path.read_bytes()) for path in examples.FLOWS]


@pytest.mark.parametrize(("path", "block"), on_pages("yaml"))
def test_yaml(path: Path, block: str) -> None:
    """A block of YAML is a flow without a problem, or talks of a flow that exists."""
    name = path.name
    if "\ntests:" in block:
        talks = load_talks(name, block.encode())
        beside = [load_flow(name, each.encode()) for each in blocks(path, "yaml")]
        own = [document for document in beside if document.flow]
        assert talks.problems == ()
        assert check_talks([talks], [*own_flows(), *own[-1:]]) == []
        return
    flow = load_flow(name, block.encode())
    problems = problems_of([*own_flows(), flow], (), WORLD)
    assert [str(problem) for problem in problems if problem.path == name] == []


@pytest.mark.parametrize(("path", "block"), on_pages("sh"))
def test_shell(path: Path, block: str) -> None:
    """Each command of a block exists, with every option it is given."""
    targets = TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8"))
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0].endswith("voxpop"):
            assert is_command(words), f"{path.name}: {line}"
            make_app().parse_args(words[1:], exit_on_error=False, print_error=False)
        elif words[0] == "make":
            assert words[1] in targets, f"{path.name}: {line}"
        else:
            assert words == [".", ".venv/bin/activate"], f"{path.name}: {line}"


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_of_help(command: str) -> None:
    """The example in a command's help is one that it takes."""
    example = shlex.split(COMMANDS[command][2])
    assert " ".join(example).startswith(f"voxpop {command}")
    make_app().parse_args(example[1:], exit_on_error=False, print_error=False)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_command_is_made_up(path: Path) -> None:
    """Where a page names a command in passing, there is one."""
    text = path.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", text)
    named = {name for span in spans for name in CALL.findall(span)}
    assert named <= {name.split()[0] for name in COMMANDS}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links(path: Path) -> None:
    """A link between pages leads to a file that is there, or to its heading."""
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        target, _, heading = link.partition("#")
        if "://" in target:
            continue
        there = (path.parent / target).resolve() if target else path
        assert there.exists(), link
        assert not heading or heading in headings(there), link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named(path: Path) -> None:
    """A file of the code that a page names is there."""
    for name in FILE.findall(path.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


def headings(path: Path) -> set[str]:
    """Return the anchors that a page's headings get."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in found}


def test_index() -> None:
    """The index names every page."""
    linked = {(DOCS / link).resolve() for link in LINK.findall(page("README.md"))}
    pages = {path for path in DOCS.rglob("*.md") if path.name != "README.md"}
    assert {path for path in pages if path.parent != LINT} <= linked
    assert LINT / "README.md" in linked


@pytest.mark.parametrize(("path", "block"), on_pages("python"))
def test_python(path: Path, block: str) -> None:
    """A block of Python runs, and signs facts that hold."""
    found: dict[str, Any] = {}
    exec(compile(block, path.name, "exec"), found)  # noqa: S102 - a page of ours
    secret = "x" * 32
    facts, note = read_facts(found["facts"]("4711", secret), secret, {"plan": "text"})
    assert (facts.customer, facts.language, note) == ("4711", "es", None)


def test_limits() -> None:
    """The page on the web chat names the limits that hold."""
    text = section(page("howto/web-chat.md"), "What is limited")
    limits = Limits()
    rates = (
        limits.messages,
        limits.messages_of_address,
        limits.visitors_of_address,
        limits.uploads,
    )
    for rate in rates:
        assert f"| {rate.burst}" in text
    for count in (LONGEST_TEXT, SILENT):
        assert f"{count:,}" in text


# ── the tutorial goes as it says ─────────────────────────────────────────────────


async def results(folder: Path, flow: str, talks: str) -> list[Result]:
    """Play talks with a flow, both written as the tutorial says."""
    (folder / "delivery.yaml").write_text(flow, encoding="utf-8")
    (folder / "delivery.test.yaml").write_text(talks, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text("brand: {name: Acme}\nflows: .\n", encoding="utf-8")
    settings = load_settings(config, environ={})
    rehearsals = read_talks(settings, [folder / "delivery.test.yaml"])
    return [await play(each) for each in rehearsals]


async def test_tutorial(tmp_path: Path) -> None:
    """The test of the tutorial fails where it says so, and passes once mended."""
    path = DOCS / "tutorial" / "first-survey.md"
    first, talks, mended = blocks(path, "yaml")
    passed, failed = await results(tmp_path, first, talks)
    assert passed.failure is None
    here = replace(failed, path="flows/delivery.test.yaml")
    shown = "\n".join(lines_of(here, coloured=False))
    assert shown in path.read_text(encoding="utf-8")
    assert [each.failure for each in await results(tmp_path, mended, talks)] == [
        None
    ] * 2


def test_readme_and_tutorial_agree() -> None:
    """The first flow of one's own is the same in both places."""
    (readme,) = blocks(ROOT / "README.md", "yaml")
    tutorial, *_ = blocks(DOCS / "tutorial" / "first-survey.md", "yaml")
    assert readme == tutorial
