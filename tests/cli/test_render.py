"""`voxpop render` shows what each channel would show, and what would be lost."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.cli.app import run
from bot.model.limits import Limits
from bot.world import SERVICES
from tests.examples import ROOT, lay_out

HOWTO = ROOT / "docs" / "howto" / "what-channels-show.md"
LOSSY = """
flow: lossy
languages: [en]
steps:
  when:
    ask: When?
    answer: choice
    options:
      today: To the address you gave us, today
      tomorrow: To the address you gave us, tomorrow
"""
EVERY_STEP = """
flow: every
languages: [en]
triggers: [{event: order.paid}]
remind_after: [2 hours, 30 hours]
reminder: "Still there?"
steps:
  hello: {say: "You paid {event.total} for {event.order}, {contact.first_name|friend}."}
  score: {ask: "How was it?", answer: csat}
  which: {ask: "Which?", answer: choice, options: {a: Apples, b: Pears}}
  own: {ask: "Why?", answer: text}
  pause: {wait: 25 hours}
  echo:
    say:
      en:
        one: "{answers.score} star for {answers.which}: {answers.own}"
        other: "{answers.score} stars for {answers.which}: {answers.own}"
  fork: {branch: [{when: answers.score > 3, to: link}, {else: end}]}
  link: {refer: friends, say: "Yours: {referral.link}", share: "Try it: {referral.link}", qr: true}
  more: {run: nps}
"""  # noqa: E501 - a step a line

Render = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a shop, which is the current one."""
    monkeypatch.chdir(lay_out(tmp_path))
    return tmp_path


