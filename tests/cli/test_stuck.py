"""`voxpop stuck list`, `show`, `retry` and `drop` as an operator calls them."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.clock import now
from channels.web import entries, frames
from storage import SqlStore
from tests.channels.telegram import updates
from tests.channels.telegram.updates import ANA
from tests.cli.asked import ENGINES, Capsys, ask, filled, read, shop_in
from tests.storage.samples import NOON, inbound, save

FIRST = 251_658_240_000_000
EVIL = "\x1b[2J{broken\u202e\x07"


@pytest.fixture(params=ENGINES)
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the current folder, with four messages that are stuck."""
    shop_in(tmp_path, request.param, monkeypatch)
    filled(stick)
    return tmp_path


async def stick(store: SqlStore) -> None:
    """Have messages stuck: two that read well now, one that does not, one of nobody."""
    page = [frames.Say("abcdefgh", text) for text in ("hello", "stop")]
    raws = [entries.inbound("ann", each, NOON).raw for each in page]
    rows: list[dict[str, Any]] = [
        {"raw": raws[0]},
        {"raw": raws[1]},
        {"raw": "{broken"},
        {"raw": EVIL, "channel": "slack", "handle": "", "contact": 0},
    ]
    await save(
        store,
        inbound=[
            inbound(FIRST + n, str(n), **{"contact": 0, **row}, state="stuck", error=r)
            for n, (row, r) in enumerate(zip(rows, REASONS, strict=True))
        ],
    )


REASONS = ("RuntimeError: no way", "the same", "odd", "no\x1b[2J sender")


def test_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """Where nothing is stuck that is said, and no database is made."""
    shop_in(tmp_path, "sqlite", monkeypatch)
    assert ask(capsys, "stuck", "list") == (0, "", "Nothing is stuck.\n")
    assert ask(capsys, "stuck", "retry", "--all") == (0, "", "")
    assert ask(capsys, "stuck", "drop", "--all") == (0, "", "")
    code, _, told = ask(capsys, "stuck", "show", "7")
    assert (code, "No message has the id 7" in told) == (1, True)
    assert not list(tmp_path.glob("*.db"))


@pytest.mark.usefixtures("shop")
def test_list(capsys: Capsys) -> None:
    """The newest stands first, and nothing of it steers a terminal."""
    code, shown, told = ask(capsys, "stuck", "list", "--limit", "3")
    assert code == 0
    head, *rows = shown.splitlines()
    assert head.split() == ["id", "when", "channel", "contact", "reason"]
    assert [row.split()[0] for row in rows] == [str(FIRST + n) for n in (3, 2, 1)]
    assert "no [2J sender" in rows[0]
    assert "2026-03-02 13:00" in rows[0]
    assert "… and 1 before: --limit 4" in told


@pytest.mark.usefixtures("shop")
def test_list_as_json(capsys: Capsys) -> None:
    """A program reads the same, with what is needed to go on."""
    code, found = read(capsys, "stuck", "list", "--limit", "1")
    assert (code, found) == (
        0,
        {
            "timezone": "Europe/Madrid",
            "stuck": 4,
            "messages": [
                {
                    "id": str(FIRST + 3),
                    "channel": "slack",
                    "contact": None,
                    "at": "2026-03-02T13:00:00.123456+01:00",
                    "state": "stuck",
                    "reason": REASONS[3],
                }
            ],
        },
    )


@pytest.mark.usefixtures("shop")
def test_show(capsys: Capsys) -> None:
    """What came is shown without what steers a terminal; a program has it as it is."""
    code, shown, _ = ask(capsys, "stuck", "show", str(FIRST + 3))
    assert code == 0
    assert "Reason:   no [2J sender\n" in shown
    assert "Contact:  nobody we know\n" in shown
    assert shown.endswith("[2J{broken  \n")
    assert "\u202e" not in shown
    _, found = read(capsys, "stuck", "show", str(FIRST + 3))
    assert (found["key"], found["raw"]) == ("3", EVIL)


