"""Visit steps until one waits or the talk ends.

The rules:

1. A step is visited once a pass; it tells where to go on, or that it waits.
2. `end`, or coming past the last step, leaves the innermost flow.
3. Leaving a flow that a `run` step entered, its outer flow goes on behind that step.
4. Leaving a flow that the contact asked for in mid-talk, the outer flow is where it
   was: a waiting question is put again, a waiting time goes on waiting.
5. Leaving the outermost flow completes the talk.
6. No sprint visits more than STEPS_A_SPRINT steps, no talk has more than
   SPRINTS_A_SESSION sprints: what goes on without waiting is ended and told.
"""

from typing import assert_never

from bot.engine import answers, questions
from bot.engine.route import way_on
from bot.engine.steps import ask, branch, refer, run, say, wait
from bot.engine.talk import Talk
from bot.model.answer import Accepted
from flows.language.model import (
    END,
    SPRINTS_A_SESSION,
    STEPS_A_SPRINT,
    Ask,
    Branch,
    Refer,
    Run,
    Say,
    Step,
    Wait,
)


def walk(talk: Talk) -> None:
    """Visit the step we stand at and all that follow, until one waits or all ends."""
    if talk.session.sprints >= SPRINTS_A_SESSION:
        talk.bound()
        return
    for _ in range(STEPS_A_SPRINT):
        onward = _visit(talk, talk.script.steps[talk.here.step])
        if onward is None or not go(talk, onward):
            return
    talk.bound()


def answer(talk: Talk, step: Ask, accepted: Accepted, text: str) -> None:
    """Keep the answer to the step we stand at, and walk on."""
    if go(talk, answers.take(talk, step, accepted, text)):
        walk(talk)
    talk.corrected()


def go(talk: Talk, onward: str) -> bool:
    """Stand at the next step; False where nothing is left to visit now."""
    while onward == END:
        if not talk.leave():
            talk.end("completed")
            return False
        outer = talk.script.steps[talk.here.step]
        if not isinstance(outer, Run):
            return _return_to(talk, outer)
        onward = way_on(talk, outer.go)
    talk.move(onward)
    return True


def _return_to(talk: Talk, outer: Step) -> bool:
    """Take up what waited while another flow ran inside."""
    if isinstance(outer, Ask):
        questions.put(talk, outer, "again")
        return False
    until = talk.here.until
    if until is not None and until > talk.facts.now:
        talk.waits, talk.wait_until = "time", until
        return False
    return go(talk, way_on(talk, outer.go if isinstance(outer, Wait) else None))


def _visit(talk: Talk, step: Step) -> str | None:
    """Do what the step says; return the next step, or None where it waits."""
    talk.tread()
    match step:
        case Ask():
            return ask.visit(talk, step)
        case Say():
            return say.visit(talk, step)
        case Branch():
            return branch.visit(talk, step)
        case Run():
            return run.visit(talk, step)
        case Wait():
            return wait.visit(talk, step)
        case Refer():
            return refer.visit(talk, step)
        case _:
            assert_never(step)
