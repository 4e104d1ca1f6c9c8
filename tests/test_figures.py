"""The figures as Prometheus takes them: of one process, and of several together."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, strategies as st
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.parser import text_string_to_metric_families

from bot import figures
from bot.figures import SHARED, Spread
from tests.examples import ROOT

Shown = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Shown:
    """Return the samples of a text by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@given(st.lists(st.floats(0, 100, allow_nan=False), max_size=30))
def test_many_at_once(amounts: list[float]) -> None:
    """Amounts that are observed together count as if each came by itself."""
    one, all_ = CollectorRegistry(), CollectorRegistry()
    single = Histogram("x", "x", buckets=figures.QUICK, registry=one)
    Spread("x", "x", buckets=figures.QUICK, registry=all_).observe_all(amounts)
    for amount in amounts:
        single.observe(amount)
    assert _buckets(one) == _buckets(all_)


def _buckets(registry: CollectorRegistry) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels.get("le", "")): round(sample.value, 6)
        for family in registry.collect()
        for sample in family.samples
    }


def test_one_process() -> None:
    """What was counted, what is told and what the system says stand in one text."""
    figures.expect(["web"], ["nps"])
    figures.Board({figures.SOCKETS: lambda: 7.0}).look()
    shown = read(figures.text([figures.STORE_UP.is_now(1)]).decode())
    assert shown["voxpop_web_open_sockets", ()] == 7
    assert shown["voxpop_workers", ()] == 1
    assert shown["voxpop_store_up", ()] == 1
    assert shown["process_resident_memory_bytes", ()] > 1_000_000
    assert shown["process_open_fds", ()] > 0
    labels = (("channel", "web"), ("outcome", "stuck"))
    assert ("voxpop_inbound_messages_total", labels) in shown
    assert ("voxpop_talks_begun_total", (("flow", "nps"),)) in shown
    assert not any(name.endswith("_created") for name, _ in shown)


# ── several processes ────────────────────────────────────────────────────────────────

WORKER = """
import sys
from bot import figures
board = figures.Board({figures.SOCKETS: lambda: 2.0})
for line in sys.stdin:
    if line == "count\\n":
        figures.MESSAGES.labels("web", "taken").inc(5)
        figures.TAKING.observe_all([0.002, 0.3])
    board.look()
    text = figures.text([figures.STUCK.is_now(3)]) if line == "show\\n" else b""
    sys.stdout.buffer.write(b"%d\\n%s" % (len(text), text))
    sys.stdout.buffer.flush()
"""


class Worker:
    """A process that counts, and shows what all have counted."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env={**os.environ, SHARED: str(directory)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pid = str(self._process.pid)

    def ask(self, word: str) -> Shown:
        """Have it do something; return what it shows."""
        told, answer = self._process.stdin, self._process.stdout
        assert told is not None
        assert answer is not None
        told.write(f"{word}\n".encode())
        told.flush()
        return read(answer.read(int(answer.readline())).decode())

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate(timeout=60)


@contextmanager
def workers(directory: Path, count: int) -> Iterator[list[Worker]]:
    """Start processes that share a directory, as a parent does."""
    found = [Worker(directory) for _ in range(count)]
    try:
        yield found
    finally:
        for worker in found:
            worker.kill()


TAKEN = ("voxpop_inbound_messages_total", (("channel", "web"), ("outcome", "taken")))
WITHIN = ("voxpop_inbound_seconds_bucket", (("le", "0.0025"),))


def test_several_processes(tmp_path: Path) -> None:
    """Whichever is asked shows what all counted, and what each of them is."""
    with workers(tmp_path, 2) as (one, two):
        for worker in (one, two, one):
            worker.ask("count")
        for worker in (one, two):
            shown = worker.ask("show")
            assert shown[TAKEN] == 15
            assert shown[WITHIN] == 3
            assert shown["voxpop_inbound_seconds_count", ()] == 6
            assert shown["voxpop_web_open_sockets", ()] == 4
            assert shown["voxpop_workers", ()] == 2
            assert shown["voxpop_inbound_stuck_messages", ()] == 3
            memory = {
                labels
                for name, labels in shown
                if name == "process_resident_memory_bytes"
            }
            assert memory == {(("pid", one.pid),), (("pid", two.pid),)}


def test_one_of_several_dies(tmp_path: Path) -> None:
    """What a dead process counted stays; what it was is shown no more."""
    with workers(tmp_path, 2) as (one, two):
        one.ask("count")
        two.ask("count")
        one.kill()
        shown = two.ask("show")
        assert shown[TAKEN] == 10
        assert shown["voxpop_web_open_sockets", ()] == 2
        assert shown["voxpop_workers", ()] == 1
        assert (("pid", one.pid),) not in {labels for _, labels in shown}
        with workers(tmp_path, 1) as (three,):
            three.ask("count")
            shown = three.ask("show")
            assert shown[TAKEN] == 15
            assert shown["voxpop_workers", ()] == 2
