"""What a message of Slack can show in Block Kit.

Source: the models of slack_sdk 3.47 and docs.slack.dev/reference/block-kit. A button
may show only some 30 letters of its label on a small screen. Text goes into sections,
where & < and > are written as entities, and the longer spelling is what counts.
"""

from typing import Final

from bot.model.answer import MEDIA
from bot.model.limits import Limit, Limits, Menu

_LABEL: Final = Limit(75)
_VALUE: Final = Limit(150)
"""Of an option; the value of a button may be longer."""

_BUTTONS: Final = Menu(form="buttons", most=25, label=_LABEL, value=Limit(2000))
_SELECT: Final = Menu(form="select", most=100, label=_LABEL, value=_VALUE)
_BOXES: Final = Menu(form="boxes", most=10, label=_LABEL, value=_VALUE)

LIMITS: Final = Limits(
    service="Slack",
    text=Limit(3000, "escaped"),
    caption=Limit(2000),
    scale=(_BUTTONS, _SELECT),
    choice=(_BUTTONS, _SELECT),
    choices=(_BOXES, _SELECT),
    date=(Menu(form="calendar", label=_LABEL),),
    ends=True,
    gives=MEDIA - {"location"},
)
