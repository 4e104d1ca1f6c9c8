-- name: outbox_tally
-- What waits, is on its way or went wrong, counted up to $1 of a kind.
SELECT channel, state, count(*)
  FROM (
  SELECT * FROM (SELECT channel, state FROM outbox
                  WHERE state = 'due'
                  ORDER BY due_at LIMIT $1::bigint)
  UNION ALL
  SELECT * FROM (SELECT channel, state FROM outbox
                  WHERE lease_until IS NOT NULL AND state IN ('claimed', 'sending')
                  LIMIT $1::bigint)
  UNION ALL
  SELECT * FROM (SELECT channel, state FROM outbox
                  WHERE state = 'unknown'
                  LIMIT $1::bigint)
  UNION ALL
  SELECT * FROM (SELECT channel, state FROM outbox
                  WHERE state = 'failed'
                  LIMIT $1::bigint)
  UNION ALL
  SELECT * FROM (SELECT channel, state FROM outbox
                  WHERE state = 'withheld'
                  LIMIT $1::bigint)
       ) AS few
 GROUP BY channel, state
 ORDER BY channel, state

-- name: outbox_list_due
-- $1 one channel or null, $2 how many.
SELECT id, contact, channel, handle, flow, asks, state, reason, due_at,
       settled_at, attempts
  FROM outbox
 WHERE state = 'due'
   AND ($1::text IS NULL OR channel = $1)
 ORDER BY due_at DESC, id DESC
 LIMIT $2::bigint

-- name: outbox_list_late
-- $1 one channel or null, $2 how many. What should have left by $3, and what is tried
-- again though it was made before the id $4.
SELECT *
  FROM (SELECT id, contact, channel, handle, flow, asks, state, reason, due_at,
               settled_at, attempts
          FROM outbox
         WHERE state = 'due'
           AND due_at <= $3::bigint
           AND ($1::text IS NULL OR channel = $1)
         ORDER BY due_at
         LIMIT $2::bigint) AS waiting
 UNION
SELECT *
  FROM (SELECT id, contact, channel, handle, flow, asks, state, reason, due_at,
               settled_at, attempts
          FROM outbox
         WHERE lease_until IS NOT NULL
           AND state = 'due'
           AND id < $4::bigint
           AND ($1::text IS NULL OR channel = $1)
         ORDER BY id
         LIMIT $2::bigint) AS tried
 ORDER BY 1 DESC
 LIMIT $2::bigint

-- name: outbox_list_leaving
-- $1 one channel or null, $2 how many, $3 the state.
SELECT id, contact, channel, handle, flow, asks, state, reason, due_at,
       settled_at, attempts
  FROM outbox
 WHERE lease_until IS NOT NULL
   AND state = $3::text
   AND ($1::text IS NULL OR channel = $1)
 ORDER BY id DESC
 LIMIT $2::bigint

-- name: outbox_list_unknown
-- $1 one channel or null, $2 how many.
SELECT id, contact, channel, handle, flow, asks, state, reason, due_at,
       settled_at, attempts
  FROM outbox
 WHERE state = 'unknown'
   AND ($1::text IS NULL OR channel = $1)
 ORDER BY id DESC
 LIMIT $2::bigint

-- name: outbox_list_ended
-- $1 one channel or null, $2 how many, $3 the state.
SELECT id, contact, channel, handle, flow, asks, state, reason, due_at,
       settled_at, attempts
  FROM outbox
 WHERE state IN ('failed', 'withheld', 'superseded')
   AND state = $3::text
   AND ($1::text IS NULL OR channel = $1)
 ORDER BY id DESC
 LIMIT $2::bigint
