-- name: inbound_seen
SELECT i.channel, i.key
  FROM json_each(?) AS asked
 CROSS JOIN inbound AS i
 WHERE i.key = json_extract(asked.value, '$[1]')
   AND i.channel = json_extract(asked.value, '$[0]')

-- name: inbound_add
INSERT INTO inbound (id, channel, handle, key, contact, received_at, raw, state, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: inbound_stuck
SELECT id, channel, handle, key, contact, received_at, raw, state, error
  FROM inbound
 WHERE state = 'stuck'
 ORDER BY id
