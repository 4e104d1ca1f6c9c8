"""What a contact sees of a message on one service, and what was lost on the way."""

from typing import Final, Literal

from msgspec import Struct

from bot.model.limits import Form

Code = Literal["cut", "dropped", "equal-after-cut", "fallback", "split"]

LOST: Final[frozenset[Code]] = frozenset({"dropped", "equal-after-cut"})
"""Losses of meaning: what an answer stands for, or a way to give one, is gone."""


class Offer(Struct, frozen=True):
    """One answer to press: the key that it brings back, and its label as shown."""

    key: str
    label: str


class Loss(Struct, frozen=True, kw_only=True):
    """One thing that is not shown as it was written, in a sentence for operators.

    Where it is about one label, `before` and `after` are that label as written and as
    it would be shown, and `option` is its key if it is an option's.
    """

    code: Code
    message: str
    option: str | None = None
    before: str | None = None
    after: str | None = None


class Controls(Struct, frozen=True, kw_only=True):
    """What can be pressed: answers in rows, then done and skip, each a label.

    `opens` is the button of a list; `low` and `high` stand beside a scale.
    """

    form: Form
    rows: tuple[tuple[Offer, ...], ...] = ()
    done: str | None = None
    skip: str | None = None
    opens: str | None = None
    low: str | None = None
    high: str | None = None


class Display(Struct, frozen=True, kw_only=True):
    """A message as it is sent: its text in parts, the controls under the last one."""

    parts: tuple[str, ...]
    controls: Controls | None = None
    losses: tuple[Loss, ...] = ()

    @property
    def loses_meaning(self) -> bool:
        """Whether a contact no longer sees what was meant."""
        return any(loss.code in LOST for loss in self.losses)
