"""Presses on buttons, and who is reached: what they say, and what answers them."""

from datetime import UTC, datetime

import pytest

from bot.model.contact import Address
from bot.model.message import Tap
from bot.model.tags import tag
from channels.telegram.buttons import data
from channels.telegram.decode import Update
from tests.channels.telegram import updates
from tests.channels.telegram.test_decode import NOW, decoded, inbound
from tests.channels.telegram.updates import (
    ANA,
    AT,
    CANARY,
    GROUP,
    ID,
    OTHER,
    SESSION,
)


def test_a_press() -> None:
    """A press is a tap with our key, and holds what answering and marking it need."""
    found = decoded(updates.press())
    assert found.press is not None
    assert found.press.query == "4382bfdwdsb323b2d9"
    assert (found.press.chat, found.press.message) == (ANA, 16)
    assert [label for label, _ in found.press.rows[0]] == ["7", "8", "9"]
    assert found.press.rows[0][2][1] == found.press.data
    assert found.inbound is not None
    assert found.inbound.tap == Tap(SESSION, "score", ("9",))
    assert found.inbound.address == Address("telegram", str(ANA))
    assert (found.inbound.key, found.inbound.at) == (str(ID), NOW)


def test_a_press_by_tag() -> None:
    """Names too long for a button come back as their tags."""
    long = "how_satisfied_are_you_with_our_delivery_to_your_own_house"
    tap = inbound(updates.press(data(SESSION, long, "very", "on"))).tap
    assert tap == Tap(SESSION, tag(long), ("very",), "on")


def test_out_of_reach() -> None:
    """A press under a message that is out of reach counts, and nothing is marked."""
    far = {"chat": updates.chat(), "message_id": 16, "date": 0}
    found = decoded(updates.press(message=far))
    assert found.inbound is not None
    assert found.press is not None
    assert (found.press.message, found.press.rows) == (None, ())
    bare = decoded(updates.press(message={**far, "date": AT}))
    assert bare.press is not None
    assert (bare.press.message, bare.press.rows) == (16, ())


@pytest.mark.parametrize(
    "brought",
    ["", "v0:score:9", "1aBw:", "1aBw:score:", "x" * 64, "1zBw:score:9", CANARY * 40],
)
def test_none_of_our_buttons(brought: str) -> None:
    """Tampered or outdated data does nothing, and is answered all the same."""
    found = decoded(updates.press(brought))
    assert found.inbound is None
    assert found.press is not None
    assert found.press.data == brought


def test_presses_elsewhere() -> None:
    """In a group, under an inline message or in another's chat a press says nothing."""
    in_group = updates.press()
    in_group["callback_query"]["message"]["chat"] = updates.group()
    inline = updates.press(inline_message_id="AbCd")
    del inline["callback_query"]["message"]
    other = updates.press(**{"from": updates.person(id=ANA + 1)})
    game = updates.press(game_short_name="chess")
    del game["callback_query"]["data"]
    for update in (in_group, inline, other, game):
        found = decoded(update)
        assert found.inbound is None
        assert found.press is not None


# ── who is reached ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "reach"), [("blocked", "lost"), ("unblocked", "back")]
)
def test_reach(name: str, reach: str) -> None:
    """Whoever blocks us is lost, and back once they let us in again (trap 10)."""
    found = inbound(OTHER[name])
    assert (found.reach, found.text, found.key) == (reach, None, str(ID))
    assert found.address == Address("telegram", str(ANA))
    assert found.at == datetime.fromtimestamp(AT, UTC)


@pytest.mark.parametrize(
    ("before", "after", "added"),
    [
        ("left", "member", True),
        ("kicked", "administrator", True),
        ("member", "administrator", False),
        ("member", "left", False),
        ("member", "kicked", False),
    ],
)
def test_groups(before: str, after: str, added: bool) -> None:  # noqa: FBT001 - a column
    """A group is told of when it takes us in, and at no other change."""
    found = decoded(updates.membership(before, after, updates.group()))
    assert found == Update(id=ID, added_to=GROUP if added else None)


def test_a_group_moves() -> None:
    """A group that becomes a supergroup has another id from then on."""
    assert decoded(OTHER["moved"]) == Update(id=ID, moved=(GROUP, GROUP - 1))


def test_channels_and_odd_states() -> None:
    """A channel that adds us, or a state unknown to us, changes nothing."""
    where = {"id": GROUP, "title": "c", "type": "channel"}
    for update in (
        updates.membership("left", "administrator", where),
        updates.membership("member", "dancing"),
    ):
        assert decoded(update) == Update(id=ID)
