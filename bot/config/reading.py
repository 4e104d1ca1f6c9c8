"""Reading the settings: the environment over .env over config.yaml over defaults.

Each mistake becomes one line that says where it is and what would mend it. No line
shows what a variable holds, and no secret is taken from config.yaml.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from pydantic import SecretStr, ValidationError

from bot.config.settings import Brand, Settings
from bot.config.sources import (
    Known,
    Layer,
    Variables,
    merged,
    plain,
    variable,
    variables,
)
from bot.errors import InvalidSettings, Problem
from flows.language.loader import Document, read
from flows.language.names import nearest, or_rather
from flows.language.positions import START, Path as Keys, Place
from flows.language.problems import Explained, explained
from flows.language.scalars import shown

FILE: Final = Path("config.yaml")
LONGEST_VALUE: Final = 24
"""Characters; a longer value may be a secret that got into the wrong line."""

_KEY: Final = re.compile(r"[A-Za-z_][\w.-]{0,23}\Z")
_SQLITE: Final = "sqlite:///"
_S3: Final = "s3://"
BUCKET_KEYS: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
)
"""The variables that say where a bucket is, and whose."""
_PASSWORD: Final = re.compile(r"://[^@\s]*:\S*@|[?&]password=", re.IGNORECASE)
_FORBIDDEN: Final = (
    "{file}:{line}:{column}: {path}: a secret does not stand in a file that is shared;"
    " put it in the environment or in .env as {variable}"
)


class _Mistake(Struct, frozen=True, order=True):
    """A line for people; those of a file come first, from top to bottom."""

    place: Place
    text: str


_NOWHERE: Final = Place(10**9, 0)
"""Sorts what stands in no file after what does."""


class _Sources(Struct, frozen=True):
    """All that was read, and the mistakes of its writing."""

    document: Document
    data: dict[str, Any]
    dotenv: Variables
    environment: Variables
    mistakes: list[_Mistake]


def load_settings(
    path: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Return the settings; without a path those of config.yaml here, if it exists.

    Raises InvalidSettings with every mistake there is.
    """
    file = path or FILE
    if path and not path.is_file():
        raise InvalidSettings([f"{path}: there is no such file"])
    known = Known.of(Settings)
    sources = _read(file, environ, known)
    mistakes = sources.mistakes
    try:
        settings = Settings(_build_sources=(_layers(sources), {}))  # type: ignore[call-arg] # mypy sees fields only
    except ValidationError as error:
        mistakes.extend(_mistakes(error, sources))
    else:
        if not mistakes:
            return _settled(settings, file.parent)
    raise InvalidSettings([mistake.text for mistake in sorted(mistakes)])


def _read(file: Path, environ: Mapping[str, str], known: Known) -> _Sources:
    mistakes: list[_Mistake] = []
    document = read(str(file), _bytes(file, mistakes))
    mistakes.extend(_mistake(problem, problem.message) for problem in document.problems)
    data = plain(document.data)
    if not isinstance(data, dict):
        if data is not None:
            said = f"{file}:1:1: a mapping is expected here, such as brand:"
            mistakes.append(_Mistake(START, said))
        data = {}
    mistakes.extend(_secrets_in(data, document, known))
    dotenv = variables(_dotenv(file.parent / ".env", mistakes), known)
    environment = variables(environ, known)
    mistakes.extend(_unknown(f"{file.parent / '.env'}: ", dotenv, known))
    mistakes.extend(_unknown("", environment, known))
    return _Sources(document, data, dotenv, environment, mistakes)


def _bytes(file: Path, mistakes: list[_Mistake]) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        mistakes.append(_Mistake(START, f"{file}: cannot be read: {error.strerror}"))
        return b""


