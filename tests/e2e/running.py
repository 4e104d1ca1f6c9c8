"""A real `voxpop run` in a shop's folder, started and stopped as an operator would."""

import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from tests.examples import ROOT

VOXPOP: Final = [sys.executable, "-m", "bot"]
PATIENCE: Final = 60
"""Seconds after which a program that hangs is killed, so that its test fails."""


def free_port() -> int:
    """Return a port that nobody listens at, and that no client is given by chance.

    Systems hand out ports from 32768 on to clients, and some tests have thousands.
    """
    for turn in _turns:
        port = PORTS[(os.getpid() * 101 + turn) % len(PORTS)]
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise AssertionError("unreachable: turns never end")


PORTS: Final = range(20_000, 32_000)
_turns: Final = itertools.count()


class Running:
    """A server of a shop, at the same port whenever it is started."""

    command = (*VOXPOP, "run")

    def __init__(self, shop: Path, **environment: str) -> None:
        self.shop = shop
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self.printed = ""
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "VOXPOP_WEB__PORT": str(self.port),
            **environment,
        }

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill what still runs."""
        self.kill()

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def start(self) -> None:
        """Start the server, and wait until it says that it is up."""
        with (self.shop / "errors.txt").open("a", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.shop,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.heard("Stop it with Ctrl-C")

    def heard(self, words: str) -> str:
        """Return the next line that it prints with these words in it."""
        assert self._process.stdout is not None
        killer = threading.Timer(PATIENCE, self._process.kill)
        killer.start()
        try:
            for line in self._process.stdout:
                self.lines.append(line)
                if words in line:
                    return line
        finally:
            killer.cancel()
        raise AssertionError((self.lines, self.errors()))

    def errors(self) -> str:
        """Return what it said on stderr so far."""
        return (self.shop / "errors.txt").read_text(encoding="utf-8")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Stop it in good order; return its exit code."""
        self._process.send_signal(sign)
        self.printed, _ = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate(timeout=PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the text of one of its pages."""
        answer = httpx.get(self.url + path, timeout=PATIENCE, trust_env=False)
        return answer.status_code, answer.text

    def report(self, flow: str = "nps") -> dict[str, Any]:
        """Return the first score of a flow's report."""
        done = subprocess.run(
            [*VOXPOP, "report", "--flow", flow, "--json"],
            cwd=self.shop,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        found: dict[str, Any] = json.loads(done.stdout)["scores"][0]
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in the database."""
        with closing(sqlite3.connect(self.shop / "voxpop.db")) as db:
            return db.execute(query).fetchall()
