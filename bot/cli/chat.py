"""`voxpop chat`: talk with a flow at your desk."""

import asyncio
import os
import shlex
import shutil
import sys
import textwrap
import threading
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from bot.cli.files import flow_files, runnable
from bot.engine.heard import Begun
from bot.errors import (
    InvalidDocument,
    Problem,
    StoreUnavailable,
    VoxpopError,
    WrongUse,
)
from bot.model.contact import Address, Contact
from bot.model.session import Session
from bot.service.inbound import received
from bot.service.starting import start_flow
from bot.wiring import House, opened
from channels.terminal import Terminal
from flows.language.document import FlowDocument
from flows.language.template import is_language

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

BOLD: Final = "\x1b[1;36m"
DIM: Final = "\x1b[2m"
PLAIN: Final = "\x1b[0m"


async def chat(
    flow: str,
    /,
    *,
    store: Flag = False,
    lang: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    config: Path | None = None,
) -> int:
    """Talk with a flow at your desk; type as customers type.

    Example: voxpop chat nps --store --lang es

    When the input is no terminal, each line of it is one message.

    Parameters
    ----------
    flow
        The name of a flow, or a file that holds one.
    store
        Keep the answers in the database, so that they count; else nothing is kept.
    lang
        The language you speak, such as es.
    as_
        Who you are, such as crm:4711, so that the talk goes on where you left it.
    config
        The settings to read instead of config.yaml in this folder.

    """
    desk = _Desk(coloured=sys.stdin.isatty() and sys.stdout.isatty())
    terminal = Terminal(desk.say, desk.offer)
    async with opened(config, memory=not store, channels=[terminal]) as house:
        name = await _publish(house, flow)
        address, known_as = _who(house, as_)
        language = _language(lang)
        newcomer = Contact(id=house.desk.new_id(), language=language)
        await house.outbox.recover(address)
        contact = await start_flow(
            house.desk,
            Begun(flow=name, trigger="chat", prompted=True),
            address,
            known_as=known_as,
            newcomer=newcomer,
            language=language,
        )
        await _settle(house, address, contact)
        await _listen(house, desk, address, contact)
        if store and await _answered(house, contact):
            desk.note(f"\nYour answers are kept. See the score: {_command()} report")
    return 0


def _command() -> str:
    """Return what to type for `voxpop` here: a path where it is not on the PATH."""
    here = Path(sys.argv[0])
    if shutil.which("voxpop") or here.name != "voxpop":
        return "voxpop"
    near = here.absolute()
    inside = near.is_relative_to(Path.cwd())
    return shlex.quote(str(near.relative_to(Path.cwd()) if inside else near))


def _language(name: str | None) -> str | None:
    """Return a language as flows write it; raise WrongUse where it is none."""
    if name is None:
        return None
    base, *rest = name.replace("_", "-").split("-")
    tag = "-".join([base.lower(), *rest])
    if not is_language(tag):
        raise WrongUse(f"--lang takes a language such as es or pt-BR, not {name!r}")
    return tag


def _who(house: House, name: str | None) -> tuple[Address, list[Address]]:
    """Return where we talk, and the other address the contact is known by."""
    if name is None:
        return Address("terminal", str(house.desk.new_id())), []
    address = Address.of(name)
    if not address.channel or not address.handle or not name.isprintable():
        raise WrongUse(f"--as takes who you are, such as crm:4711, not {name!r}")
    return Address("terminal", name), [address]


async def _publish(house: House, wanted: str) -> str:
    """Take up the flows of the folder, and of a file if one is named; return its name.

    A flow with errors is told and left out: its last good revision runs if it has one.
    """
    documents, problems = _read(house, wanted)
    errors = [problem for problem in problems if problem.severity == "error"]
    await house.library.publish(documents, now=house.desk.clock(), by="chat")
    name = wanted
    if _is_file(wanted):
        name = next((d.flow.flow for d in documents if d.flow and d.path == wanted), "")
    known = house.library.shelf.current
    if name not in known:
        if errors:
            raise InvalidDocument(errors)
        raise _unknown(name, sorted(known), house.settings.flows)
    for problem in errors:
        sys.stderr.write(f"{problem}\n")
    if errors:
        sys.stderr.write("The last good revision runs meanwhile.\n")
    return name


