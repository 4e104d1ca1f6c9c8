"""Files held to a JSON Schema as an editor does: YAML 1.2, and the keywords we use."""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

Schema = dict[str, Any]
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
KNOWN: Final = frozenset(
    {"$ref", "type", "enum", "pattern", "minLength", "maxLength", "items", "minItems"}
    | {"properties", "patternProperties", "additionalProperties", "required"}
    | {"minProperties", "maxProperties", "anyOf", "allOf", "if", "then"}
)
MANY: Final = 10**9
BESIDE: Final = frozenset(
    {
        "$schema",
        "$defs",
        "title",
        "description",
        "default",
        "patternErrorMessage",
        "enumDescriptions",
        "format",
    }
)


class _Editor(yaml.CSafeLoader):
    """Reads scalars as an editor does: `no` is a word, `9` a number."""


_Editor.yaml_implicit_resolvers = {}
for _tag, _form, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Editor.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_form})\Z"), list(_first)
    )


def as_an_editor_reads(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what YAML 1.2 makes of a text, keys as words."""
    return _worded(yaml.load(text, _Editor))  # noqa: S506 - it makes plain values only


def _worded(data: Any) -> Any:  # noqa: ANN401
    if isinstance(data, dict):
        return {_key(key): _worded(value) for key, value in data.items()}
    return [_worded(each) for each in data] if isinstance(data, list) else data


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def mistakes(schema: Schema, data: object) -> list[str]:
    """Return where data do not hold to a schema, and by which keyword."""
    return list(_mistakes(schema, data, schema, ""))


def _mistakes(schema: Schema, data: Any, root: Schema, at: str) -> Iterator[str]:  # noqa: ANN401
    assert schema.keys() <= KNOWN | BESIDE, schema.keys() - KNOWN - BESIDE
    if "$ref" in schema:
        yield from _mistakes(root["$defs"][schema["$ref"][8:]], data, root, at)
    yield from _of_value(schema, data, at)
    for each in schema.get("allOf", ()):
        yield from _mistakes(each, data, root, at)
    ways = [list(_mistakes(each, data, root, at)) for each in schema.get("anyOf", ())]
    if ways and all(ways):
        yield f"{at}: anyOf"
    if "if" in schema and not list(_mistakes(schema["if"], data, root, at)):
        yield from _mistakes(schema["then"], data, root, at)
    if isinstance(data, list):
        for number, each in enumerate(data):
            yield from _mistakes(schema.get("items", {}), each, root, f"{at}/{number}")
    if isinstance(data, dict):
        yield from _of_keys(schema, data, root, at)


def _of_value(schema: Schema, data: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    if "type" in schema and not any(_is(data, each) for each in _types(schema)):
        yield f"{at}: type"
    if "enum" in schema and not any(_same(data, each) for each in schema["enum"]):
        yield f"{at}: enum"
    if isinstance(data, str):
        if not re.search(schema.get("pattern", ""), data):
            yield f"{at}: pattern"
        least, most = schema.get("minLength", 0), schema.get("maxLength", MANY)
        if not least <= len(data) <= most:
            yield f"{at}: length"
    if isinstance(data, list) and len(data) < schema.get("minItems", 0):
        yield f"{at}: minItems"


def _types(schema: Schema) -> list[str]:
    named = schema["type"]
    return [named] if isinstance(named, str) else list(named)


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _is(data: object, name: str) -> bool:
    if isinstance(data, bool):
        return name == "boolean"
    return isinstance(data, _TYPES[name])


def _of_keys(
    schema: Schema, data: dict[str, Any], root: Schema, at: str
) -> Iterator[str]:
    for key in schema.get("required", ()):
        if key not in data:
            yield f"{at}/{key}: required"
    least, most = schema.get("minProperties", 0), schema.get("maxProperties", MANY)
    if not least <= len(data) <= most:
        yield f"{at}: properties"
    for key, value in data.items():
        fitting = _fitting(schema, key)
        if fitting is None:
            yield f"{at}/{key}: unknown"
        for inner in fitting or ():
            yield from _mistakes(inner, value, root, f"{at}/{key}")


def _fitting(schema: Schema, key: str) -> list[Schema] | None:
    """Return the schemas that a key's value is held to, None where there is no key."""
    found = [schema["properties"][key]] if key in schema.get("properties", {}) else []
    patterns = schema.get("patternProperties", {})
    found += [inner for form, inner in patterns.items() if re.search(form, key)]
    rest = schema.get("additionalProperties", True)
    if found or rest is True:
        return found
    return [rest] if isinstance(rest, dict) else None
