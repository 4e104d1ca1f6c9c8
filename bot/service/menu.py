"""The commands that flows are begun with, for services that list them."""

from collections.abc import Mapping

from bot.engine.script import Shelf, plain


def commands_of(shelf: Shelf) -> dict[str, Mapping[str, str]]:
    """Return the title of each command's flow by language, empty where it has none."""
    return {
        command: _titles(shelf, flow)
        for command, flow in sorted(shelf.commands.items())
    }


def _titles(shelf: Shelf, name: str) -> Mapping[str, str]:
    flow = shelf.current[name].flow
    if flow.title is None:
        return {}
    return {
        language: plain(flow.title, language, flow.languages)
        for language in flow.languages
    }
