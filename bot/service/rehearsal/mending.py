"""A test brought up to date: its `bot` lines and `leaves` as they really are."""

from collections.abc import Mapping, Sequence

from bot.service.leavings import Difference, differences
from bot.service.rehearsal.aligning import aligned
from bot.service.rehearsal.matching import pattern_of
from bot.service.rehearsal.play import Play
from bot.service.rehearsal.text import CannotMend, FileText
from flows.language.positions import Path
from flows.language.talks import Bot
from flows.language.writing import in_quotes, value, words


def mend(text: FileText, number: int, play: Play) -> None:
    """Change a test of the file to what a lenient play of it saw.

    Only what differs is touched; a pattern that still matches stays. Raises CannotMend
    where the file is written in a way that cannot be changed so.
    """
    _mend_lines(text, ("tests", number, "talk"), play)
    if play.left is not None:
        leaves = ("tests", number, "leaves")
        _mend_leaves(text, leaves, list(differences(play.left, play.talk.leaves)))


# ── what the bot says ────────────────────────────────────────────────────────────


def _mend_lines(text: FileText, path: Path, play: Play) -> None:
    lines = play.talk.talk
    run: list[int] = []
    for number in range(len(lines) + 1):
        line = lines[number] if number < len(lines) else None
        if isinstance(line, Bot):
            run.append(number)
            continue
        _mend_run(text, path, play, run, number)
        run = []


def _mend_run(
    text: FileText, path: Path, play: Play, run: Sequence[int], number: int
) -> None:
    """Mend the `bot` lines that stand in a row before a line of another kind."""
    lines = [play.talk.talk[n] for n in run]
    expected = [line.bot for line in lines if isinstance(line, Bot)]
    said = play.said[number]
    last = run[0] - 1 if run else number - 1
    more: list[str] = []
    for pair in aligned(expected, said):
        if pair.expected is None and pair.said is not None:
            more.append(f"bot: {words(pattern_of(said[pair.said]))}")
            continue
        _add(text, path, last, more)
        more = []
        if pair.expected is not None:
            last = run[pair.expected]
            new = None if pair.said is None else said[pair.said]
            if not pair.same:
                _mend_line(text, (*path, last), new)
    _add(text, path, last, more)


def _mend_line(text: FileText, item: Path, said: str | None) -> None:
    """Write what was said in a line's place; take it out where nothing was."""
    if said is not None:
        bot = (*item, "bot")
        new = pattern_of(said)
        followed = text.followed(bot)  # a comment needs quotes before it
        within = text.inline(bot)
        text.replace(bot, in_quotes(new) if followed else words(new, within=within))
        return
    _need_lines(text, item[:-1])
    text.remove_item(item)


def _add(text: FileText, path: Path, after: int, items: list[str]) -> None:
    if not items:
        return
    if not text.count(path):
        text.fill(path, items)
        return
    _need_lines(text, path)
    text.add_items(path, after, items)


def _need_lines(text: FileText, path: Path) -> None:
    if text.inline(path):
        raise CannotMend("its talk stands in brackets; write a line for each thing")


# ── what the talk leaves ─────────────────────────────────────────────────────────


def _mend_leaves(text: FileText, path: Path, found: Sequence[Difference]) -> None:
    if not found:
        return
    if text.inline(path):
        _mend_inline(text, path, found)
        return
    gone = {
        each.path[0] for each in found if len(each.path) == 1 and each.found is None
    }
    if gone == set(text.keys(path)):
        text.empty(path, "{}")
        return
    _mend_answers(text, (*path, "answers"), [d for d in found if len(d.path) > 1])
    for each in found:
        if len(each.path) == 1:
            _mend_leaf(text, (*path, each.path[0]), each.found)


def _mend_leaf(text: FileText, path: Path, found: object) -> None:
    if found is None:
        text.remove_entry(path)
    elif isinstance(found, list | tuple) and not text.inline(path):
        _mend_list(text, path, found)
    else:
        text.replace(path, value(found))


def _mend_list(text: FileText, path: Path, found: Sequence[object]) -> None:
    """Bring a list with a line an item up to date."""
    count = text.count(path)
    if not found:
        text.empty(path, "[]")
        return
    for place in range(min(count, len(found))):
        new = value(found[place])
        if text.raw((*path, place)) != new:
            text.replace((*path, place), new)
    for place in range(len(found), count):
        text.remove_item((*path, place))
    if len(found) > count:
        text.add_items(path, count - 1, [value(each) for each in found[count:]])


def _mend_answers(text: FileText, path: Path, found: Sequence[Difference]) -> None:
    if not found:
        return
    changes = {each.path[1]: each.found for each in found}
    keys = text.keys(path)
    if text.inline(path) and not _same_keys(text, path, changes):
        text.replace(path, _rewritten(text, path, changes))
        return
    if all(key in changes and changes[key] is None for key in keys):
        rest = {key: new for key, new in changes.items() if new is not None}
        text.empty(path, value(rest))
        return
    for key, new in changes.items():
        if key not in keys:
            text.add_entry(path, keys[-1], key, value(new))
        elif new is None:
            text.remove_entry((*path, key))
        else:
            text.replace((*path, key), value(new))


def _mend_inline(text: FileText, path: Path, found: Sequence[Difference]) -> None:
    """Write `leaves` anew that stand in braces; what did not change stays as it is."""
    answers = {each.path[1]: each.found for each in found if len(each.path) > 1}
    whole = {each.path[0]: each.found for each in found if len(each.path) == 1}
    if _same_keys(text, path, whole):
        _mend_answers(text, (*path, "answers"), [d for d in found if len(d.path) > 1])
        for key, new in whole.items():
            text.replace((*path, key), value(new))
        return
    parts: list[str] = []
    for key in text.keys(path):
        if key == "answers" and answers:
            parts.append(f"{key}: {_rewritten(text, (*path, key), answers)}")
        elif key not in whole:
            parts.append(f"{key}: {text.raw((*path, key))}")
        elif whole[key] is not None:
            parts.append(f"{key}: {value(whole[key])}")
    text.replace(path, f"{{{', '.join(parts)}}}")


def _same_keys(text: FileText, path: Path, changes: Mapping[str, object]) -> bool:
    """Say whether values change, and no key comes or goes."""
    keys = text.keys(path)
    return all(key in keys and new is not None for key, new in changes.items())


def _rewritten(text: FileText, path: Path, changes: Mapping[str, object]) -> str:
    """Return a mapping in braces with some values changed, added or taken out."""
    keys = text.keys(path)
    kept = {key: text.raw((*path, key)) for key in keys}
    new = {key: value(found) for key, found in changes.items() if found is not None}
    gone = {key for key, found in changes.items() if found is None}
    merged = {key: raw for key, raw in (kept | new).items() if key not in gone}
    return f"{{{', '.join(f'{key}: {raw}' for key, raw in merged.items())}}}"
