-- name: outbox_add
INSERT INTO outbox (id, contact, channel, handle, session, flow, asks, cause, content,
                    topic, prompted, role, due_at, state, token, attempts, reason,
                    settled_at)
SELECT new.*, CASE WHEN new.state = 'sent' THEN new.due_at END
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[],
              $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
              $11::smallint[], $12::text[], $13::bigint[], $14::text[], $15::bigint[],
              $16::bigint[], $17::text[])
       AS new (id, contact, channel, handle, session, flow, asks, cause, content, topic,
               prompted, role, due_at, state, token, attempts, reason)

-- name: outbox_hold
-- $1 now, $2 how many, $3 the channels, $4 one handle or null. Holds the contacts of
-- due rows, so that nobody else claims theirs; who is held by another waits.
SELECT o.contact, o.id
  FROM outbox AS o
  JOIN contacts AS c
    ON c.id = o.contact
 WHERE o.state = 'due'
   AND o.due_at <= $1::bigint
   AND o.channel = ANY ($3::text[])
   AND ($4::text IS NULL OR o.handle = $4)
   AND NOT EXISTS (SELECT 1
                     FROM outbox AS held
                    WHERE held.lease_until IS NOT NULL
                      AND held.handle = o.handle
                      AND held.channel = o.channel
                      AND held.id < o.id)
 ORDER BY o.due_at, o.id
 LIMIT $2::bigint
   FOR NO KEY UPDATE OF c SKIP LOCKED

-- name: outbox_hold_singly
-- The same, of each address only what is due first; $5 are handles that are left out.
SELECT o.contact, o.id
  FROM outbox AS o
  JOIN contacts AS c
    ON c.id = o.contact
 WHERE o.state = 'due'
   AND o.due_at <= $1::bigint
   AND o.channel = ANY ($3::text[])
   AND ($4::text IS NULL OR o.handle = $4)
   AND o.handle <> ALL ($5::text[])
   AND NOT EXISTS (SELECT 1
                     FROM outbox AS held
                    WHERE held.lease_until IS NOT NULL
                      AND held.handle = o.handle
                      AND held.channel = o.channel
                      AND held.id < o.id)
   AND NOT EXISTS (SELECT 1
                     FROM outbox AS ahead
                    WHERE ahead.state = 'due'
                      AND ahead.handle = o.handle
                      AND ahead.channel = o.channel
                      AND ahead.id < o.id
                      AND ahead.due_at <= $1::bigint)
 ORDER BY o.due_at, o.id
 LIMIT $2::bigint
   FOR NO KEY UPDATE OF c SKIP LOCKED

-- name: outbox_claim
-- $1 the end of the lease; the rows as (contact, id). Whether they are free still is
-- asked once more, for now their contacts are held. A row waits while an earlier one
-- of its address is claimed, on its way, or to be tried again.
UPDATE outbox AS o
   SET state = 'claimed', token = o.token + 1, lease_until = $1::bigint
  FROM unnest($2::bigint[], $3::bigint[]) AS mine (contact, id)
 WHERE o.contact = mine.contact
   AND o.id = mine.id
   AND o.state = 'due'
   AND NOT EXISTS (SELECT 1
                     FROM outbox AS held
                    WHERE held.lease_until IS NOT NULL
                      AND held.handle = o.handle
                      AND held.channel = o.channel
                      AND held.id < o.id)
RETURNING o.id, o.contact, o.channel, o.handle, o.session, o.flow, o.asks, o.cause,
          o.content, o.topic, o.prompted, o.role, o.due_at, o.state, o.token,
          o.attempts, o.reason, o.reference

-- name: outbox_newest
SELECT id, contact, channel, handle, session, flow, asks, cause, content,
       topic, prompted, role, due_at, state, token, attempts, reason, reference
  FROM outbox
 ORDER BY id DESC
 LIMIT $1

-- name: outbox_start
UPDATE outbox
   SET state = 'sending', token = started.token, attempts = attempts + 1
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS started (contact, id, token)
 WHERE outbox.contact = started.contact
   AND outbox.id = started.id
   AND outbox.state = 'claimed'
   AND outbox.token < started.token
RETURNING outbox.id

-- name: outbox_asked
-- All that was asked from an id on: read only after a service was long out of reach.
SELECT id, contact, channel, handle, session, flow, asks, cause, content,
       topic, prompted, role, due_at, state, token, attempts, reason, reference
  FROM outbox
 WHERE id >= $2::bigint
   AND channel = $1
   AND asks IS NOT NULL
   AND state IN ('sent', 'delivered', 'read', 'unknown')
 ORDER BY id

-- name: outbox_unsettled
SELECT o.id
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS asked (contact, id, token)
  JOIN outbox AS o
    ON o.contact = asked.contact
   AND o.id = asked.id
   AND o.token = asked.token
 WHERE o.state IN ('claimed', 'sending', 'unknown')

