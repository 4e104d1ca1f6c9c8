"""A shop in the current folder, and commands asked there as an operator does."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.app import run
from bot.config import load_settings
from storage import SqlStore, open_store
from tests.databases import fresh_database
from tests.examples import lay_out

Capsys = pytest.CaptureFixture[str]
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def shop_in(folder: Path, engine: str, patch: pytest.MonkeyPatch) -> Path:
    """Make a folder the current one, with flows, settings and an engine."""
    patch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("VOXPOP_")]:
        patch.delenv(name)
    if engine == "postgres":
        patch.setenv("VOXPOP_DATABASE", fresh_database())
    return lay_out(folder)


def ask(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what went to stdout and stderr."""
    capsys.readouterr()
    code = run(arguments)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "\x1b" not in shown.out + shown.err
    return code, shown.out, shown.err


def read(capsys: Capsys, *arguments: str) -> tuple[int, Any]:
    """Return the exit code and the JSON of a command."""
    code, shown, told = ask(capsys, *arguments, "--json")
    assert told == ""
    return code, json.loads(shown)


def filled(work: Callable[[SqlStore], Awaitable[None]]) -> None:
    """Let something happen in the database of the settings."""

    async def happen() -> None:
        async with open_store(load_settings().database_url()) as store:
            await work(store)

    asyncio.run(happen())


async def nothing(_: SqlStore) -> None:
    """Only open the database, so that it is made."""


def found(capsys: Capsys, *options: str) -> list[dict[str, Any]]:
    """Return all findings; whether one is a problem, the exit code says."""
    code, told = read(capsys, "doctor", *options)
    levels = [each["level"] for each in told["findings"]]
    assert told["problems"] == levels.count("problem")
    assert told["warnings"] == levels.count("warning")
    assert code == (1 if told["problems"] else 0)
    assert all(each["mend"] for each in told["findings"] if each["level"] == "warning")
    assert "SECRET" not in json.dumps(told)
    return list(told["findings"])


def wrong(capsys: Capsys, *areas: str) -> list[tuple[str, str]]:
    """Return how grave what is in these areas, without what is well."""
    return [
        (each["level"], each["words"])
        for each in found(capsys)
        if each["level"] != "ok" and (not areas or each["area"] in areas)
    ]
