-- name: kept
SELECT value FROM kept WHERE name = $1

-- name: kept_add
INSERT INTO kept (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING

-- name: kept_note
INSERT INTO kept (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
