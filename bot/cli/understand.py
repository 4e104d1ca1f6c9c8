"""`voxpop understand`: see how typed words are understood, one or a file of them."""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from bot.cli.plain import clean
from bot.cli.understand_batch import (
    Malformed,
    Request,
    Typed,
    understood,
)
from bot.cli.understand_shared import understand_shared
from bot.clock import now
from bot.errors import WrongUse

STDIN: Final = "-"

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
Several = Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)]


def understand(  # noqa: PLR0913 - an option each for what a line of the batch has
    kind: Typed | None = None,
    text: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    lang: str = "en",
    option: Several = (),
    min: float | None = None,  # noqa: A002 - the option is called --min
    max: float | None = None,  # noqa: A002 - and this one --max
    region: str | None = None,
    today: date | None = None,
    optional: Flag = False,
    json: Flag = False,
    batch: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
) -> int:
    """Understand typed words as an answer, without storing or sending anything.

    Example: voxpop understand nps "un tres, tardaron una semana" --lang es

    Leaves with 0 where the words are accepted or to be confirmed, 1 where they are
    rejected. A batch leaves with 1 where a line was malformed.

    Parameters
    ----------
    kind
        What the question asks for.
    text
        What the contact typed.
    lang
        The language of the talk, such as en or es-MX.
    option
        An answer on offer as key=Label, once for each, in the order shown.
    min
        The lowest number that is taken.
    max
        The highest number that is taken.
    region
        The contact's country, such as ES; phone numbers and dates are read by it.
    today
        The contact's day; without it, the present one in UTC.
    optional
        The question may be skipped.
    json
        Print one JSON object.
    batch
        A file of JSON lines, or - for stdin: one line out for each line in.

    """
    day = today or now().date()
    if batch is not None:
        return _batch(batch, day)
    if kind is None or text is None:
        raise WrongUse(
            'say what is asked and the words: voxpop understand nps "a nine"'
        )
    request = Request(
        id=None,
        kind=kind,
        lang=lang,
        text=text,
        options=_options(option),
        region=region,
        min=min,
        max=max,
        optional=optional,
    )
    try:
        answer = understood(request, day)
    except Malformed as error:
        raise WrongUse(str(error)) from None
    _show(answer, as_json=json)
    return 1 if answer["outcome"] == "rejected" else 0


def _batch(place: str, day: date) -> int:
    """Answer every line of a file; 1 where one could not be read."""
    if place == STDIN:
        return understand_shared(sys.stdin.buffer, sys.stdout.buffer, day)
    try:
        with Path(place).open("rb") as lines:
            return understand_shared(lines, sys.stdout.buffer, day)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WrongUse(f"{place}: {error.strerror}") from None


def _options(given: Sequence[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for each in given:
        key, sign, label = each.partition("=")
        if not (sign and key.strip() and label.strip()):
            raise WrongUse(f"--option {each}: write it as key=Label")
        if key in options:
            raise WrongUse(f"--option {each}: there are two options {key}")
        options[key] = label
    return options


def _show(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(f"{json.dumps(answer, ensure_ascii=False)}\n")
        return
    words = answer["outcome"]
    if words != "rejected":
        words += f": {json.dumps(answer['value'], ensure_ascii=False)}"
    if answer["comment"] is not None:
        words += f"\ncomment: {answer['comment']}"
    sys.stdout.write(f"{clean(words)}\n")
