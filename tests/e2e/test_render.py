"""What `voxpop render` says of the web chat is what a real browser shows."""

import json
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from flows.language.document import load_flow
from flows.language.model import Ask, Say
from tests.e2e.conftest import Opening, picture
from tests.e2e.running import PATIENCE, VOXPOP, Running

pytestmark = pytest.mark.e2e

Seen = dict[str, Any]
"""A message: its text, and what stands under it."""
Act = Callable[[Page], object]
Walk = Sequence[tuple[Act | None, str]]
"""What the visitor does, and the steps, with spaces between, that are said then."""

HERE: Final = Path(__file__).parent
SIZE: Final = (
    "[document.body.parentNode.scrollWidth, document.body.parentNode.scrollHeight]"
)
"""How large the page is: as large as the screen, for the log alone scrolls."""
READ: Final = (HERE / "read.js").read_text(encoding="utf-8")
HARD: Final = HERE / "hard.yaml"


ELSEWHERE: Final = """\
steps:
  which: {ask: "?", answer: choices, options: {a: A, b: B}}
  day: {ask: "??", answer: date, optional: true}
"""


def press(key: str, page: Page) -> None:
    """Press an answer of the newest question."""
    page.locator(f"#entries [data-key='{key}']").last.click()


def check(keys: str, page: Page) -> None:
    """Check boxes of the newest question, and be done."""
    for key in keys.split():
        page.locator(f"#entries [value='{key}']").last.check()
    page.locator("#entries .done").last.click()


def say(words: str, page: Page) -> None:
    """Type something and send it."""
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")


skip: Final = partial(press, "")

WALKS: Final[dict[str, Walk]] = {
    "nps-3": [
        (None, "score"),
        (partial(press, "3"), "sorry recover"),
        (partial(say, "…"), "callback"),
        (partial(press, "yes"), "promised"),
    ],
    "nps-8": [
        (None, "score"),
        (partial(press, "8"), "improve"),
        (partial(check, "price other"), "other"),
        (partial(say, "…"), "thanks"),
    ],
    "nps-9": [
        (None, "score"),
        (partial(press, "9"), "why"),
        (skip, "referral.willing"),
        (partial(press, "no"), "referral.bye thanks"),
    ],
    "referral": [(None, "willing"), (partial(press, "no"), "bye")],
    "welcome": [(None, "hello updates"), (partial(press, "yes"), "bye")],
    "hard": [
        (None, "hostile endless nps"),
        (partial(press, "10"), "csat"),
        (partial(press, "4"), "ces"),
        (partial(press, "7"), "bare"),
        (partial(press, "1"), "low"),
        (partial(press, "24"), "pick"),
        (partial(press, "hostile"), "several"),
        (partial(check, "b c"), "sure"),
        (partial(press, "no"), "may"),
        (skip, "words"),
        (skip, "count"),
        (partial(say, "2"), "day"),
        (skip, "mail"),
        (partial(say, "ana@example.com"), "phone"),
        (skip, "photo"),
        (skip, "voice"),
        (skip, "file"),
        (skip, "place"),
        (skip, "count_said"),
    ],
}


def rendered(shop: Path, flow: str, language: str) -> dict[str, Seen]:
    """Return each message of a flow as the command says that the page shows it."""
    done = subprocess.run(
        [*VOXPOP, "render", flow, "--channel=web", f"--lang={language}", "--json"],
        cwd=shop,
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    steps = json.loads(done.stdout)["steps"]
    return {step["step"]: as_seen(step) for step in steps if step["parts"]}


def as_seen(step: dict[str, Any]) -> Seen:
    """Return a step of the command's in the words of the page."""
    (text,) = step["parts"]
    assert step["losses"] == []
    under = step["controls"]
    if under is None:
        return {"text": text, "controls": None}
    star = under["form"] == "stars"
    offers = [offer for row in under["rows"] for offer in row]
    low, high = under["low"], under["high"]
    return {
        "text": text,
        "controls": {
            "offers": [[o["key"], "★" if star else o["label"]] for o in offers],
            "day": under["form"] == "calendar",
            "checked": under["form"] == "boxes",
            "done": [under["done"]] if under["done"] else [],
            "skip": [under["skip"]] if under["skip"] else [],
            "ends": [low or "", high or ""] if low or high else [],
        },
    }


@pytest.fixture
def shop(shop: Path) -> Path:
    """Return a shop whose page may be asked for every flow."""
    (shop / "flows" / HARD.name).write_bytes(HARD.read_bytes())
    config = shop / "config.yaml"
    text = config.read_text(encoding="utf-8")
    every = "allowed: [nps, welcome, hard,"
    config.write_text(text.replace("allowed: [nps,", every), encoding="utf-8")
    return shop


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("walk", WALKS)
def test_the_page_shows_what_the_command_says(
    server: Running, opened: Opening, walk: str, language: str
) -> None:
    """Texts, buttons, boxes, their order, skip and the ends of scales are the same."""
    flow = walk.partition("-")[0]
    told = rendered(server.shop, flow, language)
    inner = rendered(server.shop, "referral", language)
    told |= {f"referral.{step}": seen for step, seen in inner.items()}
    page = opened(f"{server.url}/chat?flow={flow}", locale=language)
    expected: list[Seen] = []
    for act, steps in WALKS[walk]:
        if act:
            act(page)
        expected += [told[step] for step in steps.split()]
        expect(page.locator("#entries .entry.bot")).to_have_count(len(expected))
    assert page.evaluate(READ) == expected
    assert page.evaluate(SIZE) == [390, 844]
    picture(page, f"render-{walk}-{language}")


@pytest.mark.parametrize("language", ["ar", "de"])
def test_words_of_the_page_itself(shop: Path, opened: Opening, language: str) -> None:
    """In languages that only the page speaks its own words are told, too."""
    source = f"flow: welcome\nlanguages: [{language}]\n{ELSEWHERE}"
    (shop / "flows" / "welcome.yaml").write_text(source, encoding="utf-8")
    with Running(shop) as server:
        page = opened(f"{server.url}/chat?flow=welcome", locale=language)
        expect(page.locator("#entries .entry.bot")).to_have_count(1)
        check("a", page)
        expect(page.locator("#entries .entry.bot")).to_have_count(2)
        told = rendered(shop, "welcome", language)
        assert page.evaluate(READ) == list(told.values())


@pytest.mark.parametrize("flow", ["nps", "referral", "welcome", "hard"])
def test_every_step_is_walked(flow: str, shop: Path) -> None:
    """No step that says or asks something is left out, but an invitation's link."""
    source = (shop / "flows" / f"{flow}.yaml").read_bytes()
    document = load_flow(flow, source)
    assert document.flow is not None
    walks = [walk for name, walk in WALKS.items() if name.partition("-")[0] == flow]
    walked = {step for walk in walks for _, steps in walk for step in steps.split()}
    spoken = {
        name
        for name, step in document.flow.steps.items()
        if isinstance(step, Ask | Say)
    }
    assert {step for step in walked if "." not in step} == spoken
