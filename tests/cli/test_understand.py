"""`voxpop understand`: one phrase, or a file of them, to the letter of its contract."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.app import run


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    code = run(["understand", *arguments])
    return code, capsys.readouterr().out


def batch(
    capsysbinary: pytest.CaptureFixture[bytes],
    folder: Path,
    *lines: dict[str, Any] | bytes,
) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code and the answers to these lines."""
    file = folder / "lines.jsonl"
    raw = [x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines]
    file.write_bytes(b"\n".join(raw) + b"\n")
    code = run(["understand", "--batch", str(file)])
    found = capsysbinary.readouterr().out.decode()
    return code, [json.loads(line) for line in found.splitlines()]


def line(text: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - also wrong ones
    """Return a line of a batch."""
    return {"id": "a", "kind": "nps", "lang": "en", "text": text, **more}


# ── one phrase ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "code", "outcome", "value", "comment"),
    [
        (
            ("nps", "un tres, tardaron una semana", "--lang", "es"),
            0,
            "accepted",
            3,
            "tardaron una semana",
        ),
        (("nps", "9?"), 0, "confirm", 9, None),
        (("nps", "I waited 10 minutes"), 1, "rejected", None, None),
        (("nps", "-3"), 1, "rejected", None, None),
        (("number", "-3"), 0, "accepted", -3, None),
        (("number", "11", "--max", "10"), 1, "rejected", None, None),
        (("number", "-7", "--min", "-5"), 1, "rejected", None, None),
        (("number", "1.234,5", "--lang", "es-ES"), 0, "accepted", 1234.5, None),
        (("rating", "7", "--max", "7"), 0, "accepted", 7, None),
        (("yes_no", "sí, claro", "--lang", "es-MX"), 0, "accepted", True, None),
        (("nps", "skip", "--optional"), 0, "accepted", None, None),
        (("nps", "skip"), 1, "rejected", None, None),
        (
            ("phone", "612 345 678", "--lang", "es", "--region", "es"),
            0,
            "accepted",
            "+34612345678",
            None,
        ),
        (
            ("date", "tomorrow", "--today", "2026-03-02"),
            0,
            "accepted",
            "2026-03-03",
            None,
        ),
        (
            ("choices", "b, a", "--option", "x=Alpha", "--option", "y=Beta"),
            0,
            "accepted",
            ["x", "y"],
            None,
        ),
    ],
)
def test_single(
    arguments: tuple[str, ...],
    code: int,
    outcome: str,
    value: object,
    comment: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One phrase is answered with its outcome, and so is the shell."""
    found, printed = ask(capsys, *arguments, "--json")
    assert found == code
    answer = {"id": None, "outcome": outcome, "value": value, "comment": comment}
    assert json.loads(printed) == answer
    assert ask(capsys, *arguments)[1].startswith(outcome)


def test_integers(capsys: pytest.CaptureFixture[str]) -> None:
    """Scales and whole numbers are written as integers."""
    assert '"value": 8,' in ask(capsys, "nps", "8.0", "--json")[1]
    assert '"value": 8,' in ask(capsys, "number", "8.0", "--json")[1]
    assert '"value": 8.5,' in ask(capsys, "number", "8.5", "--json")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nps",),
        ("moon", "9"),
        ("photo", "9"),
        ("choice", "a"),
        ("choice", "a", "--option", "a"),
        ("choice", "a", "--option", "=A"),
        ("choice", "a", "--option", "a=A", "--option", "a=B"),
        ("number", "9", "--min", "9", "--max", "1"),
        ("rating", "9", "--max", "9.5"),
        ("rating", "9", "--max", "inf"),
        ("number", "9", "--min", "nan"),
        ("date", "today", "--today", "someday"),
        ("nps", "9", "--lang", ""),
        ("--batch", "there/is/none.jsonl"),
        ("nps", "9", "--moon"),
    ],
)
def test_wrong_use(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """What makes no sense is told in one sentence, with exit code 2."""
    code = run(["understand", *arguments])
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert told.err.startswith("voxpop: ")
    assert "Traceback" not in told.err


def test_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Words from outside steer no terminal."""
    printed = ask(capsys, "nps", "3, \x1b[2Jlate \u202e")[1]
    assert "\x1b" not in printed
    assert "\u202e" not in printed


# ── a file of phrases ────────────────────────────────────────────────────────────


def test_batch(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """One line comes out for each line in, in their order, with the id that came."""
    code, answers = batch(
        capsysbinary,
        tmp_path,
        line("un tres, tardó", lang="es", id=1),
        line("7 or 8", id=None),
        line("nien", id={"a": [1]}),
        line("b", kind="choice", options={"x": "Alpha", "y": "Beta"}),
        line("skip", optional=True, region=None, min=None, today=None),
        line("tomorrow", kind="date", today="2026-12-31"),
        line("612 345 678", kind="phone", region="ES"),
        line("yes, but only by email", kind="consent"),
    )
    assert code == 0
    assert [(a["id"], a["outcome"], a["value"], a["comment"]) for a in answers] == [
        (1, "accepted", 3, "tardó"),
        (None, "rejected", None, None),
        ({"a": [1]}, "confirm", 9, None),
        ("a", "accepted", "y", None),
        ("a", "accepted", None, None),
        ("a", "accepted", "2027-01-01", None),
        ("a", "accepted", "+34612345678", None),
        ("a", "accepted", True, "but only by email"),
    ]
    assert all(set(a) == {"id", "outcome", "value", "comment"} for a in answers)


@pytest.mark.parametrize(
    ("raw", "identity"),
    [
        (b"", None),
        (b"nonsense", None),
        (b"[1]", None),
        (b'"9"', None),
        (b"\xff\xfe", None),
        (b'{"id": "\xff"}', None),
        (b'{"id": NaN}', None),
        (b"[" * 100_000, None),
        (b'{"id": 7}', 7),
        (b'{"id": 7, "kind": "nps", "lang": "en"}', 7),
        (b'{"id": 7, "kind": "nps", "text": "9"}', 7),
        (b'{"kind": "nps", "lang": "en", "text": "9"}', None),
        (json.dumps(line("9", kind="moon")).encode(), "a"),
        (json.dumps(line("9", kind="photo")).encode(), "a"),
        (json.dumps(line("9", kind=9)).encode(), "a"),
        (json.dumps(line(9)).encode(), "a"),
        (json.dumps(line(None)).encode(), "a"),
        (json.dumps(line("9", lang=None)).encode(), "a"),
        (json.dumps(line("9", lang="")).encode(), "a"),
        (json.dumps(line("9", options=["a"])).encode(), "a"),
        (json.dumps(line("9", kind="choice")).encode(), "a"),
        (json.dumps(line("9", kind="choice", options={})).encode(), "a"),
        (json.dumps(line("9", kind="choice", options={"a": 1})).encode(), "a"),
        (json.dumps(line("9", min="low")).encode(), "a"),
        (json.dumps(line("9", min=True)).encode(), "a"),
        (json.dumps(line("9", min=9, max=1)).encode(), "a"),
        (json.dumps(line("9", today="someday")).encode(), "a"),
        (json.dumps(line("9", optional="yes")).encode(), "a"),
        (json.dumps(line("\ud800")).encode(), "a"),
        (json.dumps(line("9", id="\ud800")).encode(), None),
        (
            json.dumps(line("9", kind="choice", options={"\ud800": "9"})).encode(),
            "a",
        ),
    ],
)
def test_malformed(
    raw: bytes,
    identity: object,
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> None:
    """A malformed line is rejected with the reason, the others are answered."""
    code, answers = batch(capsysbinary, tmp_path, line("8"), raw, line("9"))
    assert code == 1
    assert [answer["value"] for answer in answers] == [8, None, 9]
    wrong = answers[1]
    assert wrong["error"]
    assert (wrong["id"], wrong["outcome"], wrong["comment"]) == (
        identity,
        "rejected",
        None,
    )


def test_utf8(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """Words go out as UTF-8, not as escapes."""
    file = tmp_path / "lines.jsonl"
    file.write_text(
        json.dumps(line("3, ¡qué mal! 😡"), ensure_ascii=False) + "\r\n", "utf-8"
    )
    assert run(["understand", "--batch", str(file)]) == 0
    assert "¡qué mal! 😡".encode() in capsysbinary.readouterr().out


def test_stdin(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dash reads the lines from stdin; the last one needs no line end."""
    raw = json.dumps(line("9")).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw + b"\n" + raw)))
    assert run(["understand", "--batch", "-"]) == 0
    assert len(capsysbinary.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("processors", [1, 3])
def test_many(
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    processors: int,
) -> None:
    """Ten thousand lines are answered, shared or not, each in its place."""
    monkeypatch.setattr("os.cpu_count", lambda: processors)
    texts = {"es": "un tres, tardaron", "de": "eine Neun", "en": "7 or 8", "fr": "six"}
    plain = [line(texts[lang], lang=lang) for lang in texts]
    lines = [{**plain[n % 4], "id": n} for n in range(10_000)]
    code, answers = batch(capsysbinary, tmp_path, *lines)
    assert code == 0
    assert [answer["id"] for answer in answers] == list(range(10_000))
    assert [answer["value"] for answer in answers] == [3, 9, None, 6] * 2_500


def test_a_malformed_line_of_many(
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where many lines are shared, one that is malformed is told of."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    lines = [line("9", id=n) for n in range(2_500)]
    code, answers = batch(capsysbinary, tmp_path, *lines, b"nonsense", line("8"))
    assert code == 1
    assert ["error" in answer for answer in answers] == [False] * 2_500 + [True, False]
