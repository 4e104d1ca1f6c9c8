"""Texts for people: `{path|fallback}`, in every language of a flow, rendered once.

What a slot brings in is never read again, so a contact called `{secret}` stays that.
A text may have plural forms, by Babel's categories; the first number that the form
`other` names decides which one is taken.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from flows.language.evaluation import day_of, sort_of
from flows.language.names import TEXT_ROOTS, Path, Scope, nearest, or_rather
from flows.language.people import plural_form, shown_to_people
from flows.language.scalars import Braces, Plain

LONGEST: Final = 4000
PLURALS: Final = ("zero", "one", "two", "few", "many", "other")

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z", re.ASCII)
_SLOT: Final = re.compile(
    r"\{\{|\}\}|\{(?P<path>[A-Za-z]\w*(?:\.[A-Za-z]\w*)+)(?:\|(?P<fallback>[^{}]*))?\}"
    r"|(?P<bad>[{}])",
    re.ASCII,
)
_ISO_LENGTH: Final = 10
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


_WORDS: Final = {
    "type": ["string", "number", "boolean"],
    "minLength": 1,
    "maxLength": LONGEST,
}
_PLURAL: Final = {
    "type": "object",
    "properties": dict.fromkeys(PLURALS, _WORDS),
    "required": ["other"],
    "additionalProperties": False,
}
TEXT: Final[JsonSchemaValue] = {
    "title": "Text",
    "anyOf": [
        _WORDS,
        _PLURAL,
        {
            "type": "object",
            "patternProperties": {
                r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$": {"anyOf": [_WORDS, _PLURAL]}
            },
            "additionalProperties": False,
            "minProperties": 1,
        },
    ],
}
"""What an editor may accept as a text: words, or words by language or plural form."""


class Slot(NamedTuple):
    """A place that a value fills; `fallback` stands there where the value is absent."""

    path: Path
    fallback: str | None
    offset: int


class Form:
    """One wording: fixed words and slots in turn."""

    __slots__ = ("_fills", "fixed", "parts", "slots", "source")

    def __init__(self, source: str, parts: Sequence[str | Slot]) -> None:
        self.source = source
        self.parts = tuple(parts)
        self.slots = tuple(part for part in parts if isinstance(part, Slot))
        self.fixed = None if self.slots else "".join(map(str, parts))
        self._fills = tuple(
            part if isinstance(part, str) else _filler(part) for part in parts
        )

    @property
    def words(self) -> str:
        """Return all that stands outside the slots."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def render(self, language: str, scope: Scope) -> str:
        """Return the words with every slot filled, once."""
        if self.fixed is not None:
            return self.fixed
        return "".join(
            [
                fill if isinstance(fill, str) else fill(scope, language)
                for fill in self._fills
            ]
        )


