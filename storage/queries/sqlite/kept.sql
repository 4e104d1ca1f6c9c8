-- name: kept
SELECT value FROM kept WHERE name = ?

-- name: kept_add
INSERT INTO kept (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING

-- name: kept_note
INSERT INTO kept (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
