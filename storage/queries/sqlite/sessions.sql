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

-- name: sessions_by_id
SELECT s.state
  FROM json_each(?) AS asked
 CROSS JOIN sessions AS s
 WHERE s.contact = asked.value ->> 0
   AND s.id = asked.value ->> 1

-- name: sessions_due
-- ?1 now, ?2 how many, ?3 one contact or null.
SELECT state
  FROM sessions
 WHERE wakes_at <= ?1
   AND (?3 IS NULL OR contact = ?3)
 ORDER BY wakes_at, id
 LIMIT ?2

-- name: sessions_add
INSERT INTO sessions (id, contact, flow, status, wakes_at, state)
VALUES (?, ?, ?, ?, ?, ?)

-- name: sessions_change
UPDATE sessions SET status = ?, wakes_at = ?, state = ? WHERE contact = ? AND id = ?

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
           AND NOT EXISTS (SELECT 1
                             FROM contacts AS own
                             JOIN contacts AS kin
                               ON kin.merged_into = own.merged_into
                             JOIN sessions AS s
                               ON s.contact = kin.id
                            WHERE own.id = plans.contact
                              AND own.merged_into IS NOT NULL
                              AND s.status = 'active')
         UNION ALL
        SELECT min(due_at) FROM outbox WHERE state = 'due')

-- name: sessions_keeping
-- How many open talks keep each revision. An open talk has a time to wake at.
SELECT pin.value, count(*)
  FROM sessions AS s
 CROSS JOIN json_each(s.state, '$.p') AS pin
 WHERE s.wakes_at IS NOT NULL
   AND s.status = 'active'
 GROUP BY pin.value

-- name: sessions_standing
-- How many open talks stand at each step, in each flow that they are in.
SELECT frame.value ->> 0, s.state -> 'p' ->> (frame.value ->> 0), frame.value ->> 1,
       count(*)
  FROM sessions AS s
 CROSS JOIN json_each(s.state, '$.f') AS frame
 WHERE s.wakes_at IS NOT NULL
   AND s.status = 'active'
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3

-- name: sessions_forget
DELETE FROM sessions WHERE contact IN (SELECT value FROM json_each(?))
