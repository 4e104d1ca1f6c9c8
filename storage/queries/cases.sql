-- name: cases_add
INSERT INTO cases (id, contact, session, flow, team, urgency, cause, opened_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

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
 WHERE contact = ?
 ORDER BY id
