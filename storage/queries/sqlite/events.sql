-- name: events_add
INSERT INTO events (id, contact, session, kind, data, at) VALUES (?, ?, ?, ?, ?, ?)

-- name: events_of
SELECT id, contact, session, kind, data, at
  FROM events
 WHERE contact IN (SELECT value FROM json_each(?))
 ORDER BY id

-- name: events_by_id
SELECT e.id, e.contact, e.session, e.kind, e.data, e.at
  FROM json_each(?) AS asked
 CROSS JOIN events AS e
 WHERE e.contact = asked.value ->> 0
   AND e.id = asked.value ->> 1
