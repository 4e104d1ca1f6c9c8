"""`alert`: a team is to know at once."""

from bot.engine.talk import Talk
from bot.model.event import AlertRaised
from flows.language.model import Alert


def do(talk: Talk, action: Alert) -> None:
    """Tell the team, with the operator's words if there are any."""
    wanted = action.alert
    text = talk.render(wanted.say) if wanted.say else None
    talk.tell(AlertRaised(team=wanted.team, text=text, cause=talk.cause))