@pytest.mark.usefixtures("shop")
def test_retry(capsys: Capsys) -> None:
    """What reads well now is handled, the rest is told and leaves with 1."""
    assert ask(capsys, "stuck", "retry", str(FIRST)) == (0, f"{FIRST}: handled\n", "")
    code, shown, told = ask(capsys, "stuck", "retry", "--all")
    assert (code, told) == (1, "")
    assert shown.splitlines() == [
        f"{FIRST + 1}: handled",
        f"{FIRST + 2}: still stuck: Refused: This is nothing that a chat page says.",
        f"{FIRST + 3}: still stuck: the channel slack has nothing that reads it again",
    ]
    _, found = read(capsys, "stuck", "list")
    assert [each["id"] for each in found["messages"]] == [
        str(FIRST + 3),
        str(FIRST + 2),
    ]
    _, one = read(capsys, "stuck", "show", str(FIRST))
    assert (one["state"], one["reason"], one["contact"] is None) == (
        "handled",
        None,
        False,
    )


@pytest.mark.usefixtures("shop")
def test_ids_that_are_not_stuck(capsys: Capsys) -> None:
    """An id that no stuck message has is told, and leaves with 1."""
    for name in ("retry", "drop"):
        told = "7: no message is stuck by this id\n"
        assert ask(capsys, "stuck", name, "7") == (1, "", told)


@pytest.mark.usefixtures("shop")
def test_results_as_json(capsys: Capsys) -> None:
    """A program reads what became of each."""
    code, found = read(capsys, "stuck", "retry", str(FIRST), "7")
    assert (code, found["messages"]) == (
        1,
        [
            {"id": str(FIRST), "state": "handled", "reason": None},
            {"id": "7", "state": "absent", "reason": None},
        ],
    )
    code, found = read(capsys, "stuck", "drop", str(FIRST + 1))
    assert (code, found["messages"][0]["state"]) == (0, "dropped")


@pytest.mark.parametrize("answer", ["y", "no", ""])
@pytest.mark.usefixtures("shop")
def test_drop_asks(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """More than one are dropped only where somebody says so, there and then."""
    given = io.StringIO(f"{answer}\n")
    monkeypatch.setattr(given, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", given)
    code, shown, told = ask(capsys, "stuck", "drop", "--all")
    assert "Drop 4 messages that people wrote? [y/N]" in told
    assert (code, shown.count("dropped")) == ((0, 4) if answer == "y" else (1, 0))
    _, left = read(capsys, "stuck", "list")
    assert left["stuck"] == (0 if answer == "y" else 4)


@pytest.mark.usefixtures("shop")
def test_drop_without_a_terminal(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program has to say --yes; a single one goes without."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    code, _, told = ask(capsys, "stuck", "drop", "--all")
    assert (code, "say --yes" in told) == (2, True)
    assert ask(capsys, "stuck", "drop", str(FIRST))[:2] == (0, f"{FIRST}: dropped\n")
    assert ask(capsys, "stuck", "drop", "--all", "--yes")[0] == 0
    assert ask(capsys, "stuck", "list")[2] == "Nothing is stuck.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--limit", "0"),
        ("retry",),
        ("retry", "7", "--all"),
        ("drop",),
        ("show",),
        ("show", "seven"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_wrong_use(capsys: Capsys, words: tuple[str, ...]) -> None:
    """What makes no sense leaves with 2 and a sentence."""
    code, shown, told = ask(capsys, "stuck", *words)
    assert (code, shown, bool(told)) == (2, "", True)


@pytest.mark.parametrize("engine", ENGINES)
def test_retry_as_the_server_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, engine: str
) -> None:
    """What a channel begins with begins, and its files are to be fetched."""
    shop_in(tmp_path, engine, monkeypatch)
    monkeypatch.setenv("VOXPOP_CHANNELS__TELEGRAM__ENABLED", "true")
    monkeypatch.setenv("VOXPOP_CHANNELS__TELEGRAM__FLOW", "nps")
    photo = updates.message(photo=updates.photo_sizes())
    raws = [json.dumps(each) for each in (updates.start(), photo)]

    async def stick_both(store: SqlStore) -> None:
        rows = [
            inbound(FIRST + n, str(n), channel="telegram", handle=str(ANA), contact=0)
            for n in range(2)
        ]
        both = zip(rows, raws, strict=True)
        stuck = [replace(r, raw=raw, state="stuck", error="odd") for r, raw in both]
        await save(store, inbound=stuck)

    async def look(store: SqlStore) -> None:
        async with store.reading() as work:
            [file] = await work.due_media(now(), ["telegram"], 9)
            assert (file.kind, file.inbound) == ("photo", FIRST + 1)
        [asked, *_] = (await store.outbox())[::-1]
        assert asked.flow == "nps"

    ask(capsys, "flow", "publish")
    filled(stick_both)
    assert ask(capsys, "stuck", "retry", "--all")[0] == 0
    filled(look)
