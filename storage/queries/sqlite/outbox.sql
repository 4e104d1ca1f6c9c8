-- name: outbox_add
INSERT INTO outbox (id, contact, channel, handle, session, flow, asks, cause, content,
                    topic, prompted, role, due_at, state, token, attempts, reason,
                    settled_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
        iif(?14 = 'sent', ?13, NULL))

-- name: outbox_claim
-- ?1 now, ?2 the end of the lease, ?3 how many, ?4 the channels, ?5 one handle or null.
-- A row waits while an earlier one of its
-- address is claimed, on its way, or to be tried again.
UPDATE outbox
   SET state = 'claimed', token = token + 1, lease_until = ?2
 WHERE id IN (SELECT o.id
                FROM outbox AS o
               WHERE o.state = 'due'
                 AND o.due_at <= ?1
                 AND o.channel IN (SELECT value FROM json_each(?4))
                 AND (?5 IS NULL OR o.handle = ?5)
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox AS held INDEXED BY outbox_held
                                  WHERE held.lease_until IS NOT NULL
                                    AND held.handle = o.handle
                                    AND held.channel = o.channel
                                    AND held.id < o.id)
               ORDER BY o.due_at, o.id
               LIMIT ?3)
RETURNING id, contact, channel, handle, session, flow, asks, cause, content,
          topic, prompted, role, due_at, state, token, attempts, reason, reference

-- name: outbox_claim_singly
-- The same, of each address only what is due first; ?6 are handles that are left out.
UPDATE outbox
   SET state = 'claimed', token = token + 1, lease_until = ?2
 WHERE id IN (SELECT o.id
                FROM outbox AS o
               WHERE o.state = 'due'
                 AND o.due_at <= ?1
                 AND o.channel IN (SELECT value FROM json_each(?4))
                 AND (?5 IS NULL OR o.handle = ?5)
                 AND o.handle NOT IN (SELECT value FROM json_each(?6))
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox AS held INDEXED BY outbox_held
                                  WHERE held.lease_until IS NOT NULL
                                    AND held.handle = o.handle
                                    AND held.channel = o.channel
                                    AND held.id < o.id)
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox AS ahead INDEXED BY outbox_waiting
                                  WHERE ahead.state = 'due'
                                    AND ahead.handle = o.handle
                                    AND ahead.channel = o.channel
                                    AND ahead.id < o.id
                                    AND ahead.due_at <= ?1)
               ORDER BY o.due_at, o.id
               LIMIT ?3)
RETURNING id, contact, channel, handle, session, flow, asks, cause, content,
          topic, prompted, role, due_at, state, token, attempts, reason, reference

-- name: outbox_newest
SELECT id, contact, channel, handle, session, flow, asks, cause, content,
       topic, prompted, role, due_at, state, token, attempts, reason, reference
  FROM outbox
 ORDER BY id DESC
 LIMIT ?

-- name: outbox_start
UPDATE outbox
   SET state = 'sending', token = started.token, attempts = attempts + 1
  FROM (SELECT value ->> 0 AS contact, value ->> 1 AS id, value ->> 2 AS token
          FROM json_each(?)) AS started
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
 WHERE id >= ?2
   AND channel = ?1
   AND asks IS NOT NULL
   AND state IN ('sent', 'delivered', 'read', 'unknown')
 ORDER BY id

-- name: outbox_unsettled
SELECT o.id
  FROM json_each(?) AS asked
 CROSS JOIN outbox AS o
 WHERE o.contact = asked.value ->> 0
   AND o.id = asked.value ->> 1
   AND o.token = asked.value ->> 2
   AND o.state IN ('claimed', 'sending', 'unknown')

-- name: outbox_settle
-- A row that is to be tried again goes on holding back those behind it.
UPDATE outbox
   SET lease_until = CASE WHEN ?3 = 'due' AND state <> 'claimed' THEN ?7 END,
       state = ?3, settled_at = ?4, reason = ?5, reference = coalesce(?6, reference),
       due_at = coalesce(?7, due_at), attempts = attempts - ?9
 WHERE contact = ?8
   AND id = ?1
   AND token = ?2
   AND state IN ('claimed', 'sending', 'unknown')

-- name: outbox_let_go
UPDATE outbox
   SET lease_until = 0
 WHERE lease_until IS NOT NULL
   AND channel = ?
   AND handle = ?

-- name: outbox_abandon
UPDATE outbox
   SET lease_until = 0
 WHERE lease_until IS NOT NULL
   AND state IN ('claimed', 'sending')
   AND channel = ?

-- name: outbox_due_again
UPDATE outbox
   SET state = 'due', lease_until = NULL
 WHERE lease_until <= ?
   AND state = 'claimed'

-- name: outbox_lost
UPDATE outbox
   SET state = 'unknown', lease_until = NULL, settled_at = ?1,
       reason = 'nobody knows whether it arrived'
 WHERE lease_until <= ?1
   AND state = 'sending'

-- name: outbox_restored
-- What a backup held back may have left since it was taken; ?1 is now.
UPDATE outbox
   SET state = 'unknown', lease_until = NULL, settled_at = ?1,
       reason = 'restored from a backup'
 WHERE state IN ('claimed', 'sending')
    OR (state = 'due' AND due_at <= ?1)
RETURNING id

-- name: outbox_withdraw
UPDATE outbox
   SET state = 'superseded', reason = 'corrected', lease_until = NULL
 WHERE session = ?
   AND cause = ?
   AND state = 'due'

-- name: outbox_silence_due
UPDATE outbox
   SET state = 'superseded', reason = 'stop', lease_until = NULL
 WHERE contact = ?
   AND state = 'due'

-- name: outbox_silence_claimed
UPDATE outbox
   SET state = 'superseded', reason = 'stop', lease_until = NULL
 WHERE contact = ?
   AND state = 'claimed'
   AND lease_until IS NOT NULL

-- name: outbox_part_due
-- What waits for an address that was taken for one of the contact's.
UPDATE outbox
   SET state = 'superseded', reason = 'parted', lease_until = NULL
 WHERE contact = ?
   AND channel = ?
   AND handle = ?
   AND state = 'due'

-- name: outbox_part_claimed
UPDATE outbox
   SET state = 'superseded', reason = 'parted', lease_until = NULL
 WHERE contact = ?
   AND channel = ?
   AND handle = ?
   AND state = 'claimed'
   AND lease_until IS NOT NULL

-- name: outbox_shown
-- What a visitor of the web chat was shown after ?2, newest first, and what did not
-- arrive before: it may have left after a later message came. The page knows a message
-- by its id, so what is shown again does not show twice.
SELECT id, contact, channel, handle, session, flow, asks, cause, content,
       topic, prompted, role, due_at, state, token, attempts, reason, reference
  FROM outbox
 WHERE channel = 'web'
   AND handle = ?1
   AND (id > ?2 OR state IN ('sent', 'unknown'))
   AND state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
 ORDER BY id DESC
 LIMIT ?3

-- name: outbox_arrived
UPDATE outbox
   SET state = 'delivered', settled_at = ?2
 WHERE id IN (SELECT value ->> 1 FROM json_each(?1))
   AND state IN ('sent', 'unknown')
RETURNING id

-- name: outbox_forget
DELETE FROM outbox
 WHERE channel = 'web'
   AND handle IN (SELECT value FROM json_each(?))
