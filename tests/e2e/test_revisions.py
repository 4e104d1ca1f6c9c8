"""Flows changed beside a real `voxpop run`: published, followed, taken back."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.running import PATIENCE, VOXPOP, Running
from tests.e2e.test_workers import Crew
from tests.examples import lay_out

pytestmark = pytest.mark.e2e

_numbers = count(1)
LATER = "flow: later\nsteps:\n  hi: {say: Hello.}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with the example flows and settings, and nothing else."""
    return lay_out(tmp_path)


@pytest.fixture
def crew(shop: Path) -> Iterator[Crew]:
    """Return two workers that serve."""
    with Crew(shop) as crew:
        yield crew


class Visitor:
    """Somebody with a talk open, who asks by plain requests."""

    def __init__(self, server: Running) -> None:
        number = next(_numbers)
        self._url = server.url
        self._headers = {"X-Forwarded-For": f"10.9.{number >> 8}.{number & 255}"}
        self._visitor = self._call("visits", {"type": "hello"})["visitor"]
        self._headers["Authorization"] = f"Bearer {self._visitor}"

    def _call(self, path: str, frame: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        answer = httpx.post(
            f"{self._url}/chat/{path}",
            json=frame,
            headers={"Authorization": "Bearer 0", **self._headers},
            timeout=PATIENCE,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def say(self, text: str) -> None:
        """Say something, which is stored."""
        key = f"revision-{next(_numbers):08}"
        found = self._call("messages", {"type": "say", "key": key, "text": text})
        assert found["type"] == "stored"

    def shown(self) -> list[str]:
        """Return all that the bot said."""
        hello = {"type": "hello", "visitor": self._visitor}
        found = self._call("visits", hello)["messages"]
        return [each["text"] for each in found if each["from"] == "bot"]


def voxpop(server: Running, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command beside the server."""
    return subprocess.run(
        [*VOXPOP, *arguments],
        cwd=server.shop,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def flow(server: Running, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a command on flows prints as JSON."""
    done = voxpop(server, "flow", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def change(server: Running, was: str, now: str) -> str:
    """Change the survey's file; return what it said before."""
    file = server.shop / "flows" / "nps.yaml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")
    return text


def greeted(server: Running, words: str) -> None:
    """Let people come until one is greeted by what somebody else published."""
    for _ in range(PATIENCE * 20):
        if words in Visitor(server).shown()[0]:
            return
    raise AssertionError(server.errors())


def ends_as_it_began(visitor: Visitor) -> None:
    """Assert that a talk goes to its end on the revision that it began with."""
    for words in ("3", "It came late", "no"):
        visitor.say(words)
    shown = visitor.shown()
    assert "how likely" in shown[0]
    assert "What went wrong?" in shown
    assert "Thank you for helping us get better." in shown


def test_one_worker(shop: Path) -> None:
    """A talk ends on its revision while two newer ones are saved; others begin there.

    What is rolled back beside the server is taken up and stays, until the file changes.
    """
    with Running(shop) as server:
        early = Visitor(server)
        change(server, "how likely", "how very likely")
        change(server, "  recover:", "  regain:")
        server.heard("Published: nps")
        change(server, "What went wrong?", "What was bad?")
        server.heard("Published: nps")
        assert "how very likely" in Visitor(server).shown()[0]
        ends_as_it_began(early)
        first = flow(server, "history", "nps")["flows"][0]["publications"][-1]
        done = voxpop(server, "flow", "rollback", "nps", first["revision"][:6])
        assert done.returncode == 0, done.stderr
        greeted(server, "how likely")
        (shop / "flows" / "later.yaml").write_text(LATER, encoding="utf-8")
        server.heard("Published: later")
        assert server.errors().count("was rolled back, and did not change") == 1
        assert server.stop() == 0
        server.start()
        assert server.errors().count("was rolled back, and did not change") == 2
        greeted(server, "how likely")
        change(server, "how very likely", "how awfully likely")
        server.heard("Published: nps")
        greeted(server, "how awfully likely")


def test_a_link(shop: Path) -> None:
    """A flow behind a link is published when that which it leads to is saved."""
    file, elsewhere = shop / "flows" / "nps.yaml", shop / "elsewhere.yaml"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    with Running(shop) as server:
        text = elsewhere.read_text(encoding="utf-8")
        text = text.replace("how likely", "how very likely")
        elsewhere.write_text(text, encoding="utf-8")
        server.heard("Published: nps")


def test_by_hand(shop: Path) -> None:
    """Where flows are published by hand, a first start does it, and no other."""
    with Running(shop, VOXPOP_PUBLISH="manual") as server:
        assert "Flows: nps, referral, welcome" in "".join(server.lines)
        assert server.stop() == 0
        change(server, "how likely", "how very likely")
        (shop / "flows" / "later.yaml").write_text(LATER, encoding="utf-8")
        server.start()
        told = server.errors().splitlines()
        assert [line.split()[0] for line in told] == [
            "flows/later.yaml",
            "flows/nps.yaml",
        ]
        assert "so it does not run; to publish it: " in told[0]
        greeted(server, "how likely")
        assert voxpop(server, "flow", "publish").returncode == 0
        greeted(server, "how very likely")


@pytest.mark.postgres
def test_two_workers(crew: Crew) -> None:
    """Both workers take up what is published and taken back; neither does so itself."""
    early = Visitor(crew)
    change(crew, "how likely", "how very likely")
    change(crew, "  recover:", "  regain:")
    os.kill(crew.pid, signal.SIGHUP)
    crew.heard("All workers are new.")
    assert "nps.yaml is not published, so" in crew.errors()
    greeted(crew, "how likely")
    [done] = flow(crew, "publish", "nps")["published"]
    assert done["talks"] >= 1
    always(crew, "how very likely")
    [known] = flow(crew, "diff", "nps", "~1")["renamed"]
    assert known == ["recover", "regain"]
    ends_as_it_began(early)
    assert flow(crew, "rollback", "nps")["replaced"] == done["revision"]
    always(crew, "how likely")
    assert crew.stop() == 0


def always(crew: Crew, words: str) -> None:
    """Let people come until both workers know what is current: many in a row."""
    in_a_row = 0
    for _ in range(PATIENCE * 20):
        in_a_row = in_a_row + 1 if words in Visitor(crew).shown()[0] else 0
        if in_a_row == 20:
            return
    raise AssertionError(crew.errors())
