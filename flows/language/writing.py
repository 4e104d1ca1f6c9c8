r"""Values as a file of talks holds them, so that reading gives them back as they were.

Words stand plain where YAML takes them as they are and nobody could take them for
something else, and in double quotes everywhere else.
"""

import re
from collections.abc import Mapping
from typing import Final

_PLAIN: Final = re.compile(r"[^\W\d_¹²³]|[¿¡«“]")
_GUESSED: Final = frozenset(
    {"yes", "no", "true", "false", "on", "off", "y", "n", "null", "none", "nan"}
)
_BRACKETS: Final = frozenset(",[]{}")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_FIRST_LONG: Final = 0x10000
_FIRST_WIDE: Final = 0x100
_BYTE_ORDER_MARK: Final = "\ufeff"


def words(text: str, *, within: bool = False) -> str:
    r"""Return words for a file; `within` brackets more of them need quotes.

    >>> print(words("Thanks, Ana."), words("5: fine"), words("a, b", within=True))
    Thanks, Ana. "5: fine" "a, b"
    """
    return text if _is_plain(text, within=within) else in_quotes(text)


def value(found: object) -> str:
    """Return an answer, or a list or mapping of them, in one line.

    >>> value({"score": 3, "callback": True, "improve": ("speed", "a, b")})
    '{score: 3, callback: yes, improve: [speed, "a, b"]}'
    """
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int | float):
        return str(found)
    if isinstance(found, Mapping):
        return f"{{{', '.join(f'{key}: {value(v)}' for key, v in found.items())}}}"
    if isinstance(found, list | tuple):
        return f"[{', '.join(map(value, found))}]"
    return words(str(found), within=True)


def _is_plain(text: str, *, within: bool) -> bool:
    if not _PLAIN.match(text) or text.strip() != text or not text.isprintable():
        return False
    if ": " in text or " #" in text or text.endswith(":") or "\xa0" in text:
        return False
    if within and any(sign in text for sign in _BRACKETS):
        return False
    return text.casefold() not in _GUESSED


def in_quotes(text: str) -> str:
    r"""Return words in double quotes, with what is not to be seen escaped.

    >>> print(in_quotes('Say "hi"'))
    "Say \"hi\""
    """
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable() and letter != _BYTE_ORDER_MARK:
        return letter
    code = ord(letter)
    if code >= _FIRST_LONG:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code >= _FIRST_WIDE else f"\\x{code:02x}"
