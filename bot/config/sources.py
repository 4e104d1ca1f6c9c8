"""Where settings come from: a strict YAML file, and variables of the environment."""

from collections.abc import Mapping
from typing import Any, Final, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from flows.language.loader import read
from flows.language.positions import Path

PREFIX: Final = "VOXPOP_"
BETWEEN: Final = "__"
_NOTHING: Final = frozenset({"", "~", "null"})


class Known(Struct, frozen=True):
    """All settings by path; what lies below a mapping's path is the operator's."""

    fields: Mapping[Path, FieldInfo]

    @classmethod
    def of(cls, model: type[BaseModel]) -> "Known":
        """Return the settings of a model, those of its parts included."""
        return cls(dict(_fields(model, ())))

    def secrets(self) -> list[Path]:
        """Return the paths of secrets."""
        return [path for path, field in self.fields.items() if _is_secret(field)]

    def variables(self) -> list[str]:
        """Return the names of all variables that set one value."""
        return [variable(path) for path in self.fields]

    def takes(self, path: Path) -> bool:
        """Tell whether a path is a setting, or lies within a mapping or a list."""
        return any(
            path == known[: len(path)]
            or (path[: len(known)] == known and _is_mapping(field.annotation))
            for known, field in self.fields.items()
        )

    def secret(self, path: Path) -> bool:
        """Tell whether what stands at a path must never be read as YAML, or shown."""
        field = self.fields.get(path)
        return field is not None and _is_secret(field)


def _fields(model: type[BaseModel], above: Path) -> list[tuple[Path, FieldInfo]]:
    found: list[tuple[Path, FieldInfo]] = []
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        part = _part(field.annotation)
        found.extend(_fields(part, path) if part else [(path, field)])
    return found


def _part(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """Return the model that an annotation names, None where it names none."""
    parts = () if _is_mapping(annotation) else get_args(annotation)
    for each in (annotation, *parts):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None


def _is_mapping(annotation: Any) -> bool:  # noqa: ANN401
    return get_origin(annotation) is dict


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def variable(path: Path) -> str:
    """Return the variable that sets a value.

    >>> variable(("channels", "telegram", "token"))
    'VOXPOP_CHANNELS__TELEGRAM__TOKEN'
    """
    return PREFIX + BETWEEN.join(str(part).upper() for part in path)


def plain(data: Any) -> Any:  # noqa: ANN401 - a tree of the loader's
    """Return a tree whose `null`, `~` and empty plain values are None."""
    if isinstance(data, Mapping):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return None if type(data) is not str and data in _NOTHING else data


class Layer(PydanticBaseSettingsSource):
    """What one place says, as a source of pydantic-settings; earlier ones win."""

    def __init__(self, model: type[BaseSettings], data: Mapping[str, Any]) -> None:
        super().__init__(model)
        self._data = dict(data)

    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[Any, str, bool]:
        """Return what is said of one field."""
        key = field.alias or field_name
        return self._data.get(key), key, False

    def __call__(self) -> dict[str, Any]:
        """Return all that is said."""
        return self._data


def merged(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return what both say, mappings joined; where both say something, `above` wins."""
    found = dict(below)
    for key, value in above.items():
        under = found.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            found[key] = merged(value, under)
        else:
            found[key] = value
    return found


class Variables(Struct, frozen=True):
    """What the environment sets: values by path, and the variable each came from."""

    data: dict[str, Any]
    names: Mapping[Path, str]
    unknown: tuple[str, ...] = ()


def variables(environ: Mapping[str, str | None], known: Known) -> Variables:
    """Return what the variables set that begin with VOXPOP_; empty ones set nothing."""
    data: dict[str, Any] = {}
    names: dict[Path, str] = {}
    unknown = []
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or not text:
            continue
        path: Path = tuple(name.removeprefix(PREFIX).lower().split(BETWEEN))
        if not known.takes(path):
            unknown.append(name)
            continue
        names[path] = name
        _place(data, path, text if known.secret(path) else _value(text))
    return Variables(data, names, tuple(unknown))


def _value(text: str) -> Any:  # noqa: ANN401
    """Read a list or a mapping as YAML; anything else is the text itself."""
    if not text.startswith(("[", "{")):
        return None if text in _NOTHING else text
    document = read("", text.encode())
    return text if document.problems else plain(document.data)


def _place(data: dict[str, Any], path: Path, value: Any) -> None:  # noqa: ANN401
    for part in path[:-1]:
        below = data.setdefault(str(part), {})
        if not isinstance(below, dict):
            return
        data = below
    data[str(path[-1])] = value
