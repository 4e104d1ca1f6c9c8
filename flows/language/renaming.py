"""A flow's file, or its tests, under another name: comments and layout stay."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import yaml

from flows.language.nodes import Node, node_at, root_of, scalars

_NAMES: Final = frozenset({"flow", "run", "start", "started"})
_KEYWORD: Final = frozenset({"keyword"})

Edit = tuple[yaml.ScalarNode, str]


def renamed(
    source: bytes,
    name: str,
    *,
    keywords: Mapping[str, str] | None = None,
    languages: Sequence[str] = (),
) -> bytes:
    """Return the file of a flow, or of its tests, for a flow of this name.

    `keywords` that would clash become others, `languages` come in another order.
    """
    text = source.decode()
    root = root_of(text)
    edits = [*_renamed(root, name), *_reworded(root, keywords or {})]
    edits += _reordered(root, languages)
    for node, words in sorted(edits, key=_place, reverse=True):
        start, end = node.start_mark.index, node.end_mark.index
        text = text[:start] + words + text[end:]
    return text.encode()


def _place(edit: Edit) -> int:
    return int(edit[0].start_mark.index)


def _renamed(root: Node | None, name: str) -> Iterator[Edit]:
    """Yield the flow's name, and wherever it speaks of itself."""
    old = node_at(root, ("flow",))
    for each in _below(root, _NAMES):
        if old is not None and each.value == old.value:
            yield each, name


def _reworded(root: Node | None, keywords: Mapping[str, str]) -> Iterator[Edit]:
    for each in _below(root, _KEYWORD):
        if each.value in keywords:
            yield each, keywords[each.value]


def _reordered(root: Node | None, languages: Sequence[str]) -> Iterator[Edit]:
    listed = [*scalars(node_at(root, ("languages",)))]
    if {each.value for each in listed} == set(languages):
        yield from zip(listed, languages, strict=True)


def _below(node: Node | None, keys: frozenset[str]) -> Iterator[yaml.ScalarNode]:
    """Yield the scalars that stand below a key of these, however deep."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inside = scalars(value) if key.value in keys else _below(value, keys)
            yield from inside
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _below(item, keys)
