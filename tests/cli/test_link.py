"""`voxpop link` and `voxpop contact` as an operator calls them."""

import asyncio
import json
import re
import sys
from io import StringIO
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.model.contact import Address
from bot.model.message import Inbound
from bot.service.linking import TELEGRAM
from bot.wiring import opened
from tests.databases import fresh_database
from tests.examples import lay_out

Capsys = pytest.CaptureFixture[str]
CHAT = Address("telegram", "123")
PNG = b"\x89PNG"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the current folder: flows, and a bot of Telegram's that ran before."""
    monkeypatch.delenv("VOXPOP_DATABASE", raising=False)
    if request.param == "postgres":
        monkeypatch.setenv("VOXPOP_DATABASE", fresh_database())
    monkeypatch.chdir(tmp_path)
    folder = lay_out(tmp_path)
    monkeypatch.setenv("VOXPOP_CHANNELS__TELEGRAM__ENABLED", "true")
    assert run(["flow", "publish"]) == 0
    asyncio.run(note("acme_bot"))
    return folder


async def note(name: str) -> None:
    """Note how the bot is called, as the server does."""
    async with opened() as house, house.store.transaction() as work:
        await work.note(TELEGRAM, name)


async def come(address: Address, code: str | None = None) -> None:
    """Write to the bot, perhaps by a link."""
    async with opened() as house:
        at = house.desk.clock()
        words = Inbound(address=address, key=f"{at}", at=at, text="hello", link=code)
        await house.inbox.take(words)


def ask(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what went to stdout and stderr."""
    capsys.readouterr()
    code = run(arguments)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return code, shown.out, shown.err


def test_a_link(shop: Path, capsys: Capsys) -> None:
    """A link joins the chat that comes by it; a QR is for terminals."""
    code, shown, _ = ask(capsys, "link", "crm:4711", "--flow", "nps")
    assert code == 0
    found = re.match(
        r"Telegram: https://t\.me/acme_bot\?start=(join-[\w-]{24})\n", shown
    )
    assert found
    assert "Good once, until" in shown
    assert "█" not in shown
    asyncio.run(come(CHAT, found[1]))
    _, shown, _ = ask(capsys, "contact", "joins", "crm:4711")
    assert shown.startswith("crm:4711: also telegram:123\n")
    assert "link" in shown
    assert shop.exists()


def test_a_link_as_json(shop: Path, capsys: Capsys) -> None:
    """A program gets the link by channel, and a picture where it asks for one."""
    arguments = ("link", "crm:4711", "--json", "--png", "code.png")
    code, shown, told = ask(capsys, *arguments)
    assert (code, told) == (0, "")
    found = json.loads(shown)
    assert found.keys() == {"contact", "flow", "expires_at", "links"}
    assert list(found["links"]) == ["telegram", "web"]
    assert (shop / "code.png").read_bytes().startswith(PNG)


def test_a_code_in_the_terminal(
    shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, or where it is asked for, the QR is drawn with blocks."""

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    _, shown, _ = ask(capsys, "link", "crm:4711", "--qr")
    assert "█" in shown
    with monkeypatch.context() as patch:
        terminal = Terminal()
        patch.setattr(sys, "stdout", terminal)
        assert run(["link", "crm:4711"]) == 0
        assert "█" in terminal.getvalue()
    assert shop.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["telegram:9"], "nobody is known by telegram:9"),
        (["4711"], "such as crm:4711"),
        (["crm:4711", "--flow", "npss"], "did you mean 'nps'"),
    ],
)
def test_no_link(shop: Path, capsys: Capsys, arguments: list[str], words: str) -> None:
    """A mistake is told in a sentence, and nobody is met by it."""
    code, shown, told = ask(capsys, "link", *arguments)
    assert (code, shown) == (2, "")
    assert words in told
    assert shop.exists()


def test_no_channel_for_links(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no chat could come by a link none is made, and it is said what to do."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOXPOP_DATABASE", raising=False)
    monkeypatch.setenv("VOXPOP_CHANNELS__WEB__ENABLED", "false")
    _, _, told = ask(capsys, "link", "crm:4711")
    assert "enable channels.web or telegram" in told
    monkeypatch.setenv("VOXPOP_CHANNELS__TELEGRAM__ENABLED", "true")
    code, _, told = ask(capsys, "link", "crm:4711")
    assert code == 2
    assert "start voxpop run once" in told


def test_joined_and_undone(shop: Path, capsys: Capsys) -> None:
    """An operator joins two, sees it, and takes it back."""
    for address in (CHAT, Address("web", "1")):
        asyncio.run(come(address))
    arguments = ("telegram:123", "web:1", "--by", "ann")
    code, shown, _ = ask(capsys, "contact", "join", *arguments)
    assert code == 0
    assert "telegram:123 and web:1 are one person now" in shown
    code, _, told = ask(capsys, "contact", "join", *arguments)
    assert (code, "one already" in told) == (1, True)
    _, shown, _ = ask(capsys, "contact", "joins", "web:1", "--json")
    found = json.loads(shown)
    assert sorted(found["addresses"]) == ["telegram:123", "web:1"]
    [join] = found["joins"]
    assert (join["proof"], join["by"], join["undone_at"]) == ("operator", "ann", None)
    code, shown, _ = ask(capsys, "contact", "undo", join["join"])
    assert (code, shown) == (0, f"Join {join['join']} is undone.\n")
    _, shown, _ = ask(capsys, "contact", "joins", "web:1")
    assert shown.startswith("web:1: known by no other address\n")
    assert shown.count("ann") == 1
    code, _, told = ask(capsys, "contact", "undo", join["join"])
    assert (code, "undone already" in told) == (2, True)
    assert shop.exists()


def test_contact_as_json(shop: Path, capsys: Capsys) -> None:
    """Programs get the numbers of joins as text, for they are long."""
    for address in (CHAT, Address("web", "1")):
        asyncio.run(come(address))
    _, shown, _ = ask(capsys, "contact", "join", "web:1", "telegram:123", "--json")
    number = json.loads(shown)["join"]
    assert isinstance(number, str)
    _, shown, _ = ask(capsys, "contact", "undo", number, "--json")
    assert json.loads(shown) == {"undone": number}
    code, _, told = ask(capsys, "contact", "joins", "web:2")
    assert (code, "nobody is known by web:2" in told) == (2, True)
    assert shop.exists()
