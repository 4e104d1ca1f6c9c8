"""The YAML of a file as nodes with their marks, for whoever edits a file in place."""

from collections.abc import Iterator

import yaml

from flows.language.positions import Path

Node = yaml.Node


def root_of(text: str) -> Node | None:
    """Return the tree of a text with plain line ends, None where it is no YAML."""
    try:
        return yaml.compose(text, Loader=yaml.CBaseLoader)
    except (yaml.YAMLError, RecursionError):
        return None


def node_at(node: Node | None, path: Path) -> Node | None:
    """Return the node that a path leads to, None where it leads nowhere."""
    for part in path:
        node = next((value for key, value in _items(node) if key == part), None)
    return node


def scalar_at(node: Node | None, line: int, column: int) -> yaml.ScalarNode | None:
    """Return the scalar, key or value, that begins at a place, counted from 0."""
    for each in scalars(node):
        if (each.start_mark.line, each.start_mark.column) == (line, column):
            return each
    return None


def scalars(node: Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield every scalar of a tree, keys included, in the order of the file."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from scalars(key)
            yield from scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item)


def last_place(node: yaml.CollectionNode) -> tuple[int, int]:
    """Return where the last item of a list or mapping ends, counted from 0."""
    last = node.value[-1]
    value = last[1] if isinstance(last, tuple) else last
    if isinstance(value, yaml.CollectionNode) and not value.flow_style and value.value:
        return last_place(value)
    return value.end_mark.line, value.end_mark.column


def _items(node: Node | None) -> Iterator[tuple[str | int, Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value, value
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)
