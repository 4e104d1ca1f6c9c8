-- name: cases_add
-- One answer of a talk leads to one open case a team, however often it is corrected.
INSERT INTO cases (id, contact, session, flow, team, urgency, cause, opened_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
 WHERE NOT EXISTS (SELECT 1
                     FROM cases AS open
                    WHERE open.session = ?3
                      AND open.session <> 0
                      AND open.cause = ?7
                      AND open.team = ?5
                      AND open.state = 'open')

-- name: cases_note
-- ?2 names the answer that led to the case; empty, every case of the talk is meant.
UPDATE cases
   SET notes = json_insert(notes, '$[#]', ?3)
 WHERE session = ?1
   AND state = 'open'
   AND (?2 = '' OR cause = ?2)

-- name: cases_of
SELECT id, contact, session, flow, team, urgency, cause, opened_at
  FROM cases
 WHERE contact IN (SELECT value FROM json_each(?))
 ORDER BY id
