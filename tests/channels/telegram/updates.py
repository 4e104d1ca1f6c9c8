"""Recorded payloads: updates as Telegram documents them (Bot API 10.0).

Names, texts and ids are made up; the fields are those that real updates have.
"""

from typing import Any, Final

from channels.telegram.buttons import data

ID: Final = 870_001
ANA: Final = 424_242
GROUP: Final = -1_001_234_567_890
AT: Final = 1_790_000_000
CANARY: Final = "Canary-Quetzalcoatl"
"""Stands in every private place; it may show in no error."""
PHONE: Final = "34612345678"
SESSION: Final = 7_000_000_000_000_001

Json = dict[str, Any]


def person(**more: object) -> Json:
    """Return who writes to us."""
    return {
        "id": ANA,
        "is_bot": False,
        "first_name": CANARY,
        "last_name": "García",
        "username": "ana",
        "language_code": "es",
        **more,
    }


def chat() -> Json:
    """Return the private chat with them."""
    return {"id": ANA, "first_name": CANARY, "username": "ana", "type": "private"}


def group() -> Json:
    """Return a group."""
    return {"id": GROUP, "title": CANARY, "type": "supergroup"}


def message(**what: object) -> Json:
    """Return an update with a message in the private chat."""
    inside = {
        "message_id": 17,
        "from": person(),
        "chat": chat(),
        "date": AT,
        **what,
    }
    return {"update_id": ID, "message": inside}


def text(words: str, **more: object) -> Json:
    """Return an update with typed words."""
    return message(text=words, **more)


def start(payload: str = "") -> Json:
    """Return a press of Start, as a link leads to it."""
    words = f"/start {payload}".strip()
    entity = {"offset": 0, "length": 6, "type": "bot_command"}
    return text(words, entities=[entity])


def file(**more: object) -> Json:
    """Return something that can be fetched."""
    return {
        "file_id": "AwACAgQAAxkBAAIBY2",
        "file_unique_id": "AgADZwADu3Jz",
        "file_size": 8_211,
        **more,
    }


def photo_sizes() -> list[Json]:
    """Return a photo in its sizes, the largest last."""
    return [
        file(file_id="AgACsmall", width=90, height=67),
        file(file_id="AgAClarge", width=1280, height=960),
    ]


def contact(
    user_id: int | None = ANA, number: str = PHONE, *, sender: int = ANA, **more: object
) -> Json:
    """Return an update with a shared contact."""
    shared: Json = {"phone_number": number, "first_name": CANARY}
    if user_id is not None:
        shared["user_id"] = user_id
    who = {"from": person(id=sender)}
    return message(contact=shared, **who, **more)


def keyboard() -> list[list[Json]]:
    """Return the buttons under one of our messages."""
    return [[{"text": s, "callback_data": data(SESSION, "score", s)} for s in "789"]]


def press(brought: str | None = None, /, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    """Return a press on a button of ours."""
    inside: Json = {
        "id": "4382bfdwdsb323b2d9",
        "from": person(),
        "message": {
            "message_id": 16,
            "from": {"id": 1, "is_bot": True, "first_name": "Bot", "username": "a_bot"},
            "chat": chat(),
            "date": AT - 60,
            "text": CANARY,
            "reply_markup": {"inline_keyboard": keyboard()},
        },
        "chat_instance": "-3914402323",
        "data": data(SESSION, "score", "9") if brought is None else brought,
        **more,
    }
    return {"update_id": ID, "callback_query": inside}


def membership(before: str, after: str, where: Json | None = None) -> Json:
    """Return that we were blocked, let in again, added or removed."""
    bot = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
    inside = {
        "chat": where or chat(),
        "from": person(),
        "date": AT,
        "old_chat_member": {"user": bot, "status": before},
        "new_chat_member": {"user": bot, "status": after, "until_date": 0},
    }
    return {"update_id": ID, "my_chat_member": inside}


PLACE: Final[Json] = {"latitude": 40.416775, "longitude": -3.70379}

SAID: Final[dict[str, Json]] = {
    "text": text(f"nine, {CANARY}"),
    "start": start(),
    "a link": start("join-x7Kq_2-a"),
    "a flow": start("nps"),
    "photo": message(photo=photo_sizes(), caption=CANARY),
    "voice": message(voice=file(duration=3, mime_type="audio/ogg")),
    "audio": message(audio=file(duration=180, title=CANARY)),
    "document": message(document=file(file_name=f"{CANARY}.pdf")),
    "video": message(video=file(width=640, height=480, duration=5)),
    "video note": message(video_note=file(length=240, duration=5)),
    "animation": message(
        animation=file(file_id="CgACmoves", width=4, height=4, duration=1),
        document=file(file_id="CgACstill"),
    ),
    "sticker": message(sticker=file(emoji="👍", type="regular", is_animated=False)),
    "location": message(location=PLACE),
    "venue": message(location=PLACE, venue={"location": PLACE, "title": CANARY}),
    "own contact": contact(),
    "another's contact": contact(ANA + 1),
    "dice": message(dice={"emoji": "🎲", "value": 3}),
    "poll": message(
        poll={
            "id": "1",
            "question": CANARY,
            "options": [{"persistent_id": "0", "text": CANARY, "voter_count": 0}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
        }
    ),
    "game": message(game={"title": CANARY, "description": "", "photo": []}),
    "story": message(story={"chat": chat(), "id": 3}),
    "something new": message(hologram={"file_id": CANARY}),
}
"""What a person sends in a private chat."""

OTHER: Final[dict[str, Json]] = {
    "a press": press(),
    "blocked": membership("member", "kicked"),
    "unblocked": membership("kicked", "member"),
    "added": membership("left", "member", group()),
    "in a group": message(chat=group(), text=CANARY),
    "moved": message(chat=group(), migrate_to_chat_id=GROUP - 1),
    "pinned": message(pinned_message={"message_id": 3, "date": 0, "chat": chat()}),
    "edited": {"update_id": ID, "edited_message": text(CANARY)["message"]},
    "in a channel": {"update_id": ID, "channel_post": text(CANARY)["message"]},
    "a kind unknown to us": {"update_id": ID, "telepathy": {"text": CANARY}},
}
"""What else Telegram tells."""

RECORDED: Final = {**SAID, **OTHER}
