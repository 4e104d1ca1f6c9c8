"""What a message of Telegram can show.

Source: the constants of python-telegram-bot 22.8, taken from Bot API 10.0. Text is
counted in units of UTF-16, as Telegram counts its entities: never too little.
A row of buttons is as wide as a phone's screen; longer labels are cut by the app.
"""

from typing import Final

from bot.model.limits import Form, Limit, Limits, Menu


def _keyboard(form: Form) -> Menu:
    """Return an inline keyboard: 100 buttons, 8 a row, 64 bytes brought back."""
    return Menu(form=form, most=100, a_row=8, columns=36, value=Limit(64, "bytes"))


LIMITS: Final = Limits(
    service="Telegram",
    text=Limit(4096, "utf16"),
    caption=Limit(1024, "utf16"),
    scale=(_keyboard("buttons"),),
    choice=(_keyboard("buttons"),),
    choices=(_keyboard("toggles"),),
)
