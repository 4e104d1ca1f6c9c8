-- name: inbound_seen
SELECT i.key
  FROM json_each(?2) AS asked
 CROSS JOIN inbound AS i
 WHERE i.key = asked.value
   AND i.channel = ?1

-- name: inbound_add
INSERT INTO inbound (id, channel, handle, key, contact, received_at, raw, state, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: inbound_stuck
SELECT id, channel, handle, key, contact, received_at, raw, state, error
  FROM inbound
 WHERE state = 'stuck'
 ORDER BY id
