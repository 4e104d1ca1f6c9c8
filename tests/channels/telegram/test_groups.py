"""Groups: told their address once, and else left alone."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.channels.telegram import updates
from tests.channels.telegram.shop import Shift, Shop, shop
from tests.channels.telegram.updates import CANARY, GROUP, Json

MOVED: Final = -1_009_876_543_210


def said(**content: object) -> Json:
    """Return an update with something said in a group."""
    return updates.message(chat=updates.group(), **content)


IGNORED: Final[Mapping[str, Json]] = {
    "words": said(text="nine"),
    "a command": said(text="/start"),
    "a command to us": said(text="/start@fake_bot nps"),
    "a link": said(text="/start@fake_bot join-aaaaaaaaaaaaaaaa"),
    "a stop": said(text="/stop"),
    "a mention": said(text="@fake_bot 9"),
    "a photo": said(photo=updates.photo_sizes()),
    "a contact": said(contact={"phone_number": updates.PHONE, "user_id": updates.ANA}),
    "who came": said(new_chat_members=[updates.person()]),
    "where it came from": said(migrate_from_chat_id=GROUP - 1),
    "anonymous": {"message": {**said(text="9")["message"], "from": None}},
    "a channel": updates.message(chat={"id": GROUP, "type": "channel"}, text="9"),
    "in a channel": updates.OTHER["in a channel"],
    "edited": updates.OTHER["edited"],
    "we were removed": updates.membership("member", "left", updates.group()),
    "we became admin": updates.membership("member", "administrator", updates.group()),
    "of a wrong form": said(text=["nine"]),
}
TOLD: Final[Mapping[str, tuple[Json, int]]] = {
    "added": (updates.membership("left", "member", updates.group()), GROUP),
    "added again": (updates.membership("kicked", "member", updates.group()), GROUP),
    "as admin": (updates.membership("left", "administrator", updates.group()), GROUP),
    "moved": (said(migrate_to_chat_id=MOVED), MOVED),
}


@pytest.fixture
async def opened(tmp_path: Path, shift: Shift) -> AsyncIterator[Shop]:
    """Return a shop."""
    assert not shift.later
    async with shop(tmp_path, "webhook") as made:
        yield made


def fresh(update: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update that has no id yet."""
    return {name: value for name, value in update.items() if name != "update_id"}


async def test_ignored(opened: Shop) -> None:
    """What happens in groups and channels is acknowledged, and that is all."""
    before = opened.sizes()
    for update in IGNORED.values():
        assert await opened.fake.bring(fresh(update)) == [200]
    await opened.quiet()
    assert opened.sizes() == before
    assert opened.fake.sent == []


async def test_a_press_in_a_group(opened: Shop) -> None:
    """A press on a message that was passed on to a group is answered, and no more."""
    ann = opened.person()
    await ann.say("/start")
    await ann.hears("how likely are you")
    await opened.quiet()
    before = opened.sizes()
    press = ann.pressing("9")
    press["callback_query"]["message"]["chat"] = updates.group()
    assert await opened.fake.bring(press) == [200]
    await opened.quiet()
    assert opened.sizes() == before
    assert opened.fake.answers() == [press["callback_query"]["id"]]
    assert opened.fake.edits() == []


async def test_told(opened: Shop) -> None:
    """A group is told its address once when we are added, or when it has a new one."""
    before = opened.sizes()
    for name, (update, chat) in TOLD.items():
        told = len(opened.fake.sent)
        await opened.fake.bring(fresh(update))
        again = [opened.fake.brought[-1]] * 5
        assert await opened.fake.again(*again, together=True) == [200] * 5
        await opened.quiet()
        [call] = opened.fake.sent[told:]
        assert call.fields["chat_id"] == chat, name
        assert f"telegram:{chat} " not in call.fields["text"]
        assert f"telegram:{chat}." in call.fields["text"]
        assert CANARY not in call.fields["text"]
    assert opened.sizes() == before
