-- Who published what, and when. Run before the code that needs it.
CREATE TABLE publications (
  flow          TEXT    NOT NULL,
  number        INTEGER NOT NULL,  -- counts from 1 in each flow
  hash          TEXT    NOT NULL REFERENCES revisions (hash),
  published_at  INTEGER NOT NULL,
  published_by  TEXT    NOT NULL,  -- empty where nobody noted it
  how           TEXT    NOT NULL,  -- start, save, publish, rollback, chat, demo
  replaced      TEXT,              -- the revision that was current before
  PRIMARY KEY (flow, number)
) STRICT, WITHOUT ROWID;

-- What was published before anybody kept account of it; what is current comes last.
INSERT INTO publications (flow, number, hash, published_at, published_by, how, replaced)
SELECT r.flow, row_number() OVER earlier, r.hash, r.published_at, '',
       CASE r.published_by WHEN 'run' THEN 'start' ELSE r.published_by END,
       lag(r.hash) OVER earlier
  FROM revisions AS r
  LEFT JOIN current_revisions AS c
    ON c.hash = r.hash
WINDOW earlier AS (PARTITION BY r.flow
                       ORDER BY c.hash IS NOT NULL, r.published_at, r.hash);
