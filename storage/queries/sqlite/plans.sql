-- name: plans_add
INSERT INTO plans (id, contact, flow, due_at, session, cause) VALUES (?, ?, ?, ?, ?, ?)

-- name: plans_due
-- ?1 now, ?2 how many, ?3 one contact or null. A plan waits while another talk of its
-- contact is open.
SELECT id, contact, flow, due_at, session, cause
  FROM plans
 WHERE outcome IS NULL
   AND due_at <= ?1
   AND (?3 IS NULL OR contact = ?3)
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
 ORDER BY due_at, id
 LIMIT ?2

-- name: plans_end
UPDATE plans SET outcome = ?3 WHERE contact = ?1 AND id = ?2 AND outcome IS NULL

-- name: plans_withdraw
UPDATE plans
   SET outcome = 'corrected'
 WHERE session = ?
   AND cause = ?
   AND outcome IS NULL

-- name: plans_silence
UPDATE plans SET outcome = 'stop' WHERE contact = ? AND outcome IS NULL

-- name: plans_withdraw_waiting
UPDATE plans
   SET outcome = 'corrected'
 WHERE session = ?
   AND cause = ?
   AND outcome = 'no address'

-- name: plans_silence_waiting
UPDATE plans SET outcome = 'stop' WHERE contact = ? AND outcome = 'no address'

-- name: plans_overtake
-- Of the starts of one flow that wait for an address only the newest goes on.
UPDATE plans
   SET outcome = 'overtaken'
 WHERE contact = ?
   AND outcome = 'no address'
   AND EXISTS (SELECT 1
                 FROM plans AS later
                WHERE later.contact = plans.contact
                  AND later.flow = plans.flow
                  AND later.outcome = 'no address'
                  AND later.id > plans.id)

-- name: plans_go_on
UPDATE plans SET outcome = NULL WHERE contact = ? AND outcome = 'no address'

-- name: plans_forget
DELETE FROM plans
 WHERE outcome IS NULL
   AND contact IN (SELECT value FROM json_each(?))
