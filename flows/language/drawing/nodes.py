"""What a picture is made of: nodes with words on them, and the edges between."""

from typing import Literal

from msgspec import Struct

Shape = Literal[
    "start", "say", "ask", "branch", "run", "wait", "refer", "end", "missing", "jump"
]


class Node(Struct, frozen=True, kw_only=True):
    """One thing that is drawn: what it is, and all the words on it, as written."""

    key: str
    shape: Shape
    name: str = ""
    notes: tuple[str, ...] = ()
    words: str = ""
    causes: tuple[str, ...] = ()


class Edge(Struct, frozen=True):
    """The ways from one node to another: what takes each, none where nothing has to."""

    source: str
    target: str
    labels: tuple[str, ...] = ()


class Picture(Struct, frozen=True, kw_only=True):
    """All of a flow that is drawn, in the order of its file."""

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
