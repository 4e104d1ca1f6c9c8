-- name: migrations_table
CREATE TABLE IF NOT EXISTS migrations (
  number      BIGINT PRIMARY KEY,
  name        TEXT   NOT NULL,
  checksum    TEXT   NOT NULL,
  applied_at  BIGINT NOT NULL
)

-- name: migrations_add
INSERT INTO migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)

-- name: migrations_applied
SELECT number, name, checksum FROM migrations ORDER BY number

-- name: migrations_known
SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migrations'
