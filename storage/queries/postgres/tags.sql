-- name: tags_add
INSERT INTO tags (session, cause, tag, contact, at)
SELECT *
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    ON CONFLICT DO NOTHING

-- name: tags_withdraw
DELETE FROM tags
 USING unnest($1::bigint[], $2::text[]) AS withdrawn (session, cause)
 WHERE tags.session = withdrawn.session
   AND tags.cause = withdrawn.cause

-- name: tags_of
SELECT contact, tag
  FROM tags
 WHERE contact = ANY ($1::bigint[])
 GROUP BY contact, tag
 ORDER BY contact, min(at), min(session), tag

-- name: tags_forget
DELETE FROM tags WHERE contact = ANY ($1::bigint[])
