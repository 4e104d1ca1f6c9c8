"""Recorded payload, and what it says."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from bot.model.answer import Accepted, Asked, Kind, Rejected, Understood
from bot.model.contact import Address
from bot.model.message import Inbound, Media, Opening
from bot.understanding import understand
from channels.telegram.decode import Update, read
from tests.channels.telegram import updates
from tests.channels.telegram.updates import (
    ANA,
    AT,
    CANARY,
    ID,
    OTHER,
    PHONE,
    RECORDED,
    SAID,
    Json,
)

NOW: Final = datetime(2026, 9, 21, 12, 0, tzinfo=UTC)
FILE: Final = updates.file()["file_id"]
OWN: Final = (Address("phone", f"+{PHONE}"),)
EXPECTED: Final[dict[str, dict[str, Any]]] = {
    "text": {"text": f"nine, {CANARY}"},
    "start": {"text": "/start"},
    "a link": {"text": "/start", "link": "join-x7Kq_2-a"},
    "a flow": {"opens": Opening("nps", again=True)},
    "photo": {"media": Media("photo", "AgAClarge"), "text": CANARY},
    "voice": {"media": Media("voice", FILE)},
    "audio": {"media": Media("file", FILE)},
    "document": {"media": Media("file", FILE)},
    "video": {"media": Media("file", FILE)},
    "video note": {"media": Media("file", FILE)},
    "animation": {"media": Media("file", "CgACmoves")},
    "sticker": {"text": "👍"},
    "location": {"media": Media("location", "40.416775,-3.70379")},
    "venue": {"media": Media("location", "40.416775,-3.70379")},
    "own contact": {"text": f"+{PHONE}", "known_as": OWN},
    "another's contact": {"text": f"+{PHONE}"},
    "dice": {"text": ""},
    "poll": {"text": ""},
    "game": {"text": ""},
    "story": {"text": ""},
    "something new": {"text": ""},
}


def decoded(update: Json) -> Update:
    """Return what an update says, on a channel whose links may begin `nps`."""
    return read(json.dumps(update).encode(), {"nps"}, at=NOW)


def inbound(update: Json) -> Inbound:
    """Return the message of an update that has one."""
    found = decoded(update).inbound
    assert found is not None
    return found


@pytest.mark.parametrize("name", SAID)
def test_what_people_send(name: str) -> None:
    """Each kind of message is what it says, from whom it is, and raw as it came."""
    raw = json.dumps(SAID[name])
    expected = Inbound(
        address=Address("telegram", str(ANA)),
        key=str(ID),
        at=datetime.fromtimestamp(AT, UTC),
        raw=raw,
        first_name=CANARY,
        last_name="García",
        language="es",
        **EXPECTED[name],
    )
    assert read(raw, {"nps"}, at=NOW) == Update(id=ID, inbound=expected)


def test_every_kind_is_expected() -> None:
    """No payload of the table stands there without what it says."""
    assert SAID.keys() == EXPECTED.keys()
    assert all(decoded(update).id == ID for update in RECORDED.values())


@pytest.mark.parametrize(
    "name", ["in a group", "pinned", "edited", "in a channel", "a kind unknown to us"]
)
def test_none_of_our_business(name: str) -> None:
    """Groups, channels, edits, service messages and unknown kinds say nothing."""
    assert decoded(OTHER[name]) == Update(id=ID)


@pytest.mark.parametrize("id_", [1, ID - 1, 2**31, 2**63 - 1])
def test_keys(id_: int) -> None:
    """An id may be any number, for after a silent week the next is random (trap 5)."""
    update = {**updates.text("9"), "update_id": id_}
    assert decoded(update).id == id_
    assert inbound(update).key == str(id_)


def test_what_we_can_do_without() -> None:
    """A name that is missing keeps no words from being heard."""
    bare = {"date": AT, "chat": updates.chat(), "from": {"id": ANA}, "text": "9"}
    found = inbound({"update_id": ID, "message": bare})
    assert (found.text, found.first_name, found.fault) == ("9", None, None)


def test_a_bot_is_nobody() -> None:
    """What a bot says in private, or nobody in particular, is no message to us."""
    bot = updates.person(is_bot=True)
    assert decoded(updates.text("hello", **{"from": bot})).inbound is None
    anonymous = updates.text("hello")
    del anonymous["message"]["from"]
    assert decoded(anonymous).inbound is None


# ── start ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "link", "flow"),
    [
        ("/start", None, None),
        ("/start ", None, None),
        ("/start@a_bot", None, None),
        ("/start@a_bot join-abc", "join-abc", None),
        ("/start@a_bot nps", None, "nps"),
        ("/start  nps", None, "nps"),
        ("/start csat", None, None),
        ("/start NPS", None, None),
        ("/start join-", "join-", None),
        ("/start join-<script>", None, None),
        (f"/start join-{'a' * 60}", None, None),
        ("/start ../../etc", None, None),
        ("/start nps csat", None, "nps"),
        ("/start {secret}\n", None, None),
    ],
)
def test_start(words: str, link: str | None, flow: str | None) -> None:
    """Anybody may edit what stands behind start: it begins what is allowed."""
    found = inbound(updates.text(words))
    assert found.link == link
    assert found.opens == (Opening(flow, again=True) if flow else None)
    assert found.text == (None if flow else "/start")


@pytest.mark.parametrize(
    "words",
    ["/starting", "start nps", "/startnps", "/starts@x nps", "say /start", " /start"],
)
def test_words_that_only_look_like_start(words: str) -> None:
    """What is not the command is kept as it was typed."""
    assert inbound(updates.text(words)).text == words


def test_nothing_is_allowed_unless_named() -> None:
    """Where no flow is allowed a link begins none."""
    found = read(json.dumps(updates.start("nps"))).inbound
    assert found is not None
    assert (found.text, found.opens) == ("/start", None)


def test_started_again() -> None:
    """A chat that is opened anew sends the same start as another update (trap 12)."""
    again = updates.start("join-abc")
    again["update_id"] = ID + 1
    first, second = inbound(updates.start("join-abc")), inbound(again)
    assert first.link == second.link
    assert first.key != second.key


# ── contacts, places, media ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("update", "text", "proven"),
    [
        (updates.contact(number=f"+{PHONE}"), f"+{PHONE}", True),
        (updates.contact(number="34 612 345 678"), f"+{PHONE}", True),
        (updates.contact(None), f"+{PHONE}", False),
        (updates.contact(ANA + 1), f"+{PHONE}", False),
        (updates.contact(number="12"), "12", False),
        (updates.contact(number="+"), "+", False),
        (updates.contact(number="+34612"), "+34612", False),
        (updates.contact(number="my number"), "my number", False),
        (updates.contact(forward_origin={"type": "user"}), f"+{PHONE}", False),
        (updates.contact(ANA, sender=1), f"+{PHONE}", False),
    ],
)
def test_contacts(update: Json, text: str, proven: bool) -> None:  # noqa: FBT001 - a column
    """Only one's own number, possible and not passed on, is an address (trap 14)."""
    found = inbound(update)
    assert found.text == text
    assert found.known_as == (OWN if proven else ())


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"),
    [
        (1, 2, "1,2"),
        (-0.00000001, 0.0, "0,0"),
        (89.12345678, -179.9999999, "89.123457,-180"),
        (1e-6, 10.10, "0.000001,10.1"),
    ],
)
def test_places(latitude: float, longitude: float, kept: str) -> None:
    """A place has six decimals at most, and no exponent."""
    place = {"latitude": latitude, "longitude": longitude}
    assert inbound(updates.message(location=place)).media == Media("location", kept)


