-- name: backlog
-- $1 now, $2 how many are counted at most.
SELECT (SELECT count(*)
          FROM (SELECT 1 FROM outbox WHERE state = 'unknown' LIMIT $2::bigint) AS unknown),
       (SELECT count(*)
          FROM (SELECT 1 FROM inbound WHERE state = 'stuck' LIMIT $2::bigint) AS stuck),
       (SELECT min(wakes_at) FROM sessions WHERE wakes_at <= $1::bigint)

-- name: backlog_due
-- $1 now, $2 how many are counted at most.
SELECT channel, count(*), min(due_at)
  FROM (SELECT channel, due_at
          FROM outbox
         WHERE state = 'due'
           AND due_at <= $1::bigint
         ORDER BY due_at
         LIMIT $2::bigint) AS due
 GROUP BY channel
