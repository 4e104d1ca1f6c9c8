"""A long batch, shared among processes by language.

Most of what a long batch costs is its lexicons: each process compiles only those of its
own languages.
"""

import gc
import os
import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from re import compile as pattern
from typing import Final, NamedTuple

from bot.cli.understand_batch import Sink, understand_line, understand_lines

MANY: Final = 2_000
"""Lines that are handed on together; a batch that has fewer is not shared."""
AHEAD: Final = 16
"""How often so many are read before the first of them have to be answered."""
PROCESSES: Final = 4
"""No more than there are processors, and no more than these."""

_LANGUAGE: Final = pattern(rb'"lang"\s*:\s*"(\w*)')


class Part(NamedTuple):
    """Lines under way: who has each of them, and what each process will say."""

    whose: list[int]
    said: list["Future[list[tuple[bytes, bool]]]"]


def understand_shared(lines: Iterable[bytes], out: Sink, today: date) -> int:
    """Write one line for each line; return 1 where one was malformed, else 0."""
    coming = iter(lines)
    first = list(islice(coming, MANY))
    many = min(os.cpu_count() or 1, PROCESSES)
    if len(first) < MANY or many == 1:
        return understand_lines(chain(first, coming), out, today)
    code = 0
    with ExitStack() as stack:
        sharing = _Sharing(stack, many, today)
        for part in _under_way(sharing, chain(first, coming)):
            said = [iter(future.result()) for future in part.said]
            for process in part.whose:
                answer, wrong = next(said[process])
                code |= wrong
                out.write(answer)
    out.flush()
    return code


class _Sharing:
    """Processes, and which languages each of them has got."""

    def __init__(self, stack: ExitStack, many: int, today: date) -> None:
        spawning = get_context("spawn")
        self._pools = [
            ProcessPoolExecutor(1, spawning, initializer=_only_answer)
            for _ in range(many)
        ]
        for pool in self._pools:
            stack.callback(pool.shutdown, cancel_futures=True)
        self._answered = partial(_answered, today=today)
        self._owners: dict[bytes, int] = {}
        self._load = Counter(dict.fromkeys(range(many), 0))

    def share(self, lines: list[bytes]) -> Part:
        """Hand each line to the process that has its language."""
        whose = [self._owner(line) for line in lines]
        theirs: list[list[bytes]] = [[] for _ in self._pools]
        for owner, line in zip(whose, lines, strict=True):
            theirs[owner].append(line)
        return Part(
            whose,
            [
                pool.submit(self._answered, own)
                for pool, own in zip(self._pools, theirs, strict=True)
            ],
        )

    def _owner(self, line: bytes) -> int:
        """Return whose a line is; a new language goes to who has the least to do."""
        found = _LANGUAGE.search(line)
        language = found[1] if found else b""
        owner = self._owners.get(language)
        if owner is None:
            owner = self._owners[language] = min(self._load, key=self._load.__getitem__)
        self._load[owner] += 1
        return owner


def _under_way(sharing: _Sharing, lines: Iterator[bytes]) -> Iterator[Part]:
    """Yield the parts in their order, while those after them are worked on."""
    parts: deque[Part] = deque()
    while some := list(islice(lines, MANY)):
        parts.append(sharing.share(some))
        if len(parts) == AHEAD:
            yield parts.popleft()
    yield from parts


def _only_answer() -> None:
    """Leave an interruption to who began us; what is compiled holds no cycles."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _answered(lines: list[bytes], today: date) -> list[tuple[bytes, bool]]:
    return [understand_line(line, today) for line in lines]
