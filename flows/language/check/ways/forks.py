"""How a step chooses among its ways: by what it asks, and which it takes for whom."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Final

from msgspec import Struct

from flows.language.check.ways.domains import Domains, conjuncts
from flows.language.conditions import Condition
from flows.language.evaluation import Test, verdict_of
from flows.language.expression import Joined, Name, Node, Not, walk
from flows.language.model import ELSE, Ask, Branch, Go, Step, Way
from flows.language.names import Path
from flows.language.outcomes import outcomes
from flows.language.positions import Path as Place

Scope = dict[str, dict[str, object]]

_NEVER: Final = -1


class Arm(Struct, frozen=True):
    """One way of a fork: where it leads, and where it stands in its step.

    Without a target the way goes on in file order.
    """

    to: str | None
    place: Place = ()
    when: Condition | None = None


class Look(Struct, frozen=True):
    """What a fork asks of one name: values that it tells apart have unlike signs."""

    path: Path
    sign: Callable[[object], Hashable]


class Fork(ABC):
    """The ways of a step.

    `paths` are the names that its choice depends on, as far as that can be worked out;
    of `raw` ones every value counts, of the others only what the `looks` tell apart.
    """

    arms: tuple[Arm, ...]
    paths: frozenset[Path] = frozenset()
    raw: frozenset[Path] = frozenset()
    looks: tuple[Look, ...] = ()

    @abstractmethod
    def taken(self, scope: Scope) -> tuple[int, ...]:
        """Return the arms that may be taken where these values stand, mostly one."""


class Straight(Fork):
    """A step with one way on."""

    def __init__(self, arm: Arm) -> None:
        self.arms = (arm,)

    def taken(self, _scope: Scope) -> tuple[int, ...]:
        """Return the only way."""
        return (0,)


class ByOutcome(Fork):
    """A question whose answer names the way."""

    def __init__(
        self, name: str, asked: Ask, go: Mapping[str, object], verb: str
    ) -> None:
        self._path = Path("answers", name)
        self._kind = asked.answer
        self._keys = tuple(go)
        self.arms = (
            *(Arm(str(to), (verb, key)) for key, to in go.items()),
            Arm(None),
        )
        self.paths = frozenset({self._path})
        self.looks = (Look(self._path, self._of),)

    def taken(self, scope: Scope) -> tuple[int, ...]:
        """Return the way of the answer."""
        return (self._of(scope["answers"].get(self._path.key)),)

    def _of(self, value: object) -> int:
        by = outcomes(self._kind, value)  # type: ignore[arg-type]
        for number, key in enumerate(self._keys):
            if key in by:
                return number
        last = len(self._keys)
        return self._keys.index(ELSE) if ELSE in self._keys else last


class ByConditions(Fork):
    """A list of ways: the first whose condition holds."""

    def __init__(self, ways: tuple[Way, ...], verb: str, domains: Domains) -> None:
        self.arms = (
            *(
                Arm(way.to, (verb, n, _part(way)), way.when)
                for n, way in enumerate(ways)
            ),
            Arm(None),
        )
        read = [_read(way.when, domains) for way in ways]
        self._tests = [(part.may, part.whole) for part in read]
        nodes = [node for part in read for node in part.nodes]
        self.paths = frozenset(path for node in nodes for path in _names(node))
        alone = [leaf for node in nodes for leaf in _leaves(node)]
        self.raw = frozenset(
            path for leaf in alone for path in _names(leaf) if len(_names(leaf)) > 1
        )
        self.looks = tuple(
            Look(path, _signer(path, leaf))
            for leaf in alone
            for path in _names(leaf)
            if path not in self.raw
        )

    def taken(self, scope: Scope) -> tuple[int, ...]:
        """Return each way that may hold, up to the first that surely does."""
        found: list[int] = []
        for number, (may, whole) in enumerate(self._tests):
            if all(test(scope) for test in may):
                found.append(number)
                if whole:
                    return tuple(found)
        return (*found, len(self._tests))

    def fits(self, number: int, scope: Scope) -> bool:
        """Tell whether one condition may hold, whatever stands before it."""
        return all(test(scope) for test in self._tests[number][0])


class _Read(Struct, frozen=True):
    """What can be worked out of a condition; not `whole` where something cannot."""

    nodes: tuple[Node, ...]
    may: tuple[Test, ...]
    whole: bool


def _part(way: Way) -> str:
    return "when" if way.when else "to"


def _read(condition: Condition | None, domains: Domains) -> _Read:
    if condition is None:
        return _Read((), (), whole=True)
    parts = conjuncts(condition)
    known = tuple(
        part
        for part in parts
        if all(domains.of(path) is not None for path in _names(part))
    )
    if not domains.sound(condition):
        known = ()
    tests = tuple(verdict_of(part) for part in known)
    return _Read(known, tests, whole=len(known) == len(parts))


def _names(node: Node) -> frozenset[Path]:
    return frozenset(part.path for part in walk(node) if isinstance(part, Name))


def _leaves(node: Node) -> list[Node]:
    """Return the parts that are joined by `and`, `or` and `not`."""
    if isinstance(node, Joined):
        return [leaf for part in node.parts for leaf in _leaves(part)]
    if isinstance(node, Not):
        return _leaves(node.of)
    return [node]


def _signer(path: Path, leaf: Node) -> Callable[[object], Hashable]:
    test = verdict_of(leaf)

    def sign(value: object) -> Hashable:
        verdict = test({path.root: {path.key: value}})
        return verdict if isinstance(verdict, bool) else _NEVER

    return sign


def fork_of(name: str, step: Step, domains: Domains) -> Fork:
    """Return how a step chooses its way on."""
    if isinstance(step, Branch):
        return ByConditions(step.branch, "branch", domains)
    return _of_go(name, step, step.go, domains)


def _of_go(name: str, step: Step, go: Go | None, domains: Domains) -> Fork:
    if go is None or isinstance(go, str):
        return Straight(Arm(go, ("go",) if go else ()))
    if not isinstance(go, Mapping):
        return ByConditions(go, "go", domains)
    if isinstance(step, Ask):
        return ByOutcome(name, step, go, "go")
    if ELSE in go:  # nothing is asked, so nothing else can be named
        return Straight(Arm(go[ELSE], ("go", ELSE)))
    return Straight(Arm(None))
