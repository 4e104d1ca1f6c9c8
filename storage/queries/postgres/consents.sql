-- name: consents_add
INSERT INTO consents (id, contact, topic, given, wording, language, revision, session, at)
SELECT *
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::smallint[], $5::text[],
              $6::text[], $7::text[], $8::bigint[], $9::bigint[])

-- name: consents_of
SELECT contact, topic, given
  FROM consents
 WHERE contact = ANY ($1::bigint[])
 ORDER BY id
