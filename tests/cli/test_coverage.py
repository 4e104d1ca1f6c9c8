"""`voxpop test --coverage`: what no talk has tried yet."""

import json
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.engine.heard import Trod
from bot.service.rehearsal.coverage import coverage_of
from flows.language.document import load_flow

FLOW = """\
flow: f
steps:
  q:
    ask: How was it?
    answer: csat
    optional: true
    then: {unsatisfied: [{tag: sad}], else: [{tag: fine}]}
    go: {satisfied: end}
  b:
    branch:
      - {when: answers.q == 1, to: worst}
      - {when: answers.q == 2, to: end}
  w: {say: Hm., go: [{when: answers.q == 3, to: end}, {else: worst}]}
  worst: {say: Sorry.}
"""
NEVER: dict[str, list[tuple[str, str | None, int]]] = {
    "5": [
        ("q", "else", 8),
        ("q", "then unsatisfied", 7),
        ("b", None, 9),
        ("w", None, 13),
        ("worst", None, 14),
    ],
    "1": [
        ("q", "satisfied", 8),
        ("q", "then else", 7),
        ("b", "answers.q == 2", 12),
        ("b", "else", 10),
        ("w", None, 13),
    ],
    "3": [
        ("q", "satisfied", 8),
        ("q", "then unsatisfied", 7),
        ("b", "answers.q == 1", 11),
        ("b", "answers.q == 2", 12),
        ("w", "else", 13),
        ("worst", None, 14),
    ],
}


def lay_out(folder: Path, answers: list[str]) -> None:
    """Write the flow, and a talk that gives each of these answers."""
    (folder / "flows").mkdir()
    (folder / "flows" / "f.yaml").write_text(FLOW)
    tests = "".join(
        f'  - name: A\n    talk: [{{bot: "*"}}, {{tap: "{each}"}}]\n'
        for each in answers
    )
    (folder / "flows" / "f.test.yaml").write_text(f"flow: f\ntests:\n{tests}")


@pytest.mark.parametrize("answer", NEVER)
def test_what_was_never_seen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
) -> None:
    """Each step never visited and each way never taken is named with its line."""
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path, [answer])
    run(["test", "--coverage", "--json"])
    [found] = json.loads(capsys.readouterr().out)["coverage"]
    never = [(each["step"], each["way"], each["line"]) for each in found["never"]]
    assert never == NEVER[answer]
    seen = {each[0] for each in never if each[1] is None}
    assert (found["visited"], found["steps"]) == (4 - len(seen), 4)
    assert found["branches"] == 9


def test_all_talks_count_together(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What one talk has tried, another need not; where nothing is left, it is short."""
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path, ["1", "2", "3", "5", "skip"])
    run(["test", "--coverage"])
    assert "flows/f.yaml: 4 of 4 steps, 9 of 9 branches\n" in capsys.readouterr().out


def test_a_flow_that_nobody_tried() -> None:
    """Of a flow without talks all steps are named, and no way twice."""
    document = load_flow("f.yaml", FLOW.encode())
    found = coverage_of(document, {Trod("other", "q")})
    assert (found.visited, found.taken) == (0, 0)
    assert [each.way for each in found.never] == [None] * 4
