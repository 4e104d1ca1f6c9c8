"""What an editor may accept where we read a value, as JSON Schema.

An editor guesses types: it takes `9` for a number and `true` for a truth. We take
scalars as they are written, so wherever words may stand, these may stand too. What has
a `title` here becomes a definition of the schema.
"""

from typing import Any, Final

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from bot.model.answer import Kind
from flows.language.scalars import LONGEST_NAME

SCALAR: Final = ("string", "number", "boolean")

WORD: Final[JsonSchemaValue] = {"type": [*SCALAR]}
NAME: Final[JsonSchemaValue] = {
    "title": "Name",
    "type": ["string", "boolean"],
    "pattern": r"^[a-z][a-z0-9_]*$",
    "patternErrorMessage": "A name has small letters, digits and _, a letter first.",
    "maxLength": LONGEST_NAME,
}
SPAN: Final[JsonSchemaValue] = {
    "title": "Span",
    "type": "string",
    "pattern": r"^\d{1,9} +(second|minute|hour|day|week)s?$",
    "patternErrorMessage": "Write a length of time such as 2 days or 22 hours.",
}
CLOCK: Final[JsonSchemaValue] = {
    "title": "Clock",
    "type": "string",
    "pattern": r"^([01]\d|2[0-3]):[0-5]\d$",
    "patternErrorMessage": "Write a time of day such as 09:30.",
}
MOMENT: Final[JsonSchemaValue] = {
    "title": "Moment",
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d$",
    "patternErrorMessage": "Write a moment such as 2026-03-02 12:00.",
}
TRUTH: Final[JsonSchemaValue] = {"title": "Truth", "enum": ["yes", "no", True, False]}
NUMBER: Final[JsonSchemaValue] = {
    "title": "Number",
    "type": ["number", "string"],
    "pattern": r"^-?(0|[1-9]\d{0,17})(\.\d{1,18})?$",
    "patternErrorMessage": "Write a number such as 5 or -2.5.",
}
LINE: Final[JsonSchemaValue] = {"title": "Line", "type": [*SCALAR], "minLength": 1}


def _needs(kinds: tuple[str, ...], *keys: str) -> JsonSchemaValue:
    asked = {"properties": {"answer": {"enum": [*kinds]}}, "required": ["answer"]}
    return {"if": asked, "then": {"required": [*keys]}}


QUESTION: Final[JsonSchemaValue] = {
    "allOf": [
        _needs(("choice", "choices"), "options"),
        _needs(("rating",), "min", "max"),
        _needs(("consent",), "topic"),
    ]
}
"""What some kinds of answer need."""


_KINDS: Final[dict[Kind, str]] = {
    "nps": "0 to 10: promoter, passive or detractor",
    "csat": "1 to 5: satisfied, neutral or unsatisfied",
    "ces": "1 to 7: easy, neutral or hard",
    "rating": "a whole number from min to max",
    "choice": "one of the options",
    "choices": "some of the options",
    "yes_no": "yes or no",
    "consent": "yes or no, kept with its wording, language and time",
    "text": "words",
    "number": "a number",
    "date": "a day",
    "email": "an address for mail",
    "phone": "a telephone number",
    "photo": "a picture that is sent",
    "voice": "a voice message",
    "file": "a file that is sent",
    "location": "a place that is sent",
}
ANSWER: Final[JsonSchemaValue] = {
    "enum": [*_KINDS],
    "enumDescriptions": [*_KINDS.values()],
}
"""The kinds of answer, each with what an editor says of it."""


class Or:
    """Say that in place of the value something shorter may stand, which is read so."""

    def __init__(self, short: JsonSchemaValue) -> None:
        self._short = short

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return a choice of both."""
        return {"anyOf": [self._short, handler(schema)]}


class OneOrMore:
    """Say that in place of a list one thing may stand."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return a choice of one and a list of them."""
        many = handler(schema)
        one: Any = many["items"]
        return {"anyOf": [one, many]}
