-- name: migrations_table
CREATE TABLE IF NOT EXISTS migrations (
  number      INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL,
  checksum    TEXT    NOT NULL,
  applied_at  INTEGER NOT NULL
) STRICT

-- name: migrations_add
INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)

-- name: migrations_applied
SELECT number, name, checksum FROM migrations ORDER BY number

-- name: migrations_known
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'