def _is_file(wanted: str) -> bool:
    return wanted.endswith((".yaml", ".yml"))


def _read(house: House, wanted: str) -> tuple[list[FlowDocument], list[Problem]]:
    files = flow_files(house.settings.flows)
    if _is_file(wanted):
        given = Path(wanted)
        if not given.is_file():
            raise WrongUse(f"there is no file {wanted}")
        files = [*(f for f in files if f.resolve() != given.resolve()), given]
    return runnable(files, house.desk.world)


def _unknown(name: str, known: list[str], folder: Path) -> WrongUse:
    close = get_close_matches(name, known, 1)
    if close:
        return WrongUse(f"there is no flow {name!r}; did you mean {close[0]}?")
    meant = f"there are {', '.join(known)}" if known else f"{folder} holds no flow"
    return WrongUse(f"there is no flow {name!r}; {meant}")


async def _settle(house: House, address: Address, contact: int) -> None:
    """Send and wake until nothing is due here; others' messages are not ours."""
    while await house.outbox.drain(address) or await house.timers.tick(contact):
        pass


async def _listen(house: House, desk: "_Desk", address: Address, contact: int) -> None:
    """Take line after line, until the talk ends (at a terminal) or the input does."""
    while True:
        if desk.coloured and not _open(await _session(house, contact)):
            return
        line = await desk.read()
        if line is None:
            return
        if not line.strip():
            continue
        key = str(house.desk.new_id())
        try:
            await house.inbox.take(received(address, line, key, house.desk.clock()))
        except StoreUnavailable as error:
            desk.note(f"Not stored, so please say it again. {error}")
        except VoxpopError as error:
            desk.note(str(error))
        await _settle(house, address, contact)


async def _answered(house: House, contact: int) -> bool:
    """Say whether the newest talk holds an answer."""
    session = await _session(house, contact)
    return session is not None and any(v is not None for v in session.answers.values())


async def _session(house: House, contact: int) -> Session | None:
    async with house.store.reading() as work:
        return (await work.last_sessions([contact])).get(contact)


def _open(session: Session | None) -> bool:
    return session is not None and session.status == "active"


class _Desk:
    """Where lines are read and messages shown, in colour at a terminal only."""

    def __init__(self, *, coloured: bool) -> None:
        self.coloured = coloured
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        reading = threading.Thread(target=self._listen, args=(loop,), daemon=True)
        reading.start()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand over lines from a thread of its own, so that Ctrl-C ends the rest."""
        rest = b""
        with suppress(RuntimeError):  # the loop was closed meanwhile
            while chunk := os.read(sys.stdin.fileno(), 65536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(self._lines.put_nowait, line)
            if rest:
                loop.call_soon_threadsafe(self._lines.put_nowait, rest)
            loop.call_soon_threadsafe(self._lines.put_nowait, None)

    def say(self, words: str) -> None:
        """Show what the bot says."""
        self._write(self._fitted(words), BOLD)

    def offer(self, line: str) -> None:
        """Show an answer on offer."""
        self._write(line, DIM)

    def note(self, words: str) -> None:
        """Show what is neither the bot's nor the contact's: it goes to stderr."""
        _write(sys.stderr.write, words, DIM if self.coloured else "")

    async def read(self) -> str | None:
        """Return the next line, None at the end of the input."""
        if self.coloured:
            sys.stdout.write("> ")
            sys.stdout.flush()
        raw = await self._lines.get()
        return raw.decode("utf-8", "replace").rstrip("\r") if raw is not None else None

    def _fitted(self, words: str) -> str:
        """Break lines between words at a terminal; elsewhere they stay as they are."""
        if not self.coloured:
            return words
        width = max(shutil.get_terminal_size().columns - 1, 20)
        lines = (textwrap.wrap(line, width) or [""] for line in words.splitlines())
        return "\n".join(part for parts in lines for part in parts)

    def _write(self, words: str, colour: str) -> None:
        """Show something; where nobody reads any more, the rest goes nowhere."""
        try:
            _write(sys.stdout.write, words, colour if self.coloured else "")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(write: Callable[[str], object], words: str, colour: str) -> None:
    write(f"{colour}{words}{PLAIN}\n" if colour else f"{words}\n")
