-- name: sessions_last
SELECT s.state
  FROM json_each(?) AS asked
 CROSS JOIN sessions AS s
 WHERE s.id = (SELECT max(own.id) FROM sessions AS own WHERE own.contact = asked.value)

-- name: sessions_begun
SELECT asked.value ->> 0, asked.value ->> 1, s.state ->> 'b'
  FROM json_each(?) AS asked
 CROSS JOIN sessions AS s
 WHERE s.id = (SELECT max(own.id)
                 FROM sessions AS own
                WHERE own.contact = asked.value ->> 0
                  AND own.flow = asked.value ->> 1)

-- name: sessions_due
SELECT state
  FROM sessions
 WHERE wakes_at <= ?
 ORDER BY wakes_at, id
 LIMIT ?

-- name: sessions_add
INSERT INTO sessions (id, contact, flow, status, wakes_at, state)
VALUES (?, ?, ?, ?, ?, ?)

-- name: sessions_change
UPDATE sessions SET status = ?, wakes_at = ?, state = ? WHERE id = ?

-- name: next_wake
SELECT min(at)
  FROM (SELECT min(wakes_at) AS at FROM sessions WHERE wakes_at IS NOT NULL
         UNION ALL
        SELECT min(due_at)
          FROM plans
         WHERE outcome IS NULL
           AND NOT EXISTS (SELECT 1
                             FROM sessions AS s
                            WHERE s.contact = plans.contact
                              AND s.status = 'active')
         UNION ALL
        SELECT min(due_at) FROM outbox WHERE state = 'due')
