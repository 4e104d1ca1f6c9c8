"""Whatever is posted to us: refused, kept as faulty or read, and never an error."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from bot.errors import Refused
from channels.telegram.decode import NotAnUpdate, Update, read
from tests.channels.telegram import updates
from tests.channels.telegram.updates import ANA, CANARY, ID, RECORDED, Json

DEEP: Final = 100_000
HUGE: Final = "9" * 400
TEXT: Final = json.dumps(updates.text(CANARY), ensure_ascii=False).encode()


def inside(name: str, value: str, update: Json | None = None) -> bytes:
    """Return an update whose message has a field of this JSON, whatever that is."""
    update = deepcopy(update or updates.text(CANARY))
    update["message"][name] = "PLACE"
    return json.dumps(update).replace('"PLACE"', value).encode()


def refusal(raw: bytes | str) -> str:
    """Return why something is no update; it holds nothing of what was sent."""
    with pytest.raises(NotAnUpdate) as raised:
        read(raw)
    said = str(raised.value)
    assert CANARY not in said
    assert raised.value.__cause__ is None
    assert isinstance(raised.value, Refused)
    return said


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "JSON"),
        (b"\x00", "JSON"),
        (b"GET / HTTP/1.1", "JSON"),
        (TEXT[:-1], "JSON"),
        (TEXT + b"}", "JSON"),
        (TEXT + TEXT, "JSON"),
        (b"\xef\xbb\xbf" + TEXT, "JSON"),
        (TEXT.decode().encode("utf-16"), "UTF-8"),
        (TEXT.replace(CANARY.encode(), CANARY.encode() + b"\xff"), "UTF-8"),
        (b'{"update_id":1,"x":"\xed\xa0\x80"}', "UTF-8"),
        ('{"update_id":1,"x":"\ud800"}', "UTF-8"),
        (inside("text", f'"{CANARY}\n"'), "JSON"),
        (inside("date", "NaN"), "JSON"),
        (inside("date", "-Infinity"), "JSON"),
        (inside("date", "01"), "JSON"),
        (b'{"update_id":1,"x":' + b"[" * DEEP + b"]" * DEEP + b"}", "nested"),
        (
            b'{"update_id":1,"x":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
            "nested",
        ),
        (inside("chat", "[" * DEEP + "]" * DEEP), "nested"),
        (inside("chat", "[" * DEEP), "nested"),
        (b'{"x":"\\ud800","y":' + b"[" * DEEP + b"]" * DEEP + b"}", "nested"),
        (b"null", "update_id"),
        (b"[]", "update_id"),
        (b"7", "update_id"),
        (b'"update_id"', "update_id"),
        (b"{}", "update_id"),
        (b'{"update_id":null}', "update_id"),
        (b'{"update_id":"1"}', "update_id"),
        (b'{"update_id":true}', "update_id"),
        (b'{"update_id":1.0}', "update_id"),
        (b'{"update_id":1e3}', "update_id"),
        (b'{"update_id":0}', "update_id"),
        (b'{"update_id":-1}', "update_id"),
        (b'{"update_id":9223372036854775808}', "update_id"),
        (f'{{"update_id":{HUGE}}}', "update_id"),
        (f'{{"update_id":{"9" * 5000}}}', "update_id"),
        (b'{"update_id":1,"update_id":{}}', "update_id"),
    ],
)
def test_no_update(raw: bytes | str, why: str) -> None:
    """What is no update is refused, with a sentence that says why."""
    assert why in refusal(raw)


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (inside("text", "5"), "$.message.text"),
        (inside("text", "{}"), "$.message.text"),
        (inside("text", json.dumps(CANARY * 999)), "$.message.text"),
        (inside("date", '"today"'), "$.message.date"),
        (inside("date", "0"), "$.message.date"),
        (inside("date", "-5"), "$.message.date"),
        (inside("date", "99999999999"), "$.message.date"),
        (inside("date", "1e9"), "$.message.date"),
        (inside("date", HUGE), "$.message.date"),
        (inside("from", "[]"), "$.message.from"),
        (inside("from", f'{{"id":{HUGE}}}'), "$.message.from.id"),
        (inside("photo", "{}"), "$.message.photo"),
        (inside("photo", '[{"file_id":"a b"}]'), "$.message.photo[0].file_id"),
        (inside("photo", '[{"file_id":"\\u0000"}]'), "$.message.photo[0].file_id"),
        (inside("voice", '{"file_id":null}'), "$.message.voice.file_id"),
        (inside("location", '{"latitude":91,"longitude":0}'), "location.latitude"),
        (inside("location", '{"latitude":1e999,"longitude":0}'), "location.latitude"),
        (inside("location", '{"latitude":"1"}'), "location.latitude"),
        (inside("contact", '{"phone_number":34612}'), "contact.phone_number"),
        (inside("migrate_to_chat_id", "true"), "$.message.migrate_to_chat_id"),
        (inside("text", '"\\ud800"'), "half of a character"),
        (inside("text", '"\\udc00 9"'), "half of a character"),
        (inside("unknown", f'"{CANARY}\\ud83d"'), "half of a character"),
    ],
)
def test_another_form(raw: bytes, where: str) -> None:
    """What has another form inside is kept with its fault, its sender and its words."""
    found = read(raw).inbound
    assert found is not None
    assert found.fault is not None
    assert where in found.fault
    assert CANARY not in found.fault
    assert HUGE not in found.fault
    assert (found.address.handle, found.key) == (str(ANA), str(ID))
    assert found.raw == raw.decode()
    assert (found.text, found.tap, found.media) == (None, None, None)


def test_at_the_edge_of_what_is_too_deep() -> None:
    """However deep something is nested, it is read or refused."""
    for depth in (*range(1, 40), *range(700, 1_000)):
        check(inside("hologram", "[" * depth + "]" * depth, updates.message()))
        check(inside("text", "[" * depth + "]" * depth))


@pytest.mark.parametrize(
    "chat",
    [
        *("5", "[]", "{}", '{"id":5}', '{"type":"private"}', '{"id":1,"type":[]}'),
        '{"id":true,"type":"private"}',
        '{"id":"424242","type":"private"}',
        f'{{"id":{HUGE},"type":"private"}}',
        '{"id":9007199254740993,"type":"private"}',
    ],
)
def test_nobody_knows_whose(chat: str) -> None:
    """Where the chat is not sound the message is kept, of nobody."""
    raw = inside("chat", chat)
    found = read(raw).inbound
    assert found is not None
    assert found.fault is not None
    assert (found.address.handle, found.raw) == ("", raw.decode())


@pytest.mark.parametrize("kind", ["message", "callback_query", "my_chat_member"])
@pytest.mark.parametrize("value", ["5", "[]", "{}", '""', "true"])
def test_a_whole_kind_of_another_form(kind: str, value: str) -> None:
    """A message, press or membership that is no such thing is kept too."""
    found = read(f'{{"update_id":1,"{kind}":{value}}}').inbound
    assert found is not None
    assert found.fault is not None
    assert found.address.handle == ""


def test_faults_of_groups() -> None:
    """What is wrong in a group is none of our business either."""
    raw = inside("date", "0", updates.message(chat=updates.group(), text=CANARY))
    assert read(raw) == Update(id=ID)


def test_a_press_of_another_form() -> None:
    """A press whose inside is wrong is kept with whose it is."""
    update = updates.press()
    update["callback_query"]["data"] = 5
    found = read(json.dumps(update)).inbound
    assert found is not None
    assert found.fault is not None
    assert found.address.handle == str(ANA)


def test_equal_fields() -> None:
    """Of two fields with one name the last counts; both have to be sound."""
    found = read(b'{"update_id":1,"message":null,' + TEXT[1:]).inbound
    assert found is not None
    assert (found.text, found.key) == (CANARY, str(ID))
    found = read(b'{"update_id":1,"message":[],' + TEXT[1:]).inbound
    assert found is not None
    assert found.fault is not None
    assert (found.address.handle, found.key) == (str(ANA), str(ID))


# ── anything at all ──────────────────────────────────────────────────────────────────

JSON: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "\x00", HUGE, "private", "group", "/start join-x"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=5,
)


def places(value: Any, change: Callable[[Any], None]) -> list[Callable[[], None]]:  # noqa: ANN401 - any JSON
    """Return, for each place of a document, what changes its container there."""
    found: list[Callable[[], None]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        found.append(lambda key=key: change((value, key)))  # type: ignore[misc]
        if isinstance(inner, dict | list):
            found += places(inner, change)
    return found


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a recorded update of which some parts were replaced, removed or cut."""
    update = deepcopy(RECORDED[draw(st.sampled_from(sorted(RECORDED)))])

    def change(place: tuple[Any, Any]) -> None:
        container, key = place
        if draw(st.booleans()):
            container[key] = draw(JSON)
        else:
            del container[key]

    for _ in range(draw(st.integers(1, 3))):
        known = places(update, change)
        if known:
            draw(st.sampled_from(known))()
    raw = json.dumps(update, ensure_ascii=draw(st.booleans()))
    body = raw.encode("utf-8", "surrogatepass")
    return body[: draw(st.integers(1, len(body)))] if draw(st.booleans()) else body


def check(raw: bytes) -> None:
    """Assert that something is read or refused, and that no fault tells of it."""
    try:
        found = read(raw)
    except NotAnUpdate:
        refusal(raw)
        return
    assert 0 < found.id < 2**63
    if found.inbound is not None:
        assert found.inbound.key == str(found.id)
        assert found.inbound.raw == raw.decode()
        assert CANARY not in (found.inbound.fault or "")
        assert CANARY not in found.inbound.address.handle


@given(raw=mutated())
def test_mutations(raw: bytes) -> None:
    """Whatever is changed in a real update, there is no error but the one we know."""
    check(raw)


@given(raw=st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    """Any bytes are read or refused."""
    check(raw)


@given(value=JSON, kind=st.sampled_from(["message", "callback_query", "x"]))
def test_any_json(value: object, kind: str) -> None:
    """An update with anything inside is read or kept; it is never refused."""
    try:
        raw = json.dumps({"update_id": 1, kind: value}, allow_nan=False).encode()
    except ValueError:
        return
    assert read(raw).id == 1
    check(raw)
