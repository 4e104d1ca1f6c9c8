-- name: events_add
INSERT INTO events (id, contact, session, kind, data, at)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
              $6::bigint[])

-- name: events_of
SELECT id, contact, session, kind, data, at
  FROM events
 WHERE contact = $1
 ORDER BY id