Forms = Mapping[str, Form]
"""Plural category to wording; a text without plurals has `other` alone."""


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one place, in all their languages; equal where these are.

    `forms` maps a language (`""` for words without one) to its wordings.
    """

    forms: Mapping[str, Forms] = field(compare=False, repr=False)
    source: tuple[tuple[str, str, str], ...]
    """Language, plural category and words as written, in the order written."""
    fixed: Mapping[str, str] = field(compare=False, repr=False, default_factory=dict)
    """Language to its words, where they have one form and nothing is filled in."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages in the order written; `""` is for words without one."""
        return tuple(self.forms)

    def slots(self, language: str) -> tuple[Slot, ...]:
        """Return the slots of the words that this language would get."""
        _, forms = self._pick(language, ())
        return tuple(slot for form in forms.values() for slot in form.slots)

    def names(self, language: str) -> tuple[Path, ...]:
        """Return the names used in a language's words, each once."""
        return tuple(dict.fromkeys(slot.path for slot in self.slots(language)))

    def value(self, language: str, fallbacks: Sequence[str], scope: Scope) -> object:
        """Return the value itself where the words are one slot alone, else the words.

        For what is stored or told on, where `1,234` for people would be a wrong number.
        """
        _, forms = self._pick(language, fallbacks)
        parts = forms["other"].parts if "other" in forms else ()
        if len(parts) == 1 and isinstance(parts[0], Slot):
            found = _value(parts[0].path, scope)
            return parts[0].fallback if found is None else found
        return self.render(language, fallbacks, scope)

    def render(self, language: str, fallbacks: Sequence[str], scope: Scope) -> str:
        """Return the words for people: exact language, its base, fallbacks, bare words.

        An absent value leaves its fallback; the first language written is the last
        resort.
        """
        chosen, forms = self._pick(language, fallbacks)
        form = forms["other"]
        if len(forms) > 1:
            form = _plural(forms, chosen, scope)
        return form.render(chosen, scope)

    def written(self, language: str, fallbacks: Sequence[str]) -> str:
        """Return the words that `render` would fill, as the file has them."""
        _, forms = self._pick(language, fallbacks)
        return forms["other"].source

    def _pick(self, language: str, fallbacks: Sequence[str]) -> tuple[str, Forms]:
        """Return the words to take, and the language that numbers in them follow."""
        if (found := self.forms.get(language)) is not None:
            return language, found
        base = language.partition("-")[0]
        if (found := self.forms.get(base)) is not None:
            return language, found
        for other in fallbacks:
            if (found := self.forms.get(other)) is not None:
                return other, found
        if (found := self.forms.get("")) is not None:
            return language, found
        return next(iter(self.forms.items()))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Take a text as it is; `parse_text` stands before."""
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say what an editor may accept: words, or words by language or plural form."""
        return TEXT


def is_language(word: str) -> bool:
    """Tell whether a word is a language tag such as en or pt-BR.

    >>> is_language("pt-BR"), is_language("English")
    (True, False)
    """
    return bool(_LANGUAGE.match(word)) and word not in PLURALS


# ── filling in ───────────────────────────────────────────────────────────────────


def _value(path: Path, scope: Scope) -> object:
    try:
        return scope[path.root].get(path.key)
    except KeyError:
        return None


def _filler(slot: Slot) -> Callable[[Scope, str], str]:
    root, key = slot.path
    fallback = slot.fallback or ""
    literal = root in _LITERAL

    def fill(scope: Scope, language: str) -> str:
        try:
            value = scope[root].get(key)
        except KeyError:
            return fallback
        if isinstance(value, str):
            day = None if literal or len(value) != _ISO_LENGTH else day_of(value)
            return value or fallback if day is None else shown_to_people(day, language)
        return fallback if value is None else shown_to_people(value, language)

    return fill


_LITERAL: Final = frozenset({"brand", "programme", "referral", "referrer"})
"""Roots whose texts are never taken for ISO dates."""


def _plural(forms: Forms, language: str, scope: Scope) -> Form:
    other = forms["other"]
    for slot in other.slots:
        value = _value(slot.path, scope)
        if sort_of(value) == "number":
            return forms.get(plural_form(value, language), other)
    return other


# ── reading ──────────────────────────────────────────────────────────────────────


def parse_text(value: Any) -> Text:  # noqa: ANN401 - whatever YAML held
    """Return the text that a string or a mapping writes, or refuse it.

    >>> hello = parse_text({"en": "Hello {contact.first_name|you}", "es": "Hola"})
    >>> hello.render("en-GB", (), {"contact": {"first_name": "{secret}"}})
    'Hello {secret}'
    """
    if isinstance(value, Text):
        return value
    if isinstance(value, Mapping):
        by_language = _languages(value)
    else:
        by_language = {"": {"other": _form(value, ())}}
    source = tuple(
        (language, category, form.source)
        for language, forms in by_language.items()
        for category, form in forms.items()
    )
    fixed = {
        language: form.fixed
        for language, forms in by_language.items()
        if len(forms) == 1 and (form := forms["other"]).fixed is not None
    }
    return Text(by_language, source, fixed)


