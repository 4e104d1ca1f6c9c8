"""`voxpop new` makes a flow of one's own: clean and rehearsed once config.yaml fits."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.app import run
from bot.cli.making import write
from bot.cli.templates import template, templates
from bot.errors import VoxpopError
from flows.language.document import load_flow, load_talks
from tests.examples import ROOT, lay_out

NAMES = [each.name for each in templates()]
each_template = pytest.mark.parametrize("name", NAMES)

BARE = "brand: {name: Nube, languages: [en, es]}\n"
SPANISH = "brand: {name: Nube, languages: [es]}\n"
SHOP = (ROOT / "config.yaml").read_text(encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the flows and settings that come with Voxpop; be there."""
    monkeypatch.chdir(lay_out(tmp_path))
    return tmp_path


def added(config: Any, lines: Any) -> Any:  # noqa: ANN401 - whatever YAML held
    """Return a configuration with lines added, each under the key that is there."""
    if not isinstance(config, dict) or not isinstance(lines, Mapping):
        return lines
    return config | {key: added(config.get(key), lines[key]) for key in lines}


def made(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Make a flow; return what is told of it as JSON."""
    assert run(["new", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# ── whole ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("config", [BARE, SPANISH, SHOP], ids=["bare", "es", "shop"])
@each_template
def test_a_new_flow_is_clean_once_config_has_the_lines(
    name: str, config: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever adds the lines that were told has no problem, and every talk passes."""
    (shop / "config.yaml").write_text(config, encoding="utf-8")
    if config != SHOP:
        for flow in (shop / "flows").iterdir():
            flow.unlink()
    told = made(capsys, "mine", "--from", name)
    lines = yaml.safe_load(told["lacks"] or "{}")
    whole = yaml.safe_dump(added(yaml.safe_load(config), lines), allow_unicode=True)
    (shop / "config.yaml").write_text(whole, encoding="utf-8")
    assert run(["lint", "--strict"]) == 0, capsys.readouterr().out
    assert run(["test", "flows/mine.test.yaml"]) == 0, capsys.readouterr().out


@each_template
def test_without_the_lines_lint_names_them(
    name: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is told to be lacking is needed: only a flow that lacks nothing is clean."""
    (shop / "config.yaml").write_text(BARE, encoding="utf-8")
    told = made(capsys, "mine", "--from", name)
    assert (run(["lint", "flows/mine.yaml"]) == 0) == (told["lacks"] is None)


@pytest.mark.usefixtures("shop")
@each_template
def test_only_the_name_is_another(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Comments and layout of the template stay, in the flow and in its tests."""
    told = made(capsys, "mine", "--from", name)
    assert told["files"] == ["flows/mine.yaml", "flows/mine.test.yaml"]
    begun = template(name)
    for path, source in zip(told["files"], (begun.flow, begun.talks), strict=True):
        text, old = Path(path).read_text(), source.decode()
        assert text == old.replace(f"\nflow: {name}\n", "\nflow: mine\n")
        assert text != old


@pytest.mark.usefixtures("shop")
def test_the_schemas_that_an_editor_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """The file that a first line names lies beside it; one that is there stays."""
    Path("flows/test.schema.json").write_text("{}")
    for path in made(capsys, "mine", "--from", "nps")["files"]:
        named = Path(path).read_text().split("\n")[0].partition("$schema=")[2]
        assert (Path(path).parent / named).is_file()
    assert Path("flows/test.schema.json").read_text() == "{}"
    assert run(["schema", "flow"]) == 0
    assert Path("flows/flow.schema.json").read_text() == capsys.readouterr().out


# ── the name, the languages, the keywords ────────────────────────────────────────


@pytest.mark.usefixtures("shop")
def test_two_flows_of_one_template_have_their_own_keywords(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A keyword that another flow has becomes the flow's name, in its tests, too."""
    made(capsys, "first", "--from", "ces")
    second = made(capsys, "second_one", "--from", "ces")
    flow = load_flow("f", Path("flows/second_one.yaml").read_bytes()).flow
    talks = load_talks("t", Path("flows/second_one.test.yaml").read_bytes()).talks
    assert flow
    assert talks
    assert getattr(flow.triggers[0], "keyword", None) == {
        "en": ("second one",),
        "es": ("second one",),
    }
    started = [getattr(talk.trigger, "keyword", None) for talk in talks.tests]
    assert set(started) == {None, "second one"}
    assert second["lacks"] is None
    assert run(["lint", "--strict"]) == 0
    assert run(["test"]) == 0


@pytest.mark.parametrize(
    ("brand", "spoken", "unspoken"),
    [
        ("[en, es]", ("en", "es"), []),
        ("[es, en]", ("es", "en"), []),
        ("[es]", ("es", "en"), []),
        ("[fr, es]", ("es", "en"), ["fr"]),
        ("[fr]", ("en", "es"), ["fr"]),
        ("[es-MX, en-GB]", ("es", "en"), []),
    ],
)
def test_the_brand_decides_which_language_is_first(
    brand: str,
    spoken: tuple[str, ...],
    unspoken: list[str],
    shop: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who speaks none of a flow's languages hears the first that the brand has."""
    (shop / "config.yaml").write_text(f"brand: {{languages: {brand}}}\n")
    told = made(capsys, "mine", "--from", "nps")
    flow = load_flow("f", Path("flows/mine.yaml").read_bytes()).flow
    assert flow
    assert flow.languages == spoken
    assert told["unspoken"] == unspoken


# ── what is there stays ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nps", "flows/nps.yaml is a flow 'nps' already; choose another name"),
        ("NPS", "'NPS' is no name; use small letters, digits and _, a letter first"),
        ("../x", "'../x' is no name"),
        ("a" * 65, "a name has at most 64 characters"),
        ("\x1b[2J", "is no name"),
    ],
)
def test_a_name_that_cannot_be(
    name: str, words: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is taken or is none writes nothing, and the terminal stays whole."""
    before = sorted(shop.rglob("*"))
    assert run(["new", name, "--from", "ces"]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "\x1b" not in told
    assert sorted(shop.rglob("*")) == before


@pytest.mark.parametrize("there", ["mine.yaml", "mine.test.yaml"])
def test_a_file_that_is_there_stays(
    there: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever of the two is there, it stays, and the other is not made."""
    (shop / "flows" / there).write_text("# mine\n")
    assert run(["new", "mine", "--from", "ces"]) == 2
    assert f"flows/{there} is there already" in capsys.readouterr().err
    assert (shop / "flows" / there).read_text() == "# mine\n"
    assert len(list((shop / "flows").glob("mine*"))) == 1


def test_a_broken_flow_keeps_its_name(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of a flow is taken also where its file is elsewhere and has errors."""
    (shop / "flows" / "old").mkdir()
    (shop / "flows" / "old" / "x.yaml").write_text("flow: mine\nsteps: [\n")
    assert run(["new", "mine", "--from", "ces"]) == 2
    assert "flows/old/x.yaml is a flow 'mine' already" in capsys.readouterr().err


def test_all_or_nothing(shop: Path) -> None:
    """Where the second file cannot be written, the first one is gone again."""
    first = shop / "flows" / "a.yaml"
    with pytest.raises(VoxpopError, match=r"cannot be written: .+"):
        write({first: b"a", shop / "flows" / ("b" * 300): b"b"})
    assert not first.exists()


def test_a_folder_that_cannot_be(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that takes no files is told in a sentence."""
    (shop / "config.yaml").write_text("flows: config.yaml/flows\n")
    assert run(["new", "mine", "--from", "ces"]) == 1
    assert "config.yaml/flows cannot be written" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first flow of all may come from a template, without any config.yaml."""
    monkeypatch.chdir(tmp_path)
    assert run(["new", "mine", "--from", "product_market_fit"]) == 0
    assert (tmp_path / "flows" / "mine.yaml").exists()


# ── what is told ─────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shop")
def test_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    """The files go to stdout; what is lacking and what to type goes to stderr."""
    assert run(["new", "mine", "--from", "review_invitation"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "flows/mine.yaml\nflows/mine.test.yaml\n"
    assert "\n\nbrand:\n  review_links:\n    google: https://" in shown.err
    assert "voxpop chat mine\n" in shown.err
    assert "voxpop test flows/mine.test.yaml\n" in shown.err


@pytest.mark.parametrize("arguments", [["new"], ["new", "--list"]])
def test_the_list(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name the templates are listed, each with what it is for."""
    assert run(arguments) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line for line in shown if not line.startswith("  ")] == NAMES
    assert run([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["templates"]
    assert [each["name"] for each in found] == NAMES
    assert all(each["about"].endswith(".") and each["title"] for each in found)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mine"], "say both: voxpop new mine --from TEMPLATE"),
        (["--from", "nps"], "say both: voxpop new NAME --from nps"),
        (["mine", "--from", "npss"], "no template 'npss'; did you mean 'nps'?"),
        (["mine", "--from", "zzz"], "no template 'zzz'; there are bring_a_friend, ces"),
        (["mine", "--from", "../nps"], "there is no template '../nps'"),
        (["mine", "--from", "nps", "--config", "no.yaml"], "no.yaml"),
    ],
)
def test_wrong_use(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What makes no sense is told in a sentence, with what would."""
    assert run(["new", *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
