"""What the chat page shows: it lays out, wraps and scrolls whatever it is given."""

from typing import Final

from bot.model.limits import Limits, Menu

MOST_STARS: Final = 5
"""`MOST_STARS` of static/question.js: a longer scale has numbers."""

LIMITS: Final = Limits(
    service="Web chat",
    scale=(Menu(form="stars", stars=MOST_STARS), Menu(form="buttons")),
    choice=(Menu(form="buttons"),),
    choices=(Menu(form="boxes"),),
    date=(Menu(form="calendar"),),
    ends=True,
)
