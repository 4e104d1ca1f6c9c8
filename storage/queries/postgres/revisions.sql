-- name: revisions_add
INSERT INTO revisions (hash, flow, source, language_version, published_at, published_by)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING

-- name: revisions_point
INSERT INTO current_revisions (flow, hash)
VALUES ($1, $2)
    ON CONFLICT (flow) DO UPDATE SET hash = excluded.hash

-- name: revisions_current
SELECT flow, hash FROM current_revisions ORDER BY flow

-- name: revisions
SELECT hash, flow, source, language_version, published_at, published_by
  FROM revisions
 WHERE hash = ANY ($1::text[])
