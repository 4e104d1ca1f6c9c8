"""What we say, as Telegram is to show it; whatever it is, Telegram takes it."""

from itertools import chain
from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.model.answer import SCALES, Kind, Option
from bot.model.message import Outbound, Shown, Tap
from channels.telegram.buttons import Rows, marked, tap
from channels.telegram.encode import BLANK, Message, markup, messages, share, visible
from tests.channels.telegram.rules import check_rows, check_text, is_empty
from tests.model.test_cutting import MIXED
from tests.model.test_fit import KINDS, NPS, asked

SESSION: Final = 2**63 - 1
LONGEST_NAME: Final = 64

WORDS: Final = {
    "en": ("Delivery to my own house, on a day of my choice", "Skip", "Done"),
    "es": ("Entrega en mi propia casa, el día que yo elija", "Saltar", "Listo"),
    "de": ("Lieferung zu mir nach Hause, am Tag meiner Wahl", "Überspringen", "Fertig"),
    "ru": ("Доставка ко мне домой в удобный для меня день", "Пропустить", "Готово"),
    "ar": ("التوصيل إلى منزلي في اليوم الذي أختاره بنفسي", "تخطي", "تم"),
    "hi": ("मेरी पसंद के दिन मेरे अपने घर पर डिलीवरी और सहायता", "छोड़ें", "हो गया"),
}
"""A label near the longest that flows allow, skip, and done, in six languages."""


def check(sent: list[Message]) -> None:
    """Assert that messages are ones Telegram takes, with buttons under the last."""
    assert sent
    for message in sent:
        check_text(message.text)
        check_rows(message.rows)
    assert not any(message.rows for message in sent[:-1])


def taps(rows: Rows) -> list[Tap | None]:
    """Return what a press on each button means."""
    return [tap(brought) for _, brought in chain(*rows)]


def test_words() -> None:
    """Words alone are one message without buttons, with every sign as it is."""
    words = "Thank you, <b>*{name}*</b> & _co_! [x](tg://user?id=1)"
    assert messages(Outbound(text=words), 7) == [Message(words)]


def test_a_scale() -> None:
    """A scale is pressed in two rows, each number with what it means."""
    [sent] = messages(Outbound(text="How likely?", shown=NPS), 7)
    assert [[label for label, _ in row] for row in sent.rows] == [
        ["0", "1", "2", "3", "4", "5"],
        ["6", "7", "8", "9", "10"],
    ]
    assert taps(sent.rows)[10] == Tap(7, "score", ("10",))


def test_a_choice_with_a_skip() -> None:
    """Options answer, and the skip stands last, without an option."""
    [sent] = messages(asked("choice", "Speed", "Price", skip="Skip"), 7)
    assert sent.rows[-1][0][0] == "Skip"
    assert taps(sent.rows) == [
        Tap(7, "a", ("o0",)),
        Tap(7, "a", ("o1",)),
        Tap(7, "a", ()),
    ]


def test_several_choices() -> None:
    """Options are turned on, then *done* ends the choosing; a skip is no *done*."""
    [sent] = messages(asked("choices", "Speed", "Price", skip="Skip"), 7)
    assert taps(sent.rows) == [
        Tap(7, "a", ("o0",), "on"),
        Tap(7, "a", ("o1",), "on"),
        Tap(7, "a", (), "done"),
        Tap(7, "a", ()),
    ]
    once = marked(sent.rows, {sent.rows[0][1][1]})
    check_rows(once)
    assert taps(once)[1] == Tap(7, "a", ("o1",), "off")


def test_long_words() -> None:
    """Long words are several messages, and the buttons stand under the last."""
    content = Outbound(text="👍 word. " * 1000, shown=NPS)
    sent = messages(content, 7)
    assert len(sent) > 1
    check(sent)
    assert len(taps(sent[-1].rows)) == 11


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n\t", "\u200b\u200d\u2060", "\u3000\u2800", "\ufeff", "\u202e"),
        *("\u3164", "\u0301", "\x00\x1b", "\U000e0020", "\u00ad"),
    ],
)
def test_nothing_to_see(text: str) -> None:
    """Telegram refuses what cannot be seen, so an ellipsis stands for it."""
    assert not visible(text)
    assert messages(Outbound(text=text), 7) == [Message(BLANK)]
    [sent] = messages(Outbound(text=text, shown=NPS), None)
    check([sent])
    blank = Shown(step="a", kind="choice", options=(Option("a", text),), skip="Skip")
    [sent] = messages(Outbound(text="?", shown=blank), 7)
    assert sent.rows[0][0][0] == BLANK


