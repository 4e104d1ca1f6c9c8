"""How SQLite goes about the look-ups that every message pays for."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import open_store
from storage.named import statements

RARE = {
    "backlog": "the indexes hold only what is unknown or stuck, and it has a limit",
    "counts_differing": "a recount reads everything",
    "months_differing": "the same",
    "events_of": "a single look at one contact",
    "report_comments": "a report reads the words of its period",
    "report_people": "a report by people reads the answers of its period",
    "lease_drop": "there are as many rows as things that only one may do",
    "publications": "a history reads all there is of its flows",
    "publications_rolled_back": "flows are published seldom, and each a few times",
    "sessions_keeping": "a look at all open talks, when somebody publishes",
    "sessions_standing": "the same",
    "revisions_current": "there are as many rows as flows",
    "contacts_silent_beyond": "the index holds only silent visitors, which are bounded",
    "inbound_stuck": "the index holds only what is stuck",
    "inbound_stuck_ids": "the same",
    "outbox_list_due": "reads the end of an index of what is due, up to its limit",
    "outbox_list_late": "the few rows that two look-ups found",
    "outbox_list_unknown": "the index holds only what is unknown, and it has a limit",
    "outbox_tally": "each index holds only one kind, which is counted up to a limit",
    "outbox_silence_due": "the index holds only what is due, and a stop is rare",
    "outbox_restored": "a restore looks at the whole outbox, once",
    "outbox_newest": "reads the end of the table, up to its limit",
}
"""Statements that may read a table or an index from end to end, and why."""
HARMLESS = re.compile(
    r"SCAN (asked|json_each) VIRTUAL TABLE|SCAN \(subquery|SCAN CONSTANT ROW"
)
"""The set that was asked for, and the few rows of a subquery."""


@pytest.fixture
async def plans(file: Path) -> dict[str, list[str]]:
    """Return how each named statement would be gone about."""
    async with open_store(f"sqlite:///{file}"):
        pass
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: _plan(connection, text)
            for name, text in statements("sqlite").items()
            if not name.startswith("migrations_")
        }


def _plan(connection: sqlite3.Connection, text: str) -> list[str]:
    text = re.sub(r"--.*", "", text)
    numbered = [int(number) for number in re.findall(r"\?(\d+)", text)]
    unknown = [None] * max(numbered, default=text.count("?"))
    rows = connection.execute(f"EXPLAIN QUERY PLAN {text}", unknown)
    return [row[3] for row in rows]


def test_hot_look_ups(plans: dict[str, list[str]]) -> None:
    """Whatever a message needs is found by an index or an id, never by reading on."""
    scans = {
        name: [line for line in plan if "SCAN" in line and not HARMLESS.match(line)]
        for name, plan in plans.items()
    }
    assert {name for name, found in scans.items() if found} == set(RARE)


def test_held_rows(plans: dict[str, list[str]]) -> None:
    """Claiming looks at what is due, and at what is held at just that address."""
    found = [
        "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH o USING INDEX outbox_due (due_at<?)",
        "SEARCH held USING INDEX outbox_held (handle=? AND channel=? AND id<?)",
    ]
    for name in ("outbox_claim", "outbox_claim_singly"):
        assert [line for line in plans[name] if "SEARCH" in line][:3] == found


def test_a_look_at_the_outbox(plans: dict[str, list[str]]) -> None:
    """What an operator lists is found by indexes that hold nothing that simply left."""
    used = {
        name: [line for line in plan if " outbox " in f"{line} "]
        for name, plan in plans.items()
        if name.startswith(("outbox_list", "outbox_tally"))
    }
    assert used == {
        "outbox_list_due": ["SCAN outbox USING INDEX outbox_due"],
        "outbox_list_ended": ["SEARCH outbox USING INDEX outbox_ended (state=?)"],
        "outbox_list_late": [
            "SEARCH outbox USING INDEX outbox_due (due_at<?)",
            "SEARCH outbox USING INDEX outbox_leased (lease_until>?)",
        ],
        "outbox_list_leaving": [
            "SEARCH outbox USING INDEX outbox_leased (lease_until>?)"
        ],
        "outbox_list_unknown": ["SCAN outbox USING INDEX outbox_unknown"],
        "outbox_tally": [
            "SCAN outbox USING INDEX outbox_due",
            "SEARCH outbox USING INDEX outbox_leased (lease_until>?)",
            "SCAN outbox USING INDEX outbox_unknown",
            "SEARCH outbox USING COVERING INDEX outbox_ended (state=?)",
            "SEARCH outbox USING COVERING INDEX outbox_ended (state=?)",
        ],
    }
