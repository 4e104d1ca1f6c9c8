"""What was found when somebody asked whether all is well."""

from typing import Literal

from msgspec import Struct

Level = Literal["ok", "warning", "problem"]


class Finding(Struct, frozen=True):
    """One thing that was asked: where, how grave it is, and what mends it.

    The words never hold a secret; they may hold what others say, such as an error.
    """

    area: str
    level: Level
    words: str
    mend: str | None = None
