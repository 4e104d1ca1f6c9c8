"""`voxpop chat --record`: a talk written down as a test, which passes at once."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from bot.cli.files import TESTS, content, flow_files, read, write
from bot.cli.rehearsing import play_together, rehearsals_of
from bot.config import Settings
from bot.errors import InvalidDocument, WrongUse
from bot.model.contact import Contact
from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates
from bot.service.desk import zone_named
from bot.service.leavings import Left, leaves_of
from bot.service.ports import Channel
from bot.service.rehearsal import Watch
from bot.service.rehearsal.matching import pattern_of
from bot.service.rehearsal.text import CannotMend, FileText
from bot.wiring import House
from flows.language.document import load_talks
from flows.language.writing import value, words

LONGEST_NAME: Final = 60


class Said(NamedTuple):
    """One line of the talk: `bot` or `contact`, and the words as they were."""

    who: str
    words: str


class Recorder:
    """Keeps what is said at the desk; `watch` sees whose talk it is."""

    at_once: int | None = 1
    rates: Rates = FREE

    def __init__(self, channel: Channel) -> None:
        self.name = channel.name
        self.watch = Watch()
        self.lines: list[Said] = []
        self._channel = channel

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Keep a message, and send it on."""
        self.lines.append(Said("bot", delivery.content.text))
        return await self._channel.send(delivery)

    def hear(self, line: str) -> None:
        """Keep what the contact typed."""
        self.lines.append(Said("contact", line))


class Recorded(NamedTuple):
    """Where a talk was written down, and under which name."""

    path: str
    line: int
    name: str


class Book:
    """The file that talks through a flow are written to."""

    def __init__(self, settings: Settings, flow: str, path: Path) -> None:
        self._settings = settings
        self._flow = flow
        self._path = path
        self._source = content(path) if path.exists() else b""

    def check(self) -> None:
        """See to it that a talk can be written here.

        Raises WrongUse or InvalidDocument with what to do about it.
        """
        if not self._path.name.endswith(TESTS):
            raise WrongUse(f"{self._path}: tests stand in files named *.test.yaml")
        if not self._path.parent.is_dir():
            raise WrongUse(f"{self._path.parent}: there is no such folder")
        if not self._source:
            return
        document = load_talks(str(self._path), self._source)
        if document.talks is None or document.problems:
            raise InvalidDocument(list(document.problems))
        if document.talks.flow != self._flow:
            told = f"holds tests of {document.talks.flow}, not of {self._flow}"
            raise WrongUse(f"{self._path} {told}; name another file")
        self._with("name: x")

    async def write(self, entry: "Entry") -> Recorded | str:
        """Write a talk down so that it passes, with as little said of it as can be.

        Where it goes otherwise when it is played again, nothing is written; return why.
        """
        why = ""
        for head in entry.heads():
            source = self._with(entry.text(head))
            rehearsals = rehearsals_of(self._settings, [self._path], [source])
            [played] = await play_together(rehearsals[-1:])
            if played.failure is None:
                write(self._path, source)
                file, number = played.rehearsal.file, played.rehearsal.number
                line = file.positions.value(("tests", number)).line
                return Recorded(str(self._path), line, entry.name)
            why = played.failure.message
        return f"Not recorded: played again, this talk goes otherwise.\n{why}"

    def _with(self, entry: str) -> bytes:
        """Return the file with one more test at its end."""
        if not self._source:
            body = entry.replace("\n", "\n    ")
            return f"flow: {self._flow}\n\ntests:\n  - {body}\n".encode()
        text = FileText(self._source.decode("utf-8-sig"))
        last = text.count(("tests",)) - 1
        try:
            text.add_block(("tests",), last, entry)
        except CannotMend as error:
            told = f"no test can be added, for {error}; name another file"
            raise WrongUse(f"{self._path}: {told}") from None
        mark = self._source[:3] if self._source.startswith(b"\xef\xbb\xbf") else b""
        return mark + text.changed().encode()


class Entry(NamedTuple):
    """A talk as it was had: by whom, when, line by line, and what it left."""

    contact: Contact
    began_at: datetime
    zone: str
    lines: Sequence[Said]
    left: Left

    @property
    def name(self) -> str:
        """Return what the talk may be called: by what the contact said."""
        said = [
            " ".join(line.words.split()) for line in self.lines if line.who != "bot"
        ]
        told = ", then ".join(said) if said else "Nothing is answered"
        printable = (
            "".join(c if c.isprintable() else " " for c in told).strip() or "A talk"
        )
        if len(printable) <= LONGEST_NAME:
            return printable
        return f"{printable[:LONGEST_NAME].rstrip()} …"

    def heads(self) -> list[Sequence[str]]:
        """Return what may have to be said of where and when, the least first."""
        here = zone_named(self.contact.zone) or zone_named(self.zone)
        at = f"at: {self.began_at.astimezone(here):%Y-%m-%d %H:%M}"
        desk = "channel: terminal"
        return [(), (at,), (desk,), (desk, at)]

    def text(self, head: Sequence[str]) -> str:
        """Return the test, its first line without indentation."""
        known = _known(self.contact)
        leaves = leaves_of(self.left)
        return "\n".join(
            [
                f"name: {words(self.name)}",
                *([f"contact: {value(known)}"] if known else []),
                *head,
                "talk:" if self.lines else "talk: []",
                *(f"  - {_line(line)}" for line in self.lines),
                "leaves:",
                *(f"  {key}: {value(found)}" for key, found in leaves.items()),
            ]
        )


def _line(line: Said) -> str:
    said = pattern_of(line.words) if line.who == "bot" else line.words
    return f"{line.who}: {words(said)}"


def _known(contact: Contact) -> dict[str, object]:
    """Return what was known of a contact before the talk."""
    own = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "language": contact.language,
        "zone": contact.zone,
    }
    known = {**own, **contact.attributes}
    plain = (str, int, float)
    return {name: found for name, found in known.items() if isinstance(found, plain)}


def book_for(settings: Settings, flow: str, wanted: str, given: Path | None) -> Book:
    """Return the file that talks through a flow are written to, checked beforehand."""
    path = given or _beside(settings, flow, wanted)
    book = Book(settings, flow, path)
    book.check()
    return book


def _beside(settings: Settings, flow: str, wanted: str) -> Path:
    """Return where the tests of a flow stand: beside it, under its file's name."""
    if wanted.endswith((".yaml", ".yml")):
        found = Path(wanted)
    else:
        documents, _, _ = read(flow_files(settings.flows))
        paths = [d.path for d in documents if d.flow and d.flow.flow == flow]
        if not paths:
            raise WrongUse(f"no file holds {flow}; say where: --record NAME.test.yaml")
        found = Path(paths[0])
    return found.with_name(f"{found.stem}.test.yaml")


async def left_of(house: House, watch: Watch, contact: int, flow: str) -> Left:
    """Return what the newest talk through a flow left."""
    newest = watch.newest.get((contact, flow), 0)
    async with house.store.reading() as work:
        session = (await work.sessions([(contact, newest)])).get(newest)
        traces = (await work.traces([contact]))[contact]
    return Left(flow, session, traces, house.library.shelf.current)
