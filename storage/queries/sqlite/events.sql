-- name: events_add
INSERT INTO events (id, contact, session, kind, data, at) VALUES (?, ?, ?, ?, ?, ?)

-- name: events_of
SELECT id, contact, session, kind, data, at
  FROM events
 WHERE contact = ?
 ORDER BY id
