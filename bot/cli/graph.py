"""`voxpop graph`: draw a flow."""

from pathlib import Path
from typing import Final, Literal

from bot.cli.absent import not_spoken
from bot.cli.picked import pick
from bot.cli.writing import put
from bot.config import load_settings
from bot.errors import WrongUse
from flows.language.drawing.mermaid import mermaid
from flows.language.drawing.picture import picture_of
from flows.language.drawing.svg import svg
from flows.language.model import Flow

Format = Literal["mermaid", "svg"]

OTHER_PICTURES: Final = frozenset({".gif", ".jpeg", ".jpg", ".pdf", ".png", ".webp"})


def graph(
    flow: str,
    /,
    *,
    format: Format | None = None,  # noqa: A002 - the option is called --format
    lang: str | None = None,
    output: Path | None = None,
    config: Path | None = None,
) -> int:
    """Draw a flow: its triggers, its steps, and where each answer leads.

    Example: voxpop graph nps --output nps.svg

    Parameters
    ----------
    flow
        The name of a flow, or a file that holds one.
    format
        Text for Mermaid (mermaid), or a picture (svg); without it as the output's name
        says, else mermaid.
    lang
        The language of the words, such as es; without it the flow's first.
    output
        The file to write to; without it, stdout.
    config
        The settings to read instead of config.yaml in this folder.

    """
    found = pick(flow, load_settings(config).flows)
    picture = picture_of(found, _language(found, lang))
    draw = svg if _is_svg(format, output) else mermaid
    put(draw(picture), output)
    return 0


def _is_svg(wanted: Format | None, output: Path | None) -> bool:
    """Tell whether a picture is wanted; raise WrongUse for one of another format."""
    if wanted is None:
        if output and output.suffix.lower() in OTHER_PICTURES:
            raise WrongUse(f"{output}: graph draws .svg, not {output.suffix}")
        return output is not None and output.suffix.lower() == ".svg"
    return wanted == "svg"


def _language(flow: Flow, wanted: str | None) -> str | None:
    if wanted is None or wanted in flow.languages:
        return wanted
    raise not_spoken(flow.flow, flow.languages, wanted)
