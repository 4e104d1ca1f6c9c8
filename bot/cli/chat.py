"""`voxpop chat`: talk with a flow at your desk."""

import asyncio
import os
import shutil
import sys
import textwrap
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from bot.cli.chat_record import Entry, Recorded, Recorder, book_for, left_of
from bot.cli.here import command
from bot.cli.plain import clean
from bot.cli.publishing import take_up
from bot.engine.heard import Begun
from bot.errors import (
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
from flows.language.template import is_language

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

BOLD: Final = "\x1b[1;36m"
DIM: Final = "\x1b[2m"
PLAIN: Final = "\x1b[0m"


async def chat(  # noqa: PLR0913 - its options
    flow: str,
    file: Path | None = None,
    /,
    *,
    record: Flag = False,
    store: Flag = False,
    lang: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    config: Path | None = None,
) -> int:
    """Talk with a flow at your desk; type as customers type.

    Example: voxpop chat nps --store --lang es

    Example: voxpop chat nps --record

    When the input is no terminal, each line of it is one message.

    Parameters
    ----------
    flow
        The name of a flow, or a file that holds one.
    file
        Where --record writes to; else NAME.test.yaml beside the flow.
    record
        Write the talk down as a test, at the end of the file.
    store
        Keep the answers in the database, so that they count; else nothing is kept.
    lang
        The language you speak, such as es.
    as_
        Who you are, such as crm:4711, so that the talk goes on where you left it.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if file is not None and not record:
        raise WrongUse(f"what is {file} for? To write the talk there, say --record")
    desk = _Desk(coloured=sys.stdin.isatty() and sys.stdout.isatty())
    code = 0
    taken = Recorder(Terminal(desk.say, desk.offer))
    async with opened(
        config, memory=not store, channels=[taken], watch=taken.watch
    ) as house:
        name = await take_up(house, flow, how="chat", kept=store)
        book = book_for(house.settings, name, flow, file) if record else None
        address, known_as = _who(house, as_)
        language = _language(lang)
        newcomer = Contact(id=house.desk.new_id(), language=language)
        await house.outbox.recover(address)
        began_at = house.desk.clock()
        met = [await house.store.find(each) for each in (address, *known_as)]
        contact = await start_flow(
            house.desk,
            Begun(flow=name, trigger="chat", prompted=True),
            address,
            known_as=known_as,
            newcomer=newcomer,
            language=language,
        )
        await _settle(house, address, contact)
        await _listen(house, desk, address, contact, taken)
        if book is not None:
            entry = Entry(
                contact=next((each for each in met if each), newcomer),
                began_at=began_at,
                zone=house.settings.brand.timezone,
                lines=taken.lines,
                left=await left_of(house, taken.watch, contact, name),
            )
            code = _recorded(desk, await book.write(entry))
        if store and await _answered(house, contact):
            desk.note(f"\nYour answers are kept. See the score: {command()} report")
    return code


def _recorded(desk: "_Desk", written: Recorded | str) -> int:
    """Say where the talk was written down, or why it was not."""
    if isinstance(written, str):
        desk.note(f"\n{clean(written)}")
        return 1
    place = f"{written.path}:{written.line}"
    desk.note(f"\nRecorded as {place}: {clean(written.name)}")
    return 0


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


async def _settle(house: House, address: Address, contact: int) -> None:
    """Send and wake until nothing is due here; others' messages are not ours."""
    while await house.outbox.drain(address) or await house.timers.tick(contact):
        pass


async def _listen(
    house: House, desk: "_Desk", address: Address, contact: int, taken: Recorder
) -> None:
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
            taken.hear(line)
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
