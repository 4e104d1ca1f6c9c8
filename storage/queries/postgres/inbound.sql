-- name: inbound_seen
SELECT i.key
  FROM unnest($2::text[], $3::text[]) AS asked (handle, key)
  JOIN inbound AS i
    ON i.home = home_of($1::text, asked.handle)
   AND i.channel = $1::text
   AND i.key = asked.key

-- name: inbound_add
INSERT INTO inbound (home, id, channel, handle, key, contact, received_at, raw, state,
                     error)
SELECT home_of(new.channel, new.handle), new.*
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[],
              $6::bigint[], $7::text[], $8::text[], $9::text[])
       AS new (id, channel, handle, key, contact, received_at, raw, state, error)

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
 WHERE id IN (SELECT unnest($1::bigint[]))

-- name: inbound_take_stuck
DELETE FROM inbound
 WHERE id IN (SELECT unnest($1::bigint[]))
   AND state = 'stuck'
RETURNING id, channel, handle, key, contact, received_at, raw, state, error

-- name: inbound_written
-- What a visitor of the web chat wrote after $3, newest first.
SELECT id, channel, handle, key, contact, received_at, raw, state, error
  FROM inbound
 WHERE home = home_of('web', $5::text)
   AND key >= $1::text COLLATE "C"
   AND key < $2::text COLLATE "C"
   AND channel = 'web'
   AND id > $3
 ORDER BY id DESC
 LIMIT $4

-- name: inbound_forget
DELETE FROM inbound
 USING unnest($1::text[], $2::text[], $3::text[]) AS gone (first, beyond, handle)
 WHERE home = home_of('web', gone.handle)
   AND key >= gone.first
   AND key < gone.beyond
   AND channel = 'web'

-- name: inbound_next
-- Where the next $3 messages end that came after $1 and before $2.
SELECT max(id)
  FROM (SELECT id FROM inbound WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3) AS few

-- name: inbound_empty
-- What the provider sent goes; that it came stays. A stuck message keeps it.
UPDATE inbound
   SET raw = ''
 WHERE id > $1
   AND id <= $2
   AND state <> 'stuck'
   AND raw <> ''
RETURNING id

-- name: inbound_empty_some
UPDATE inbound
   SET raw = ''
 WHERE id IN (SELECT unnest($1::bigint[]))
   AND state <> 'stuck'
   AND raw <> ''
RETURNING id
