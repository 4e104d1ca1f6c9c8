"""A picture as Mermaid: a `flowchart TD` that many pages and editors draw.

Words are data. In quotes, every sign that Mermaid, Markdown or HTML could take for its
own is written as a number (`#60;`), so that words come out as they went in.
"""

import re
from collections.abc import Iterator
from typing import Final

from flows.language.drawing.nodes import Node, Picture, Shape

LONGEST: Final = 120
"""Characters of a step's words; a picture shows which step it is, not all it says."""

_SHAPES: Final[dict[Shape, tuple[str, str]]] = {
    "start": ("([", "])"),
    "say": ("[", "]"),
    "ask": ("[/", "/]"),
    "branch": ("{", "}"),
    "run": ("[[", "]]"),
    "wait": ("{{", "}}"),
    "refer": ("[(", ")]"),
    "end": ("((", "))"),
    "missing": (">", "]"),
    "jump": (">", "]"),
}
_SIGNS: Final = re.compile(
    r"""
    ^[-+] | (?<=\d)[.)] | (?<=www)\.      # what could begin a list, or be a link
    | [\x00-\x7f](?<![A-Za-z0-9 ,.?!'()/-])  # quotes, brackets, %, <, &, `, _ …
    | [\ufb02\xb6]                        # what Mermaid itself writes `#60;` with
    """,
    re.VERBOSE | re.IGNORECASE,
)


def mermaid(picture: Picture) -> str:
    """Return a picture as the text of a Mermaid flowchart, a line for each part."""
    lines = ["flowchart TD", *map(_node, picture.nodes)]
    for edge in picture.edges:
        label = ", ".join(map(escaped, edge.labels))
        arrow = f'-->|"{label}"|' if label else "-->"
        lines.append(f"{edge.source} {arrow} {edge.target}")
    return "\n    ".join(lines) + "\n"


def escaped(words: str) -> str:
    """Return words so that Mermaid shows exactly these, whatever they hold.

    >>> print(escaped('<b>50 %</b> "off"'))
    #60;b#62;50 #37;#60;/b#62; #34;off#34;
    """
    plain = _SIGNS.sub(lambda found: f"#{ord(found[0])};", words)
    return "".join(sign if sign.isprintable() else f"#{ord(sign)};" for sign in plain)


def _node(node: Node) -> str:
    opened, closed = _SHAPES[node.shape]
    causes = (f"→ {escaped(cause)}" for cause in node.causes)
    words = "<br/>".join([*map(escaped, _lines(node)), *causes])
    return f'{node.key}{opened}"{words}"{closed}'


def _lines(node: Node) -> Iterator[str]:
    """Yield what stands on a node, line by line, none of them empty."""
    if node.shape in ("start", "end", "missing", "jump"):
        yield from (*node.notes, node.name)
    else:
        yield " ".join((node.shape, ", ".join(node.notes))).strip()
        yield node.name
    if words := node.words:
        yield words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