def test_a_sticker_without_a_meaning() -> None:
    """A sticker of one's own making says nothing, in words, so we ask again."""
    found = inbound(updates.message(sticker=updates.file()))
    assert (found.text, found.media) == ("", None)


def test_words_stay_as_typed() -> None:
    """Spaces, signs of markup and the longest text are kept to the letter."""
    for words in ("  9 \n", "<b>*_{name}_*</b>", "é" * 4096, "\u0000 9"):
        assert inbound(updates.text(words)).text == words


@pytest.mark.parametrize(
    ("code", "language"),
    [("pt-BR", "pt-BR"), ("zh-hans", "zh-hans"), ("", None), ("x" * 40, None)],
)
def test_languages(code: str, language: str | None) -> None:
    """What is no code of a language is none."""
    sender = updates.person(language_code=code)
    assert inbound(updates.text("9", **{"from": sender})).language == language


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("sticker", "yes_no", Accepted(value=True)),
        ("dice", "yes_no", Rejected()),
        ("poll", "text", Rejected()),
        ("story", "nps", Rejected()),
    ],
)
def test_what_becomes_of_it(name: str, kind: Kind, expected: Understood) -> None:
    """A thumb is a yes, and what says nothing is asked again whatever was asked."""
    words = inbound(SAID[name]).text
    assert words is not None
    asked = Asked(kind=kind, minimum=0, maximum=10)
    assert understand(asked, words, "es", today=NOW.date()) == expected
