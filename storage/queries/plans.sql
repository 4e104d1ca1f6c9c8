-- name: plans_add
INSERT INTO plans (id, contact, flow, due_at, session, cause) VALUES (?, ?, ?, ?, ?, ?)

-- name: plans_due
SELECT id, contact, flow, due_at, session, cause
  FROM plans
 WHERE outcome IS NULL
   AND due_at <= ?
 ORDER BY due_at, id
 LIMIT ?

-- name: plans_end
UPDATE plans SET outcome = ? WHERE id = ? AND outcome IS NULL

-- name: plans_withdraw
UPDATE plans
   SET outcome = 'corrected'
 WHERE session = ?
   AND cause = ?
   AND outcome IS NULL

-- name: plans_silence
UPDATE plans SET outcome = 'stop' WHERE contact = ? AND outcome IS NULL
