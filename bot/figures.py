"""The figures of a process, as Prometheus takes them; nothing of a person's in them.

Labels are few and bounded: channels and flows are the operator's, all else is ours.
The use cases count a batch at a time, so that a message costs next to nothing.

Several processes behind one port write their figures to files of a directory that they
share, and whichever is asked adds them up. Their parent makes the directory, an empty
one a run, names it in `SHARED` of their environment, and starts them as programs: it is
read once, when this module is imported. Who died is noticed by whoever is asked next.
"""

import asyncio
import os
import platform
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the directory which several processes share."""
LOOK_SECONDS: Final = 5.0
"""How old a gauge of another process may be."""
SELF: Final = "self"
"""How the system calls whoever asks."""
REGISTRY: Final = CollectorRegistry()

# When something was first counted is nobody's question.
disable_created_metrics()  # type: ignore[no-untyped-call]

QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
PATIENT: Final = (0.05, 0.25, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200, 86_400)
SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200)


class Spread(Histogram):
    """A histogram that takes many amounts at the price of a few."""

    def observe_all(self, amounts: Sequence[float]) -> None:
        """Observe each amount."""
        self._sum.inc(sum(amounts))
        ordered = sorted(amounts)
        below = 0
        for bucket, bound in zip(self._buckets, self._upper_bounds, strict=True):
            within = bisect_right(ordered, bound)
            if within > below:
                bucket.inc(within - below)
                below = within


# ── messages in ──────────────────────────────────────────────────────────────────────

OUTCOMES: Final = ("taken", "known", "stuck", "refused", "unavailable")
MESSAGES: Final = Counter(
    "voxpop_inbound_messages_total",
    "Messages that came, openings of a chat included, by what their sender was told.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
TAKING: Final = Spread(
    "voxpop_inbound_seconds",
    "From a message's being handed in to its commit.",
    buckets=QUICK,
    registry=REGISTRY,
)
BATCH_MESSAGES: Final = Histogram(
    "voxpop_inbound_batch_messages",
    "Messages that were stored by one commit.",
    buckets=SIZES,
    registry=REGISTRY,
)
BATCH_SECONDS: Final = Histogram(
    "voxpop_inbound_batch_seconds",
    "The whole transaction of a batch, its commit included.",
    buckets=QUICK,
    registry=REGISTRY,
)
COMMIT_SECONDS: Final = Histogram(
    "voxpop_inbound_commit_seconds",
    "The commit of a batch alone: how fast the disk or the database is.",
    buckets=QUICK,
    registry=REGISTRY,
)
WAITING_MESSAGES: Final = Gauge(
    "voxpop_inbound_waiting_messages",
    "Messages that wait in memory for their batch.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
WAITING_BYTES: Final = Gauge(
    "voxpop_inbound_waiting_bytes",
    "The size of the messages that wait in memory.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)

# ── talks ────────────────────────────────────────────────────────────────────────────

ENDS: Final = ("completed", "expired", "stopped")
BEGUN: Final = Counter(
    "voxpop_talks_begun_total",
    "Talks that began, by their flow.",
    ["flow"],
    registry=REGISTRY,
)
ENDED: Final = Counter(
    "voxpop_talks_ended_total",
    "Talks that ended, by their flow and how: completed, expired or stopped.",
    ["flow", "status"],
    registry=REGISTRY,
)

# ── messages out ─────────────────────────────────────────────────────────────────────

STATES: Final = (
    *("sent", "delivered", "due", "failed", "withheld", "superseded", "unknown"),
)
DELIVERIES: Final = Counter(
    "voxpop_outbox_deliveries_total",
    "How often a message of ours came to a state when we sent it, or heard of it.",
    ["channel", "state"],
    registry=REGISTRY,
)
LEAVING: Final = Histogram(
    "voxpop_outbox_seconds",
    "From a message's being due, at its last try, to its having left.",
    ["channel"],
    buckets=(*QUICK, 5, 15, 60, 300, 1_800),
    registry=REGISTRY,
)

# ── time, and the process ────────────────────────────────────────────────────────────

LATENESS: Final = Spread(
    "voxpop_timers_late_seconds",
    "How late talks were woken whose wait, reminder or expiry was due.",
    buckets=PATIENT,
    registry=REGISTRY,
)
PUT_OFF: Final = Counter(
    "voxpop_timers_put_off_total",
    "How often a talk could not be woken and was put off for an hour.",
    registry=REGISTRY,
)
SOCKETS: Final = Gauge(
    "voxpop_web_open_sockets",
    "Open sockets of chat pages.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
WORKERS: Final = Gauge(
    "voxpop_workers",
    "Processes that serve.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)


class Told(NamedTuple):
    """A gauge that is read at the moment somebody asks: of all processes together."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def family(self, values: Mapping[tuple[str, ...], float]) -> Metric:
        """Return the gauge with a value for each of these labels."""
        found = GaugeMetricFamily(self.name, self.help, labels=self.labels)
        for labels, value in values.items():
            found.add_metric(labels, value)
        return found

    def is_now(self, value: float) -> Metric:
        """Return the gauge with its one value."""
        return self.family({(): value})


