"""A file of the author's, read and checked as far as one file can be by itself."""

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Final, TypeVar

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from bot.errors import Problem, by_place
from flows.language.loader import Document, read
from flows.language.model import LANGUAGE_VERSION, Flow
from flows.language.positions import Positions
from flows.language.problems import explained, problems_of
from flows.language.sketching import mended
from flows.language.talks import Talks

HASH_LENGTH: Final = 20

AnyModel = TypeVar("AnyModel", bound=BaseModel)


class FlowDocument(Struct, frozen=True, kw_only=True):
    """A flow's file: what it says, or None where it has an error, and every problem.

    `hash` names the revision: the same bytes read by the same language version.
    """

    path: str
    source: bytes
    hash: str
    flow: Flow | None
    sketch: Flow | None = None
    """What it would say if its slips were mended; it is looked into and never runs."""
    problems: tuple[Problem, ...]
    positions: Positions


class TalksDocument(Struct, frozen=True, kw_only=True):
    """A flow's tests: what they say, or None where the file has an error."""

    path: str
    source: bytes
    talks: Talks | None
    problems: tuple[Problem, ...]
    positions: Positions


def load_flow(path: str, source: bytes) -> FlowDocument:
    """Return the flow that a file holds; any bytes end in a flow or in problems."""
    document = read(path, source)
    flow, problems = _checked(document, Flow)
    return FlowDocument(
        path=path,
        source=source,
        hash=hash_of(source),
        flow=flow,
        sketch=flow or _sketched(document),
        problems=problems,
        positions=document.positions,
    )


def load_talks(path: str, source: bytes) -> TalksDocument:
    """Return the talks that a `*.test.yaml` holds, or the problems it has."""
    document = read(path, source)
    talks, problems = _checked(document, Talks)
    return TalksDocument(
        path=path,
        source=source,
        talks=talks,
        problems=problems,
        positions=document.positions,
    )


def hash_of(source: bytes) -> str:
    """Return the name of a revision: its language version and its bytes, hashed."""
    return sha256(b"%d\n%s" % (LANGUAGE_VERSION, source)).hexdigest()[:HASH_LENGTH]


def _checked(
    document: Document, model: type[AnyModel]
) -> tuple[AnyModel | None, tuple[Problem, ...]]:
    """Return what a document means, and its problems with those of its meaning."""
    if document.data is None:
        return None, document.problems or (_empty(document.path),)
    try:
        return model.model_validate(document.data), document.problems
    except ValidationError as error:
        found = problems_of(error, document, model)
        return None, tuple(sorted({*document.problems, *found}, key=by_place))


def _sketched(document: Document) -> Flow | None:
    """Return the flow that was meant, or None where nobody knows."""
    if not isinstance(document.data, Mapping):
        return None
    try:
        Flow.model_validate(document.data)
    except ValidationError as error:
        data = mended(document.data, explained(error, document, Flow))
        with suppress(ValidationError):
            return Flow.model_validate(data)
    return None


def _empty(path: str) -> Problem:
    return Problem(
        path=path, line=1, column=1, code="empty", message="the file is empty"
    )
