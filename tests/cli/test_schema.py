"""`voxpop schema` prints a schema, or writes it to a file."""

import json
from pathlib import Path

import pytest

from bot.cli.app import run
from tests.examples import ROOT


@pytest.mark.parametrize(
    ("given", "name"), [([], "flow"), (["flow"], "flow"), (["test"], "test")]
)
def test_a_schema_goes_to_stdout(
    given: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is what lies beside the flows; that of flows where nothing is said."""
    assert run(["schema", *given]) == 0
    shown = capsys.readouterr().out
    kept = (ROOT / "flows" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert shown == kept
    assert json.loads(shown)["$schema"].endswith("2020-12/schema")


def test_a_schema_goes_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file holds the same; what was done is told on stderr."""
    file = tmp_path / "test.schema.json"
    assert run(["schema", "test", "--output", str(file)]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"{file} is written.\n")
    assert file.read_bytes() == (ROOT / "flows" / "test.schema.json").read_bytes()


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown schema, and a file that cannot be written, end with 2."""
    assert run(["schema", "flwo"]) == 2
    assert run(["schema", "--output", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert 'Did you mean "flow"?' in told
    assert f"{tmp_path} cannot be written: Is a directory" in told
