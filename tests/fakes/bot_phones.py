"""What the bot asked of the fake Bot API, and what of it people see on their phones."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct


class Call(Struct, frozen=True):
    """One call: which method, with what, when, and whether it reached anybody.

    `number` is the newest message's, which is its own where it sends one.
    """

    method: str
    fields: Mapping[str, Any]
    at: float
    taken: bool
    number: int = 0


class Phones:
    """The calls of a bot in their order, and what they came to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    @property
    def sent(self) -> list[Call]:
        """Return the messages that reached phones, in their order."""
        return [c for c in self.calls if c.method.startswith("send") and c.taken]

    def of(self, method: str) -> list[Call]:
        """Return the calls of one method, in their order."""
        return [call for call in self.calls if call.method == method]

    def messages(self) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Return the messages that reached phones: id and fields, in their order."""
        return [(call.number, call.fields) for call in self.sent]

    def edits(self) -> Sequence[Mapping[str, Any]]:
        """Return how keyboards were changed, in order."""
        return [c.fields for c in self.of("editMessageReplyMarkup") if c.taken]

    def answers(self) -> Sequence[str]:
        """Return the presses that were answered."""
        asked = self.of("answerCallbackQuery")
        return [str(call.fields["callback_query_id"]) for call in asked]