@pytest.fixture
def rendered(shop: Path, capsys: pytest.CaptureFixture[str]) -> Render:
    """Return a way to render a flow of the shop as JSON."""

    def rendered(*arguments: str, source: str = "") -> tuple[int, dict[str, Any]]:
        if source:
            (shop / "flows" / f"{arguments[0]}.yaml").write_text(source, "utf-8")
        code = run(["render", *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return rendered


def step(found: dict[str, Any], name: str, channel: str = "web") -> dict[str, Any]:
    """Return a step as a channel shows it."""
    wanted = (name, channel)
    (one,) = (s for s in found["steps"] if (s["step"], s["channel"]) == wanted)
    shown: dict[str, Any] = one
    return shown


@pytest.mark.parametrize("flow", ["nps", "referral", "welcome"])
def test_the_examples_lose_no_meaning(rendered: Render, flow: str) -> None:
    """Each step of a flow is shown on four channels in two languages."""
    code, found = rendered(flow)
    assert code == 0
    assert found["loses_meaning"] is False
    assert {(each["channel"], each["enabled"]) for each in found["channels"]} == {
        ("web", True),
        ("telegram", False),
        ("slack", False),
        ("whatsapp", False),
    }
    names = {s["step"] for s in found["steps"]}
    assert len(found["steps"]) == len(names) * 4 * 2


def test_lost_meaning_is_a_problem(rendered: Render) -> None:
    """Two labels that would be equal make it leave with 1, where they would be."""
    code, found = rendered("lossy", source=LOSSY)
    assert (code, found["loses_meaning"]) == (1, True)
    code, found = rendered("lossy", "--channel", "web", "--channel", "slack")
    assert (code, found["loses_meaning"]) == (0, False)


def test_every_kind_of_step(rendered: Render) -> None:
    """What only a talk can know has a sample; what says nothing says what it does."""
    code, found = rendered("every", source=EVERY_STEP)
    assert code == 0
    assert step(found, "hello")["parts"] == ["You paid 2 for {event.order}, friend."]
    assert step(found, "echo")["parts"] == ["5 stars for Apples: {answers.own}"]
    assert step(found, "hello")["samples"] == ["event.total", "event.order"]
    assert step(found, "pause")["does"] == "waits 25 hours"
    assert step(found, "fork")["does"] == "goes on with link or end"
    assert step(found, "more")["does"] == "runs the flow 'nps', then goes on"
    link = step(found, "link")
    assert (link["verb"], link["qr"]) == ("refer", True)
    assert link["parts"] == ["Yours: https://example.com/r/SAMPLE"]
    assert link["share"] == "Try it: https://example.com/r/SAMPLE"
    assert step(found, "score")["reminder"]["parts"] == ["Still there?\n\nHow was it?"]


def test_a_caption(rendered: Render) -> None:
    """A text that is too long to stand under its QR code stands by itself."""
    words = "Share it with whomever you like. " * 40
    source = EVERY_STEP.replace("Yours: ", words)
    code, found = rendered("every", source=source)
    assert code == 0
    lost = {
        s["channel"]: [loss["code"] for loss in s["losses"]]
        for s in found["steps"]
        if s["step"] == "link"
    }
    assert lost == {
        "web": [],
        "telegram": ["fallback"],
        "slack": [],
        "whatsapp": ["fallback"],
    }


def test_templates(rendered: Render, shop: Path) -> None:
    """What we may start after 24 hours needs a template, and says which it has."""
    config = shop / "config.yaml"
    text = config.read_text("utf-8")
    known = "templates: {every.echo: {en: HX123}}"
    config.write_text(re.sub(r"templates: \{\}", known, text), "utf-8")
    _, found = rendered("every", source=EVERY_STEP)
    needs = {
        s["step"]: (s["template"]["template"], s["template"]["why"])
        for s in found["steps"]
        if s["template"]
    }
    reminds = "it reminds after 30 hours"
    assert needs == {
        "hello": (None, ["we begin"]),
        "score": (None, ["we begin", reminds]),
        "which": (None, [reminds]),
        "own": (None, [reminds]),
        "echo": ("HX123", ["it follows the wait 'pause'"]),
        "link": (None, ["it follows the wait 'pause'"]),
    }
    assert {s["channel"] for s in found["steps"] if s["template"]} == {"whatsapp"}


def test_twilio_is_what_its_address_says(rendered: Render, shop: Path) -> None:
    """The prefix of `from` says which service it is; without one it is SMS."""
    config = shop / "config.yaml"
    text = config.read_text("utf-8")
    config.write_text(text.replace('"whatsapp:+', '"+'), "utf-8")
    _, found = rendered("nps", "--channel", "twilio")
    assert [each["service"] for each in found["channels"]] == ["SMS"]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["npps"], "there is no flow 'npps'; did you mean 'nps'?"),
        (["zzz"], "there is no flow 'zzz'; there are nps, referral, welcome"),
        (["no.yaml"], "there is no file no.yaml"),
        (["flows/nps.test.yaml"], "holds tests"),
        (["nps", "--channel", "fax"], "there is no channel 'fax'; there are web,"),
        (["nps", "--lang", "fr"], "flow 'nps' speaks en and es, not 'fr'"),
    ],
)
def test_wrong_use(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not there is told with what is."""
    assert run(["render", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("flow", ["broken", "flows/broken.yaml"])
def test_a_flow_with_errors(
    shop: Path, flow: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused with its problems, and only its own."""
    (shop / "flows" / "broken.yaml").write_text("flow: broken\nsteps: {a: {sai: hi}}\n")
    (shop / "flows" / "other.yaml").write_text("flow: other\n")
    assert run(["render", flow]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "broken.yaml:2:" in shown.err
    assert "other.yaml" not in shown.err


def test_a_file_wins_over_the_folder(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A draft of a flow that is in the folder is shown as the draft has it."""
    draft = shop / "draft.yaml"
    draft.write_text("flow: nps\nsteps: {a: {say: A draft}}\n")
    assert run(["render", "draft.yaml", "--channel", "web"]) == 0
    assert "A draft" in capsys.readouterr().out


@pytest.mark.usefixtures("shop")
def test_the_page_shows_what_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """The drawing of the how-to page is a drawing of the command's."""
    assert run(["render", "nps", "--channel", "whatsapp", "--lang", "en"]) == 0
    (drawn,) = re.findall(r"```text\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL)
    assert capsys.readouterr().out.startswith(drawn)


@pytest.mark.parametrize("name", SERVICES)
def test_the_page_names_the_limits(name: str) -> None:
    """Every number of a channel's limits stands in its row of the how-to page."""
    text = HOWTO.read_text("utf-8")
    limits = SERVICES[name]
    (row,) = (
        line
        for line in text.splitlines()
        if line.startswith("| ")
        and limits.service.partition(" ")[0].lower() in line.split("|")[1].lower()
    )
    numbers = {int(each) for each in re.findall(r"\d+", row)}
    assert numbers == figures(limits)


def figures(limits: Limits) -> set[int]:
    """Return the numbers that an operator meets."""
    found = {limits.text.most} if limits.text else set()
    for menu in (*limits.scale, *limits.choice, *limits.choices):
        found |= {each for each in (menu.most, menu.a_row, menu.stars) if each}
        found |= {each.most for each in (menu.label, menu.text) if each}
    return found


@pytest.mark.usefixtures("shop")
def test_no_steering(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A label with a line's end and a text that turns around stay in their lines."""
    source = (
        'flow: odd\nsteps:\n  a:\n    ask: "\\u202eevil"\n    answer: choice\n'
        '    options: {x: "one\\nfake · say", y: two}\n'
    )
    (shop / "flows" / "odd.yaml").write_text(source, "utf-8")
    assert run(["render", "odd", "--channel", "web"]) == 0
    drawn = capsys.readouterr().out
    assert "\u202e" not in drawn
    assert "[ one⏎fake · say ] [ two ]" in drawn


LABELS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=40
).filter(str.strip)


@pytest.mark.usefixtures("shop")
@given(labels=st.lists(LABELS, min_size=1, max_size=12))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_any_labels(
    labels: list[str], shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever labels say, they are drawn, or the flow is refused in a sentence."""
    options = {f"o{at}": label for at, label in enumerate(labels)}
    quoted = json.dumps(options, ensure_ascii=True)
    source = (
        f"flow: any\nsteps:\n  a: {{ask: Which?, answer: choice, options: {quoted}}}\n"
    )
    (shop / "flows" / "any.yaml").write_text(source, "utf-8")
    assert run(["render", "any"]) in {0, 1}
    shown = capsys.readouterr()
    assert all(each.isprintable() or each in "\n\u200d" for each in shown.out)
