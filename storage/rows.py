"""Row ↔ value: what a column holds, and how it reads again.

Times are whole microseconds since 1970, so that they come back exactly as they went.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from msgspec import json

from bot.model.answer import Value
from bot.model.contact import Contact
from bot.model.message import Outbound
from bot.model.session import Session
from storage.driver import Row

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400_000_000
_SECOND: Final = 1_000_000

_encode: Final = json.Encoder().encode
_attributes = json.Decoder(dict[str, Value]).decode
as_value: Final = json.Decoder(Value).decode
as_outbound: Final = json.Decoder(Outbound).decode
as_session: Final = json.Decoder(Session).decode


@lru_cache(maxsize=64)
def micros(at: datetime) -> int:
    """Return an aware time as a column holds it; one batch asks for few of them.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    span = at - _EPOCH
    return span.days * _DAY + span.seconds * _SECOND + span.microseconds


def moment(micros: int) -> datetime:
    """Return the time that a column holds.

    >>> moment(1000005).isoformat()
    '1970-01-01T00:00:01.000005+00:00'
    """
    return _EPOCH + timedelta(microseconds=micros)


def text(value: Any) -> str:  # noqa: ANN401 - whatever has a form in JSON
    """Return a value as JSON, for a column of text."""
    return _encode(value).decode()


def contact_row(contact: Contact) -> Row:
    """Return a contact as its columns stand, the id first."""
    return (
        contact.id,
        contact.first_name,
        contact.last_name,
        contact.language,
        contact.zone,
        text(contact.attributes) if contact.attributes else "{}",
        contact.stopped,
        contact.doubting,
        contact.idle_told,
        contact.silent,
    )


def as_contact(row: Sequence[Any]) -> Contact:
    """Return the contact that a row holds."""
    id_, first_name, last_name, language, zone, attributes, *rest = row
    stopped, doubting, idle_told, silent, merged_into = rest
    return Contact(
        id=id_,
        first_name=first_name,
        last_name=last_name,
        language=language,
        zone=zone,
        attributes=_mapping(attributes),
        stopped=bool(stopped),
        doubting=bool(doubting),
        idle_told=idle_told,
        silent=bool(silent),
        merged_into=merged_into,
    )


def _mapping(attributes: str) -> Mapping[str, Value]:
    return {} if attributes == "{}" else _attributes(attributes)
