-- name: backlog
-- ?1 now, ?2 how many are counted at most.
SELECT (SELECT count(*)
          FROM (SELECT 1 FROM outbox WHERE state = 'unknown' LIMIT ?2)),
       (SELECT count(*)
          FROM (SELECT 1 FROM inbound WHERE state = 'stuck' LIMIT ?2)),
       (SELECT min(wakes_at) FROM sessions WHERE wakes_at <= ?1)

-- name: backlog_due
-- ?1 now, ?2 how many are counted at most.
SELECT channel, count(*), min(due_at)
  FROM (SELECT channel, due_at
          FROM outbox
         WHERE state = 'due'
           AND due_at <= ?1
         ORDER BY due_at
         LIMIT ?2)
 GROUP BY channel
