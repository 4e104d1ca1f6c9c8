"""What the buttons under a message bring back, and how they look once pressed.

Telegram brings back 64 bytes, and anybody may send any bytes of an old version:

    1  version
    a  what a press does: a answers, + and - turn an option on and off, d is done
    …  the talk, as letters
    :  the step, then after another colon the option if there is one; a name that is
       too long or has other signs than names have is given by its tag
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from bot.model.message import Press, Tap
from bot.model.tags import tag

Button = tuple[str, str]
"""A label, and the data that a press brings back."""
Rows = tuple[tuple[Button, ...], ...]

MOST_BYTES: Final = 64
MARK: Final = "✓ "
_VERSION: Final = "1"
_LETTERS: Final[Mapping[Press, str]] = {
    "answer": "a",
    "on": "+",
    "off": "-",
    "done": "d",
}
_PRESSES: Final[Mapping[str, Press]] = {v: k for k, v in _LETTERS.items()}
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+\Z")
_DATA: Final = re.compile(
    r"1([-+ad])([A-Za-z0-9_-]{1,11}):(~?[A-Za-z0-9_.-]+)(?::(~?[A-Za-z0-9_.-]+))?\Z"
)
_ON, _OFF, _DONE = (_VERSION + _LETTERS[press] for press in ("on", "off", "done"))


def data(session: int, step: str, option: str | None, press: Press = "answer") -> str:
    """Return what a button brings back, in 64 bytes at most.

    >>> data(7, "score", "9"), data(7, "why", None)
    ('1aBw:score:9', '1aBw:why')
    """
    head = f"{_VERSION}{_LETTERS[press]}{_letters(session)}:"
    tried = (head + names for names in _names(step, option))
    return next(each for each in tried if len(each) <= MOST_BYTES)


def _names(step: str, option: str | None) -> Iterator[str]:
    """Yield how a step and an option may be named, the plainest first."""
    for first in _spellings(step):
        if option is None:
            yield first
        else:
            yield from (f"{first}:{second}" for second in _spellings(option))


def _spellings(name: str) -> list[str]:
    return [name, tag(name)] if _NAME.match(name) else [tag(name)]


def tap(brought: str) -> Tap | None:
    """Return what a press means, None where it is none of ours.

    >>> tap("1+Bw:parts:price")
    Tap(session=7, step='parts', options=('price',), press='on')
    """
    found = _DATA.match(brought)
    if found is None or len(brought) > MOST_BYTES:
        return None
    press, session, option = _PRESSES[found[1]], _session(found[2]), found[4]
    if session is None or not _whole(press, option):
        return None
    return Tap(session, found[3], () if option is None else (option,), press)


def _whole(press: Press, option: str | None) -> bool:
    """Say whether a press that is about an option has one, and that *done* has none."""
    if press == "answer":
        return True
    return (option is None) == (press == "done")


def _letters(session: int) -> str:
    size = max(1, (session.bit_length() + 7) // 8)
    return urlsafe_b64encode(session.to_bytes(size)).decode().rstrip("=")


def _session(letters: str) -> int | None:
    """Return the talk that letters stand for, None unless we would write them so."""
    if len(letters) % 4 == 1:
        return None
    session = int.from_bytes(urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))
    return session if session < 2**63 and _letters(session) == letters else None


def marked(rows: Rows, chosen: Collection[str]) -> Rows:
    """Return a keyboard on which just these buttons bear the mark.

    Buttons are told by what they bring back, a toggle whichever way it stands; one that
    is marked turns its option off, another one on. *Done* is never marked.
    """
    wanted = {_off(each) for each in chosen}
    return tuple([tuple([_marked(*button, wanted) for button in row]) for row in rows])


def _marked(label: str, brought: str, wanted: Collection[str]) -> Button:
    if brought.startswith(_DONE):
        return label, brought
    turned = brought.startswith((_ON, _OFF))
    plain = label
    if label.startswith(MARK) and not brought.startswith(_ON):
        plain = label[len(MARK) :]
    if _off(brought) not in wanted:
        return plain, _ON + brought[len(_ON) :] if turned else brought
    return MARK + plain, _OFF + brought[len(_OFF) :] if turned else brought


def ends(brought: str) -> bool:
    """Say whether a button ends a choosing.

    >>> ends("1dBw:parts"), ends("1+Bw:parts:price")
    (True, False)
    """
    return brought.startswith(_DONE)


def _off(brought: str) -> str:
    """Return what a button brings back as if it were not a marked toggle."""
    return _ON + brought[len(_OFF) :] if brought.startswith(_OFF) else brought
