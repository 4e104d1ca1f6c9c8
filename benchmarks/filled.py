"""A database as it is after two years: real rows, many times over.

A few talks are had for real. Every further row is a copy of one of theirs with another
id, contact, time, flow, channel and score, so that it is as long as a real one; the
histograms are counted from the answers.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from bot.clock import now

DAYS: Final = 730
FLOWS: Final = 20
CHANNELS: Final = ("web", "telegram", "slack")
NODE_AND_COUNT_BITS: Final = 22
"""What an id has beside its milliseconds (`bot/clock.py`)."""
ID_EPOCH_MS: Final = 1_735_689_600_000
FAST: Final = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "cache_size = -2000000",
    "temp_store = MEMORY",
    "locking_mode = EXCLUSIVE",
)

# Of row number i: when it was, whose it is, and what was said; the same in every table.
_MS: Final = "(:first + i * (:last - :first) / :count)"
_ID: Final = f"((1 + i * :ids / :count) * {1 << NODE_AND_COUNT_BITS} + i % 512)"
_HASH: Final = "(i * 2654435761 % 4294967296 / 97)"
_CONTACT: Final = f"(SELECT id FROM them WHERE place = {_HASH} % :contacts)"  # noqa: S608
_HANDLE: Final = f"(SELECT handle FROM them WHERE place = {_HASH} % :contacts)"  # noqa: S608
_SCORE: Final = f"min(10, {_HASH} / 7 % 15)"
_SEGMENT: Final = (
    f"CASE WHEN {_SCORE} >= 9 THEN 'promoter' "
    f"WHEN {_SCORE} >= 7 THEN 'passive' ELSE 'detractor' END"
)
_FLOW: Final = f"'flow_' || ({_HASH} / 11 % {FLOWS})"
_CHANNEL: Final = (
    f"CASE {_HASH} / 13 % 3 "
    + " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(CHANNELS))
    + " END"
)
_DAY: Final = f"(SELECT day FROM days WHERE place = i * {DAYS} / :count)"  # noqa: S608
_MICROS: Final = f"{_MS} * 1000"

ANSWERS: Final = {
    "id": _ID,
    "contact": _CONTACT,
    "session": _ID,
    "flow": _FLOW,
    "value": f"CAST({_SCORE} AS TEXT)",
    "segment": _SEGMENT,
    "comment": "NULL",
    "text": f"CAST({_SCORE} AS TEXT)",
    "channel": _CHANNEL,
    "day": _DAY,
    "period_at": _MICROS,
    "given_at": _MICROS,
}
ROWS: Final[Mapping[str, tuple[str, int, Mapping[str, str]]]] = {
    "answers": ("kind = 'nps' AND standing = 'counted'", 1, ANSWERS),
    "inbound": (
        "state = 'handled'",
        1,
        {
            "id": _ID,
            "contact": _CONTACT,
            "handle": _HANDLE,
            "key": f"{_HANDLE} || '-' || i",
            "received_at": _MICROS,
            "raw": "''",  # kept for 30 days
        },
    ),
    "outbox": (
        "role = 'asks'",
        1,
        {
            "id": _ID,
            "contact": _CONTACT,
            "handle": _HANDLE,
            "session": _ID,
            "flow": _FLOW,
            "due_at": _MICROS,
            "settled_at": _MICROS,
            "state": "'delivered'",
        },
    ),
    "sessions": (
        "status = 'completed'",
        2,
        {"id": _ID, "contact": _CONTACT, "flow": _FLOW, "wakes_at": "NULL"},
    ),
    "events": ("true", 4, {"id": _ID, "contact": _CONTACT, "at": _MICROS}),
}
"""By table: which of its rows is copied, a row for how many answers, what differs."""
COUNTED: Final = """
INSERT INTO counts (day, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
SELECT day, flow, step, channel, language, touchpoint, campaign,
       'answer', kind, value, 0, count(*)
  FROM answers
 WHERE standing = 'counted'
   AND kind IN ('nps', 'csat', 'ces', 'rating')
   AND value <> 'null'
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 9, 10
"""
FUNNEL: Final = """
INSERT INTO counts (day, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
SELECT day, flow, '', channel, language, touchpoint, campaign,
       ?1, '', '', 0, sum(n)
  FROM counts
 WHERE measure = 'answer'
 GROUP BY 1, 2, 4, 5, 6, 7
    ON CONFLICT DO UPDATE SET n = n + excluded.n
"""
MONTHS: Final = """
INSERT INTO months (month, flow, step, channel, language, touchpoint, campaign,
                    measure, kind, value, slot, n)
SELECT substr(day, 1, 7), flow, step, channel, language, touchpoint, campaign,
       measure, kind, value, slot, sum(n)
  FROM counts
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
"""


def fill(file: Path, answers: int, tables: tuple[str, ...] = tuple(ROWS)) -> None:
    """Add so many answers, and what goes with them, to a database that has real ones.

    They are spread over two years, 20 flows, three channels and all contacts.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        for setting in FAST:
            db.execute(f"PRAGMA {setting}").fetchall()
        db.execute("BEGIN")
        contacts = _temporaries(db)
        for table in tables:
            which, share, differing = ROWS[table]
            indexes = _without_indexes(db, table)
            _copy(db, table, which, differing, _numbers(answers // share, contacts))
            for index in indexes:
                db.execute(index)
        db.execute("DELETE FROM counts WHERE measure = 'answer'")
        db.execute(COUNTED)
        for measure in ("sent", "delivered", "started", "completed"):
            db.execute(FUNNEL, (measure,))
        db.execute("DELETE FROM months")
        db.execute(MONTHS)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL").fetchall()


def _temporaries(db: sqlite3.Connection) -> int:
    """Give contacts and days a number each; return how many contacts there are."""
    db.execute(
        "CREATE TEMP TABLE them (place INTEGER PRIMARY KEY, id INTEGER, handle TEXT)"
    )
    db.execute(
        "INSERT INTO them SELECT row_number() OVER (ORDER BY place) - 1, contact, "
        "handle FROM addresses"
    )
    db.execute("CREATE TEMP TABLE days (place INTEGER PRIMARY KEY, day TEXT)")
    db.executemany(
        "INSERT INTO days VALUES (?, ?)",
        list(enumerate(_days())),
    )
    (count,) = db.execute("SELECT count(*) FROM them").fetchone()
    return int(count)


def _first() -> datetime:
    """Return the midnight that the first day begins with; the last one is yesterday."""
    today = datetime.combine(now().date(), time(), UTC)
    return today - timedelta(days=DAYS)


def _days() -> list[str]:
    first = _first().date()
    return [(first + timedelta(days=number)).isoformat() for number in range(DAYS)]


def _numbers(count: int, contacts: int) -> dict[str, int]:
    """Return what the statements are told: how many rows, whose, and from when on."""
    first = int(_first().timestamp()) * 1000
    last = first + DAYS * 24 * 60 * 60 * 1000 - 1
    return {
        "count": count,
        "contacts": contacts,
        "first": first,
        "last": last,
        "ids": last - ID_EPOCH_MS,
    }


def _without_indexes(db: sqlite3.Connection, table: str) -> list[str]:
    """Drop a table's indexes and return how they are made again."""
    found = db.execute(
        "SELECT name, sql FROM sqlite_schema"
        " WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    for name, _ in found:
        db.execute(f"DROP INDEX {name}")
    return [text for _, text in found]


def _copy(
    db: sqlite3.Connection,
    table: str,
    which: str,
    differing: Mapping[str, str],
    numbers: Mapping[str, int],
) -> None:
    """Copy one row many times, but for the columns that differ."""
    columns = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]
    values = [differing.get(name, f"one.{name}") for name in columns]
    done = db.execute(
        f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608 - our own words
        f" WITH RECURSIVE n(i) AS"
        f" (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count),"
        f" one AS MATERIALIZED (SELECT * FROM {table} WHERE {which} LIMIT 1)"
        f" SELECT {', '.join(values)} FROM n CROSS JOIN one",
        numbers,
    )
    if done.rowcount != numbers["count"]:
        raise SystemExit(f"{table} has no row to copy where {which}")
