"""`start`: another flow, perhaps later."""

from datetime import timedelta

from bot.engine.talk import Talk
from bot.model.event import FlowPlanned
from flows.language.model import StartFlow


def do(talk: Talk, action: StartFlow) -> None:
    """Tell that a flow is to start after so much time."""
    wanted = action.start
    wait = wanted.wait or timedelta()
    talk.tell(FlowPlanned(flow=wanted.flow, wait=wait, cause=talk.cause))