-- name: outbox_settle
-- A row that is to be tried again goes on holding back those behind it.
UPDATE outbox
   SET lease_until = CASE WHEN sent.state = 'due' AND outbox.state <> 'claimed'
                          THEN sent.due_at END,
       state = sent.state, settled_at = sent.at, reason = sent.reason,
       reference = coalesce(sent.reference, outbox.reference),
       due_at = coalesce(sent.due_at, outbox.due_at),
       attempts = outbox.attempts - sent.uncounted
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[],
              $6::text[], $7::bigint[], $8::bigint[], $9::bigint[])
       AS sent (id, token, state, at, reason, reference, due_at, contact, uncounted)
 WHERE outbox.contact = sent.contact
   AND outbox.id = sent.id
   AND outbox.token = sent.token
   AND outbox.state IN ('claimed', 'sending', 'unknown')

-- name: outbox_let_go
UPDATE outbox
   SET lease_until = 0
 WHERE lease_until IS NOT NULL
   AND channel = $1
   AND handle = $2

-- name: outbox_abandon
UPDATE outbox
   SET lease_until = 0
 WHERE lease_until IS NOT NULL
   AND state IN ('claimed', 'sending')
   AND channel = $1

-- name: outbox_due_again
UPDATE outbox
   SET state = 'due', lease_until = NULL
  FROM (SELECT contact, id
          FROM outbox
         WHERE lease_until <= $1::bigint
           AND state = 'claimed'
           FOR NO KEY UPDATE SKIP LOCKED) AS ended
 WHERE outbox.contact = ended.contact
   AND outbox.id = ended.id

-- name: outbox_lost
UPDATE outbox
   SET state = 'unknown', lease_until = NULL, settled_at = $1::bigint,
       reason = 'nobody knows whether it arrived'
  FROM (SELECT contact, id
          FROM outbox
         WHERE lease_until <= $1
           AND state = 'sending'
           FOR NO KEY UPDATE SKIP LOCKED) AS ended
 WHERE outbox.contact = ended.contact
   AND outbox.id = ended.id

-- name: outbox_restored
-- What a backup held back may have left since it was taken; $1 is now.
UPDATE outbox
   SET state = 'unknown', lease_until = NULL, settled_at = $1,
       reason = 'restored from a backup'
 WHERE state IN ('claimed', 'sending')
    OR (state = 'due' AND due_at <= $1)
RETURNING id

-- name: outbox_withdraw
UPDATE outbox
   SET state = 'superseded', reason = 'corrected', lease_until = NULL
  FROM unnest($1::bigint[], $2::text[]) AS withdrawn (session, cause)
 WHERE outbox.session = withdrawn.session
   AND outbox.cause = withdrawn.cause
   AND outbox.state = 'due'

-- name: outbox_silence_due
UPDATE outbox
   SET state = 'superseded', reason = 'stop', lease_until = NULL
  FROM unnest($1::bigint[]) AS stopped (contact)
 WHERE outbox.contact = stopped.contact
   AND outbox.state = 'due'

-- name: outbox_silence_claimed
UPDATE outbox
   SET state = 'superseded', reason = 'stop', lease_until = NULL
  FROM unnest($1::bigint[]) AS stopped (contact)
 WHERE outbox.contact = stopped.contact
   AND outbox.state = 'claimed'
   AND outbox.lease_until IS NOT NULL

-- name: outbox_part_due
-- What waits for an address that was taken for one of the contact's.
UPDATE outbox AS o
   SET state = 'superseded', reason = 'parted', lease_until = NULL
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS parted (contact, channel, handle)
 WHERE o.contact = parted.contact
   AND o.channel = parted.channel
   AND o.handle = parted.handle
   AND o.state = 'due'

-- name: outbox_part_claimed
UPDATE outbox AS o
   SET state = 'superseded', reason = 'parted', lease_until = NULL
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS parted (contact, channel, handle)
 WHERE o.contact = parted.contact
   AND o.channel = parted.channel
   AND o.handle = parted.handle
   AND o.state = 'claimed'
   AND o.lease_until IS NOT NULL

-- name: outbox_shown
-- What a visitor of the web chat was shown after $2, newest first, and what did not
-- arrive before: it may have left after a later message came. The page knows a message
-- by its id, so what is shown again does not show twice.
SELECT id, contact, channel, handle, session, flow, asks, cause, content,
       topic, prompted, role, due_at, state, token, attempts, reason, reference
  FROM outbox
 WHERE channel = 'web'
   AND handle = $1
   AND (id > $2 OR state IN ('sent', 'unknown'))
   AND state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
 ORDER BY id DESC
 LIMIT $3

-- name: outbox_arrived
UPDATE outbox
   SET state = 'delivered', settled_at = $3::bigint
  FROM unnest($1::bigint[], $2::bigint[]) AS arrived (contact, id)
 WHERE outbox.contact = arrived.contact
   AND outbox.id = arrived.id
   AND outbox.state IN ('sent', 'unknown')
RETURNING outbox.id

-- name: outbox_forget
DELETE FROM outbox WHERE channel = 'web' AND handle = ANY ($1::text[])
