"""The JSON Schema of a model, for editors: keys to choose, sentences that explain them.

The models are the source. What stands below a field, in quotes, is what an editor
shows; `shapes` says which scalars it may accept.
"""

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from flows.language.shapes import SCALAR

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(
    model: type[BaseModel], title: str, *, null: bool = False
) -> dict[str, Any]:
    """Return the schema of files that hold this model, the same each time.

    With `null`, what may be absent may be null, too.
    """
    generator = _WithNull if null else _Generator
    made = model.model_json_schema(schema_generator=generator)
    models = made.pop("$defs", {})
    found: dict[str, Any] = {}
    body = _hoisted(_untitled(made), found)
    for name, definition in models.items():
        found[name] = _hoisted(_untitled(definition), found)
    definitions = {name: found[name] for name in sorted(found)}
    return {"$schema": DIALECT, "title": title, **body, "$defs": definitions}


def sentences(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below each field of a model, by the field's name."""
    source = ast.parse(textwrap.dedent(inspect.getsource(model)))
    found = {}
    for each in source.body:
        inner = each.body if isinstance(each, ast.ClassDef) else []
        for field, below in pairwise(inner):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                told = str(ast.literal_eval(below.value))
                found[ast.unparse(field.target)] = " ".join(told.split())
    return found


class _Generator(GenerateJsonSchema):
    """Makes a schema that accepts what our loader accepts, and says what is meant."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Accept any scalar as words, as the loader does."""
        made = super().str_schema(schema)
        return made if "pattern" in made else {**made, "type": [*SCALAR]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Accept no key of another form where keys have one."""
        made = super().dict_schema(schema)
        only = {"additionalProperties": False} if "patternProperties" in made else {}
        return made | only

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave out null: what is not wanted is not written."""
        return self.generate_inner(schema["schema"])

    def tagged_union_schema(
        self, schema: core_schema.TaggedUnionSchema
    ) -> JsonSchemaValue:
        """Offer all alternatives; which one is meant shows by its verb."""
        made = super().tagged_union_schema(schema)
        return {"anyOf": made["oneOf"]} if "oneOf" in made else made

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Show only defaults that an operator could have written so."""
        made = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return (
            {**made, "default": default}
            if isinstance(default, str) and default
            else made
        )

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        """Give no field a title: its key is one."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Explain each key."""
        made = super().model_schema(schema)
        made["description"] = made["description"].partition("\n\n")[0]
        told = sentences(schema["cls"])
        keys = {f.alias or name: name for name, f in schema["cls"].model_fields.items()}
        made["properties"] = {
            key: {**value, "description": told.get(keys[key], "")}
            for key, value in made["properties"].items()
            if "writeOnly" not in str(value)  # a secret stands in no file
        }
        return made


class _WithNull(_Generator):
    """Does the same for files where null says that something is not set."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Accept null beside the rest."""
        return {"anyOf": [self.generate_inner(schema["schema"]), {"type": "null"}]}


def _untitled(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a model's schema without the name of its class."""
    return {key: value for key, value in definition.items() if key != "title"}


def _hoisted(schema: Any, found: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return a schema with a reference for each part that has a title; find these."""
    if isinstance(schema, list):
        return [_hoisted(each, found) for each in schema]
    if not isinstance(schema, dict):
        return schema
    title = schema.get("title")
    if not isinstance(title, str):
        return {key: _hoisted(value, found) for key, value in schema.items()}
    rest = {key: value for key, value in schema.items() if key not in _BESIDE}
    found[title] = _hoisted(rest, found)
    beside = {key: schema[key] for key in ("description", "default") if key in schema}
    return {"$ref": f"#/$defs/{title}", **beside}


_BESIDE: Final = frozenset({"title", "description", "default"})
