-- name: plans_add
INSERT INTO plans (id, contact, flow, due_at, session, cause)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[],
              $6::text[])

-- name: plans_due
-- $1 now, $2 how many, $3 one contact or null. A plan waits while another talk of its
-- contact is open. Holds them and their contacts; who is held by another waits.
SELECT p.id, p.contact, p.flow, p.due_at, p.session, p.cause
  FROM plans AS p
  JOIN contacts AS c
    ON c.id = p.contact
 WHERE p.outcome IS NULL
   AND p.due_at <= $1::bigint
   AND ($3::bigint IS NULL OR p.contact = $3)
   AND NOT EXISTS (SELECT 1
                     FROM sessions AS s
                    WHERE s.contact = p.contact
                      AND s.status = 'active')
   AND NOT EXISTS (SELECT 1
                     FROM contacts AS kin
                     JOIN sessions AS s
                       ON s.contact = kin.id
                    WHERE kin.merged_into = c.merged_into
                      AND s.status = 'active')
 ORDER BY p.due_at, p.id
 LIMIT $2::bigint
   FOR NO KEY UPDATE OF p, c SKIP LOCKED

-- name: plans_end
UPDATE plans
   SET outcome = ended.outcome
  FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS ended (contact, id, outcome)
 WHERE plans.contact = ended.contact
   AND plans.id = ended.id
   AND plans.outcome IS NULL

-- name: plans_withdraw
UPDATE plans
   SET outcome = 'corrected'
  FROM unnest($1::bigint[], $2::text[]) AS withdrawn (session, cause)
 WHERE plans.session = withdrawn.session
   AND plans.cause = withdrawn.cause
   AND plans.outcome IS NULL

-- name: plans_silence
UPDATE plans
   SET outcome = 'stop'
  FROM unnest($1::bigint[]) AS stopped (contact)
 WHERE plans.contact = stopped.contact
   AND plans.outcome IS NULL

-- name: plans_withdraw_waiting
UPDATE plans
   SET outcome = 'corrected'
  FROM unnest($1::bigint[], $2::text[]) AS withdrawn (session, cause)
 WHERE plans.session = withdrawn.session
   AND plans.cause = withdrawn.cause
   AND plans.outcome = 'no address'

-- name: plans_silence_waiting
UPDATE plans
   SET outcome = 'stop'
  FROM unnest($1::bigint[]) AS stopped (contact)
 WHERE plans.contact = stopped.contact
   AND plans.outcome = 'no address'

-- name: plans_overtake
-- Of the starts of one flow that wait for an address only the newest goes on.
UPDATE plans
   SET outcome = 'overtaken'
  FROM unnest($1::bigint[]) AS reached (contact)
 WHERE plans.contact = reached.contact
   AND plans.outcome = 'no address'
   AND EXISTS (SELECT 1
                 FROM plans AS later
                WHERE later.contact = plans.contact
                  AND later.flow = plans.flow
                  AND later.outcome = 'no address'
                  AND later.id > plans.id)

-- name: plans_go_on
UPDATE plans
   SET outcome = NULL
  FROM unnest($1::bigint[]) AS reached (contact)
 WHERE plans.contact = reached.contact
   AND plans.outcome = 'no address'

-- name: plans_forget
DELETE FROM plans WHERE outcome IS NULL AND contact = ANY ($1::bigint[])
