-- name: joins_of
-- All that ever named one of these contacts, oldest first.
SELECT id, contact, other, proof, made_by, at, undone_at
  FROM joins
 WHERE contact IN (SELECT value FROM json_each(?1))
    OR other IN (SELECT value FROM json_each(?1))
 ORDER BY id

-- name: joins_by_id
SELECT id, contact, other, proof, made_by, at, undone_at FROM joins WHERE id = ?

-- name: joins_add
INSERT INTO joins (id, contact, other, proof, made_by, at) VALUES (?, ?, ?, ?, ?, ?)

-- name: joins_undo
UPDATE joins SET undone_at = ?1 WHERE contact = ?2 AND id = ?3 AND undone_at IS NULL

-- name: links_at
SELECT hash, contact, flow, made_at, expires_at, used_at, used_channel, used_handle
  FROM links
 WHERE hash IN (SELECT value FROM json_each(?))

-- name: links_add
INSERT INTO links (hash, contact, flow, made_at, expires_at) VALUES (?, ?, ?, ?, ?)

-- name: links_use
UPDATE links
   SET used_at = ?2, used_channel = ?3, used_handle = ?4
 WHERE hash = ?1
   AND used_at IS NULL