def _dotenv(file: Path, mistakes: list[_Mistake]) -> Mapping[str, str | None]:
    if not file.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - most have no such file

    try:
        return dotenv_values(file, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        mistakes.append(_Mistake(_NOWHERE, f"{file}: cannot be read as UTF-8 text"))
        return {}


def bucket_keys(
    path: Path | None = None, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return what .env says of a bucket and the environment does not: that wins."""
    found = _dotenv((path or FILE).parent / ".env", [])
    own = {name: found.get(name) for name in BUCKET_KEYS if not environ.get(name)}
    return {name: value for name, value in own.items() if value}


def _secrets_in(
    data: dict[str, Any], document: Document, known: Known
) -> Iterator[_Mistake]:
    """Take the secrets out of a file's data, and yield a line for each."""
    for path in known.secrets():
        below: Any = data
        for part in path[:-1]:
            below = below.get(part) if isinstance(below, dict) else None
        value = below.get(path[-1]) if isinstance(below, dict) else None
        if value is None or (
            path == ("database",) and not _PASSWORD.search(str(value))
        ):
            continue
        del below[path[-1]]
        place = document.positions.value(path)
        said = _FORBIDDEN.format(
            file=document.path,
            line=place.line,
            column=place.column,
            path=_dotted(path),
            variable=variable(path),
        )
        yield _Mistake(place, said)


def _unknown(where: str, found: Variables, known: Known) -> Iterator[_Mistake]:
    for name in found.unknown:
        near = or_rather(nearest(name, known.variables()))
        yield _Mistake(_NOWHERE, f"{where}{name}: no setting is called so{near}")


def _layers(sources: _Sources) -> tuple[Layer, ...]:
    return (
        Layer(Settings, sources.environment.data),
        Layer(Settings, sources.dotenv.data),
        Layer(Settings, sources.data),
    )


def _mistakes(error: ValidationError, sources: _Sources) -> list[_Mistake]:
    set_outside = merged(sources.environment.data, sources.dotenv.data)
    document = replace(sources.document, data=merged(set_outside, sources.data))
    return [_said(each, sources) for each in explained(error, document, Settings)]


def _said(found: Explained, sources: _Sources) -> _Mistake:
    """Return a mistake without what a variable or a long value holds."""
    problem, path = found.problem, _dotted(found.path)
    message = problem.message
    name = _variable_of(found.path, sources)
    if name or len(str(found.value)) > LONGEST_VALUE:
        message = message.replace(shown(found.value), "its value")
    if name:
        return _Mistake(_NOWHERE, f"{name}: {message}")
    if problem.code == "unknown-key" and not _KEY.match(str(found.path[-1])):
        path, message = _dotted(found.path[:-1]), "this is no key"
    return _mistake(problem, f"{path}: {message}" if path else message)


def _mistake(problem: Problem, said: str) -> _Mistake:
    place = Place(problem.line, problem.column)
    return _Mistake(place, f"{problem.path}:{place.line}:{place.column}: {said}")


def _variable_of(path: Keys, sources: _Sources) -> str | None:
    """Return the variable that set a path, or what holds it; None if no one did."""
    names = {**sources.dotenv.names, **sources.environment.names}
    while path:
        if path in names:
            return names[path]
        path = path[:-1]
    return None


def _dotted(path: Keys) -> str:
    return ".".join(str(part) for part in path)


def _with_logo(brand: Brand, folder: Path) -> Brand:
    if brand.logo is None:
        return brand
    return brand.model_copy(update={"logo": folder / brand.logo})


def _placed(media: str, folder: Path) -> str:
    return media if media.startswith(_S3) else str(folder / media)


def _settled(settings: Settings, folder: Path) -> Settings:
    """Return the settings with paths that count from the folder of config.yaml."""
    database = settings.database.get_secret_value()
    rest = database.removeprefix(_SQLITE)
    if rest not in (database, ":memory:"):
        database = f"{_SQLITE}{folder / rest}"
    return settings.model_copy(
        update={
            "flows": folder / settings.flows,
            "media": _placed(settings.media, folder),
            "brand": _with_logo(settings.brand, folder),
            "database": SecretStr(database),
        }
    )
