-- name: revisions_add
INSERT INTO revisions (hash, flow, source, language_version, published_at, published_by)
VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING

-- name: revisions_point
INSERT INTO current_revisions (flow, hash)
VALUES (?, ?)
    ON CONFLICT DO UPDATE SET hash = excluded.hash

-- name: revisions_current
SELECT flow, hash FROM current_revisions ORDER BY flow

-- name: revisions
SELECT r.hash, r.flow, r.source, r.language_version, r.published_at, r.published_by
  FROM json_each(?) AS asked
 CROSS JOIN revisions AS r
 WHERE r.hash = asked.value
