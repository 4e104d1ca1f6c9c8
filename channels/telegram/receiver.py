"""What comes from Telegram, by whichever way: stored first, reacted to after that."""

from collections.abc import Iterator

import structlog
from msgspec import Struct

from bot.clock import Clock
from bot.errors import Refused
from bot.model.message import Press as Turn, Tap
from bot.model.session import Session
from bot.model.tags import untag
from channels.telegram import buttons
from channels.telegram.buttons import Rows, marked
from channels.telegram.channel import Telegram
from channels.telegram.decode import Press, Update, read
from channels.telegram.ports import House, Stored

log = structlog.get_logger()

GREETING = (
    "This group's address is telegram:{chat}. To have cases of unhappy customers "
    "announced here, put it into teams.NAME.notify of config.yaml."
)


class Receiver(Struct, frozen=True):
    """Takes updates in; `allowed` are the flows that a link may begin."""

    house: House
    channel: Telegram
    clock: Clock
    allowed: tuple[str, ...] = ()

    async def take(self, raw: bytes) -> int:
        """Store an update for good, and return its id.

        Raises NotAnUpdate where it is none, StoreUnavailable where it is not stored.
        """
        update = read(raw, self.allowed, at=self.clock())
        stored = await self._store(update)
        if update.press is not None:
            tap = update.inbound.tap if update.inbound else None
            session = stored.session if stored else None
            self.channel.beside(self._react(update.press, tap, session))
        group = update.moved[1] if update.moved else update.added_to
        if group is not None:
            self.channel.tell_group(update.id, group, GREETING.format(chat=group))
        return update.id

    async def _store(self, update: Update) -> Stored | None:
        """Store what there is to store; what no store can keep is acknowledged, too."""
        if update.inbound is None:
            return None
        try:
            return await self.house.take(update.inbound)
        except Refused:
            log.error("telegram_refused", update=update.id)  # noqa: TRY400 - its words
            return None

    async def _react(
        self, press: Press, tap: Tap | None, session: Session | None
    ) -> None:
        """Answer a press, and show its keyboard as its talk has it now."""
        if tap is None or session is None or session.id != tap.session:
            self.channel.ignored(press.query)
            return
        place = (press.query, press.chat, press.message)
        if not _waits(session, tap):
            step = untag(tap.step, session.answers)
            self.channel.answered(*place, _answered(press.rows, session, step))
        elif tap.press in {"on", "off"}:
            step = session.asks or tap.step
            self.channel.toggled(*place, _turned(press.rows, session, step))
        else:
            self.channel.ignored(press.query)


def _waits(session: Session, tap: Tap) -> bool:
    """Say whether a talk still waits for the answer that a press is about."""
    return session.asks is not None and untag(tap.step, [session.asks]) == session.asks


def _turned(rows: Rows, session: Session, step: str) -> Rows:
    """Return a keyboard on which the options that are turned on bear the mark."""
    chosen = {buttons.data(session.id, step, each, "on") for each in session.pressed}
    return marked(rows, chosen)


def _answered(rows: Rows, session: Session, step: str) -> Rows:
    """Return a keyboard on which the answer that counts bears the mark.

    Of one that was chosen from nothing else is left.
    """
    several = any(buttons.ends(data) for row in rows for _, data in row)
    shown = marked(rows, set(_naming(session, step, "on" if several else "answer")))
    if not several:
        return shown
    kept = (tuple(b for b in row if b[0].startswith(buttons.MARK)) for row in shown)
    return tuple(row for row in kept if row)


def _naming(session: Session, step: str, turn: Turn) -> Iterator[str]:
    """Yield what those buttons bring back that name the answer of a step."""
    if step not in session.answers:
        return
    value = session.answers[step]
    if value is None or value == ():
        yield buttons.data(session.id, step, None)
    elif isinstance(value, tuple):
        yield from (buttons.data(session.id, step, each, turn) for each in value)
    else:
        said = str(value) if not isinstance(value, bool) else "yes" if value else "no"
        yield buttons.data(session.id, step, said)
