"""The first survey from end to end, as somebody at a shell meets it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.examples import ROOT, lay_out

VOXPOP = [sys.executable, "-m", "bot"]

PATIENCE = 60
"""Seconds after which a program that hangs is killed, so that its test fails."""

pytestmark = pytest.mark.e2e

TALK = ["un tres, tardaron una semana", "sí"]
SAID = [
    "¿qué probabilidad hay de que recomiendes Acme a un amigo?",
    "Siento que te hayamos fallado.",
    "¿Puede escribirte alguien de nuestro equipo?",
    "Gracias. Pronto sabrás de nosotros.",
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with the example flows and settings, and nothing else."""
    return lay_out(tmp_path)


def voxpop(
    shop: Path, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one command in the shop's folder."""
    return subprocess.run(
        [*VOXPOP, *arguments],
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_chat_and_report(shop: Path) -> None:
    """Somebody answers as they type, and the operator reads the score."""
    chat = voxpop(shop, "chat", "nps", "--store", "--lang", "es", stdin="\n".join(TALK))
    assert chat.returncode == 0, chat.stderr
    for words in SAID:
        assert words in chat.stdout
    assert "\x1b" not in chat.stdout
    assert "report" in chat.stderr
    report = voxpop(shop, "report", "--json")
    score = next(
        row for row in json.loads(report.stdout)["scores"] if row["step"] == "score"
    )
    assert (score["n"], score["score"], score["histogram"]["3"]) == (1, -100, 1)
    comments = voxpop(shop, "report", "--comments")
    assert "tardaron una semana" in comments.stdout


def test_rebuild_finds_what_differs(shop: Path) -> None:
    """A recount agrees with the counts, and tells a cell that was tampered with."""
    voxpop(shop, "chat", "nps", "--store", stdin="9\n")
    whole = voxpop(shop, "rebuild")
    assert (whole.returncode, whole.stdout, whole.stderr) == (0, "", "0 differences\n")
    with sqlite3.connect(shop / "voxpop.db") as db:
        db.execute("UPDATE counts SET n = 5 WHERE measure = 'answer'")
    tampered = voxpop(shop, "rebuild")
    assert tampered.returncode == 1
    assert "the reports count 5, the answers are 1" in tampered.stdout
    assert json.loads(voxpop(shop, "rebuild", "--json").stdout)["differences"]


def test_without_store_nothing_is_kept(shop: Path) -> None:
    """A talk in memory leaves no file behind."""
    assert voxpop(shop, "chat", "nps", stdin="9\n").returncode == 0
    assert list(shop.glob("*.db*")) == []


def test_the_examples_are_clean(shop: Path) -> None:
    """The example flows have no problem at all, and their tests pass."""
    lint = voxpop(shop, "lint", "flows")
    assert (lint.returncode, lint.stdout) == (0, "")
    test = voxpop(shop, "test", "flows")
    assert test.returncode == 0, test.stdout
    assert "5 passed, 0 failed" in test.stderr


def test_a_broken_flow_leaves_its_last_good_revision_running(shop: Path) -> None:
    """A flow that breaks is told with its place, while its last good revision runs."""
    assert voxpop(shop, "chat", "nps", "--store", stdin="9\n").returncode == 0
    flow = shop / "flows" / "nps.yaml"
    flow.write_text(flow.read_text().replace("answer: nps", "answer: npss"))
    chat = voxpop(shop, "chat", "nps", "--store", stdin="9\n")
    assert chat.returncode == 0
    assert "how likely are you" in chat.stdout
    assert "nps.yaml:24:13: error" in chat.stderr
    assert "last good revision" in chat.stderr
    in_memory = voxpop(shop, "chat", "nps", stdin="9\n")
    assert in_memory.returncode == 1
    assert "nps.yaml:24:13: error" in in_memory.stderr


@pytest.mark.parametrize("name", ["{secret}", "<b>x</b>", "{brand.name}", "{{"])
def test_names_are_data(shop: Path, name: str) -> None:
    """What a contact is called or says is shown literally, wherever it comes back."""
    words = f"3, {name} came late"
    assert voxpop(shop, "chat", "nps", "--store", stdin=words).returncode == 0
    assert f"{name} came late" in voxpop(shop, "report", "--comments").stdout


def test_a_wrong_configuration(shop: Path) -> None:
    """Mistakes of config.yaml end the start, a readable line each, secrets hidden."""
    secret = "canary" + "-" + "secret"
    (shop / "config.yaml").write_text(
        "brand: {timezone: Mars/Base}\n"
        f"channels: {{telegram: {{token: {secret}}}}}\n"
        "nonsense: 1\n"
    )
    report = voxpop(shop, "report")
    assert report.returncode == 2
    assert report.stderr.count("config.yaml:") == 3
    assert secret not in report.stderr + report.stdout


def test_help_is_quick_to_load(shop: Path) -> None:
    """`--help` loads no command, so that it answers at once."""
    code = (
        "import sys; from bot.cli.app import run; run(['--help']);"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " {'pydantic', 'aiosqlite', 'babel', 'yaml', 'dateparser', 'asyncio'}])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines()[-1] == "[]"


def state(shop: Path) -> dict[str, object]:
    """Return what a talk left: answers, cases, tags, consents and messages."""
    with sqlite3.connect(shop / "voxpop.db") as db:
        return {
            "answers": db.execute(
                "SELECT key, value, comment, standing FROM answers ORDER BY key"
            ).fetchall(),
            "cases": db.execute("SELECT team, urgency, cause FROM cases").fetchall(),
            "tags": db.execute("SELECT tag FROM tags").fetchall(),
            "consents": db.execute("SELECT topic, given FROM consents").fetchall(),
            "counts": db.execute(
                "SELECT measure, value, sum(n) FROM counts WHERE step = 'score'"
                " AND measure = 'answer' GROUP BY measure, value"
            ).fetchall(),
            "stuck": db.execute(
                "SELECT count(*) FROM inbound WHERE state <> 'handled'"
            ).fetchone(),
            "integrity": db.execute("PRAGMA integrity_check").fetchone(),
        }


def test_kill_nine_between_any_two_messages(shop: Path, tmp_path: Path) -> None:
    """A talk that is killed after every message ends as one that never was."""
    whole = tmp_path / "whole"
    whole.mkdir()
    for name in ("config.yaml", "flows"):
        (whole / name).symlink_to(shop / name)
    voxpop(
        whole,
        "chat",
        "nps",
        "--store",
        "--as",
        "crm:1",
        "--lang",
        "es",
        stdin="\n".join(TALK),
    )
    for place, line in enumerate(TALK):
        with subprocess.Popen(
            [*VOXPOP, "chat", "nps", "--store", "--as", "crm:1", "--lang", "es"],
            cwd=shop,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            watchdog = threading.Timer(PATIENCE, process.kill)
            watchdog.start()
            assert process.stdin is not None
            assert process.stdout is not None
            read_until(process.stdout, "?")
            process.stdin.write(line + "\n")
            process.stdin.flush()
            read_until(process.stdout, "?" if place < len(TALK) - 1 else "Gracias")
            process.send_signal(signal.SIGKILL)
            watchdog.cancel()
    assert state(shop) == state(whole)


def read_until(stream, words: str) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Read lines until one holds the words."""
    for line in stream:
        if words in line:
            return str(line)
    raise AssertionError(f"never said: {words}")
