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

-- name: publications_hold
-- Whoever publishes is alone until the transaction ends; nobody who reads waits.
LOCK TABLE publications IN EXCLUSIVE MODE

-- name: publications_add
-- $1 flow, $2 hash, $3 when, $4 by whom, $5 how.
INSERT INTO publications (flow, number, hash, published_at, published_by, how, replaced)
SELECT $1::text, 1 + (SELECT count(*) FROM publications WHERE flow = $1::text),
       $2::text, $3::bigint, $4::text, $5::text,
       (SELECT hash FROM current_revisions WHERE flow = $1::text)

-- name: publications
SELECT flow, number, hash, published_at, published_by, how, replaced
  FROM publications
 WHERE $1::text IS NULL OR flow = $1::text
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
