"""The command line as a whole: help, exit codes, and mistakes in a sentence."""

import pytest

from bot.cli.app import COMMANDS, run


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command has a help text with an example."""
    assert run([*name.split(), "--help"]) == 0
    assert f"Example: voxpop {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "nope"),
        (["lint", "--nope"], "--nope"),
        (["lint", "no/such/file.yaml"], "no such file"),
        (["report", "--by", "daay"], "did you mean 'day'"),
        (["report", "--from", "yesterday"], "--from"),
        (["chat"], "FLOW"),
        (["run", "--workers", "0"], "at least one"),
        (["understand", "nps"], "the words"),
        (["understand", "npz", "9"], "npz"),
        (["test", "no/such/folder"], "no such file"),
        (["flow", "publsh"], "publish"),
        (["flow", "publish", "no/such/flow.yaml"], "no such file"),
        (["flow", "publish", "--by", "\x1b[2J"], "--by"),
        (["flow", "history", "--limit", "0"], "--limit"),
        (["flow", "diff", "nps", "~1", "~2", "~3"], "at most two"),
    ],
)
def test_wrong_use(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use is one sentence on stderr and exit code 2, never a traceback."""
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""
