"""Choose the way by conditions."""

from bot.engine.route import first_way, way_on
from bot.engine.talk import Talk
from flows.language.model import Branch


def visit(talk: Talk, step: Branch) -> str:
    """Go where the first condition that holds leads, else on in file order."""
    return first_way(talk, "branch", step.branch) or way_on(talk, None)
