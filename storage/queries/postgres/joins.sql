-- name: joins_of
-- All that ever named one of these contacts, oldest first.
SELECT id, contact, other, proof, made_by, at, undone_at
  FROM joins
 WHERE contact = ANY ($1::bigint[])
    OR other = ANY ($1::bigint[])
 ORDER BY id

-- name: joins_by_id
SELECT id, contact, other, proof, made_by, at, undone_at FROM joins WHERE id = $1::bigint

-- name: joins_add
INSERT INTO joins (id, contact, other, proof, made_by, at)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
              $6::bigint[])

-- name: joins_undo
UPDATE joins
   SET undone_at = undone.at
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS undone (at, contact, id)
 WHERE joins.contact = undone.contact
   AND joins.id = undone.id
   AND joins.undone_at IS NULL

-- name: links_at
SELECT hash, contact, flow, made_at, expires_at, used_at, used_channel, used_handle
  FROM links
 WHERE hash = ANY ($1::text[])

-- name: links_add
INSERT INTO links (hash, contact, flow, made_at, expires_at)
SELECT *
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])

-- name: links_use
UPDATE links
   SET used_at = used.at, used_channel = used.channel, used_handle = used.handle
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
       AS used (hash, at, channel, handle)
 WHERE links.hash = used.hash
   AND links.used_at IS NULL
