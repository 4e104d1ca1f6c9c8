"""`voxpop flow publish`, `history`, `diff` and `rollback` as an operator calls them."""

import getpass
import json
import re
import sqlite3
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.cli.app import run
from tests.databases import fresh_database
from tests.examples import lay_out

Capsys = pytest.CaptureFixture[str]
HI = "flow: hi\nsteps:\n  q: {ask: Well?, answer: text}\n  bye: {say: Bye.}\n"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the current folder: flows and settings, and nothing published."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOXPOP_DATABASE", raising=False)
    if request.param == "postgres":
        monkeypatch.setenv("VOXPOP_DATABASE", fresh_database())
    return lay_out(tmp_path)


def ask(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what went to stdout and stderr."""
    capsys.readouterr()
    code = run(arguments)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "\x1b" not in shown.out + shown.err
    return code, shown.out, shown.err


def flow(capsys: Capsys, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a command of the family prints as JSON."""
    code, shown, told = ask(capsys, "flow", *arguments, "--json")
    assert (code, told) == (0, ""), told
    return json.loads(shown)


def change(shop: Path, was: str, now: str, name: str = "nps") -> Path:
    """Change the file of a flow; return it."""
    file = shop / "flows" / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")
    return file


def talk(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Leave a talk open that said this much."""
    text = "".join(f"{word}\n" for word in words)
    (lines := Path("lines.txt")).write_text(text, encoding="utf-8")
    with lines.open(encoding="utf-8") as given, monkeypatch.context() as patched:
        patched.setattr(sys, "stdin", given)
        assert run(["chat", "nps", "--store"]) == 0


def test_a_first_time(shop: Path, capsys: Capsys) -> None:
    """Flows are published once; then there is nothing to do until one changes."""
    code, shown, told = ask(capsys, "flow", "history")
    assert (code, shown) == (0, "")
    assert "Nothing is published yet" in told
    code, shown, told = ask(capsys, "flow", "publish", "--dry-run")
    assert code == 0
    assert shown.count("is the first revision") == 3
    assert "--dry-run" in told
    assert flow(capsys, "history") == {"timezone": "Europe/Madrid", "flows": []}
    assert ask(capsys, "flow", "publish")[1] == shown
    said = "Nothing to do: what stands in the files is published.\n"
    assert ask(capsys, "flow", "publish") == (0, "", said)
    change(shop, "how likely", "how very likely")
    code, shown, told = ask(capsys, "flow", "publish", "nps", "welcome")
    assert (code, told) == (0, "")
    assert re.fullmatch(r"nps: [0-9a-f]{8} → [0-9a-f]{8}\n", shown)


def test_errors_refuse(shop: Path, capsys: Capsys) -> None:
    """Where a flow has an error all problems are told and nothing is published."""
    change(shop, "answer: nps", "answer: npss")
    change(shop, "answer: yes_no", "answer: yes_noo", "referral")
    (shop / "flows" / "hi.yaml").write_text(HI, encoding="utf-8")
    code, shown, told = ask(capsys, "flow", "publish")
    assert (code, shown) == (1, "")
    assert "nps.yaml:24:13: error" in told
    assert "referral.yaml" in told
    assert told.endswith("Nothing was published: mend the errors first.\n")
    code, shown, _ = ask(capsys, "flow", "publish", "nps", "--json")
    found = json.loads(shown)
    assert (code, found["published"], found["unchanged"]) == (1, [], [])
    assert [problem["code"] for problem in found["problems"]] == ["unknown-kind"]
    assert flow(capsys, "history")["flows"] == []
    assert [e["flow"] for e in flow(capsys, "publish", "hi")["published"]] == ["hi"]


def test_files(shop: Path, capsys: Capsys) -> None:
    """A file is published too, also from outside, in the place of one of its name."""
    (shop / "hi.yaml").write_text(HI, encoding="utf-8")
    (shop / "flows" / "hi.yaml").write_text(HI.replace("Bye", "By"), encoding="utf-8")
    [done] = flow(capsys, "publish", "hi.yaml")["published"]
    assert (done["flow"], done["replaced"], done["talks"]) == ("hi", None, 0)
    [known] = flow(capsys, "history", "hi")["flows"]
    assert (known["state"], known["current"]) == ("different", done["revision"])
    found = flow(capsys, "diff", "hi")
    assert (found["changed"], found["to"]) == ({"bye": ["words"]}, "flows/hi.yaml")


def test_two_files_of_one_flow(shop: Path, capsys: Capsys) -> None:
    """A name that two files give is refused, and both are told."""
    for name in ("one", "two"):
        (shop / "flows" / f"{name}.yaml").write_text(HI, encoding="utf-8")
    code, shown, told = ask(capsys, "flow", "publish", "hi")
    assert (code, shown) == (1, "")
    assert "two.yaml" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["publish", "nsp"], "did you mean 'nps'"),
        (["publish", "nps"], "nps runs referral, which is not published"),
        (["history", "nsp"], "did you mean 'nps'"),
        (["history", "nps"], "nps is not published yet"),
        (["diff", "nps"], "nps is not published yet"),
        (["rollback", "zzz"], "there are nps, referral, welcome"),
    ],
)
def test_what_is_not_there(
    shop: Path, capsys: Capsys, arguments: list[str], words: str
) -> None:
    """What is not there is told in a sentence that says what is."""
    assert shop.is_dir()
    code, shown, told = ask(capsys, "flow", *arguments)
    assert (code, shown) == (2, "")
    assert words in told


def test_back_and_forth(
    shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published, taken back and published again stands in the history."""
    first = flow(capsys, "publish", "--by", "ann")["published"][0]["revision"]
    talk(monkeypatch, "3")
    talk(monkeypatch)
    change(shop, "  recover:", "  regain:")
    second = _published(shop, capsys, first)
    code, shown, told = ask(capsys, "flow", "rollback", "nps", "--by", "Señora 🙂")
    assert (code, shown) == (0, f"nps: {second[:8]} → {first[:8]}\n")
    assert "flows/nps.yaml still holds" in told
    [known] = flow(capsys, "history", "nps")["flows"]
    assert (known["current"], known["state"]) == (first, "different")
    assert [
        (e["by"], e["how"], e["replaced"], e["current"], e["talks"])
        for e in known["publications"]
    ] == [
        ("Señora 🙂", "rollback", second, True, 2),
        (getpass.getuser(), "publish", first, False, 0),
        ("ann", "publish", None, False, 2),
    ]
    _, shown, _ = ask(capsys, "flow", "history", "nps", "--limit", "1")
    assert re.search(rf"\*  {first[:8]}  \S+ \S+  Señora 🙂  rollback  2\n", shown)
    assert "… and 2 before: --limit 3" in shown
    code, _, told = ask(capsys, "flow", "rollback", "nps")
    assert (code, "none came before the current" in told) == (2, True)
    assert flow(capsys, "rollback", "nps", second[:6])["replaced"] == first
    again = flow(capsys, "rollback", "nps", second[:6])
    assert (again["replaced"], again["talks"]) == (None, 0)


def _published(shop: Path, capsys: Capsys, first: str) -> str:
    """Look at a change, and publish it; return the new revision."""
    code, shown, told = ask(capsys, "flow", "diff", "nps")
    assert (code, told) == (0, "")
    assert "\n-  recover:\n+  regain:\n" in shown
    assert f"recover: 1 open talk on {first[:8]}\n" in shown
    assert str(shop) not in shown
    code, shown, _ = ask(capsys, "flow", "publish", "nps")
    assert shown.startswith(f"nps: {first[:8]} → ")
    assert shown.endswith(", 2 open talks stay on the old one\n")
    [known] = flow(capsys, "history", "nps")["flows"]
    found = flow(capsys, "diff", "nps", "~1")
    assert (found["from"], found["to"]) == (first[:8], known["current"][:8])
    assert found["talks"] == [{"step": "recover", "revision": first, "talks": 1}]
    swapped = flow(capsys, "diff", "nps", known["current"], "~1")
    assert (swapped["talks"], swapped["same"]) == ([], False)
    return str(known["current"])


def test_a_broken_file(shop: Path, capsys: Capsys) -> None:
    """A broken file is held against what runs as far as it can be read."""
    ask(capsys, "flow", "publish")
    change(shop, "answer: nps", "answer: npss")
    code, shown, told = ask(capsys, "flow", "diff", "nps")
    assert code == 1
    assert "step score: kind nps → npss changed" in shown
    assert "nps.yaml:24:13: error" in told
    [known] = flow(capsys, "history", "nps")["flows"]
    assert known["state"] == "broken"


def test_a_file_that_is_gone(shop: Path, capsys: Capsys) -> None:
    """A flow without a file goes on running, and it is said so."""
    ask(capsys, "flow", "publish")
    (shop / "flows" / "welcome.yaml").unlink()
    assert "welcome  (no file" in ask(capsys, "flow", "history", "welcome")[1]
    code, _, told = ask(capsys, "flow", "diff", "welcome")
    assert (code, "no file holds welcome" in told) == (2, True)


def test_strangers_words(shop: Path, capsys: Capsys) -> None:
    """What a file says cannot steer the terminal."""
    (shop / "flows" / "hi.yaml").write_text(HI, encoding="utf-8")
    ask(capsys, "flow", "publish", "hi")
    bad = '"\\e[2J"'
    change(shop, "Bye.", bad, "hi")
    (shop / "flows" / "hi.yaml").write_bytes(
        (shop / "flows" / "hi.yaml").read_bytes() + b"# \x1b[2J \x9b \xe2\x80\xae\n"
    )
    code, shown, _ = ask(capsys, "flow", "diff", "hi")
    assert code == 1
    assert "\u202e" not in shown


def test_colour(shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a terminal gets colour, and none where it wants none."""
    ask(capsys, "flow", "publish")
    change(shop, "how likely", "how very likely")
    shown: list[bool] = []
    for without in ("", "1"):
        screen = StringIO()
        screen.isatty = lambda: True  # type: ignore[method-assign]
        with monkeypatch.context() as patched:
            patched.setenv("NO_COLOR", without)
            patched.setattr(sys, "stdout", screen)
            assert run(["flow", "diff", "nps"]) == 0
        shown.append("\x1b[32m+" in screen.getvalue())
    assert shown == [True, False]


def test_a_revision_that_nobody_can_read(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this Voxpop cannot read any more is not made current."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOXPOP_DATABASE", raising=False)
    shop = lay_out(tmp_path)
    ask(capsys, "flow", "publish")
    change(shop, "how likely", "how very likely")
    ask(capsys, "flow", "publish")
    with closing(sqlite3.connect("voxpop.db", isolation_level=None)) as db:
        old = "SELECT replaced FROM publications WHERE replaced IS NOT NULL"
        db.execute(f"UPDATE revisions SET source = x'00' WHERE hash IN ({old})")  # noqa: S608
    code, shown, told = ask(capsys, "flow", "rollback", "nps")
    assert (code, shown) == (1, "")
    assert "cannot be read by this Voxpop" in told
