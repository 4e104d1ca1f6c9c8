"""`voxpop outbox list` as an operator calls it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import first_id, now
from storage import SqlStore
from tests.cli.asked import ENGINES, Capsys, ask, filled, read, shop_in
from tests.storage.samples import BEN, BENS, NOON, delivery, meet, save

BASE = first_id(NOON)


@pytest.fixture(params=ENGINES)
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the current folder, with messages of all kinds in the outbox."""
    shop_in(tmp_path, request.param, monkeypatch)
    filled(fill)
    return tmp_path


async def fill(store: SqlStore) -> None:
    """Fill the outbox with what waits, what went wrong and what went well."""
    await meet(store)
    late = now() - timedelta(hours=1)
    later = now() + timedelta(hours=1)
    wrong = {"reason": "Forbidden: bot was\x1b[2J blocked", "asks": "score"}
    bens = {"contact": BEN.id, "address": BENS}
    await save(
        store,
        deliveries=[
            delivery(BASE, state="sent"),
            delivery(BASE + 1, state="unknown", reason="nobody knows"),
            delivery(BASE + 2, state="failed", **wrong, **bens),
            delivery(BASE + 3, state="withheld", reason="stop", flow=""),
            delivery(BASE + 4, state="superseded", reason="corrected"),
            delivery(BASE + 5, due_at=late),
            delivery(BASE + 6, due_at=later),
        ],
    )


def ids(shown: str) -> list[int]:
    """Return which messages a table lists."""
    words = [line.split()[0] for line in shown.splitlines() if line.split()]
    return [int(word) - BASE for word in words if word.isdigit()]


@pytest.mark.usefixtures("shop")
def test_what_needs_somebody(capsys: Capsys) -> None:
    """Without a state all is counted, and what needs somebody is listed."""
    code, shown, told = ask(capsys, "outbox", "list")
    assert (code, told) == (0, "")
    counts, rows = shown.split("\n\n")
    assert [line.split() for line in counts.splitlines()] == [
        ["channel", "due", "unknown", "failed", "withheld"],
        ["telegram", "1"],
        ["web", "2", "1", "1"],
    ]
    assert ids(rows) == [5, 3, 2, 1]
    failed = next(line for line in rows.splitlines() if "Forbidden" in line)
    assert "nps/score" in failed
    assert "Forbidden: bot was [2J blocked" in failed


@pytest.mark.usefixtures("shop")
def test_addresses_are_masked(capsys: Capsys) -> None:
    """Of an address only the last signs are shown, unless all of it is asked for."""
    asked = ("outbox", "list", "--state", "failed")
    shown = ask(capsys, *asked)[1]
    assert "4711" not in shown
    assert "…" in shown
    assert "4711" in ask(capsys, *asked, "--full")[1]
    assert read(capsys, *asked)[1]["messages"][0]["address"] == "…"
    assert read(capsys, *asked, "--full")[1]["messages"][0]["address"] == "4711"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--state", "due"), [6, 5]),
        (("--state", "due", "--limit", "1"), [6]),
        (("--state", "unknown"), [1]),
        (("--state", "superseded"), [4]),
        (("--state", "sending"), []),
        (("--channel", "telegram"), [2]),
        (("--limit", "2"), [5, 3]),
    ],
)
@pytest.mark.usefixtures("shop")
def test_some(capsys: Capsys, options: tuple[str, ...], found: list[int]) -> None:
    """A state, a channel and a limit choose what is listed, newest first."""
    code, shown, _ = ask(capsys, "outbox", "list", *options)
    assert (code, ids(shown)) == (0, found)


@pytest.mark.usefixtures("shop")
def test_as_json(capsys: Capsys) -> None:
    """A program reads counts and messages, ids as texts."""
    code, found = read(capsys, "outbox", "list", "--state", "failed")
    assert code == 0
    assert found["timezone"] == "Europe/Madrid"
    assert {"channel": "web", "state": "due", "messages": 2, "more": False} in found[
        "counts"
    ]
    [message] = found["messages"]
    assert message == {
        "id": str(BASE + 2),
        "at": message["at"],
        "channel": "telegram",
        "address": "…",
        "contact": str(BEN.id),
        "flow": "nps",
        "step": "score",
        "state": "failed",
        "reason": "Forbidden: bot was\x1b[2J blocked",
        "attempts": 0,
    }


def test_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """Where nothing is wrong that is said, and no database is made."""
    shop_in(tmp_path, "sqlite", monkeypatch)
    code, shown, told = ask(capsys, "outbox", "list")
    assert (code, shown) == (0, "")
    assert "No message needs anybody" in told
    _, _, told = ask(capsys, "outbox", "list", "--state", "failed")
    assert told == "No message is failed.\n"
    assert not list(tmp_path.glob("*.db"))


@pytest.mark.parametrize("options", [("--limit", "0"), ("--state", "sent")])
@pytest.mark.usefixtures("shop")
def test_wrong_use(capsys: Capsys, options: tuple[str, ...]) -> None:
    """What makes no sense, or would read all there is, leaves with 2."""
    code, shown, told = ask(capsys, "outbox", "list", *options)
    assert (code, shown, bool(told)) == (2, "", True)
