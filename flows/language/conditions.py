"""Conditions: a small checked subset of Python expressions, such as a `when:` holds.

Read once against a whitelist and within bounds (`expression`), checked against the
names and types that are known (`inference`), compiled to closures (`evaluation`).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bot.model.world import Type
from flows.language.evaluation import Misfit, Test, verdict_of
from flows.language.expression import LONGEST, Name, Node, read, refuse, walk
from flows.language.inference import TypeProblem, problems_of
from flows.language.names import Path, Scope

__all__ = [
    "Condition",
    "Misfit",
    "Path",
    "Scope",
    "TypeProblem",
    "parse_condition",
    "type_problems",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read and can be asked; equal where its words are."""

    source: str
    names: tuple[Path, ...] = field(compare=False)
    """The names it uses, in the order written, each once."""
    test: Test = field(compare=False, repr=False)
    """Say whether the condition holds in a scope; a misfit is false. Never raises."""
    tree: Node = field(compare=False, repr=False)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Take a condition as it is; `parse_condition` stands before."""
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say what an editor may accept."""
        return {"type": ["string", "boolean"], "maxLength": LONGEST}


def parse_condition(value: Any) -> Condition:  # noqa: ANN401 - whatever YAML held
    """Return the condition that a text writes, or refuse it with the place to mend.

    >>> condition = parse_condition('answers.score <= 6 and contact.plan == "pro"')
    >>> condition.test({"answers": {"score": 3}, "contact": {"plan": "pro"}})
    True
    """
    if isinstance(value, Condition):
        return value
    if value is None:
        refuse("the condition is missing", 0)
    if not isinstance(value, str):
        refuse("a condition is a text such as answers.score <= 6", 0)
    tree = read(str(value))
    names = dict.fromkeys(part.path for part in walk(tree) if isinstance(part, Name))
    return Condition(str(value), tuple(names), verdict_of(tree), tree)


def type_problems(
    condition: Condition,
    names: Callable[[Path], Type | None],
    known: Collection[str] = (),
) -> list[TypeProblem]:
    """Return what is wrong with a condition's names and types, in reading order.

    `names` gives a name's type, or None for a name nobody declared; `known` are the
    names to suggest instead.
    """
    return problems_of(condition.tree, names, known)
