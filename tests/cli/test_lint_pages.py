"""Each code of lint has a page, and what the page shows is what lint says."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from bot.cli.app import run
from flows.language.codes import CODES
from tests.examples import ROOT

PAGES: Final = ROOT / "docs" / "reference" / "lint"
WITHOUT_EXAMPLE: Final = {
    "invalid-value": "what no other code names",
    "unreadable": "it needs a file that nobody may read",
}
EXAMPLES: Final = sorted(CODES.keys() - WITHOUT_EXAMPLE.keys())

_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAMED: Final = re.compile(r"# (\S+\.yaml)\n")


def page(code: str) -> str:
    """Return the page of a code."""
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


def part(text: str, heading: str) -> list[tuple[str, str]]:
    """Return the blocks below a heading of a page: their language and words."""
    below = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [(found[1], found[2]) for found in _BLOCK.finditer(below)]


def lay_out(folder: Path, blocks: Sequence[tuple[str, str]]) -> None:
    """Write the files of an example; `config.yaml` is ours where it shows none."""
    (folder / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    (folder / "flows").mkdir()
    for kind, words in blocks:
        named = _NAMED.match(words)
        name = named[1] if named else "survey.yaml"
        place = folder if name == "config.yaml" else folder / "flows"
        if kind == "yaml":
            (place / name).write_text(words, encoding="utf-8")
        elif kind == "python":
            (place / name).write_bytes(spelt(words))


def spelt(words: str) -> bytes:
    """Return bytes that no page can show, from their spelling in Python."""
    return b"".join(
        _repeated(each) for each in _sum(ast.parse(words, mode="eval").body)
    )


def _sum(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_sum(node.left), *_sum(node.right)]
    return [node]


def _repeated(node: ast.expr) -> bytes:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        count: int = ast.literal_eval(node.right)
        return _repeated(node.left) * count
    found: bytes = ast.literal_eval(node)
    return found


def lint(
    folder: Path,
    blocks: Sequence[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """Return what `voxpop lint` prints for an example."""
    lay_out(folder, blocks)
    monkeypatch.chdir(folder)
    run(["lint"])
    return capsys.readouterr().out.replace("flows/", "")


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_bad_example_is_reported_as_the_page_says(
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Path, line, column, severity, words and code are those of the page."""
    blocks = part(page(code), "Reported")
    told = "".join(words for kind, words in blocks if kind == "text")
    assert f"[{code}]\n" in told
    assert lint(tmp_path, blocks, monkeypatch, capsys) == told


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_mended_example_is_clean(
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever does as the page says has no problem left."""
    blocks = part(page(code), "Mended")
    assert blocks
    assert lint(tmp_path, blocks, monkeypatch, capsys) == ""


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_says_how_grave_its_code_is(code: str) -> None:
    """The second paragraph is the severity, and whether a file may allow it."""
    title, grave, why, *_ = page(code).split("\n\n")
    assert title == f"# {code}"
    severity = "Warning" if CODES[code].severity == "warning" else "Error"
    may = ", may be allowed in the file." if CODES[code].may_be_allowed else "."
    assert grave == severity + may
    assert why.rstrip().endswith(".")


def test_there_are_no_pages_of_other_codes() -> None:
    """A code that is gone takes its page along, and the index lists each once."""
    names = {path.stem for path in PAGES.glob("*.md")} - {"README"}
    assert names == set(CODES)
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\(\1\.md\)", page("README"), re.MULTILINE)
    assert listed == sorted(CODES)