def test_a_blank_part_is_left_out() -> None:
    """Of a text in parts only those are sent in which there is something to see."""
    for text in ("\u200b" * 5000 + " well", "well " + "\u200b" * 5000):
        check(sent := messages(Outbound(text=text), 7))
        assert [message.text.strip("\u200b ") for message in sent] == ["well"]


def test_half_of_a_character() -> None:
    """Half of a character cannot be sent, and stands as the sign for what is lost."""
    [sent] = messages(asked("choice", "a\ud83d", "\udc4d"), 7)
    check([sent])
    assert messages(Outbound(text="a\ud800"), 7) == [Message("a\ufffd")]


def test_markup() -> None:
    """The library is given labels and data as they are, and nothing for no rows."""
    [sent] = messages(asked("choice", "Speed", "Price"), 7)
    made = markup(sent.rows)
    assert made is not None
    found = [[(b.text, b.callback_data) for b in row] for row in made.inline_keyboard]
    assert found == [list(row) for row in sent.rows]
    assert markup(()) is None


@pytest.mark.parametrize("kind", ["phone", "location"])
def test_share(kind: str) -> None:
    """One button, once, asks for a number or a place (trap 14)."""
    made = share("phone" if kind == "phone" else "location", "Share").to_dict()
    [[button]] = made["keyboard"]
    asked_for = "contact" if kind == "phone" else "location"
    assert button["text"] == "Share"
    assert button[f"request_{asked_for}"] is True
    assert made["one_time_keyboard"] is True
    assert made["resize_keyboard"] is True


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 11, 97, 98, 99, 120])
def test_every_kind_in_six_languages(kind: Kind, language: str, count: int) -> None:
    """With the longest labels and names, and with too many, Telegram takes it."""
    label, skip, done = WORDS[language]
    options = tuple(
        Option(f"{at}_{'k' * LONGEST_NAME}"[:LONGEST_NAME], f"{at} {label}")
        for at in range(count)
    )
    low, high = SCALES.get(kind, (1, 10) if kind == "rating" else (None, None))
    shown = Shown(
        step="s" * LONGEST_NAME + "." + "t" * LONGEST_NAME,
        kind=kind,
        options=options if kind in {"choice", "choices"} else options[:2],
        minimum=low,
        maximum=high,
        low=label,
        high=label,
        skip=skip,
        done=done,
    )
    sent = messages(Outbound(text=f"{label}?", shown=shown), SESSION)
    check(sent)
    for row in sent[-1].rows:
        assert all(tap(brought) is not None for _, brought in row)


@st.composite
def contents(draw: st.DrawFn) -> Outbound:
    """Return anything that may be said, in any script."""
    kind = draw(st.sampled_from(KINDS))
    low, high = SCALES.get(kind, (0, draw(st.integers(1, 100))))
    scored = kind in SCALES or kind == "rating"
    keys = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
    label = MIXED | st.text(max_size=80)
    many = draw(st.dictionaries(keys, label, max_size=12))
    shown = Shown(
        step=draw(keys),
        kind=kind,
        options=() if scored else tuple(Option(k, v) for k, v in many.items()),
        minimum=low if scored else None,
        maximum=high if scored else None,
        low=draw(st.none() | label),
        high=draw(st.none() | label),
        skip=draw(st.none() | label),
        done=draw(st.none() | label),
        numbered=draw(st.booleans()),
    )
    text = draw(label) * draw(st.integers(0, 40))
    return Outbound(text=text, shown=draw(st.none() | st.just(shown)))


@given(content=contents(), session=st.none() | st.integers(0, SESSION))
def test_whatever_is_said(content: Outbound, session: int | None) -> None:
    """Whatever is said in whatever script, Telegram takes it and no word is lost."""
    sent = messages(content, session)
    check(sent)
    assert None not in taps(sent[-1].rows)
    written = "".join("".join(message.text for message in sent).split())
    for word in content.text.split():
        assert word in written or not visible(word)


@given(text=st.text(max_size=20))
def test_what_is_seen(text: str) -> None:
    """What we take for visible Telegram never takes for empty."""
    assert not (visible(text) and is_empty(text))
