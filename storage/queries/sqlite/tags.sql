-- name: tags_add
INSERT INTO tags (session, cause, tag, contact, at)
VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING

-- name: tags_withdraw
DELETE FROM tags WHERE session = ? AND cause = ?

-- name: tags_of
SELECT contact, tag
  FROM tags
 WHERE contact IN (SELECT value FROM json_each(?))
 GROUP BY contact, tag
 ORDER BY contact, min(at), min(session), tag

-- name: tags_forget
DELETE FROM tags WHERE contact IN (SELECT value FROM json_each(?))
