"""A shop that talks through Telegram: `voxpop run`, with others' Bot API at its end."""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.channels.telegram import testbed as bot_api
from tests.channels.telegram.rules import check_send
from tests.channels.telegram.serving import Mode, Person, until
from tests.channels.telegram.testbed import TOKEN, Testbed
from tests.e2e.running import PATIENCE, VOXPOP, Running
from tests.examples import lay_out

pytestmark = pytest.mark.e2e

NAME = "Canary-Name"
PHONE = 908_070_605_040


@asynccontextmanager
async def shop(folder: Path, bed: Testbed, mode: Mode) -> AsyncIterator[Running]:
    """Run a shop with the sample settings and a bot, telling all it can tell."""
    lay_out(folder)
    running = Running(
        folder,
        VOXPOP_CHANNELS__TELEGRAM__ENABLED="true",
        VOXPOP_CHANNELS__TELEGRAM__MODE=mode,
        VOXPOP_CHANNELS__TELEGRAM__FLOW="nps",
        VOXPOP_CHANNELS__TELEGRAM__TOKEN=TOKEN,
        VOXPOP_CHANNELS__TELEGRAM__BASE_URL=bed.base_url.removesuffix("/bot"),
        VOXPOP_LOG__LEVEL="debug",
    )
    running.environment["VOXPOP_WEB__PUBLIC_URL"] = running.url
    await asyncio.to_thread(running.start)
    try:
        yield running
    finally:
        await asyncio.to_thread(running.kill)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_day_of_a_shop(tmp_path: Path, mode: Mode) -> None:
    """Ann answers, the server is killed in between and starts again, and it counts.

    Neither her name nor the token stands in anything it printed or told.
    """
    async with bot_api.emulator() as bed, shop(tmp_path, bed, mode) as running:
        assert f"Telegram: https://t.me/fixture_bot (by {mode})" in "".join(
            running.lines
        )
        ann = Person(bed, PHONE, name=NAME, language="es")
        await ann.say("/start")
        await ann.hears(f"{NAME}, ¿qué probabilidad hay de que recomiendes")
        await asyncio.to_thread(running.kill)
        await asyncio.to_thread(running.start)
        await ann.press("3")
        await ann.hears("Siento que te hayamos fallado")
        await ann.hears("¿Qué salió mal?")
        await ann.say("tardaron una semana")
        await ann.hears("¿Puede escribirte alguien")
        await ann.press("Sí")
        await ann.hears("Pronto sabrás de nosotros")
        report = await asyncio.to_thread(running.report)
        assert (report["n"], report["score"]) == (1, -100.0)
        await asyncio.to_thread(running.stop)
        told = running.errors() + "".join(running.lines) + running.printed
    for fields in bed.sent:
        check_send(fields)
    assert len(bed.sent) == 5
    assert NAME not in told
    assert TOKEN.partition(":")[2] not in told
    assert str(PHONE) not in told
    with sqlite3.connect(tmp_path / "voxpop.db") as db:
        assert db.execute("SELECT count(*) FROM cases").fetchone() == (1,)


async def test_a_link(tmp_path: Path) -> None:
    """Whoever opens a customer's link is that customer from then on, and only once."""
    async with bot_api.emulator() as bed, shop(tmp_path, bed, "polling") as running:
        made = await asyncio.to_thread(told, running, "link", "crm:4711", "--json")
        place, _, code = made["links"]["telegram"].partition("=")
        assert place == "https://t.me/fixture_bot?start"
        ann, mallory = Person(bed, PHONE), Person(bed, PHONE + 1, name="Mal")
        await ann.say(f"/start {code}")
        await ann.hears("Ann, how likely")
        await mallory.say(f"/start {code}")
        await mallory.hears("Mal, how likely")
        who = await asyncio.to_thread(told, running, "contact", "joins", "crm:4711")
        assert f"telegram:{PHONE}" in str(who)
        assert str(PHONE + 1) not in str(who)


def told(running: Running, *arguments: str) -> dict[str, Any]:
    """Return what a command of the shop prints as JSON."""
    done = subprocess.run(
        [*VOXPOP, *arguments, *([] if "--json" in arguments else ["--json"])],
        cwd=running.shop,
        env=running.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def test_the_menu(tmp_path: Path) -> None:
    """The commands of flows stand in the menu, and change when a flow is saved."""
    async with bot_api.emulator() as bed, shop(tmp_path, bed, "polling") as running:

        def menus() -> list[object]:
            return [f["commands"] for m, f, _ in bed.log if m == "setMyCommands"]

        await until(lambda: len(menus()) >= 3)
        assert "feedback" in str(menus()[0])
        flow = running.shop / "flows" / "nps.yaml"
        text = flow.read_text(encoding="utf-8")
        flow.write_text(text.replace("command: feedback", "command: opinion"))
        await asyncio.to_thread(running.heard, "Published: nps")
        await until(lambda: "opinion" in str(menus()[-1]))
