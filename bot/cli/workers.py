"""Several workers behind one port: started, watched, and renewed one after the other.

The listening socket is opened once and handed to all, so that no connection is lost
while a worker stops: another one takes it.
"""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot import figures
from web import notify

SHORT: Final = 10.0
"""Seconds after which a worker that ends is started again without a longer pause."""
PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
READY_SECONDS: Final = 60.0
FIGURES: Final = "figures"
"""Where workers keep what they count, so that each can show the sum."""
QUIET: Final = "--quiet"
"""Whoever starts this way takes up no flows: one does so for all."""


class Worker:
    """One process that serves."""

    def __init__(self, number: int, command: Sequence[str], folder: Path) -> None:
        self._command = command
        self._place = folder / f"worker-{number}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, hands: Sequence[int]) -> bool:
        """Start it with these open files; say whether it became ready in time."""
        loop = asyncio.get_running_loop()
        self._place.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
            ears.bind(str(self._place))
            ears.settimeout(0)
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                pass_fds=hands,
                start_new_session=True,  # Ctrl-C is for us to pass on
                env={
                    **os.environ,
                    notify.PLACE: str(self._place),
                    figures.SHARED: str(self._place.with_name(FIGURES)),
                },
            )
            ended = asyncio.ensure_future(self._process.wait())
            told = asyncio.ensure_future(loop.sock_recv(ears, 64))
            await asyncio.wait(
                {ended, told},
                timeout=READY_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            ready = told.done() and not ended.done()
            told.cancel()
            ended.cancel()
            return ready

    @property
    def runs(self) -> bool:
        """Say whether it has not ended yet."""
        return self._process is None or self._process.returncode is None

    async def ended(self) -> int:
        """Return its exit code once it ended."""
        assert self._process is not None  # noqa: S101 - it was started
        return await self._process.wait()

    async def stop(self) -> None:
        """Have it finish what is under way, and end."""
        if self._process is not None and self.runs:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self.runs:
            with suppress(ProcessLookupError):
                self._process.kill()


class _Seat:
    """One worker's place, which is never empty for long."""

    def __init__(self, make: Callable[..., Worker], hands: Sequence[int]) -> None:
        self._make = make
        self._hands = hands
        self._filling = asyncio.Lock()
        self.worker: Worker | None = None

    async def take(self, *options: str) -> bool:
        """Put a new worker here, and stop the one before it once the new one is ready.

        Where the new one cannot start, the old one stays. Whoever is just starting here
        comes first, and is the one before it.
        """
        async with self._filling:
            return await self._take(*options)

    async def _fill(self) -> bool:
        """Have a worker here, a new one where there is none; say whether there is."""
        async with self._filling:
            return self.worker is not None or await self._take(QUIET)

    async def _take(self, *options: str) -> bool:
        new = self._make(*options)
        if not await new.start(self._hands):
            if new.runs:
                sys.stderr.write(f"A worker was not ready in {READY_SECONDS:.0f} s.\n")
                new.kill()
            return False
        old, self.worker = self.worker, new
        if old is not None:
            await old.stop()
        return True

    async def keep(self) -> None:
        """Replace a worker that ends by itself, until cancelled."""
        loop = asyncio.get_running_loop()
        pause = PAUSE / 2
        while True:
            began = loop.time()
            how = "could not start"
            if await self._fill():
                how = f"ended ({_reason(await self._ended())})"
            pause = PAUSE if loop.time() - began > SHORT else pause * 2
            pause = min(pause, LONGEST_PAUSE)
            words = f"A worker {how}; another one starts in {pause:.0f} s."
            sys.stderr.write(f"{words}\n")
            await asyncio.sleep(pause)

    async def _ended(self) -> int:
        """Return how whoever sits here ended, once one did who was not replaced."""
        code = 0
        while (worker := self.worker) is not None:
            code = await worker.ended()
            if worker is self.worker:
                self.worker = None
        return code


def say_how_to_stop() -> None:
    """Print the last line of a start: all is up."""
    sys.stdout.write("Stop it with Ctrl-C.\n")
    sys.stdout.flush()


def _reason(code: int) -> str:
    """Return how a process ended.

    >>> _reason(-9), _reason(1)
    ('SIGKILL', 'code 1')
    """
    return signal.Signals(-code).name if code < 0 else f"code {code}"


class Workers:
    """As many workers as were asked for, for as long as we run."""

    def __init__(
        self, count: int, listening: socket.socket, config: Path | None
    ) -> None:
        command = [sys.executable, "-m", "bot", "run"]
        command += ["--socket", str(listening.fileno())]
        self._command = [*command, *(["--config", str(config)] if config else [])]
        self._stopping = asyncio.Event()
        self._renewing = asyncio.Event()
        self._made = 0
        self._living: list[Worker] = []
        self._folder = Path()
        hands = [listening.fileno()]
        self._seats = [_Seat(self._new, hands) for _ in range(count)]

    async def run(self) -> int:
        """Run until told to stop; return the exit code."""
        with tempfile.TemporaryDirectory(prefix="voxpop-") as folder:
            self._folder = Path(folder)
            (self._folder / FIGURES).mkdir()
            self._on_signals()
            if not await self._start():
                await self._stop()
                return 1
            say_how_to_stop()
            notify.ready()
            async with asyncio.TaskGroup() as tasks:
                loops = [tasks.create_task(seat.keep()) for seat in self._seats]
                loops.append(tasks.create_task(self._renew()))
                await self._stopping.wait()
                for loop in loops:
                    loop.cancel()
            await self._stop()
        return 0

    async def _start(self) -> bool:
        """Fill the seats one after the other; say whether all could be."""
        first, *others = self._seats
        if not await first.take():
            return False
        return all([await seat.take(QUIET) for seat in others])

    async def _renew(self) -> None:
        """Replace the workers, one after the other, whenever told to."""
        while True:
            await self._renewing.wait()
            self._renewing.clear()
            words = "All workers are new."
            if not await self._start():
                words = "Not all workers could be replaced; those before go on."
            sys.stdout.write(f"{words}\n")
            sys.stdout.flush()

    async def _stop(self) -> None:
        """Stop all that runs, also who was about to come or to go."""
        await asyncio.gather(*(worker.stop() for worker in self._living))

    def _new(self, *options: str) -> Worker:
        self._made += 1
        made = Worker(self._made, [*self._command, *options], self._folder)
        self._living = [*(each for each in self._living if each.runs), made]
        return made

    def _on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._leave)
        loop.add_signal_handler(signal.SIGHUP, self._renewing.set)

    def _leave(self) -> None:
        """Stop in good order; at a second signal, at once."""
        if self._stopping.is_set():
            for worker in self._living:
                worker.kill()
        self._stopping.set()
