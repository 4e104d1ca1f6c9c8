"""Run another flow inside this one."""

from bot.engine.route import way_on
from bot.engine.talk import Talk
from bot.model.event import NotAvailable
from flows.language.model import Run


def visit(talk: Talk, step: Run) -> str:
    """Stand at the first step of the other flow; where it cannot run, go on."""
    if talk.enter(step.run):
        return talk.here.step
    talk.tell(NotAvailable(what=f"run: {step.run}"))
    return way_on(talk, step.go)
