-- name: media_add
INSERT INTO media (id, contact, inbound, channel, kind, reference, state, name,
                   media_type, size, reason, attempts, due_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: media_due
-- ?1 now, ?2 the channels, ?3 how many.
SELECT id, contact, inbound, channel, kind, reference, state, name, media_type, size,
       reason, attempts, due_at
  FROM media
 WHERE state = 'due'
   AND due_at <= ?1
   AND channel IN (SELECT value FROM json_each(?2))
 ORDER BY due_at, id
 LIMIT ?3

-- name: media_kept
SELECT contact, count(*)
  FROM media
 WHERE contact IN (SELECT value FROM json_each(?))
   AND state = 'kept'
 GROUP BY contact

-- name: media_settle
UPDATE media
   SET state = ?3,
       name = ?4,
       media_type = ?5,
       size = ?6,
       reason = ?7,
       attempts = ?8,
       due_at = ?9
 WHERE contact = ?1
   AND id = ?2
   AND state = 'due'

-- name: media_old
-- What was kept of messages before ?1, the oldest ?2.
SELECT id, contact, inbound, channel, kind, reference, state, name, media_type, size,
       reason, attempts, due_at
  FROM media
 WHERE state = 'kept'
   AND id < ?1
 ORDER BY id
 LIMIT ?2

-- name: media_forget
UPDATE media SET state = 'forgotten' WHERE contact = ? AND id = ? AND state = 'kept'

-- name: media_of
SELECT id, contact, inbound, channel, kind, reference, state, name, media_type, size,
       reason, attempts, due_at
  FROM media
 WHERE contact = ?
 ORDER BY id
