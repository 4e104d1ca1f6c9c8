-- name: cases_add
-- One answer of a talk leads to one open case a team, however often it is corrected.
INSERT INTO cases (id, contact, session, flow, team, urgency, cause, opened_at)
SELECT $1::bigint, $2::bigint, $3::bigint, $4::text, $5::text, $6::text, $7::text,
       $8::bigint
 WHERE NOT EXISTS (SELECT 1
                     FROM cases AS open
                    WHERE open.session = $3
                      AND open.session <> 0
                      AND open.cause = $7
                      AND open.team = $5
                      AND open.state = 'open')

-- name: cases_note
-- $2 names the answer that led to the case; empty, every case of the talk is meant.
UPDATE cases
   SET notes = (notes::jsonb || to_jsonb($3::text))::text
 WHERE session = $1::bigint
   AND state = 'open'
   AND ($2::text = '' OR cause = $2)

-- name: cases_of
SELECT id, contact, session, flow, team, urgency, cause, opened_at
  FROM cases
 WHERE contact = ANY ($1::bigint[])
 ORDER BY id
