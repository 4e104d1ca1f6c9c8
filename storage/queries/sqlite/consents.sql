-- name: consents_add
INSERT INTO consents (id, contact, topic, given, wording, language, revision, session, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: consents_of
SELECT c.contact, c.topic, c.given
  FROM json_each(?) AS asked
 CROSS JOIN consents AS c
 WHERE c.contact = asked.value
 ORDER BY c.id
