-- name: sessions_last
SELECT s.state
  FROM unnest($1::bigint[]) AS asked (contact)
 CROSS JOIN LATERAL (SELECT own.state
                       FROM sessions AS own
                      WHERE own.contact = asked.contact
                      ORDER BY own.id DESC
                      LIMIT 1) AS s

-- name: sessions_begun
SELECT asked.contact, asked.flow, s.state::json ->> 'b'
  FROM unnest($1::bigint[], $2::text[]) AS asked (contact, flow)
 CROSS JOIN LATERAL (SELECT own.state
                       FROM sessions AS own
                      WHERE own.contact = asked.contact
                        AND own.flow = asked.flow
                      ORDER BY own.id DESC
                      LIMIT 1) AS s

-- name: sessions_by_id
SELECT s.state
  FROM unnest($1::bigint[], $2::bigint[]) AS asked (contact, id)
  JOIN sessions AS s
    ON s.contact = asked.contact
   AND s.id = asked.id

-- name: sessions_due
-- $1 now, $2 how many, $3 one contact or null. Holds them and their contacts; who is
-- held by another is woken by that one, or the next time.
SELECT s.state
  FROM sessions AS s
  JOIN contacts AS c
    ON c.id = s.contact
 WHERE s.wakes_at <= $1::bigint
   AND ($3::bigint IS NULL OR s.contact = $3)
 ORDER BY s.wakes_at, s.id
 LIMIT $2::bigint
   FOR NO KEY UPDATE OF s, c SKIP LOCKED

-- name: sessions_add
INSERT INTO sessions (id, contact, flow, status, wakes_at, state)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[],
              $6::text[])

-- name: sessions_change
UPDATE sessions
   SET status = changed.status, wakes_at = changed.wakes_at, state = changed.state
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
       AS changed (status, wakes_at, state, contact, id)
 WHERE sessions.contact = changed.contact
   AND sessions.id = changed.id

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
        SELECT min(due_at) FROM outbox WHERE state = 'due') AS next

-- name: sessions_keeping
-- How many open talks keep each revision. An open talk has a time to wake at.
SELECT pin.value, count(*)
  FROM sessions AS s
 CROSS JOIN LATERAL json_each_text(s.state::json -> 'p') AS pin
 WHERE s.wakes_at IS NOT NULL
   AND s.status = 'active'
 GROUP BY pin.value

-- name: sessions_standing
-- How many open talks stand at each step, in each flow that they are in.
SELECT frame.value ->> 0, s.state::json -> 'p' ->> (frame.value ->> 0), frame.value ->> 1,
       count(*)
  FROM sessions AS s
 CROSS JOIN LATERAL json_array_elements(s.state::json -> 'f') AS frame
 WHERE s.wakes_at IS NOT NULL
   AND s.status = 'active'
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3

-- name: sessions_forget
DELETE FROM sessions WHERE contact = ANY ($1::bigint[])
