-- name: inbound_seen
SELECT i.key
  FROM json_each(?2) AS asked
 CROSS JOIN inbound AS i
 WHERE i.key = asked.value ->> 1
   AND i.channel = ?1

-- name: inbound_add
INSERT INTO inbound (id, channel, handle, key, contact, received_at, raw, state, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: inbound_stuck
SELECT id, channel, handle, key, contact, received_at, raw, state, error
  FROM inbound
 WHERE state = 'stuck'
 ORDER BY id

-- name: inbound_stuck_ids
SELECT id FROM inbound WHERE state = 'stuck' ORDER BY id

-- name: inbound
SELECT id, channel, handle, key, contact, received_at, raw, state, error
  FROM inbound
 WHERE id IN (SELECT value FROM json_each(?1))

-- name: inbound_take_stuck
DELETE FROM inbound
 WHERE id IN (SELECT value FROM json_each(?1))
   AND state = 'stuck'
RETURNING id, channel, handle, key, contact, received_at, raw, state, error

-- name: inbound_written
-- What a visitor of the web chat wrote after ?3, newest first. Their keys begin with
-- their handle, so that these stand together: from ?1 to before ?2.
SELECT id, channel, handle, key, contact, received_at, raw, state, error
  FROM inbound
 WHERE key >= ?1
   AND key < ?2
   AND channel = 'web'
   AND id > ?3
   AND handle = ?5
 ORDER BY id DESC
 LIMIT ?4

-- name: inbound_forget
DELETE FROM inbound WHERE key >= ? AND key < ? AND channel = 'web' AND handle = ?

-- name: inbound_next
-- Where the next ?3 messages end that came after ?1 and before ?2.
SELECT max(id)
  FROM (SELECT id FROM inbound WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3) AS few

-- name: inbound_empty
-- What the provider sent goes; that it came stays. A stuck message keeps it.
UPDATE inbound
   SET raw = ''
 WHERE id > ?1
   AND id <= ?2
   AND state <> 'stuck'
   AND raw <> ''
RETURNING id

-- name: inbound_empty_some
UPDATE inbound
   SET raw = ''
 WHERE id IN (SELECT value FROM json_each(?1))
   AND state <> 'stuck'
   AND raw <> ''
RETURNING id
