"""What each service shows of a message, and what is said to be lost."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.model.answer import SCALES, Kind, Option
from bot.model.display import Controls, Display
from bot.model.fit import fit
from bot.model.limits import BESIDE, Limit, Limits, Menu
from bot.model.menus import menus_of
from bot.model.message import Outbound, Shown
from channels.slack import display as slack
from channels.telegram import display as telegram
from channels.twilio.display import BY_PREFIX
from channels.web import display as web
from tests.model.test_cutting import MIXED

SERVICES: Final[Mapping[str, Limits]] = {
    "web": web.LIMITS,
    "telegram": telegram.LIMITS,
    "slack": slack.LIMITS,
    **BY_PREFIX,
}
EVERY: Final = pytest.mark.parametrize("name", SERVICES)
NPS: Final = Shown(
    step="score",
    kind="nps",
    minimum=0,
    maximum=10,
    low="not at all likely",
    high="extremely likely",
)
LINE: Final = "0 = not at all likely … 10 = extremely likely"


def options(*labels: str) -> tuple[Option, ...]:
    """Return options with these labels."""
    return tuple(Option(f"o{at}", label) for at, label in enumerate(labels))


def asked(kind: Kind, *labels: str, skip: str | None = None) -> Outbound:
    """Return a question with options."""
    shown = Shown(
        step="a",
        kind=kind,
        options=options(*labels),
        skip=skip,
        done="Done" if kind in {"choices", "date"} else None,
        choose="Choose",
        numbered=True,
    )
    return Outbound(text="Well?", shown=shown)


def codes(display: Display) -> list[str]:
    """Return what is lost."""
    return [loss.code for loss in display.losses]


def labels(controls: Controls | None) -> list[list[str]]:
    """Return the labels of the answers, row by row."""
    return [[o.label for o in row] for row in controls.rows] if controls else []


def test_a_scale_on_each() -> None:
    """Eleven numbers are pressed where there is room; elsewhere the line says them."""
    message = Outbound(text="How likely?", shown=NPS)
    on_web = fit(message, SERVICES["web"])
    assert on_web.parts == ("How likely?",)
    assert on_web.controls is not None
    assert (on_web.controls.low, on_web.controls.high) == (NPS.low, NPS.high)
    on_telegram = fit(message, SERVICES["telegram"])
    assert [len(row) for row in labels(on_telegram.controls)] == [6, 5]
    assert on_telegram.parts == (f"How likely?\n\n{LINE}",)
    on_slack = fit(message, SERVICES["slack"])
    assert [len(row) for row in labels(on_slack.controls)] == [11]
    for name in ("whatsapp", "sms", "messenger", "rcs"):
        typed = fit(message, SERVICES[name])
        assert typed.controls is None
        assert typed.parts == (f"How likely?\n\n{LINE}",)
        assert codes(typed) == ["fallback"]
        assert not typed.loses_meaning


def test_stars_and_a_list_of_numbers() -> None:
    """Five of five are stars on the web and a list on WhatsApp."""
    shown = Shown(step="a", kind="csat", minimum=1, maximum=5, choose="Choose")
    forms = {
        name: display.controls.form if (display := on(shown, name)).controls else None
        for name in SERVICES
    }
    assert forms == {
        "web": "stars",
        "telegram": "buttons",
        "slack": "buttons",
        "whatsapp": "list",
        "messenger": "buttons",
        "sms": None,
        "rcs": None,
    }
    assert on(shown, "sms").parts == ("Well?\n\n1 … 5",)


def on(shown: Shown, name: str) -> Display:
    """Return a question as a service shows it."""
    return fit(Outbound(text="Well?", shown=shown), SERVICES[name])


def test_a_list_before_a_cut_button() -> None:
    """A label that a button would cut goes into a list that has room for it."""
    long = "Rapidez de la entrega"
    picked = fit(asked("choice", long, "Precio"), SERVICES["whatsapp"])
    assert picked.controls is not None
    assert (picked.controls.form, picked.controls.opens) == ("list", "Choose")
    assert codes(picked) == []


def test_a_cut_is_named() -> None:
    """A label too long for every menu is cut, and both spellings are told."""
    long = "Rapidez de la entrega en casa"
    cut = fit(asked("choice", "Precio", long), SERVICES["whatsapp"])
    (loss,) = cut.losses
    assert (loss.code, loss.option, loss.before) == ("cut", "o1", long)
    assert loss.after == "Rapidez de la entrega e…"
    assert labels(cut.controls)[0][1] == loss.after
    assert not cut.loses_meaning


def test_two_labels_that_would_be_equal() -> None:
    """Labels that differ only behind the cut are typed, and meaning counts as lost."""
    same = "Delivery to my own house "
    found = fit(asked("choice", f"{same}1st", f"{same}2nd"), SERVICES["whatsapp"])
    assert codes(found) == ["equal-after-cut", "fallback"]
    assert found.loses_meaning
    assert found.controls is None
    assert found.parts == (f"Well?\n\n1. {same}1st\n2. {same}2nd",)


def test_too_many_for_a_list() -> None:
    """Eleven options are typed on WhatsApp, and a hundred are a select on Slack."""
    eleven = [f"Option {letter}" for letter in "abcdefghijk"]
    typed = fit(asked("choice", *eleven), SERVICES["whatsapp"])
    assert typed.controls is None
    assert typed.parts[0].endswith("10. Option j\n11. Option k")
    assert codes(typed) == ["fallback"]
    hundred = [f"Option {at}" for at in range(100)]
    select = fit(asked("choice", *hundred), SERVICES["slack"]).controls
    assert select is not None
    assert select.form == "select"


def test_no_room_for_the_skip() -> None:
    """Ten options fill a list, so the skip is written under the question."""
    ten = [f"Option {letter}" for letter in "abcdefghij"]
    listed = fit(asked("choice", *ten, skip="Skip"), SERVICES["whatsapp"])
    assert listed.controls is not None
    assert listed.controls.skip is None
    assert listed.parts == ("Well?\n\n(Skip)",)
    assert codes(listed) == ["fallback"]


def test_choices_on_each() -> None:
    """Several are checked where there are boxes, and typed by number elsewhere."""
    wish = asked("choices", "Speed", "Price", skip="Skip")
    shown = {name: fit(wish, limits) for name, limits in SERVICES.items()}
    assert {n: d.controls.form for n, d in shown.items() if d.controls} == {
        "web": "boxes",
        "telegram": "toggles",
        "slack": "boxes",
    }
    for name in ("web", "telegram", "slack"):
        controls = shown[name].controls
        assert controls is not None
        assert (controls.done, controls.skip) == ("Done", "Skip")
    assert shown["whatsapp"].parts == ("Well?\n\n1. Speed\n2. Price\n(Skip)",)


def test_not_numbered_where_a_number_is_a_label() -> None:
    """Where a typed number could mean two things, the list has none."""
    shown = Shown(step="a", kind="choice", options=options("Plan 2", "Plan 3"))
    assert on(shown, "sms").parts == ("Well?\n\n- Plan 2\n- Plan 3",)


def test_a_place_cannot_be_sent_everywhere() -> None:
    """What nobody can give on a service is a loss of meaning there."""
    shown = Shown(step="a", kind="location")
    lossy = {name for name in SERVICES if on(shown, name).loses_meaning}
    assert lossy == {"slack", "sms"}


def test_a_key_that_a_button_cannot_carry() -> None:
    """Such an option has no button, and that is a loss."""
    menu = Menu(form="buttons", value=Limit(3, "bytes"))
    limits = Limits(service="Tiny", choice=(menu,))
    shown = Shown(step="a", kind="choice", options=(Option("long", "Long"),))
    found = fit(Outbound(text="?", shown=shown), limits)
    assert codes(found) == ["dropped"]
    assert found.parts == ("?\n\n- Long",)


def test_a_date() -> None:
    """A day is picked in a calendar where there is one."""
    shown = Shown(step="a", kind="date", done="Done", skip="Skip")
    forms = {n: c.form for n in SERVICES if (c := on(shown, n).controls)}
    assert forms == {
        "web": "calendar",
        "slack": "calendar",
        "telegram": "buttons",
        "whatsapp": "buttons",
        "messenger": "buttons",
    }


def test_long_words_above_buttons() -> None:
    """The last part of a split text is short enough for what stands under it."""
    shown = Shown(step="a", kind="yes_no", options=options("Yes", "No"))
    found = fit(Outbound(text="word " * 400, shown=shown), SERVICES["whatsapp"])
    assert codes(found) == ["split"]
    assert len(found.parts) == 2
    assert len(found.parts[-1]) <= 1024


KINDS: Final[tuple[Kind, ...]] = (
    *("nps", "csat", "ces", "rating", "choice", "choices", "yes_no", "consent"),
    *("text", "number", "date", "photo", "location"),
)
LABELS: Final = st.lists(MIXED.filter(str.strip), min_size=1, max_size=15, unique=True)


@st.composite
def messages(draw: st.DrawFn) -> Outbound:
    """Return a question of any kind, its words in any script."""
    kind = draw(st.sampled_from(KINDS))
    low, high = SCALES.get(kind, (0, draw(st.integers(1, 100))))
    scale = kind in SCALES or kind == "rating"
    many = draw(LABELS) if kind in {"choice", "choices"} else ("Yes", "No")
    shown = Shown(
        step="a",
        kind=kind,
        options=options(*many) if kind.startswith(("choi", "yes", "cons")) else (),
        minimum=low if scale else None,
        maximum=high if scale else None,
        low=draw(st.none() | MIXED) if scale else None,
        high=draw(st.none() | MIXED) if scale else None,
        skip=draw(st.none() | st.just("Skip") | MIXED),
        done=draw(st.none() | MIXED),
        choose=draw(st.none() | MIXED),
        numbered=draw(st.booleans()),
    )
    return Outbound(text=draw(MIXED) * draw(st.integers(1, 30)), shown=shown)


@EVERY
@given(message=messages())
def test_every_limit_is_kept(name: str, message: Outbound) -> None:
    """Whatever is asked in whatever script, a service gets nothing it would refuse."""
    limits = SERVICES[name]
    display = fit(message, limits)
    assert limits.text is None or all(map(limits.text.holds, display.parts))
    if display.controls is None or message.shown is None:
        return
    controls = display.controls
    menu = next(m for m in menus_of(message.shown, limits) if m.form == controls.form)
    pressed = list(chain(*controls.rows))
    own = [label for label in (controls.done, controls.skip) if label]
    count = len(pressed) + (0 if menu.form in BESIDE else len(own))
    assert menu.most is None or count <= menu.most
    assert menu.a_row is None or all(len(r) <= menu.a_row for r in controls.rows)
    assert menu.text is None or menu.text.holds(display.parts[-1])
    assert menu.opens is None or menu.opens.holds(controls.opens or "")
    for label in (*(offer.label for offer in pressed), *own):
        assert menu.label is None or menu.label.holds(label)
    for offer in pressed:
        assert menu.value is None or menu.value.holds(offer.key)


@EVERY
@given(message=messages())
def test_nothing_is_lost_in_silence(name: str, message: Outbound) -> None:
    """Every answer is pressed or written; what is changed about it is told."""
    display = fit(message, SERVICES[name])
    shown, controls = message.shown, display.controls
    assert shown is not None
    written = "".join("".join(display.parts).split())
    assert "".join(message.text.split()) in written
    told = {(loss.option, loss.after) for loss in display.losses if loss.code == "cut"}
    pressed = {o.key: o.label for o in chain(*controls.rows)} if controls else {}
    for option in shown.options:
        label = pressed.get(option.key)
        if label is None:
            assert "".join(option.label.split()) in written
            assert {"fallback", "equal-after-cut", "dropped"} & set(codes(display))
        else:
            assert label == option.label or (option.key, label) in told
    assert ("split" in codes(display)) is (len(display.parts) > 1)


@EVERY
@given(message=messages())
def test_no_label_is_cut_that_fits(name: str, message: Outbound) -> None:
    """Where every label fits the menu that is shown, each stands as it is written."""
    display = fit(message, SERVICES[name])
    for loss in display.losses:
        if loss.code == "cut" and display.controls and message.shown:
            menus = menus_of(message.shown, SERVICES[name])
            menu = next(m for m in menus if m.form == display.controls.form)
            assert menu.label is not None
            assert not menu.label.holds(loss.before or "")


@EVERY
@given(message=messages())
def test_what_is_pressed_is_told_apart(name: str, message: Outbound) -> None:
    """Labels that differ as they are written differ as they are shown."""
    display = fit(message, SERVICES[name])
    assert message.shown is not None
    if display.controls is None:
        return
    shown = [o.label.casefold() for o in chain(*display.controls.rows)]
    written = {o.label.casefold() for o in message.shown.options}
    assert len(set(shown)) == len(written or shown)
