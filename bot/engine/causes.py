"""What a step causes: each verb of `then` is a file in `then/`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot.engine.talk import Talk
from bot.engine.then import alert, award, emit, open_case, set_attributes, start, tag
from flows.language.model import (
    Action,
    AddTag,
    Alert,
    Award,
    Emit,
    OpenCase,
    SetAttributes,
    StartFlow,
)

_VERBS: Final[Mapping[type, Callable[[Talk, Any], None]]] = {
    AddTag: tag.do,
    SetAttributes: set_attributes.do,
    OpenCase: open_case.do,
    Alert: alert.do,
    StartFlow: start.do,
    Award: award.do,
    Emit: emit.do,
}


def cause(talk: Talk, actions: Sequence[Action]) -> None:
    """Do what stands under `then`, in order."""
    for action in actions:
        _VERBS[type(action)](talk, action)
