-- name: media_add
INSERT INTO media (id, contact, inbound, channel, kind, reference, state, name,
                   media_type, size, reason, attempts, due_at)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
              $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
              $11::text[], $12::bigint[], $13::bigint[])

-- name: media_due
-- $1 now, $2 the channels, $3 how many.
SELECT id, contact, inbound, channel, kind, reference, state, name, media_type, size,
       reason, attempts, due_at
  FROM media
 WHERE state = 'due'
   AND due_at <= $1::bigint
   AND channel = ANY ($2::text[])
 ORDER BY due_at, id
 LIMIT $3::bigint

-- name: media_kept
SELECT contact, count(*)
  FROM media
 WHERE contact = ANY ($1::bigint[])
   AND state = 'kept'
 GROUP BY contact

-- name: media_settle
UPDATE media
   SET state = settled.state,
       name = settled.name,
       media_type = settled.media_type,
       size = settled.size,
       reason = settled.reason,
       attempts = settled.attempts,
       due_at = settled.due_at
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[],
              $6::bigint[], $7::text[], $8::bigint[], $9::bigint[])
       AS settled (contact, id, state, name, media_type, size, reason, attempts, due_at)
 WHERE media.contact = settled.contact
   AND media.id = settled.id
   AND media.state = 'due'

-- name: media_old
-- What was kept of messages before $1, the oldest $2.
SELECT id, contact, inbound, channel, kind, reference, state, name, media_type, size,
       reason, attempts, due_at
  FROM media
 WHERE state = 'kept'
   AND id < $1::bigint
 ORDER BY id
 LIMIT $2::bigint

-- name: media_forget
UPDATE media
   SET state = 'forgotten'
  FROM unnest($1::bigint[], $2::bigint[]) AS gone (contact, id)
 WHERE media.contact = gone.contact
   AND media.id = gone.id
   AND media.state = 'kept'

-- name: media_of
SELECT id, contact, inbound, channel, kind, reference, state, name, media_type, size,
       reason, attempts, due_at
  FROM media
 WHERE contact = $1
 ORDER BY id
