-- name: events_add
INSERT INTO events (id, contact, session, kind, data, at)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
              $6::bigint[])

-- name: events_of
SELECT id, contact, session, kind, data, at
  FROM events
 WHERE contact = ANY ($1::bigint[])
 ORDER BY id

-- name: events_by_id
SELECT e.id, e.contact, e.session, e.kind, e.data, e.at
  FROM unnest($1::bigint[], $2::bigint[]) AS asked (contact, id)
  JOIN events AS e
    ON e.contact = asked.contact
   AND e.id = asked.id
