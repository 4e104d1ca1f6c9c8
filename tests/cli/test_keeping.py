"""`voxpop backup`, `restore` and `migrate` as an operator calls them."""

import json
import os
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cli.app import run
from storage.ends import TABLES
from tests.databases import blank_database, programs
from tests.examples import lay_out


@pytest.fixture
def shop(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Path:
    """Return the current folder: flows, settings, and a database with talks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOXPOP_DATABASE", raising=False)
    lay_out(tmp_path)
    assert run(["demo", "--customers", "25", "--into", "voxpop.db"]) == 0
    capsys.readouterr()
    return tmp_path


Capsys = pytest.CaptureFixture[str]


def ask(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what went to stdout and stderr."""
    code = run(arguments)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "\x1b" not in shown.err
    return code, shown.out, shown.err


def look(query: str, file: str = "voxpop.db") -> list[Any]:
    """Return what a query gives."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(query).fetchall()


def test_back_and_forth(shop: Path, capsys: Capsys) -> None:
    """What was backed up, lost and restored is reported as before."""
    _, before, _ = ask(capsys, "report", "--comments")
    code, shown, told = ask(capsys, "backup")
    name = shown.strip()
    assert code == 0
    assert re.fullmatch(r"voxpop-\d{8}T\d{6}Z\.db", name)
    assert re.match(r"\d\.\d MB in \d+\.\d s: 25 contacts, \d+ messages, \d+ ans", told)
    look("DELETE FROM answers")
    assert ask(capsys, "rebuild")[0] == 1
    code, shown, told = ask(capsys, "restore", name)
    assert (code, shown) == (2, "")
    assert "contacts: 25, answers: 0); say --replace" in told
    code, shown, told = ask(capsys, "restore", name, "--replace")
    assert (code, told) == (0, "")
    first, *middle, last = shown.splitlines()
    assert first.startswith(f"Restored {name}: 25 contacts, ")
    assert middle == []
    assert re.match(r"What was there before is kept as voxpop\.db\.before-\d+T", last)
    assert ask(capsys, "report", "--comments") == (0, before, "")
    assert ask(capsys, "rebuild") == (0, "", "0 differences\n")
    assert (shop / name).exists()


def test_as_json(shop: Path, capsys: Capsys) -> None:
    """With --json each prints one object that says what it made."""
    code, shown, told = ask(capsys, "backup", "made.db", "--json")
    made = json.loads(shown)
    assert (code, told) == (0, "")
    assert made["file"] == "made.db"
    assert made["bytes"] == (shop / "made.db").stat().st_size
    assert list(made["tables"]) == list(TABLES)
    [[answers]] = look("SELECT count(*) FROM answers")
    assert made["tables"]["answers"] == answers
    look("UPDATE outbox SET state = 'due' WHERE id = (SELECT max(id) FROM outbox)")
    ask(capsys, "backup", "made.db", "--replace")
    _, shown, _ = ask(capsys, "restore", "made.db", "--replace", "--json")
    restored = json.loads(shown)
    assert restored["tables"] == made["tables"]
    assert restored["unknown"] == 1
    assert Path(restored["kept"]).exists()
    assert json.loads(ask(capsys, "migrate", "--json")[1]) == {"applied": []}


def test_what_may_have_gone_out(shop: Path, capsys: Capsys) -> None:
    """What waited in a backup is counted when it is restored, and does not wait."""
    look("UPDATE outbox SET state = 'due' WHERE id IN (SELECT id FROM outbox LIMIT 2)")
    ask(capsys, "backup", "made.db")
    _, shown, _ = ask(capsys, "restore", str(shop / "made.db"), "--replace")
    assert "2 messages may have gone out since the backup: kept as unknown" in shown
    assert look("SELECT count(*) FROM outbox WHERE state = 'due'") == [(0,)]


def test_into_a_folder(shop: Path, capsys: Capsys) -> None:
    """A folder gets a file that is named for the time."""
    (shop / "backups").mkdir()
    code, shown, _ = ask(capsys, "backup", "backups")
    assert code == 0
    assert [str(path) for path in Path("backups").iterdir()] == [shown.strip()]


def test_without_a_database(shop: Path, capsys: Capsys) -> None:
    """Where there is no database, backup says so and makes none."""
    (shop / "voxpop.db").unlink()
    assert ask(capsys, "backup") == (1, "", "voxpop: There is no database voxpop.db.\n")
    assert not (shop / "voxpop.db").exists()


ALONE = {"run", "restore", "--from"}
"""What holds a lock beside the database."""


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["report"],
        ["rebuild"],
        ["chat", "nps", "--store"],
        ["backup"],
        ["restore", "newer.db", "--replace"],
        ["migrate"],
        ["migrate", "--from", "sqlite:///voxpop.db", "--to", "sqlite:///new.db"],
        ["demo", "--into", "voxpop.db"],
    ],
    ids=" ".join,
)
def test_a_newer_database(
    shop: Path,
    capsys: Capsys,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    """What a newer Voxpop wrote is refused by every command, in one sentence."""
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        _is_refused(shop, capsys, arguments)


def _is_refused(shop: Path, capsys: Capsys, arguments: list[str]) -> None:
    look("INSERT INTO migrations VALUES (9000, '9000_later', 'x', 0)")
    (shop / "newer.db").write_bytes((shop / "voxpop.db").read_bytes())
    before = look("SELECT count(*) FROM outbox")
    code, shown, told = ask(capsys, *arguments)
    assert (code, shown) == (1, "")
    assert re.fullmatch(
        r"voxpop: The database (voxpop|newer)\.db was written by a newer Voxpop "
        r"\(it has had 9000_later\); update Voxpop, or restore an older backup\.\n",
        told,
    )
    assert look("SELECT count(*) FROM outbox") == before
    assert sorted(path.name for path in shop.glob("*.db*")) == [
        "newer.db",
        "voxpop.db",
        *(["voxpop.db-serving"] if ALONE & set(arguments) else []),
    ]


def test_up_to_date(
    shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrate tells each step that it applied, and that there was none."""
    said = "The database is up to date.\n"
    assert ask(capsys, "migrate") == (0, said, "")
    monkeypatch.setenv("VOXPOP_DATABASE", f"sqlite:///{shop}/new.db")
    code, shown, _ = ask(capsys, "migrate")
    assert code == 0
    assert shown.startswith("applied 0001_first\napplied 0002_web_chat\n")
    assert ask(capsys, "migrate") == (0, said, "")


@pytest.mark.parametrize(
    "target", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_a_move(
    shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """A move prints a table of what arrived, and reports say the same afterwards."""
    _, before, _ = ask(capsys, "report")
    new = blank_database() if target == "postgres" else f"sqlite:///{shop}/new.db"
    move = ["migrate", "--from", "sqlite:///voxpop.db", "--to", new]
    code, shown, told = ask(capsys, *move)
    assert code == 0
    assert told == "All of it arrived; the counts of the reports agree.\n"
    rows = dict(re.findall(r"^(\w+) +(\d+)$", shown, re.MULTILINE))
    assert set(rows) == set(TABLES)
    assert look("SELECT count(*) FROM answers") == [(int(rows["answers"]),)]
    code, _, told = ask(capsys, *move)
    assert code == 2
    assert "holds something already" in told
    monkeypatch.setenv("VOXPOP_DATABASE", new)
    assert ask(capsys, "report") == (0, before, "")
    assert ask(capsys, "rebuild") == (0, "", "0 differences\n")
    if target == "postgres":
        monkeypatch.setenv("PATH", str(programs()), prepend=os.pathsep)
        _, shown, _ = ask(capsys, "backup")
        assert shown.endswith(".dump\n")
        code, shown, _ = ask(capsys, "restore", shown.strip(), "--replace")
        assert code == 0
        assert "kept as the schema voxpop_before_" in shown
        assert ask(capsys, "report") == (0, before, "")


@pytest.mark.parametrize("half", ["--from", "--to"])
def test_half_a_move(half: str, capsys: Capsys) -> None:
    """A move needs to be told both databases."""
    code, _, told = ask(capsys, "migrate", half, "sqlite:///a.db")
    assert code == 2
    assert "voxpop migrate --from ADDRESS --to ADDRESS" in told


def test_a_move_from_nowhere(shop: Path, capsys: Capsys) -> None:
    """A file that is not there is not made, neither side of a move."""
    move = ["migrate", "--from", "sqlite:///gone.db", "--to", "sqlite:///new.db"]
    code, _, told = ask(capsys, *move)
    assert (code, told) == (1, "voxpop: There is no database gone.db.\n")
    assert not list(shop.glob("gone*"))
    assert not list(shop.glob("new*"))
