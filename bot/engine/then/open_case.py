"""`open_case`: somebody owes the contact a reply."""

from bot.engine.talk import Talk
from bot.model.event import CaseOpened
from flows.language.model import OpenCase


def do(talk: Talk, action: OpenCase) -> None:
    """Tell that a case is open, for which team and how urgent."""
    wanted = action.open_case
    talk.tell(
        CaseOpened(
            flow=talk.here.flow,
            team=wanted.team,
            urgency=wanted.urgency,
            cause=talk.cause,
        )
    )
