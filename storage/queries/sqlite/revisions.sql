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

-- name: publications_add
-- ?1 flow, ?2 hash, ?3 when, ?4 by whom, ?5 how.
INSERT INTO publications (flow, number, hash, published_at, published_by, how, replaced)
SELECT ?1, 1 + (SELECT count(*) FROM publications WHERE flow = ?1), ?2, ?3, ?4, ?5,
       (SELECT hash FROM current_revisions WHERE flow = ?1)

-- name: publications
SELECT flow, number, hash, published_at, published_by, how, replaced
  FROM publications
 WHERE ?1 IS NULL OR flow = ?1
 ORDER BY flow, number DESC

-- name: publications_rolled_back
-- What was rolled back from, by flow, and nothing else was published since.
SELECT p.flow, p.replaced
  FROM publications AS p
 WHERE p.how = 'rollback'
   AND NOT EXISTS (SELECT 1
                     FROM publications AS later
                    WHERE later.flow = p.flow
                      AND later.number > p.number
                      AND later.how <> 'rollback')