STORE_UP: Final = Told("voxpop_store_up", "1 where the database answers, else 0.")
DUE: Final = Told(
    "voxpop_outbox_due_messages",
    "Messages that are due and have not left; at most 10,000 are counted.",
    ("channel",),
)
OLDEST_DUE: Final = Told(
    "voxpop_outbox_oldest_due_seconds",
    "How long the message has been due that was due first, 0 where none is.",
    ("channel",),
)
UNKNOWN: Final = Told(
    "voxpop_outbox_unknown_messages",
    "Messages of which nobody knows whether they arrived; at most 10,000 are counted.",
)
STUCK: Final = Told(
    "voxpop_inbound_stuck_messages",
    "Messages that are kept but could not be handled; at most 10,000 are counted.",
)
OLDEST_TIMER: Final = Told(
    "voxpop_timers_oldest_due_seconds",
    "How long the talk has been due to be woken that was due first, 0 where none is.",
)
BUILD: Final = Told(
    "voxpop_build_info", "Always 1; which Voxpop runs.", ("version", "python")
)
TOLD: Final = (STORE_UP, DUE, OLDEST_DUE, UNKNOWN, STUCK, OLDEST_TIMER, BUILD)


class Board:
    """What is shown to whoever asks: what was counted, and what is looked at now."""

    def __init__(self, looks: Mapping[Gauge, Callable[[], float]]) -> None:
        self._looks = looks

    def look(self) -> None:
        """Set the gauges of this process."""
        WORKERS.set(1)
        for gauge, now in self._looks.items():
            gauge.set(now())

    async def run(self) -> None:
        """Keep them fit for other processes to show, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)


def expect(channels: Iterable[str], flows: Iterable[str]) -> None:
    """Begin to count at nought what may happen, so that its first time is a change."""
    for channel in channels:
        LEAVING.labels(channel)
        for outcome in OUTCOMES:
            MESSAGES.labels(channel, outcome)
        for state in STATES:
            DELIVERIES.labels(channel, state)
    for flow in flows:
        BEGUN.labels(flow)
        for status in ENDS:
            ENDED.labels(flow, status)


def text(told: Iterable[Metric]) -> bytes:
    """Return all figures as Prometheus takes them, with those that are `told`."""
    directory = os.environ.get(SHARED)
    counted: Collector
    if directory:
        alive = _forget_the_dead(Path(directory))
        counted = MultiProcessCollector(None, directory)  # type: ignore[no-untyped-call]
    else:
        alive = [SELF]
        counted = REGISTRY
    shown = CollectorRegistry()
    shown.register(_Shown([*counted.collect(), *told, *_processes(alive), _build()]))
    return generate_latest(shown)


class _Shown(Collector):
    """Families in the order of their names."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = sorted(families, key=lambda family: family.name)

    def collect(self) -> Iterator[Metric]:
        """Yield them."""
        yield from self._families


def _build() -> Metric:
    return BUILD.family({(version("voxpop"), platform.python_version()): 1})


def _processes(alive: Sequence[str]) -> Iterable[Metric]:
    """Return what the system says of these processes; named where there are several."""
    families: dict[str, Metric] = {}
    for pid in alive:
        named = {} if pid == SELF else {"pid": pid}
        for family in ProcessCollector(pid=_always(pid), registry=None).collect():
            found = families.setdefault(
                family.name, Metric(family.name, family.documentation, family.type)
            )
            found.samples += [
                Sample(each.name, named, each.value) for each in family.samples
            ]
    return families.values()


def _always(pid: str) -> Callable[[], str]:
    return lambda: pid


def _forget_the_dead(directory: Path) -> list[str]:
    """Return which processes of a directory live; drop the gauges of all others.

    What the dead counted stays, for it happened.
    """
    alive: set[str] = set()
    for file in directory.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if _lives(pid):
            alive.add(pid)
        elif file.name.startswith("gauge_live"):
            file.unlink(missing_ok=True)
    return sorted(alive)


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it lives, and is somebody else's
    return True
