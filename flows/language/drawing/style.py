"""How a picture looks: quiet boxes, a colour a verb, for light and dark pages."""

from typing import Final

from flows.language.drawing.cards import LABEL_SIZE, SIZES

_LIGHT: Final = {
    "page": "#ffffff",
    "box": "#fbfbfd",
    "edge": "#d5d8e0",
    "ink": "#1c2030",
    "soft": "#565d70",
    "line": "#8a91a3",
    "start": "#565d70",
    "say": "#1a66c2",
    "ask": "#7a3fc0",
    "branch": "#a35a00",
    "run": "#0b7a75",
    "wait": "#6a6f7d",
    "refer": "#2c7a2c",
    "back": "#c2410c",
    "missing": "#c11c1c",
}
_DARK: Final = {
    "page": "#14161d",
    "box": "#1d212b",
    "edge": "#3a4050",
    "ink": "#eceef4",
    "soft": "#aab1c2",
    "line": "#788094",
    "start": "#aab1c2",
    "say": "#7db4ff",
    "ask": "#c9a2ff",
    "branch": "#f2b45c",
    "run": "#5fd0c8",
    "wait": "#b4bac8",
    "refer": "#7fd07f",
    "back": "#ff9a62",
    "missing": "#ff8080",
}


def _colours(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _verbs() -> str:
    verbs = ("start", "say", "ask", "branch", "run", "wait", "refer", "missing")
    return "".join(f".{verb}{{--own:var(--{verb})}}" for verb in verbs)


STYLE: Final = (
    f"svg{{{_colours(_LIGHT)}}}"
    f"@media(prefers-color-scheme:dark){{svg{{{_colours(_DARK)}}}}}"
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Helvetica,"
    "Arial,sans-serif;fill:var(--ink)}"
    ".page{fill:var(--page)}"
    ".heading{font-size:15px;font-weight:600}"
    ".node{--own:var(--soft)}"
    f"{_verbs()}"
    ".box{fill:var(--box);stroke:var(--own);stroke-width:1.4}"
    f".verb{{font-size:{SIZES['verb']}px;font-weight:600;fill:var(--own)}}"
    f".name{{font-size:{SIZES['name']}px;font-weight:600}}"
    f".words{{font-size:{SIZES['words']}px;fill:var(--soft)}}"
    f".cause{{font-size:{SIZES['cause']}px;fill:var(--soft)}}"
    ".parting{stroke:var(--edge);fill:none}"
    ".start .box,.end .box{fill:var(--page)}"
    ".missing .box{stroke-dasharray:5 4}"
    ".line{fill:none;stroke:var(--line);stroke-width:1.5;marker-end:url(#head)}"
    ".back{stroke:var(--back);stroke-dasharray:6 4;marker-end:url(#head-back)}"
    ".head{fill:var(--line)}.head-back{fill:var(--back)}"
    f".label{{font-size:{LABEL_SIZE}px;text-anchor:middle}}"
    ".label-box{fill:var(--page)}"
)