def _languages(value: Mapping[Any, Any]) -> dict[str, Forms]:
    if not value:
        _missing(())
    if any(key in PLURALS for key in value):
        return {"": _plurals(value, ())}
    for key in value:
        if not isinstance(key, str) or not is_language(key):
            _refuse_key(value, key, (), "a language such as en or pt-BR")
    if isinstance(value, Braces) and any(_is_empty(item) for item in value.values()):
        _quote(())
    return {str(key): _worded(item, str(key)) for key, item in value.items()}


def _worded(value: object, language: str) -> Forms:
    if isinstance(value, Mapping):
        return _plurals(value, (language,))
    return {"other": _form(value, (language,))}


def _plurals(value: Mapping[Any, Any], within: tuple[str, ...]) -> Forms:
    for key in value:
        if key not in PLURALS:
            _refuse_key(value, key, within, f"one of {', '.join(PLURALS)}")
    if "other" not in value:
        _refuse("plural_form", "the plural form 'other' is missing", within)
    return {str(key): _form(item, (*within, str(key))) for key, item in value.items()}


def _refuse_key(
    value: Mapping[Any, Any], key: object, within: tuple[str, ...], wanted: str
) -> NoReturn:
    if isinstance(value, Braces):
        _quote(within)
    near = next((known for known in PLURALS if known == str(key).strip().lower()), None)
    where = (*within, key) if isinstance(key, str) else within
    _refuse(
        "unknown_language",
        f"words or {wanted} are expected, not '{str(key)[:40]}'{or_rather(near)}",
        where,
        of_key=True,
    )


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _form(value: object, within: tuple[str, ...]) -> Form:
    if isinstance(value, Mapping | list | tuple):
        _quote(within)
    if isinstance(value, Plain) and value.cut:
        _quote(within)
    if _is_empty(value):
        _missing(within)
    if not isinstance(value, str):
        _refuse("text", "words are expected here", within)
    if len(value) > LONGEST:
        _refuse("text_length", f"a text has at most {LONGEST} characters", within)
    control = _CONTROL.search(value)
    if control:
        message = f"the character U+{ord(control[0]):04X} has no place in a text"
        _refuse("control_character", message, within, control.start())
    source = str(value)
    return Form(source, _parts(source, within))


def _parts(source: str, within: tuple[str, ...]) -> list[str | Slot]:
    parts: list[str | Slot] = []
    words: list[str] = []
    end = 0
    for found in _SLOT.finditer(source):
        words.append(source[end : found.start()])
        end = found.end()
        if found["path"] is None:
            if found["bad"]:
                _refuse_slot(source, found.start(), within)
            words.append(found[0][0])
            continue
        parts.extend(filter(None, ("".join(words), _slot(found, within))))
        words = []
    words.append(source[end:])
    parts.extend(filter(None, ("".join(words),)))
    return parts


def _slot(found: re.Match[str], within: tuple[str, ...]) -> Slot:
    path = Path.of(found["path"])
    if path.root not in TEXT_ROOTS:
        near = or_rather(nearest(path.root, TEXT_ROOTS))
        rest = near or f"; names begin with {', '.join(TEXT_ROOTS)}"
        message = f"'{path.root}' is not known{rest}"
        _refuse("unknown_name", message, within, found.start() + 1)
    return Slot(path, found["fallback"], found.start())


def _refuse_slot(source: str, offset: int, within: tuple[str, ...]) -> NoReturn:
    brace = source[offset]
    _refuse(
        "text_slot",
        f"'{brace}' opens no slot such as {{contact.first_name|friend}}; "
        f"a brace itself is written '{brace}{brace}'",
        within,
        offset,
    )


def _quote(within: tuple[str, ...]) -> NoReturn:
    _refuse("quote_text", "put the text in quotes", within)


def _missing(within: tuple[str, ...]) -> NoReturn:
    _refuse("missing_text", "the text is missing", within)


def _refuse(
    code: str,
    message: str,
    within: tuple[str, ...],
    offset: int | None = None,
    *,
    of_key: bool = False,
) -> NoReturn:
    """Refuse a text; `within` leads from the place to the words, `offset` into them."""
    raise PydanticCustomError(
        code,
        "{words}",
        {"words": message, "within": within, "offset": offset, "of_key": of_key},
    )
