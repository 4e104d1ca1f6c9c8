"""Unhappy answers that somebody owes a reply, and the words that mark a contact."""

from collections.abc import Iterator

from bot.model.changes import Changes
from storage.driver import Write
from storage.rows import micros


def withdrawals(changes: Changes) -> Iterator[Write]:
    """Yield what takes back the tags of corrected answers."""
    yield "tags_withdraw", sorted(changes.withdrawn)


def writes(changes: Changes) -> Iterator[Write]:
    """Yield the cases opened, the notes for open ones, and the tags."""
    yield "cases_add", [(*row[:7], micros(row.opened_at)) for row in changes.cases]
    yield "cases_note", changes.case_notes
    yield (
        "tags_add",
        [
            (tag.session, tag.cause or "", tag.tag, tag.contact, micros(tag.at))
            for tag in changes.tags
        ],
    )
