"""Whatever stands in a file, every command ends soon, with a sentence at most."""

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.cli.app import run
from flows.language.codes import CODES
from tests.examples import ROOT, lay_out
from tests.flows.language.mutations import mutations

COMMANDS: Final = (
    ("lint",),
    ("lint", "--format", "json"),
    ("lint", "--fix"),
    ("test",),
    ("render", "flows/odd.yaml"),
    ("graph", "flows/odd.yaml"),
    ("graph", "flows/odd.yaml", "--format", "svg"),
    ("flow", "diff", "a"),
)
"""Each finds the folder of the flows, so that the file meets sound ones."""

NAMED: Final = re.compile(rb"^flow: \w+", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with the sample flows in it."""
    monkeypatch.chdir(lay_out(tmp_path))
    publish_before(tmp_path)
    return tmp_path


def publish_before(folder: Path) -> None:
    """Publish what the file says before anything happens to it."""
    put(folder, b"flow: a\nsteps:\n  one: {say: Hello}\n")
    assert run(["flow", "publish", "--config", str(folder / "config.yaml")]) == 0


def put(folder: Path, source: bytes) -> None:
    """Write a file down as a flow, and as the tests of one."""
    (folder / "flows" / "odd.yaml").write_bytes(source)
    (folder / "flows" / "odd.test.yaml").write_bytes(source)


@given(source=st.one_of(mutations(), st.binary(max_size=300)))
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_mutated_flow_ends_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], source: bytes
) -> None:
    """No command raises; what lint says stands in the catalogue."""
    for command in COMMANDS:
        named = NAMED.sub(b"flow: a", source) if "diff" in command else source
        put(folder, named)
        assert run(command) in {0, 1, 2}
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
    put(folder, source)
    run(["lint"])
    for line in capsys.readouterr().out.splitlines():
        assert line.rpartition("[")[2].rstrip("]") in CODES


STEERING: Final = """\
flow: odd
steps:
  a: {ask: Hi, answer: text, optional: "\\e[31m\\u202e\\x90red"}
"""


@pytest.mark.parametrize(
    "command",
    [
        ["lint"],
        ["lint", "--format", "github"],
        ["flow", "publish", "--dry-run"],
        ["render", "odd"],
        ["graph", "odd"],
        ["graph", "odd", "--format", "svg"],
        ["chat", "odd"],
        ["chat", "nps"],
    ],
)
def test_what_is_wrong_steers_no_terminal(
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    """A value that is shown because it does not fit cannot colour or turn words."""
    (folder / "flows" / "odd.yaml").write_text(STEERING, encoding="utf-8")
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        run(command)
    shown = capfd.readouterr()
    told = shown.out + shown.err
    assert "yes or no is expected here" in told
    assert not set("\x1b\u202e\x90") & set(told)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield files that are small for what they could unfold into."""
    aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    yield "aliases", aliases.encode()
    yield "brackets", b"flow: a\nsteps: " + b"[" * 500_000
    yield "braces", b"flow: a\nsteps: " + b"{a: " * 200_000
    yield "indentation", b"".join(b" " * n + b"a:\n" for n in range(1200))
    yield "keys", b"flow: a\nsteps:\n" + b"  a: {say: x}\n" * 60_000
    yield "quotes", b'flow: a\nsteps:\n  a: {say: "' + b"\\x41" * 240_000
    yield "signs", b"flow: a\nsteps:\n" + b"  a: {say: @x: y}\n" * 50_000
    yield "slots", b"flow: a\nsteps:\n  a: {say: '" + b"{answers.a|}" * 80_000 + b"'}\n"
    yield "comments", b"# lint: allow unreachable: x\n" * 34_000
    condition = b" or ".join([b"answers.one > 3"] * 25)
    steps = b"".join(
        b"  s%d: {branch: [{when: '%b', to: s%d}, {else: s0}]}\n"
        % (n, condition, (n + 1) % 199)
        for n in range(199)
    )
    ask = b"  one: {ask: A, answer: nps, go: s0}\n"
    yield "branches", b"flow: a\nsteps:\n" + ask + steps
    options = b"a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H"
    asks = b"".join(
        b"  q%d: {ask: A, answer: choices, options: {%b}, go: {a: q%d, else: q%d}}\n"
        % (n, options, n * 7 % 199, n * 3 % 199)
        for n in range(199)
    )
    yield "ways", b"flow: a\nsteps:\n" + asks


GIGABYTE: Final = 1 << 30
SECONDS: Final = 120
"""Of processor time: a hang ends here, a slow machine does not."""


BOMBS: Final = dict(bombs())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_no_harm(name: str, tmp_path: Path) -> None:
    """It is told or clean, within a gigabyte and without a hang."""
    lay_out(tmp_path)
    publish_before(tmp_path)
    put(tmp_path, BOMBS[name])
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            preexec_fn=_bound,
            capture_output=True,
            check=False,
        )
        assert done.returncode in {0, 1, 2}, (name, command, done.stderr[-2000:])
        assert b"Traceback" not in done.stderr


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
