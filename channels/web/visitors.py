"""Who a visitor is: an opaque id that we signed, and facts that a site signed.

A visitor is a browser, not a person. Where the site names its customer, the visitor is
bound to that customer: another customer on the same machine is another visitor.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Final

import jwt
from itsdangerous import BadSignature, URLSafeTimedSerializer
from msgspec import Struct

from bot import clock
from bot.clock import Ids
from bot.model.answer import Value
from bot.model.world import Type

VALID_SECONDS: Final = 365 * 24 * 3600
"""How long an id is good for since it was last handed out."""
YOUNG_SECONDS: Final = 30 * 24 * 3600
"""How long an id is used before a new one is handed out in its place."""
REMEMBERED: Final = 4_096
"""Ids whose signature is not checked again."""
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_FACT: Final = 500
LARGEST_NUMBER: Final = 2**53
LEEWAY_SECONDS: Final = 60
ALGORITHM: Final = "HS256"
CUSTOMERS: Final = "crm"
"""The channel of the shop's own customer ids."""


_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)


class InvalidFacts(Exception):
    """The facts of a site do not hold; the text tells its developer why."""


class Visitor(Struct, frozen=True):
    """A browser by its handle, and the customer it is bound to, if any."""

    handle: str
    customer: str | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """What a site says of its customer, signed, so that it cannot be forged."""

    customer: str
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    zone: str | None = None
    attributes: Mapping[str, Value] = {}


class Visitors:
    """Hands ids out and reads them back."""

    def __init__(self, key: str, new_id: Ids) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="voxpop.visitor")
        self._new_id = new_id
        self._known = lru_cache(maxsize=REMEMBERED)(self._loads)

    def new(self, customer: str | None = None) -> Visitor:
        """Return a visitor who was never here before."""
        return Visitor(f"{self._new_id():016x}", customer)

    def token(self, visitor: Visitor, old: str | None = None) -> str:
        """Return the signed id that the browser keeps: the old one while young."""
        if old and self.read(old) == visitor:
            _, handed_out = self._known(old)
            if (clock.now() - handed_out).total_seconds() < YOUNG_SECONDS:
                return old
        return str(self._signer.dumps([visitor.handle, visitor.customer]))

    def read(self, token: str | None) -> Visitor | None:
        """Return whose id this is, None where it is forged, expired or missing."""
        if not token:
            return None
        visitor, handed_out = self._known(token)
        young = (clock.now() - handed_out).total_seconds() <= VALID_SECONDS
        return visitor if young else None

    def _loads(self, token: str) -> tuple[Visitor | None, datetime]:
        """Return whose id this is, whatever its age, and when it was handed out."""
        try:
            found, handed_out = self._signer.loads(token, return_timestamp=True)
        except BadSignature:
            return None, LONG_AGO
        match found:
            case [str(handle), None | str() as customer]:
                return Visitor(handle, customer), handed_out
            case _:
                return None, LONG_AGO


def read_facts(
    signed: str, secret: str | None, attributes: Mapping[str, Type]
) -> tuple[Facts, str | None]:
    """Return the facts of a JSON Web Token (RFC 7519, HS256), and what was left out.

    `sub` is the customer's id, `exp` is required; `first_name`, `last_name`,
    `language`, `zone` and the declared attributes may stand beside them. Raises
    InvalidFacts.
    """
    if not secret:
        raise InvalidFacts("no facts are taken: channels.web.secret is not set")
    try:
        claims = jwt.decode(
            signed,
            secret,
            algorithms=[ALGORITHM],
            leeway=LEEWAY_SECONDS,
            options={"require": ["sub", "exp"], "verify_aud": False},
        )
    except jwt.InvalidTokenError as error:
        raise InvalidFacts(f"the facts do not hold: {error}") from error
    facts = Facts(
        customer=_text(claims, "sub") or "",
        first_name=_text(claims, "first_name"),
        last_name=_text(claims, "last_name"),
        language=_text(claims, "language"),
        zone=_text(claims, "zone"),
        attributes={
            name: claims[name]
            for name, kind in attributes.items()
            if name in claims and _fits(claims[name], kind)
        },
    )
    if not facts.customer.isprintable() or not facts.customer:
        raise InvalidFacts("the facts do not hold: sub must be the customer's id")
    return facts, _left_out(claims, facts, attributes)


_NAMES: Final = frozenset(
    {"sub", "exp", "iat", "nbf", "iss", "aud", "jti"}
    | {"first_name", "last_name", "language", "zone"}
)


def _left_out(
    claims: Mapping[str, object], facts: Facts, attributes: Mapping[str, Type]
) -> str | None:
    """Return what was not taken and why, None where all was."""
    rest = claims.keys() - _NAMES - facts.attributes.keys()
    words = [
        f"{name} ({f'it must be a {attributes[name]}'})"
        if name in attributes
        else f"{name} (not declared in attributes)"
        for name in sorted(rest)
    ]
    return f"left out of the facts: {', '.join(words)}" if words else None


def _text(claims: Mapping[str, object], name: str) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST_FACT:
        raise InvalidFacts(f"the facts do not hold: {name} must be a short text")
    return value


def _fits(value: object, kind: Type) -> bool:
    """Say whether a value is of the type that an attribute is declared with."""
    match kind:
        case "yes_no":
            return isinstance(value, bool)
        case "number" if isinstance(value, int | float):
            finite = isfinite(value) and abs(value) < LARGEST_NUMBER
            return finite and not isinstance(value, bool)
        case "date":
            return isinstance(value, str) and _DATE.match(value) is not None
        case "text":
            return isinstance(value, str) and len(value) <= LONGEST_FACT
        case _:
            return False
