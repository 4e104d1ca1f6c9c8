"""The tutorial, followed to the letter."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opening
from tests.e2e.running import PATIENCE, Running
from tests.examples import ROOT

pytestmark = pytest.mark.e2e

TUTORIAL: Final = ROOT / "docs" / "tutorial" / "first-survey.md"
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE: Final = re.compile(r"`(flows/[\w.]+)`")
MISTAKE: Final = "optional: true"
ADDRESS: Final = "http://127.0.0.1:8080"


class Block(NamedTuple):
    """A block of the tutorial, and the words before it."""

    kind: str
    text: str
    before: str


def blocks() -> Iterator[Block]:
    """Yield the tutorial's blocks in their order."""
    text = TUTORIAL.read_text(encoding="utf-8")
    end = 0
    for found in BLOCK.finditer(text):
        yield Block(found[1], found[2], text[end : found.start()])
        end = found.end()


class Reader:
    """Somebody who follows the tutorial, with a browser and a second window."""

    def __init__(self, shop: Path, opened: Opening) -> None:
        self.shop = shop
        self.server = Running(shop)
        self.seen = ""
        self._opened = opened
        self._page: Page | None = None
        self._flow = Path()

    def follow(self, block: Block) -> None:
        """Do what a block says, or look for what it shows."""
        if block.kind == "sh":
            self._type(block.text)
        elif block.kind == "yaml":
            name = FILE.findall(block.before)[-1]
            self._save(self.shop / name, block.text)
        elif "You:" in block.text:
            self._talk(block.text)
        else:
            self._look(block)

    def _type(self, commands: str) -> None:
        """Type commands at a shell; what they print is seen."""
        self.seen = ""
        for line in commands.splitlines():
            words = shlex.split(line, comments=True)
            if words == ["make", "run"]:
                self.server.start()
                self.seen = "".join(self.server.lines)
            elif words[0] == "voxpop":
                self.seen += self.voxpop(*words[1:])
            else:
                assert words == [".", ".venv/bin/activate"]

    def voxpop(self, *arguments: str) -> str:
        """Run a command in the second window; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.shop,
            env=self.server.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return done.stdout + done.stderr

    def _save(self, file: Path, text: str) -> None:
        self._flow = file if not file.name.endswith(".test.yaml") else self._flow
        file.write_text(text, encoding="utf-8")

    def _talk(self, lines: str) -> None:
        """Type into the chat what *You* say, and wait for what the bot says."""
        page = self._page = self._page or self._opened(f"{self.server.url}/chat")
        said: dict[str, int] = {}
        for line in lines.splitlines():
            who, _, words = line.partition(":")
            if who == "You":
                page.locator("#text").fill(words.strip())
                page.locator("#text").press("Enter")
                continue
            said[words] = said.get(words, 0) + 1
            bubble = page.locator(".entry.bot .bubble").filter(has_text=words.strip())
            expect(bubble).to_have_count(said[words])

    def _look(self, block: Block) -> None:
        """Look for every line that the tutorial shows."""
        if "Published" in block.text:
            self.server.heard(block.text.strip())
            return
        if "make a mistake" in block.before:
            self._mistake()
        for line in block.text.splitlines():
            shown = line.replace(ADDRESS, self.server.url)
            assert shown.strip() in self.seen, (shown, self.seen)

    def _mistake(self) -> None:
        """Make the mistake that the tutorial asks for, lint, and take it out again."""
        right = self._flow.read_text(encoding="utf-8")
        wrong = right.replace(MISTAKE, f"{MISTAKE}, go: thnaks")
        assert wrong != right
        self._save(self._flow, wrong)
        self.seen = self.voxpop("lint")
        self._save(self._flow, right)


def test_the_first_ten_minutes(shop: Path, opened: Opening) -> None:
    """A newcomer who does what the tutorial says sees what it shows."""
    reader = Reader(shop, opened)
    try:
        for block in blocks():
            reader.follow(block)
    finally:
        reader.server.kill()
    assert "2 passed, 0 failed" in reader.voxpop("test", "flows/delivery.test.yaml")
